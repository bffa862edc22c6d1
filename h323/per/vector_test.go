package per_test

import (
	"encoding/hex"
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"parley/h323/per"
)

// vector is a value and its encoding, computed by hand from X.691.
type vector struct {
	name  string
	value any
	hex   string // spaces are for the reader
}

// lead stands before what is tested, so that alignment shows.
type lead = bool

func octets(t *testing.T, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func ptr[T any](v T) *T { return &v }

// wide are limits that let every vector pass.
var wide = per.Limits{Elements: 1 << 20, Memory: 1 << 26}

// run proves each vector both ways, and that no part of it is a value.
func run(t *testing.T, vectors []vector) {
	t.Helper()
	for _, v := range vectors {
		t.Run(v.name, func(t *testing.T) {
			want := octets(t, v.hex)
			got, err := per.Marshal(v.value)
			if err != nil {
				t.Fatal(err)
			}
			if string(got) != string(want) {
				t.Errorf("Marshal %+v: %.80x, want %.80x", v.value, got, want)
			}
			decodes(t, want, v.value)
			fresh := reflect.New(reflect.TypeOf(v.value)).Interface()
			step := 1 + len(want)/64 // short vectors are cut at every octet
			for n := 0; n < len(want); n += step {
				if _, err := wide.Unmarshal(want[:n], fresh); !errors.Is(err, per.ErrMalformed) {
					t.Errorf("Unmarshal of %d of %d octets: %v", n, len(want), err)
				}
			}
		})
	}
}

func decodes(t *testing.T, data []byte, want any) {
	t.Helper()
	fresh := reflect.New(reflect.TypeOf(want))
	rest, err := wide.Unmarshal(append(data[:len(data):len(data)], 0xa5, 0x5a), fresh.Interface())
	if err != nil {
		t.Fatal(err)
	}
	if len(rest) != 2 {
		t.Errorf("%d octets are left, want 2", len(rest))
	}
	if d := cmp.Diff(want, fresh.Elem().Interface()); d != "" {
		t.Errorf("Unmarshal %.80x: %s", data, d)
	}
	// The last value of a message has nothing behind it.
	if rest, err := wide.Unmarshal(data, reflect.New(reflect.TypeOf(want)).Interface()); err != nil || len(rest) > 0 {
		t.Errorf("Unmarshal %.80x alone: %d octets are left, %v", data, len(rest), err)
	}
}

// refused proves that values do not encode.
func refused(t *testing.T, values ...any) {
	t.Helper()
	for _, v := range values {
		if b, err := per.Marshal(v); !errors.Is(err, per.ErrValue) {
			t.Errorf("Marshal %+v: %x, %v", v, b, err)
		}
	}
}

// rejected proves that octets do not decode into the type of like.
func rejected(t *testing.T, like any, kind error, all ...string) {
	t.Helper()
	for _, s := range all {
		fresh := reflect.New(reflect.TypeOf(like)).Interface()
		if _, err := per.Unmarshal(octets(t, s), fresh); !errors.Is(err, kind) {
			t.Errorf("Unmarshal %s into %T: %v, want %v", s, like, err, kind)
		}
	}
}
