package per_test

import (
	"errors"
	"testing"

	"parley/h323/per"
)

type badOwnTag uint8

func (badOwnTag) PERTag() string { return "range=oops" }

type laid uint16

func (laid) PERTag() string { return "range=0..7" }

// A mistake in a type is found before any octet is.
func TestCheckFindsMistakes(t *testing.T) {
	type inner struct{ A bool }
	for name, v := range map[string]any{
		"nil":       nil,
		"float":     float64(1),
		"map":       struct{ M map[int]int }{},
		"interface": struct{ M any }{},
		"no kind":   struct{ S string }{},
		"two kinds": struct {
			S string `per:"ia5,bmp"`
		}{},
		"unknown item": struct {
			N int `per:"range=1..2,optonal"`
		}{},
		"item of another type": struct {
			N int `per:"size=1..2"`
		}{},
		"open quote": struct {
			S string `per:"ia5,from='ab"`
		}{},
		"from without quotes": struct {
			S string `per:"ia5,from=ab"`
		}{},
		"from outside of the kind": struct {
			S string `per:"numeric,from='ab'"`
		}{},
		"from backwards": struct {
			S string `per:"ia5,from='z..a'"`
		}{},
		"range backwards": struct {
			N int `per:"range=2..1"`
		}{},
		"range above the kind": struct {
			N uint8 `per:"range=0..256"`
		}{},
		"range beyond the kind": struct {
			N uint8 `per:"range=300..400"`
		}{},
		"range above a signed kind": struct {
			N int8 `per:"range=0..300"`
		}{},
		"range backwards below zero": struct {
			N int8 `per:"range=-4..-10"`
		}{},
		"range without an end that is a number": struct {
			N int8 `per:"range=-4..x"`
		}{},
		"range below the kind": struct {
			N uint8 `per:"range=-1..5"`
		}{},
		"ext of nothing": struct {
			N uint8 `per:"ext"`
		}{},
		"size of nothing": struct {
			S []byte `per:"ext"`
		}{},
		"size backwards": struct {
			S []byte `per:"size=2..1"`
		}{},
		"no size": struct {
			S []byte `per:"size=x"`
		}{},
		"enum": struct {
			E uint8 `per:"enum=0"`
		}{},
		"enum above the kind": struct {
			E int8 `per:"enum=200"`
		}{},
		"optional bool": struct {
			B bool `per:"optional"`
		}{},
		"optional string that may be empty": struct {
			S string `per:"optional,ia5"`
		}{},
		"not exported": struct{ n int }{},
		"two markers":  struct{ A, B per.Extension }{},
		"addition that cannot be absent": struct {
			E per.Extension
			B bool
		}{},
		"group of no struct": struct {
			E per.Extension
			B *bool `per:"group"`
		}{},
		"group before the marker": struct {
			G *inner `per:"group"`
		}{},
		"empty choice": struct{ per.Choice }{},
		"choice of a value": struct {
			per.Choice
			B bool
		}{},
		"array of no octets": struct{ A [3]int }{},
		"pointer to pointer": struct{ P **int }{},
		"own tag":            struct{ N badOwnTag }{},
		"marker alone":       per.Extension{},
		"struct with a range": struct {
			S inner `per:"range=0..1"`
		}{},
	} {
		if err := per.Check(v); !errors.Is(err, per.ErrType) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := per.Marshal(nil); !errors.Is(err, per.ErrValue) {
		t.Errorf("Marshal nil: %v", err)
	}
	if _, err := per.Marshal((*item)(nil)); !errors.Is(err, per.ErrValue) {
		t.Errorf("Marshal a nil pointer: %v", err)
	}
	if _, err := per.Unmarshal([]byte{0}, item{}); !errors.Is(err, per.ErrType) {
		t.Errorf("Unmarshal into a value: %v", err)
	}
	if _, err := per.Unmarshal(nil, &named{}); !errors.Is(err, per.ErrMalformed) {
		t.Errorf("Unmarshal nothing: %v", err)
	}
}

type outer struct {
	B    lead
	Own  laid
	Over laid  `per:"range=0..65535"`
	Not  int   `per:"-"`
	Left *laid `per:"optional"`
}

// A field's tag is laid over its type's.
func TestOwnTag(t *testing.T) {
	// Left is absent: 0, B: 1, Own: 011.
	run(t, []vector{{"own and over", outer{B: true, Own: 3, Over: 258}, "58 0102"}})
	run(t, []vector{{"own through a pointer", outer{B: true, Left: ptr(laid(7))}, "c0 0000 e0"}})
}

type node struct {
	per.Choice
	Leaf *bool
	List []node `per:"size=0..3"`
	Next *ring
}

type ring struct {
	Node  *node `per:"optional"`
	Rings rings
}

type rings []rings

// Types that contain themselves.
func TestRecursion(t *testing.T) {
	run(t, []vector{
		{"list of itself", node{List: []node{{Leaf: ptr(true)}, {List: []node{}}}}, "62 80"},
		{"by another", node{Next: &ring{Node: &node{Leaf: ptr(true)}, Rings: rings{{}, {}}}}, "a4 02 00 00"},
	})
}
