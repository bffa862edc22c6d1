package per

import "reflect"

// rawEncoding is an open type kept as octets, X.691 clause 11.2.
type rawEncoding struct{}

func (rawEncoding) encode(e *encoder, v reflect.Value) error {
	e.octets(v.Bytes())
	return nil
}

func (rawEncoding) decode(d *decoder, v reflect.Value) error {
	b, err := d.raw()
	v.SetBytes(b)
	return err
}

func (rawEncoding) appendJSON(dst []byte, v reflect.Value) []byte {
	return appendHex(dst, v.Bytes())
}

// raw returns the octets of an open type as the value's own.
func (d *decoder) raw() ([]byte, error) {
	var all []byte
	err := d.counted(anySize, func(n int, _ size) error {
		part, err := d.octets(n)
		all = joined(all, part)
		return err
	})
	return all, err
}

// openEncoding is an open type whose content is known.
type openEncoding struct{ inner encoding }

func (p *openEncoding) encode(e *encoder, v reflect.Value) error {
	return e.open(p.inner, v)
}

func (p *openEncoding) decode(d *decoder, v reflect.Value) error {
	return d.open(p.inner, v)
}

func (p *openEncoding) appendJSON(dst []byte, v reflect.Value) []byte {
	return p.inner.appendJSON(dst, v)
}

// open appends an open type that contains v.
func (e *encoder) open(inner encoding, v reflect.Value) error {
	if err := e.enter(); err != nil {
		return err
	}
	mark := e.beginOpen()
	if err := inner.encode(e, v); err != nil {
		return err
	}
	e.endOpen(mark)
	e.leave()
	return nil
}

// open reads an open type as v. Whatever follows v in it is passed over.
func (d *decoder) open(inner encoding, v reflect.Value) error {
	if err := d.enter(); err != nil {
		return err
	}
	start := d.pos
	n, more, err := d.length()
	switch {
	case err != nil:
		return err
	case more:
		d.pos = start
		return d.openFragments(inner, v)
	case n > (d.end-d.pos)/8:
		return d.truncated()
	}
	end, outer := d.pos+8*n, d.end
	d.end = end
	err = inner.decode(d, v)
	d.pos, d.end = end, outer
	d.leave()
	return err
}

// openFragments joins the fragments and reads v from them.
func (d *decoder) openFragments(inner encoding, v reflect.Value) error {
	content, err := d.raw()
	if err != nil {
		return err
	}
	data, pos, end := d.data, d.pos, d.end
	d.data, d.pos, d.end = content, 0, 8*len(content)
	err = inner.decode(d, v)
	d.data, d.pos, d.end = data, pos, end
	d.leave()
	return err
}
