package h235_test

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"

	"parley/h323/h235"
	"parley/h323/per"
)

func TestDHKeyExt(t *testing.T) {
	token := h235.ClearToken{TokenOID: "0.0.8.235.0.3.45"}
	if set, err := token.DHKeyExt(); set != nil || err != nil {
		t.Errorf("%v, %v of a token without one", set, err)
	}
	want := &h235.DHSetExt{Halfkey: per.BitString{Bytes: bytes.Repeat([]byte{0xa5}, 512), Length: 4096}}
	for range 2 { // the second takes the first one's place
		if err := token.SetDHKeyExt(want); err != nil {
			t.Fatal(err)
		}
	}
	data, err := per.Marshal(&token)
	if err != nil {
		t.Fatal(err)
	}
	var read h235.ClearToken
	if _, err := per.Unmarshal(data, &read); err != nil {
		t.Fatal(err)
	}
	got, err := read.DHKeyExt()
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}
