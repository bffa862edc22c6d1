package per

import (
	"fmt"
	"reflect"
	"sync"
)

// encoding is one ASN.1 type as it is encoded, made once from a Go type and its
// tags. Values given to decode are settable, values given to encode addressable.
type encoding interface {
	encode(e *encoder, v reflect.Value) error
	decode(d *decoder, v reflect.Value) error
	appendJSON(dst []byte, v reflect.Value) []byte
}

// plans keeps the encoding of each outermost type. What is in it depends on the
// type alone, so nobody can tell whether it was there before.
var plans sync.Map // reflect.Type to encoding

func planOf(t reflect.Type) (encoding, error) {
	if p, ok := plans.Load(t); ok {
		return p.(encoding), nil
	}
	b := builder{done: map[planKey]encoding{}}
	p, err := b.build(t, "")
	if err != nil {
		return nil, fmt.Errorf("per: %v: %w", t, err)
	}
	kept, _ := plans.LoadOrStore(t, p)
	return kept.(encoding), nil
}

type planKey struct {
	t   reflect.Type
	tag string
}

// builder makes encodings. Those of structs and lists are registered before
// their parts are made, since types may be recursive.
type builder struct{ done map[planKey]encoding }

var (
	byteType      = reflect.TypeFor[byte]()
	oidType       = reflect.TypeFor[OID]()
	nullType      = reflect.TypeFor[Null]()
	choiceType    = reflect.TypeFor[Choice]()
	openType      = reflect.TypeFor[OpenType]()
	bitStringType = reflect.TypeFor[BitString]()
	extensionType = reflect.TypeFor[Extension]()
)

// build makes the encoding of t with a field's tag.
func (b *builder) build(t reflect.Type, field string) (encoding, error) {
	if t.Kind() == reflect.Pointer {
		return b.pointer(t, field)
	}
	tags, err := tagsOf(t, field)
	if err != nil {
		return nil, err
	}
	// These belong to the field, which has looked at them.
	tags.drop("optional")
	tags.drop("group")
	tags.drop("name")
	open := tags.drop("open")
	p, err := b.bare(t, tags)
	if open {
		p = &openEncoding{p}
	}
	return p, err
}

// bare makes the encoding of t with the tags that constrain it.
func (b *builder) bare(t reflect.Type, tags tags) (encoding, error) {
	key := planKey{t, tags.String()}
	if p, ok := b.done[key]; ok {
		return p, nil
	}
	switch t {
	case oidType:
		return oidEncoding{}, tags.only()
	case nullType:
		return nullEncoding{}, tags.only()
	case openType:
		return rawEncoding{}, tags.only()
	case extensionType, choiceType:
		return nil, fmt.Errorf("%w: %v is not of its own", ErrType, t)
	}
	switch t.Kind() {
	case reflect.Bool:
		return booleanEncoding{}, tags.only()
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64,
		reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		if tags.has("enum") {
			return newEnumerated(t, tags)
		}
		return newInteger(t, tags)
	case reflect.String:
		return newText(tags)
	case reflect.Array:
		return newOctetArray(t, tags)
	case reflect.Slice:
		if t.Elem() == byteType && !tags.has("elem") {
			return newOctetString(tags)
		}
		return b.list(key, tags)
	case reflect.Struct:
		if t.ConvertibleTo(bitStringType) {
			return newBitString(tags)
		}
		if err := tags.only(); err != nil {
			return nil, err
		}
		if isChoice(t) {
			return b.choice(key)
		}
		return b.sequence(key)
	}
	return nil, fmt.Errorf("%w: a Go %v", ErrType, t.Kind())
}

// isChoice tells whether the struct embeds Choice.
func isChoice(t reflect.Type) bool {
	for i := range t.NumField() {
		if f := t.Field(i); f.Anonymous && f.Type == choiceType {
			return true
		}
	}
	return false
}

// pointerEncoding is its element; absence is the matter of what holds it.
type pointerEncoding struct {
	elem encoding
	t    reflect.Type
	cost int
}

func (b *builder) pointer(t reflect.Type, field string) (encoding, error) {
	t = t.Elem()
	if t.Kind() == reflect.Pointer {
		return nil, fmt.Errorf("%w: pointer to a pointer", ErrType)
	}
	elem, err := b.build(t, field)
	return &pointerEncoding{elem: elem, t: t, cost: int(t.Size())}, err
}

func (p *pointerEncoding) encode(e *encoder, v reflect.Value) error {
	if v.IsNil() {
		return e.fail("missing")
	}
	return p.elem.encode(e, v.Elem())
}

func (p *pointerEncoding) decode(d *decoder, v reflect.Value) error {
	if err := d.charge(p.cost); err != nil {
		return err
	}
	n := reflect.New(p.t)
	if err := p.elem.decode(d, n.Elem()); err != nil {
		return err
	}
	if n.Type() != v.Type() {
		n = n.Convert(v.Type()) // a named pointer type
	}
	v.Set(n)
	return nil
}

func (p *pointerEncoding) appendJSON(dst []byte, v reflect.Value) []byte {
	if v.IsNil() {
		return append(dst, "null"...)
	}
	return p.elem.appendJSON(dst, v.Elem())
}
