package conference

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// clean makes foreign text fit to be shown: valid UTF-8, one line, no control
// or invisible formatting characters (which could reorder what stands around
// it), at most n runes.
func clean(s string, n int) string {
	if len(s) > n*utf8.UTFMax {
		s = s[:n*utf8.UTFMax]
	}
	var b strings.Builder
	count := 0
	for _, r := range strings.ToValidUTF8(s, "") {
		if unicode.IsSpace(r) {
			r = ' '
		}
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) {
			continue
		}
		if count++; count > n {
			break
		}
		b.WriteRune(r)
	}
	return strings.TrimSpace(b.String())
}

// validID reports whether s may name a conference: it stands in links and SIP
// URIs unescaped.
func validID(s string) bool {
	if s == "" || len(s) > maxIDLength || s == "." || s == ".." {
		return false
	}
	for _, c := range []byte(s) {
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9':
		case c == '.', c == '_', c == '-':
		default:
			return false
		}
	}
	return true
}
