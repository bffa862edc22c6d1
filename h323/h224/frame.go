package h224

import (
	"encoding/binary"
	"fmt"
)

// Frame is one of H.224 (clause 7):
//
//	octet 0, 1   Q.922 address: 00 61, or 00 71 at high priority
//	octet 2      control: 03, unnumbered information
//	octet 3, 4   destination terminal (H.243: MCU, terminal); 0 is all
//	octet 5, 6   source terminal
//	octet 7      client, with its identifier where it takes more octets
//	octet 8      BS ES C1 C0, number of the segment
//	...          data of the client
type Frame struct {
	HighPriority        bool
	Destination, Source uint16
	Client              Client
	// Begin and End mark the first and the last segment of a message.
	Begin, End bool
	C1, C0     bool // the client's own
	Segment    uint8
	// Data aliases what was parsed, where that was not HDLC.
	Data []byte
}

// The octets before a frame's information.
const (
	lowPriority   = 0x61
	highPriority  = 0x71
	control       = 0x03
	headerLength  = 3
	addressLength = 4
)

// Unmarshal reads the payload of an RTP packet: a frame by H.323 Annex Q, or
// the first one of HDLC. The error wraps ErrMalformed.
func Unmarshal(payload []byte) (Frame, error) {
	if len(payload) > maxFramed {
		return Frame{}, fmt.Errorf("h224: payload of %d octets: %w", len(payload), ErrMalformed)
	}
	// An Annex Q frame begins with 00 61 or 00 71, which no flag of HDLC has
	// within.
	if len(payload) >= headerLength && payload[0] == 0 && payload[1]&^0x10 == lowPriority && payload[2] == control {
		return parseFrame(payload)
	}
	data, err := unframe(payload)
	if err != nil {
		return Frame{}, err
	}
	return parseFrame(data)
}

func parseFrame(data []byte) (Frame, error) {
	if len(data) < headerLength+addressLength+2 || len(data) > headerLength+maxInformation {
		return Frame{}, fmt.Errorf("h224: frame of %d octets: %w", len(data), ErrMalformed)
	}
	if data[0] != 0 || data[1]&^0x10 != lowPriority || data[2] != control {
		return Frame{}, fmt.Errorf("h224: header % x: %w", data[:headerLength], ErrMalformed)
	}
	f := Frame{
		HighPriority: data[1] == highPriority,
		Destination:  binary.BigEndian.Uint16(data[3:]),
		Source:       binary.BigEndian.Uint16(data[5:]),
	}
	client, _, rest, err := parseClient(data[headerLength+addressLength:])
	if err != nil {
		return Frame{}, err
	}
	if len(rest) == 0 {
		return Frame{}, fmt.Errorf("h224: no segment octet: %w", ErrMalformed)
	}
	f.Client = client
	f.Begin, f.End = rest[0]&0x80 != 0, rest[0]&0x40 != 0
	f.C1, f.C0, f.Segment = rest[0]&0x20 != 0, rest[0]&0x10 != 0, rest[0]&0x0f
	f.Data = rest[1:]
	return f, nil
}

// Append appends the frame as H.323 Annex Q has it. The error wraps
// ErrUnsupported: more data than a frame holds.
func (f *Frame) Append(dst []byte) ([]byte, error) {
	address := byte(lowPriority)
	if f.HighPriority {
		address = highPriority
	}
	start := len(dst)
	dst = append(dst, 0, address, control)
	dst = binary.BigEndian.AppendUint16(dst, f.Destination)
	dst = binary.BigEndian.AppendUint16(dst, f.Source)
	dst = f.Client.appendTo(dst, 0)
	segment := f.Segment & 0x0f
	for i, on := range [...]bool{f.Begin, f.End, f.C1, f.C0} {
		if on {
			segment |= 0x80 >> i
		}
	}
	dst = append(append(dst, segment), f.Data...)
	if n := len(dst) - start - headerLength; n > maxInformation {
		return dst[:start], fmt.Errorf("h224: %d octets in a frame: %w", n, ErrUnsupported)
	}
	return dst, nil
}

// AppendHDLC appends the frame in HDLC, beginning and ending with flags.
func (f *Frame) AppendHDLC(dst []byte) ([]byte, error) {
	data, err := f.Append(nil)
	if err != nil {
		return dst, err
	}
	return appendFramed(dst, data), nil
}
