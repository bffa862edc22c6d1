package per

import "testing"

func TestAlternative(t *testing.T) {
	type pick struct {
		Choice
		First     *Null
		Text      string `per:"name=aText,ia5,size=1..8"`
		Extension Extension
		Later     *bool
	}
	yes := true
	for _, c := range []struct {
		v    any
		name string
	}{
		{pick{First: &Null{}}, "first"},
		{&pick{Text: "x"}, "aText"},
		{&pick{Later: &yes}, "later"},
		{&pick{Extension: Extension{{Index: 7, Data: OpenType{1}}}}, "[7]"},
		{pick{}, ""},
		{(*pick)(nil), ""},
		{nil, ""},
		{struct{ A bool }{}, ""},
		{7, ""},
	} {
		if name, _ := Alternative(c.v); name != c.name {
			t.Errorf("%+v: %q, want %q", c.v, name, c.name)
		}
	}
	if _, v := Alternative(pick{Text: "x"}); v != "x" {
		t.Errorf("%v", v)
	}
	if _, v := Alternative(pick{Later: &yes}); v != &yes {
		t.Errorf("%v", v)
	}
}
