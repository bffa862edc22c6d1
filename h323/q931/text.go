package q931

import (
	"strings"
	"unicode/utf8"
)

// displayType begins a name in the Display elements of switches behind gateways;
// it can begin no text in UTF-8.
const displayType = 0xb1

// Text reads the content of Display, Keypad Facility and like elements as UTF-8.
// Q.931 has IA5 there; endpoints send UTF-8 or ISO 8859-1, and some the zero
// octet that ends their strings.
func Text(data []byte) string {
	if len(data) > 0 && data[0] == displayType {
		data = data[1:]
	}
	text := strings.TrimRight(string(data), "\x00")
	if utf8.ValidString(text) {
		return text
	}
	latin := make([]rune, len(text))
	for i := range latin {
		latin[i] = rune(text[i])
	}
	return string(latin)
}
