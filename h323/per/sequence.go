package per

import (
	"fmt"
	"reflect"
	"strconv"
	"unicode"
)

// component is a field of a SEQUENCE or CHOICE.
type component struct {
	field    int
	name     string
	enc      encoding
	optional bool
	group    *sequenceEncoding // where it is an addition group
}

// sequenceEncoding is SEQUENCE, X.691 clause 19.
type sequenceEncoding struct {
	root      []component
	optionals int // in root
	marker    int // field of the Extension, or -1
	additions []component
}

func (b *builder) sequence(key planKey) (encoding, error) {
	p := &sequenceEncoding{}
	b.done[key] = p
	var err error
	p.root, p.additions, p.marker, err = b.components(key.t)
	for _, c := range p.root {
		if c.optional {
			p.optionals++
		}
	}
	return p, err
}

// components makes the encodings of a struct's fields: before the marker, after
// it, and the marker's own field.
func (b *builder) components(t reflect.Type) (root, additions []component, marker int, err error) {
	marker = -1
	for i := range t.NumField() {
		f := t.Field(i)
		switch {
		case f.Type == choiceType || f.Tag.Get("per") == "-":
			continue
		case !f.IsExported():
			return nil, nil, 0, fmt.Errorf("%w: %v.%s is not exported", ErrType, t, f.Name)
		case f.Type == extensionType:
			if marker >= 0 {
				return nil, nil, 0, fmt.Errorf("%w: %v has two markers", ErrType, t)
			}
			marker = i
			continue
		}
		c, err := b.component(f, marker >= 0 || isChoice(t))
		if err != nil {
			return nil, nil, 0, fmt.Errorf("%v.%s: %w", t, f.Name, err)
		}
		c.field = i
		switch {
		case marker >= 0:
			additions = append(additions, c)
		case c.group != nil:
			return nil, nil, 0, fmt.Errorf("%w: %v.%s is a group before the marker", ErrType, t, f.Name)
		default:
			root = append(root, c)
		}
	}
	if len(additions) > maxAdditions {
		err = fmt.Errorf("%w: %v has too many additions", ErrType, t)
	}
	return root, additions, marker, err
}

func (b *builder) component(f reflect.StructField, absentable bool) (component, error) {
	text := f.Tag.Get("per")
	c := component{name: nameOf(f.Name)}
	tags, err := tagsOf(f.Type, text)
	if err != nil {
		return c, err
	}
	if name, ok := tags["name"]; ok {
		c.name = name
	}
	if c.enc, err = b.build(f.Type, text); err != nil {
		return c, err
	}
	c.optional = absentable || tags.has("optional")
	if c.optional && !canBeAbsent(f.Type, tags) {
		return c, fmt.Errorf("%w: a %v cannot be absent", ErrType, f.Type)
	}
	if tags.has("group") {
		ptr, _ := c.enc.(*pointerEncoding)
		if ptr != nil {
			c.group, _ = ptr.elem.(*sequenceEncoding)
		}
		if c.group == nil {
			return c, fmt.Errorf("%w: a group is a pointer to a struct", ErrType)
		}
	}
	return c, nil
}

// canBeAbsent tells whether the type's zero value is no value of it otherwise.
func canBeAbsent(t reflect.Type, tags tags) bool {
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice:
		return true
	case reflect.String:
		s, err := tags.size()
		return t == oidType || err == nil && s.lo > 0 && !s.ext
	}
	return false
}

// nameOf is the usual ASN.1 identifier for a Go name: its first word in lower
// case, where a word of capitals ends before the capital of the next.
func nameOf(field string) string {
	r := []rune(field)
	for i := range r {
		if !unicode.IsUpper(r[i]) || i > 0 && i+1 < len(r) && unicode.IsLower(r[i+1]) {
			break
		}
		r[i] = unicode.ToLower(r[i])
	}
	return string(r)
}

func absent(v reflect.Value) bool {
	if v.Kind() == reflect.String {
		return v.Len() == 0
	}
	return v.IsNil()
}

// vacant tells whether nothing of a group is present: then the group is not
// either (clause 19.9).
func (p *sequenceEncoding) vacant(v reflect.Value) bool {
	for i := range p.root {
		c := &p.root[i]
		if !c.optional || !absent(v.Field(c.field)) {
			return false
		}
	}
	return p.marker < 0
}

func (p *sequenceEncoding) encode(e *encoder, v reflect.Value) error {
	if err := e.enter(); err != nil {
		return err
	}
	bitmap := 0
	if p.marker >= 0 {
		var err error
		if bitmap, err = p.bitmap(e, v); err != nil {
			return err
		}
		e.putBit(bitmap > 0)
	}
	if p.optionals > 0 {
		for i := range p.root {
			if c := &p.root[i]; c.optional {
				e.putBit(!absent(v.Field(c.field)))
			}
		}
	}
	for i := range p.root {
		c := &p.root[i]
		f := v.Field(c.field)
		if c.optional && absent(f) {
			continue
		}
		if err := c.enc.encode(e, f); err != nil {
			return within(c.name, err)
		}
	}
	if bitmap > 0 {
		if err := p.encodeAdditions(e, v, bitmap); err != nil {
			return err
		}
	}
	e.leave()
	return nil
}

// extensionOf returns the marker's field, without the copy that Interface takes.
func extensionOf(v reflect.Value, marker int) Extension {
	return *v.Field(marker).Addr().Interface().(*Extension)
}

