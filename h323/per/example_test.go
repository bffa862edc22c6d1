package per_test

import (
	"fmt"

	"parley/h323/per"
)

// UserInput is CHOICE { text IA5String (SIZE (1..32)), digit Digit, ..., muted NULL }.
type UserInput struct {
	per.Choice
	Text      *string `per:"ia5,size=1..32"`
	Digit     *Digit
	Extension per.Extension
	Muted     *per.Null
}

// Digit is SEQUENCE { key IA5String (SIZE (1)) (FROM ("0123456789#*")),
// duration INTEGER (1..65535) OPTIONAL }.
type Digit struct {
	Key      string  `per:"ia5,size=1,from='0123456789#*'"`
	Duration *uint16 `per:"optional,range=1..65535"`
}

func Example() {
	data, err := per.Marshal(UserInput{Digit: &Digit{Key: "#"}})
	fmt.Printf("%x %v\n", data, err)

	var in UserInput
	_, err = per.Unmarshal([]byte{0x81, 0x02, 0x12, 0x34}, &in)
	fmt.Println(in.Extension, err)

	text, err := per.AppendJSON(nil, UserInput{Muted: &per.Null{}})
	fmt.Printf("%s %v\n", text, err)
	// Output:
	// 40 <nil>
	// [{1 [18 52]}] <nil>
	// {"muted":null} <nil>
}
