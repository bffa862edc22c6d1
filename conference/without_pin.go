package conference

import "strings"

// WithoutPIN is an address, number or name as a person has dialled it, without the
// PIN that may stand in it ("h323:board;pin=4711@192.0.2.1"): as it is told to
// others, and written to the log.
func WithoutPIN(text string) string {
	for from := 0; ; {
		start, value := findPIN(text[from:])
		if start < 0 {
			return text
		}
		start, value = from+start, from+value
		end := strings.IndexAny(text[value:], ";@?> \t\"'&")
		if end < 0 {
			end = len(text) - value
		}
		for _, escaped := range []string{"%3b", "%40"} {
			if i := strings.Index(lowered(text[value:value+end]), escaped); i >= 0 {
				end = i
			}
		}
		text, from = text[:start]+text[value+end:], start
	}
}

// findPIN returns where a parameter "pin" begins, at its semicolon, and its value;
// start is -1 where there is none. Both marks may be escaped (RFC 3986, 2.1).
func findPIN(text string) (start, value int) {
	lower := lowered(text)
	for i := range len(lower) {
		rest, ok := strings.CutPrefix(lower[i:], ";")
		if !ok {
			rest, ok = strings.CutPrefix(lower[i:], "%3b")
		}
		if !ok {
			continue
		}
		if rest, ok = strings.CutPrefix(strings.TrimLeft(rest, " "), "pin"); !ok {
			continue
		}
		rest = strings.TrimLeft(rest, " ")
		for _, equals := range []string{"=", "%3d"} {
			if after, ok := strings.CutPrefix(rest, equals); ok {
				return i, len(lower) - len(strings.TrimLeft(after, " "))
			}
		}
	}
	return -1, 0
}

// lowered is text with the letters of ASCII in lower case, and of the same length.
func lowered(text string) string {
	b := []byte(text)
	for i, c := range b {
		if c >= 'A' && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
	return string(b)
}
