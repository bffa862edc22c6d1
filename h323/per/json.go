package per

import "encoding/json"

// appendText appends a string; what is no UTF-8 in it is replaced.
func appendText(dst []byte, s string) []byte {
	quoted, err := json.Marshal(s)
	if err != nil {
		return append(dst, `""`...) // no string fails
	}
	return append(dst, quoted...)
}

// appendName appends a member's name to the object whose members begin at start.
func appendName(dst []byte, name string, start int) []byte {
	if len(dst) > start {
		dst = append(dst, ',')
	}
	dst = append(dst, '"')
	dst = append(dst, name...)
	return append(dst, `":`...)
}
