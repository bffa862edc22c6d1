package per

import "fmt"

// Alternative returns the ASN.1 identifier of the alternative that is chosen in
// v, a CHOICE or a pointer to one, and the field that holds it: a pointer, slice
// or string. An alternative that the type does not know is "[index]" with its
// OpenType. The name is empty where v is no CHOICE, or nothing is chosen.
func Alternative(v any) (name string, value any) {
	r, enc, err := subject(v)
	if err != nil {
		return "", nil
	}
	p, ok := enc.(*choiceEncoding)
	if !ok {
		return "", nil
	}
	if part, i, count := p.chosen(r); count > 0 {
		return part[i].name, r.Field(part[i].field).Interface()
	}
	if unknown := p.unknown(r); len(unknown) > 0 {
		return fmt.Sprintf("[%d]", unknown[0].Index), unknown[0].Data
	}
	return "", nil
}
