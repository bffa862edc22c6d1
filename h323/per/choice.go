package per

import (
	"fmt"
	"reflect"
	"strconv"
)

// choiceEncoding is CHOICE, X.691 clause 23.
type choiceEncoding struct {
	root      []component
	additions []component
	marker    int // field of the Extension, or -1
}

func (b *builder) choice(key planKey) (encoding, error) {
	p := &choiceEncoding{}
	b.done[key] = p
	var err error
	p.root, p.additions, p.marker, err = b.components(key.t)
	if err == nil && len(p.root) == 0 {
		err = fmt.Errorf("%w: %v has no alternative before the marker", ErrType, key.t)
	}
	for _, c := range p.additions {
		if c.group != nil {
			// Version brackets in a CHOICE change nothing on the wire.
			err = fmt.Errorf("%w: %v.%s is a group in a CHOICE", ErrType, key.t, c.name)
		}
	}
	return p, err
}

// chosen finds the alternative that is set: in root, in additions, or unknown.
func (p *choiceEncoding) chosen(v reflect.Value) (in []component, i, count int) {
	for _, part := range [2][]component{p.root, p.additions} {
		for k := range part {
			if !absent(v.Field(part[k].field)) {
				in, i = part, k
				count++
			}
		}
	}
	return in, i, count
}

func (p *choiceEncoding) unknown(v reflect.Value) Extension {
	if p.marker < 0 {
		return nil
	}
	return extensionOf(v, p.marker)
}

func (p *choiceEncoding) encode(e *encoder, v reflect.Value) error {
	part, i, count := p.chosen(v)
	unknown := p.unknown(v)
	if count+len(unknown) != 1 {
		return e.fail("%d alternatives are chosen", count+len(unknown))
	}
	if err := e.enter(); err != nil {
		return err
	}
	defer e.leave()
	if p.marker >= 0 {
		root := count == 1 && &part[0] == &p.root[0]
		e.putBit(!root)
		if !root {
			return p.encodeAddition(e, v, unknown, i)
		}
	}
	e.constrained(uint64(i), uint64(len(p.root)-1))
	c := &p.root[i]
	if err := c.enc.encode(e, v.Field(c.field)); err != nil {
		return within(c.name, err)
	}
	return nil
}

// encodeAddition appends an alternative after the marker: clause 23.8.
func (p *choiceEncoding) encodeAddition(e *encoder, v reflect.Value, unknown Extension, i int) error {
	if len(unknown) == 0 {
		e.small(i)
		c := &p.additions[i]
		if err := e.open(c.enc, v.Field(c.field)); err != nil {
			return within(c.name, err)
		}
		return nil
	}
	if unknown[0].Index < len(p.additions) {
		return e.fail("unknown alternative %d is known", unknown[0].Index)
	}
	e.small(unknown[0].Index)
	e.octets(unknown[0].Data)
	return nil
}

func (p *choiceEncoding) decode(d *decoder, v reflect.Value) error {
	if err := d.enter(); err != nil {
		return err
	}
	defer d.leave()
	if p.marker >= 0 {
		extended, err := d.bit()
		if err != nil {
			return err
		}
		if extended {
			return p.decodeAddition(d, v)
		}
	}
	i, err := d.constrained(uint64(len(p.root) - 1))
	if err != nil {
		return err
	}
	c := &p.root[i]
	if err := c.enc.decode(d, v.Field(c.field)); err != nil {
		return within(c.name, err)
	}
	return nil
}

func (p *choiceEncoding) decodeAddition(d *decoder, v reflect.Value) error {
	i, err := d.small()
	if err != nil {
		return err
	}
	if i < len(p.additions) {
		c := &p.additions[i]
		if err := d.open(c.enc, v.Field(c.field)); err != nil {
			return within(c.name, err)
		}
		return nil
	}
	if err := keep(d, v.Field(p.marker), i); err != nil {
		return within("["+strconv.Itoa(i)+"]", err)
	}
	return nil
}

func (p *choiceEncoding) appendJSON(dst []byte, v reflect.Value) []byte {
	part, i, count := p.chosen(v)
	unknown := p.unknown(v)
	dst = append(dst, '{')
	switch {
	case count > 0:
		c := &part[i]
		dst = appendName(dst, c.name, len(dst))
		dst = c.enc.appendJSON(dst, v.Field(c.field))
	case len(unknown) > 0:
		dst = appendName(dst, "["+strconv.Itoa(unknown[0].Index)+"]", len(dst))
		dst = appendHex(dst, unknown[0].Data)
	}
	return append(dst, '}')
}