// bitmap returns how many bits the bitmap of the additions has, 0 where there
// are none.
func (p *sequenceEncoding) bitmap(e *encoder, v reflect.Value) (int, error) {
	n, some := len(p.additions), false
	for i := range p.additions {
		if c := &p.additions[i]; c.given(v) {
			some = true
			break
		}
	}
	for _, a := range extensionOf(v, p.marker) {
		if a.Index < n || a.Index >= maxAdditions {
			return 0, e.fail("unknown addition %d is known, not in order, or beyond all", a.Index)
		}
		n = a.Index + 1
		some = some || a.Data != nil
	}
	if !some {
		return 0, nil
	}
	return n, nil
}

// given tells whether the addition is to be written.
func (c *component) given(v reflect.Value) bool {
	f := v.Field(c.field)
	return !absent(f) && (c.group == nil || !c.group.vacant(f.Elem()))
}

// encodeAdditions appends the additions: clauses 19.7 to 19.9.
func (p *sequenceEncoding) encodeAdditions(e *encoder, v reflect.Value, bitmap int) error {
	e.smallLength(bitmap)
	for i := range p.additions {
		e.putBit(p.additions[i].given(v))
	}
	unknown := extensionOf(v, p.marker)
	next := len(p.additions)
	for _, a := range unknown {
		for ; next < a.Index; next++ {
			e.putBit(false)
		}
		e.putBit(a.Data != nil)
		next++
	}
	for i := range p.additions {
		c := &p.additions[i]
		if !c.given(v) {
			continue
		}
		if err := e.open(c.enc, v.Field(c.field)); err != nil {
			return within(c.name, err)
		}
	}
	for _, a := range unknown {
		if a.Data != nil {
			e.octets(a.Data)
		}
	}
	return nil
}

func (p *sequenceEncoding) decode(d *decoder, v reflect.Value) error {
	if err := d.enter(); err != nil {
		return err
	}
	extended := false
	if p.marker >= 0 {
		var err error
		if extended, err = d.bit(); err != nil {
			return err
		}
	}
	present := d.pos // of the next optional's bit
	if err := d.skip(p.optionals); err != nil {
		return err
	}
	for i := range p.root {
		c := &p.root[i]
		if c.optional {
			present++
			if !d.bitAt(present - 1) {
				continue
			}
		}
		if err := c.enc.decode(d, v.Field(c.field)); err != nil {
			return within(c.name, err)
		}
	}
	if extended {
		if err := p.decodeAdditions(d, v); err != nil {
			return err
		}
	}
	d.leave()
	return nil
}

// decodeAdditions reads the additions, those that the type does not know too.
func (p *sequenceEncoding) decodeAdditions(d *decoder, v reflect.Value) error {
	n, err := d.smallLength()
	if err != nil {
		return err
	}
	if n > maxAdditions {
		return d.fail(ErrLimit, "%d additions", n)
	}
	bitmap := d.pos
	if err := d.skip(n); err != nil {
		return err
	}
	some := false
	for i := range n {
		if !d.bitAt(bitmap + i) {
			continue
		}
		some = true
		if i < len(p.additions) {
			c := &p.additions[i]
			err = d.open(c.enc, v.Field(c.field))
			if err != nil {
				return within(c.name, err)
			}
			continue
		}
		if err := keep(d, v.Field(p.marker), i); err != nil {
			return within("["+strconv.Itoa(i)+"]", err)
		}
	}
	if some && n > len(p.additions) && !d.bitAt(bitmap+n-1) {
		return p.keepLength(d, v, n)
	}
	return nil
}

// keepLength notes that the bitmap was longer than its last addition needs.
func (p *sequenceEncoding) keepLength(d *decoder, v reflect.Value, n int) error {
	if err := d.charge(additionCost); err != nil {
		return err
	}
	unknown := v.Field(p.marker).Addr().Interface().(*Extension)
	*unknown = append(*unknown, Addition{Index: n - 1})
	return nil
}

// additionCost is the memory of an Addition, and what append takes ahead.
const additionCost = 2 * 32

// keep reads an unknown addition or alternative into the marker's field.
func keep(d *decoder, marker reflect.Value, i int) error {
	if err := d.charge(additionCost); err != nil {
		return err
	}
	data, err := d.raw()
	if err != nil {
		return err
	}
	unknown := marker.Addr().Interface().(*Extension)
	*unknown = append(*unknown, Addition{Index: i, Data: data})
	return nil
}

func (p *sequenceEncoding) appendJSON(dst []byte, v reflect.Value) []byte {
	dst = append(dst, '{')
	start := len(dst)
	dst = p.appendMembers(dst, v, start)
	return append(dst, '}')
}

// appendMembers appends what stands between the braces that opened at start. A
// group's members are the sequence's.
func (p *sequenceEncoding) appendMembers(dst []byte, v reflect.Value, start int) []byte {
	for _, part := range [2][]component{p.root, p.additions} {
		for i := range part {
			c := &part[i]
			f := v.Field(c.field)
			switch {
			case c.optional && absent(f):
			case c.group != nil:
				dst = c.group.appendMembers(dst, f.Elem(), start)
			default:
				dst = appendName(dst, c.name, start)
				dst = c.enc.appendJSON(dst, f)
			}
		}
	}
	if p.marker >= 0 {
		for _, a := range extensionOf(v, p.marker) {
			if a.Data != nil {
				dst = appendName(dst, "["+strconv.Itoa(a.Index)+"]", start)
				dst = appendHex(dst, a.Data)
			}
		}
	}
	return dst
}
