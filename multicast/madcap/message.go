package madcap

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"
)

// MessageType is the msgtype field (RFC 2730 2.2).
type MessageType uint8

// The message types.
const (
	Discover MessageType = 1
	Offer    MessageType = 2
	Request  MessageType = 3
	Renew    MessageType = 4
	Ack      MessageType = 5
	Nak      MessageType = 6
	Release  MessageType = 7
	GetInfo  MessageType = 8
)

var typeNames = [...]string{"", "DISCOVER", "OFFER", "REQUEST", "RENEW", "ACK", "NAK", "RELEASE", "GETINFO"}

// String is the name that RFC 2730 uses.
func (t MessageType) String() string {
	if t > 0 && int(t) < len(typeNames) {
		return typeNames[t]
	}
	return fmt.Sprintf("message type %d", uint8(t))
}

// Family is an address family of IANA's.
type Family uint16

// The families of which there are groups.
const (
	IPv4 Family = 1
	IPv6 Family = 2
)

// size is how many bytes an address has; 0: of an unknown family.
func (f Family) size() int {
	switch f {
	case IPv4:
		return 4
	case IPv6:
		return 16
	}
	return 0
}

func familyOf(a netip.Addr) Family {
	if a.Is4() {
		return IPv4
	}
	return IPv6
}

// OptionCode names an option (RFC 2730 section 3).
type OptionCode uint16

// The options.
const (
	OptionEnd              OptionCode = 0
	OptionLeaseTime        OptionCode = 1
	OptionServerID         OptionCode = 2
	OptionLeaseID          OptionCode = 3
	OptionScope            OptionCode = 4
	OptionRequestList      OptionCode = 5
	OptionStartTime        OptionCode = 6
	OptionAddressCount     OptionCode = 7
	OptionLanguage         OptionCode = 8
	OptionScopeList        OptionCode = 9
	OptionAddressRanges    OptionCode = 10
	OptionCurrentTime      OptionCode = 11
	OptionFeatureList      OptionCode = 12
	OptionRetryTime        OptionCode = 13
	OptionMinimumLeaseTime OptionCode = 14
	OptionMaximumStartTime OptionCode = 15
	OptionError            OptionCode = 16
	// noOption is what an error says that is of none (RFC 2730 3.17.1).
	noOption OptionCode = 0xFFFF
)

// Message is a MADCAP message (RFC 2730 2.1):
//
//	| version (1) | msgtype (1) | addrfamily (2) | xid (4) | options ... |
//
// of which each option is a code and a length of two octets each, and the last
// one is End.
type Message struct {
	Type    MessageType
	Family  Family
	XID     uint32
	Options []Option // without End
}

// Option is one option. Value is a part of the message.
type Option struct {
	Code  OptionCode
	Value []byte
}

const headerSize = 8

// ErrMalformed says that this is no message of MADCAP. It is not answered (RFC 2730 2.1).
var ErrMalformed = errors.New("madcap: malformed message")

// Parse reads a message, whose bytes the options share. The error wraps
// ErrMalformed.
func Parse(raw []byte) (Message, error) {
	if len(raw) < headerSize+4 {
		return Message{}, fmt.Errorf("%w: %d bytes", ErrMalformed, len(raw))
	}
	if raw[0] != 0 {
		return Message{}, fmt.Errorf("%w: version %d", ErrMalformed, raw[0])
	}
	m := Message{Type: MessageType(raw[1]), Family: Family(binary.BigEndian.Uint16(raw[2:])), XID: binary.BigEndian.Uint32(raw[4:])}
	rest := raw[headerSize:]
	for {
		if len(rest) < 4 {
			return m, fmt.Errorf("%w: without End", ErrMalformed)
		}
		code, size := OptionCode(binary.BigEndian.Uint16(rest)), int(binary.BigEndian.Uint16(rest[2:]))
		if rest = rest[4:]; size > len(rest) {
			return m, fmt.Errorf("%w: option %d is cut off", ErrMalformed, code)
		}
		if code == OptionEnd {
			if size != 0 || len(rest) != 0 {
				return m, fmt.Errorf("%w: something behind End", ErrMalformed)
			}
			return m, nil
		}
		if len(m.Options) == maxOptions {
			return m, fmt.Errorf("%w: more than %d options", ErrMalformed, maxOptions)
		}
		m.Options = append(m.Options, Option{code, rest[:size:size]})
		rest = rest[size:]
	}
}

// find returns the first option of a code.
func (m *Message) find(code OptionCode) ([]byte, bool) {
	for _, o := range m.Options {
		if o.Code == code {
			return o.Value, true
		}
	}
	return nil, false
}

// uint32 reads an option of four octets; not ok: it is not there.
func (m *Message) uint32(code OptionCode) (uint32, bool, error) {
	v, ok := m.find(code)
	if !ok {
		return 0, false, nil
	}
	if len(v) != 4 {
		return 0, false, invalid(code)
	}
	return binary.BigEndian.Uint32(v), true, nil
}

// writer appends to a message.
type writer struct{ raw []byte }

func begin(t MessageType, f Family, xid uint32) *writer {
	w := &writer{raw: make([]byte, headerSize, 128)}
	w.raw[1] = byte(t)
	binary.BigEndian.PutUint16(w.raw[2:], uint16(f))
	binary.BigEndian.PutUint32(w.raw[4:], xid)
	return w
}

func (w *writer) option(code OptionCode, value ...byte) {
	w.raw = binary.BigEndian.AppendUint16(w.raw, uint16(code))
	w.raw = binary.BigEndian.AppendUint16(w.raw, uint16(len(value)))
	w.raw = append(w.raw, value...)
}

func (w *writer) uint32(code OptionCode, v uint32) {
	w.option(code, binary.BigEndian.AppendUint32(nil, v)...)
}

// end closes the message.
func (w *writer) end() []byte {
	w.option(OptionEnd)
	return w.raw
}
