package per_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"parley/h323/per"
)

type shown struct {
	H245Tunnelling bool
	IPAddress      [4]byte
	MC             *bool    `per:"optional"`
	T35            uint8    `per:"range=0..255"`
	Signal         int      `per:"name=signal-ID"`
	Colours        []colour `per:"elem(enum=3,ext)"`
	Plain          uint8    `per:"enum=3"`
	Where          []address
	Icv            per.BitString
	Set            per.BitString `per:"size=8"`
	Name           string        `per:"utf8"`
	ID             per.OID
	Raw            per.OpenType
	Nil            per.Null
	Extension      per.Extension
	Group          *itemGroup `per:"group"`
	Absent         *itemGroup `per:"group"`
}

func TestAppendJSON(t *testing.T) {
	got, err := per.AppendJSON([]byte("x"), &shown{
		H245Tunnelling: true, IPAddress: [4]byte{127, 0, 0, 1}, T35: 181, Signal: -1,
		Colours: []colour{1}, Plain: 2,
		Where: []address{{Nothing: &per.Null{}}, {Octets: []byte{0xab}}, {Extension: per.Extension{{Index: 9, Data: per.OpenType{1}}}}, {}},
		Icv:   per.BitString{Bytes: []byte{0xa0}, Length: 3}, Set: per.BitString{Bytes: []byte{0x0f}, Length: 8},
		Name: "\"é\xff", ID: "1.2", Raw: per.OpenType{0xcd},
		Extension: per.Extension{{Index: 7, Data: per.OpenType{0xef}}, {Index: 8}},
		Group:     &itemGroup{X: true},
	})
	if err != nil {
		t.Fatal(err)
	}
	const want = `x{"h245Tunnelling":true,"ipAddress":"7f000001","t35":181,"signal-ID":-1,"colours":["green"],"plain":2,` +
		`"where":[{"nothing":null},{"octets":"ab"},{"[9]":"01"},{}],"icv":{"value":"a0","length":3},"set":"0f",` +
		`"name":"\"é\ufffd","id":"1.2","raw":"cd","nil":null,"x":true,"[7]":"ef"}`
	if d := cmp.Diff(want, string(got)); d != "" {
		t.Error(d)
	}
	if !json.Valid(got[1:]) {
		t.Error("no JSON")
	}
}
