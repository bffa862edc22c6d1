package q931

import (
	"fmt"
	"slices"
)

// discriminator of call control (Q.931 clause 4.2). Q.932's messages have it too.
const discriminator = 0x08

// Message is a message of Q.931 or Q.932 (Q.931 clause 4.1):
//
//	+---------------------------------------+
//	|  protocol discriminator 0 0 0 0 1 0 0 0
//	|  0 0 0 0  | length of the reference, 2
//	|  flag |   call reference, 15 bits
//	|  0 |      message type
//	|  information elements ...
//	+---------------------------------------+
type Message struct {
	// CallReference is of 15 bits; 0 is the global one (H.225.0 clause 7.2.2.3).
	CallReference uint16
	// FromDestination is the call reference flag: the message comes from the side
	// that did not assign the reference, the called one.
	FromDestination bool
	Type            MessageType
	// Elements in the order of the message.
	Elements []Element
}

// Unmarshal parses data. The elements' Data are parts of data. Its errors wrap
// ErrMalformed, ErrUnsupported or ErrLimit.
//
// H.225.0 clause 7.2.2.3 has call references of two octets; shorter ones of
// primary signalling are taken too.
func (m *Message) Unmarshal(data []byte) error {
	*m = Message{}
	if len(data) < 2 {
		return fmt.Errorf("%w: %d octets", ErrMalformed, len(data))
	}
	if data[0] != discriminator {
		return fmt.Errorf("%w: protocol discriminator 0x%02x", ErrUnsupported, data[0])
	}
	size := int(data[1] & 0x0f)
	if size > 2 {
		return fmt.Errorf("%w: call reference of %d octets", ErrUnsupported, size)
	}
	data = data[2:]
	if len(data) < size+1 {
		return fmt.Errorf("%w: the header is cut", ErrMalformed)
	}
	for i, b := range data[:size] {
		if i == 0 {
			m.FromDestination = b&0x80 != 0
			b &= 0x7f
		}
		m.CallReference = m.CallReference<<8 | uint16(b)
	}
	m.Type = MessageType(data[size])
	var err error
	m.Elements, err = parseElements(data[size+1:])
	return err
}

// Append appends the message to dst. Its errors wrap ErrValue or ErrLimit; dst
// is then returned as it was.
func (m *Message) Append(dst []byte) ([]byte, error) {
	if m.CallReference > maxReference {
		return dst, fmt.Errorf("%w: call reference %d", ErrValue, m.CallReference)
	}
	if len(m.Elements) > maxElements {
		return dst, fmt.Errorf("%w: %d elements", ErrLimit, len(m.Elements))
	}
	high := byte(m.CallReference >> 8)
	if m.FromDestination {
		high |= 0x80
	}
	out := append(dst, discriminator, 2, high, byte(m.CallReference), byte(m.Type))
	for _, e := range m.Elements {
		var err error
		if out, err = e.append(out); err != nil {
			return dst, err
		}
	}
	return out, nil
}

// Find returns the content of the first element id of codeset 0, and whether
// there is one.
func (m *Message) Find(id ElementID) (data []byte, ok bool) {
	for _, e := range m.Elements {
		if e.is(id) {
			return e.Data, true
		}
	}
	return nil, false
}

// Put sets the content of the first element id of codeset 0, or puts the element
// where Q.931 clause 4.5.1 wants it, in ascending order of identifiers.
func (m *Message) Put(id ElementID, data []byte) {
	if i := slices.IndexFunc(m.Elements, func(e Element) bool { return e.is(id) }); i >= 0 {
		m.Elements[i].Data = data
		return
	}
	// Elements of one octet stand anywhere; those of other codesets last.
	at := slices.IndexFunc(m.Elements, func(e Element) bool {
		return e.isShift() || e.Codeset != 0 || !e.ID.single() && e.ID > id
	})
	switch {
	case id.single():
		at = 0
	case at < 0:
		at = len(m.Elements)
	}
	m.Elements = slices.Insert(m.Elements, at, Element{ID: id, Data: data})
}

// Delete takes all elements id of codeset 0 away.
func (m *Message) Delete(id ElementID) {
	m.Elements = slices.DeleteFunc(m.Elements, func(e Element) bool { return e.is(id) })
}
