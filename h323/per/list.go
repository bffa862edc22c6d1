package per

import (
	"reflect"
	"strconv"
)

// listEncoding is SEQUENCE OF and SET OF, X.691 clauses 20 and 22.
type listEncoding struct {
	size size
	elem encoding
	cost int // of an element in memory
}

func (b *builder) list(key planKey, tags tags) (encoding, error) {
	s, err := tags.size()
	if err != nil {
		return nil, err
	}
	if err := tags.only("size", "ext", "elem"); err != nil {
		return nil, err
	}
	p := &listEncoding{size: s, cost: max(1, int(key.t.Elem().Size()))}
	b.done[key] = p
	p.elem, err = b.build(key.t.Elem(), tags["elem"])
	return p, err
}

func (p *listEncoding) encode(e *encoder, v reflect.Value) error {
	if err := e.enter(); err != nil {
		return err
	}
	err := e.counted(p.size, v.Len(), true, func(from, to int, _ size) error {
		for i := from; i < to; i++ {
			if err := p.elem.encode(e, v.Index(i)); err != nil {
				return within(index(i), err)
			}
		}
		return nil
	})
	e.leave()
	return err
}

func index(i int) string { return "[" + strconv.Itoa(i) + "]" }

func (p *listEncoding) decode(d *decoder, v reflect.Value) error {
	if err := d.enter(); err != nil {
		return err
	}
	done := 0
	err := d.counted(p.size, func(n int, _ size) error {
		if done+n > d.elements {
			return d.fail(ErrLimit, "a list of more than %d elements", d.elements)
		}
		if err := d.charge(n * p.cost); err != nil {
			return err
		}
		v.Grow(n)
		v.SetLen(done + n)
		for ; n > 0; n-- {
			if err := p.elem.decode(d, v.Index(done)); err != nil {
				return within(index(done), err)
			}
			done++
		}
		return nil
	})
	if v.IsNil() { // empty is not absent
		v.Set(reflect.MakeSlice(v.Type(), 0, 0))
	}
	d.leave()
	return err
}

func (p *listEncoding) appendJSON(dst []byte, v reflect.Value) []byte {
	dst = append(dst, '[')
	for i := range v.Len() {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = p.elem.appendJSON(dst, v.Index(i))
	}
	return append(dst, ']')
}
