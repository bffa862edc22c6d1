package h323

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"parley/h323/h225"
)

func TestWithoutPINs(t *testing.T) {
	name := func(n string) h225.AliasAddress { return h225.AliasAddress{H323ID: n} }
	url := func(u string) h225.AliasAddress { return h225.AliasAddress{URLID: u} }
	digits := func(d string) h225.AliasAddress { return h225.AliasAddress{DialledDigits: d} }
	for _, tt := range []struct{ dialled, bare h225.AliasAddress }{
		{name("board"), name("board")},
		{name("board;pin=4711"), name("board")},
		{name("board;x=1; PIN =4711;y"), name("board;x=1;y")},
		{name("1000;pin=4711"), digits("1000")},
		{name(";pin=4711"), name(";pin=4711")}, // no name would be left
		{name("board;pins=1"), name("board;pins=1")},
		{url("h323:board;pin=4711@192.0.2.1"), url("h323:board@192.0.2.1")},
		{url("h323:board@192.0.2.1;pin=4711"), url("h323:board@192.0.2.1")},
		{digits("1000"), digits("1000")},
	} {
		dialled := []h225.AliasAddress{digits("7"), tt.dialled}
		bare := WithoutPINs(dialled)
		if diff := cmp.Diff([]h225.AliasAddress{digits("7"), tt.bare}, bare); diff != "" {
			t.Error(diff)
		}
		for _, repeated := range [][]h225.AliasAddress{nil, bare} {
			if diff := cmp.Diff(dialled, WithPINs(dialled, repeated)); diff != "" {
				t.Error(diff)
			}
		}
		if mapped := []h225.AliasAddress{name("other")}; len(WithPINs(dialled, mapped)) != 1 {
			t.Errorf("%v: not as it is mapped", dialled)
		}
	}
}
