package per_test

import (
	"testing"

	"parley/h323/per"
)

type (
	ia5 struct {
		B lead
		S string `per:"ia5"`
	}
	ia5One struct {
		B lead
		S string `per:"ia5,size=1"`
	}
	ia5Two struct {
		B lead
		S string `per:"ia5,size=2"`
	}
	ia5Three struct {
		B lead
		S string `per:"ia5,size=3"`
	}
	ia5UpTo2 struct {
		B lead
		S string `per:"ia5,size=1..2"`
	}
	visible1 struct {
		B lead
		S string `per:"visible,size=0..1"`
	}
	numeric3 struct {
		B lead
		S string `per:"numeric,size=0..3"`
	}
	numeric4 struct {
		B lead
		S string `per:"numeric,size=4"`
	}
	printable struct {
		B lead
		S string `per:"printable,size=1..64"`
	}
	digits struct {
		B lead
		S string `per:"ia5,size=1..128,from='0123456789#*,'"`
	}
	letters struct {
		B lead
		S string `per:"ia5,size=1..4,from='A..C'"`
	}
	twoLetters struct {
		B lead
		S string `per:"ia5,size=1..4,from='AB'"`
	}
	seventeen struct {
		B lead
		S string `per:"ia5,size=1..17,from='AB'"`
	}
	oneLetter struct {
		B lead
		S string `per:"ia5,from='A'"`
	}
	bmp struct {
		B lead
		S string `per:"bmp,size=1..256"`
	}
	bmpFrom struct {
		B lead
		S string `per:"bmp,size=1..256,from='α..ωA'"`
	}
	general struct {
		B lead
		S string `per:"general"`
	}
	utf8 struct {
		B lead
		S string `per:"utf8"`
	}
	lettersExt struct {
		B lead
		S string `per:"ia5,size=1..4,from='A..C',ext"`
	}
)

// X.691 clause 30.
func TestText(t *testing.T) {
	run(t, []vector{
		{"any length", ia5{true, "9"}, "80 01 39"},
		{"one of 8 bits, not aligned", ia5One{true, "9"}, "9c 80"},
		{"16 bits, fixed: not aligned", ia5Two{true, "AB"}, "a0 a1 00"},
		{"16 bits, variable: aligned", ia5UpTo2{true, "A"}, "80 41"},
		{"more than 16 bits", ia5Three{true, "ABC"}, "80 414243"},
		{"fewer than 16 bits, variable", visible1{true, "A"}, "d0 40"},
		{"none", visible1{true, ""}, "80"},
		{"NumericString", numeric3{true, "12"}, "c4 60"},
		{"NumericString of 16 bits", numeric4{true, "0000"}, "88 88 80"},
		{"PrintableString", printable{true, "z?"}, "82 7a3f"},
		{"dialled digits", digits{true, "1#"}, "81 40"},
		{"a range of letters", letters{true, "CAB"}, "d0 80"},
		{"a bit a letter", twoLetters{true, "AB"}, "a8"},
		{"17 bits, aligned", seventeen{true, "B"}, "80 80"},
		{"first and last of IA5", ia5{true, "\x00\x7f"}, "80 02 007f"},
		{"first of VisibleString", visible1{true, " "}, "c8 00"},
		{"last of VisibleString", visible1{true, "~"}, "df 80"},
		{"no bits a letter", oneLetter{true, "AAA"}, "80 03"},
		{"BMPString", bmp{true, "Aé"}, "80 01 0041 00e9"},
		{"surrogates", bmp{true, "😀"}, "80 01 d83d de00"},
		{"the first surrogates", bmp{true, "\U00010000"}, "80 01 d800 dc00"},
		{"the last surrogates", bmp{true, "\U0010ffff"}, "80 01 dbff dfff"},
		{"BMPString, alphabet", bmpFrom{true, "Aω"}, "80 01 00 19"},
		{"GeneralString", general{true, "9"}, "80 01 39"},
		{"UTF8String", utf8{true, "é"}, "80 02 c3a9"},
		{"in the root", lettersExt{true, "CAB"}, "a8 40"},
		{"longer than the root", lettersExt{true, "ABCAB"}, "c0 05 4142434142"},
		{"of other letters than the root", lettersExt{true, "Z"}, "c0 01 5a"},
	})
	refused(t, ia5{S: "é"}, ia5One{S: ""}, digits{S: "a"}, visible1{S: "\n"}, visible1{S: "\x1f"}, visible1{S: "\x7f"}, twoLetters{S: "C"}, printable{S: "*"}, bmp{S: "\xff"}, letters{S: "ABCAB"})
	rejected(t, ia5{}, per.ErrMalformed, "800180")
	rejected(t, digits{}, per.ErrMalformed, "80d0", "80e0", "80f0")
	rejected(t, letters{}, per.ErrMalformed, "98")
}

// Half a character has no UTF-8.
func TestLoneSurrogates(t *testing.T) {
	decodes(t, octets(t, "80 03 d83d 0041 de00 d83d"), bmp{true, "\ufffdA\ufffd\ufffd"})
	decodes(t, octets(t, "80 02 d83d d83d de00"), bmp{true, "\ufffd😀"})
	decodes(t, octets(t, "80 01 dc00 de00"), bmp{true, "\ufffd\ufffd"})
}
