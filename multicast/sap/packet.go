package sap

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net/netip"

	"parley/codecs"
)

// ErrEncrypted is of packets whose payload is encrypted: nobody but those who
// hold its key can list it (RFC 2974 section 7). It wraps codecs.ErrUnsupported.
var ErrEncrypted = fmt.Errorf("sap: encrypted: %w", codecs.ErrUnsupported)

// sdpType is the payload type of session descriptions.
const sdpType = "application/sdp"

// Packet is an announcement or a deletion (RFC 2974 section 6):
//
//	 0                   1                   2                   3
//	 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//	+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//	| V=1 |A|R|T|E|C|   auth len    |         msg id hash           |
//	+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//	|                originating source (32 or 128 bits)            |
//	+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//	|                    optional authentication data               |
//	+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//	|                      optional payload type                    |
//	+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//	|                            payload                            |
type Packet struct {
	Deletion bool
	// Hash changes with the content. 0: none, as the first version sent it.
	Hash   uint16
	Origin netip.Addr // who announces, by its own account
	// Payload is a description or, of a Deletion, its o= line or nothing.
	Payload []byte
}

// The bits of the first octet.
const (
	bitIPv6       = 0x10 // A
	bitDeletion   = 0x04 // T
	bitEncrypted  = 0x02 // E
	bitCompressed = 0x01 // C
	version1      = 1 << 5
)

// Parse reads a packet. Its Payload aliases raw, unless it was compressed.
// Errors wrap codecs.ErrMalformed or codecs.ErrUnsupported, of which
// ErrEncrypted is one.
func Parse(raw []byte) (Packet, error) { return parse(raw, new(inflater)) }

// parse is Parse with an inflater of one's own, whose Payload lasts until its
// next use.
func parse(raw []byte, z *inflater) (Packet, error) {
	var p Packet
	if len(raw) < 8 {
		return p, fmt.Errorf("sap: packet of %d bytes: %w", len(raw), codecs.ErrMalformed)
	}
	// Version 0 has the same header, without hash and payload type.
	if v := raw[0] >> 5; v > 1 {
		return p, fmt.Errorf("sap: version %d: %w", v, codecs.ErrUnsupported)
	}
	p.Deletion = raw[0]&bitDeletion != 0
	p.Hash = binary.BigEndian.Uint16(raw[2:])
	header := 8
	if raw[0]&bitIPv6 != 0 {
		header = 20
	}
	// The length of the authentication data is in 32-bit words. It is skipped:
	// no key is known by which it could be checked.
	rest := header + 4*int(raw[1])
	if len(raw) < rest {
		return p, fmt.Errorf("sap: header of %d bytes in %d: %w", rest, len(raw), codecs.ErrMalformed)
	}
	p.Origin, _ = netip.AddrFromSlice(raw[4:header])
	p.Origin = p.Origin.Unmap()
	if raw[0]&bitEncrypted != 0 {
		return p, ErrEncrypted
	}
	payload, err := z.content(raw[rest:], raw[0]&bitCompressed != 0)
	if err != nil {
		return p, err
	}
	if len(payload) > MaxDescription {
		return p, fmt.Errorf("sap: description of %d bytes: %w", len(payload), codecs.ErrUnsupported)
	}
	if len(payload) == 0 && !p.Deletion {
		return p, fmt.Errorf("sap: announcement of nothing: %w", codecs.ErrMalformed)
	}
	p.Payload = payload
	return p, nil
}

// content takes compression and payload type off, in either order: the RFC has
// the type before the payload that is compressed, and many programs compress
// both together.
func (z *inflater) content(b []byte, compressed bool) ([]byte, error) {
	if compressed && len(b) > 0 && b[0]&0x0f == zlibDeflate {
		out, err := z.inflate(b)
		if err != nil {
			return nil, err
		}
		return untyped(out)
	}
	b, err := untyped(b)
	if err != nil || !compressed {
		return b, err
	}
	return z.inflate(b)
}

// zlibDeflate is CM of a zlib header (RFC 1950 2.2). No MIME type begins with
// a character that has it and is followed by its check bits.
const zlibDeflate = 8

// untyped takes the payload type off; there is none where a description
// begins, as it does with "v=0".
func untyped(b []byte) ([]byte, error) {
	if len(b) == 0 || bytes.HasPrefix(b, []byte("v=0")) || bytes.HasPrefix(b, []byte("o=")) {
		return b, nil
	}
	end := bytes.IndexByte(b[:min(len(b), maxPayloadType)], 0)
	switch {
	case end < 0:
		return nil, fmt.Errorf("sap: neither a payload type nor a description: %w", codecs.ErrMalformed)
	case end > 0 && !bytes.EqualFold(b[:end], []byte(sdpType)):
		return nil, fmt.Errorf("sap: payload of type %q: %w", b[:end], codecs.ErrUnsupported)
	}
	return b[end+1:], nil
}

// inflater takes compression off. It is kept, since a window of 32 kB for each
// packet would make a flood of small ones cost a hundred times its size.
type inflater struct {
	in  bytes.Reader
	z   io.ReadCloser // nil: not yet used
	out bytes.Buffer
}

// inflate returns at most MaxDescription bytes and a payload type, valid until
// the next call.
func (z *inflater) inflate(b []byte) ([]byte, error) {
	z.in.Reset(b)
	z.out.Reset()
	var err error
	if z.z == nil {
		z.z, err = zlib.NewReader(&z.in)
	} else {
		err = z.z.(zlib.Resetter).Reset(&z.in, nil) // as zlib says of what NewReader returns
	}
	if err == nil {
		_, err = z.out.ReadFrom(io.LimitReader(z.z, MaxDescription+maxPayloadType))
	}
	if err != nil {
		return nil, fmt.Errorf("sap: compressed payload: %w: %w", codecs.ErrMalformed, err)
	}
	return z.out.Bytes(), nil
}

var errNoOrigin = errors.New("sap: no originating source")

// Append appends the packet as it goes over the wire, with its payload type.
func (p Packet) Append(dst []byte) ([]byte, error) {
	if !p.Origin.IsValid() {
		return dst, errNoOrigin
	}
	first, origin := byte(version1), p.Origin.Unmap()
	if origin.Is6() {
		first |= bitIPv6
	}
	if p.Deletion {
		first |= bitDeletion
	}
	dst = append(dst, first, 0)
	dst = binary.BigEndian.AppendUint16(dst, p.Hash)
	dst = append(dst, origin.AsSlice()...)
	dst = append(dst, sdpType...)
	dst = append(dst, 0)
	return append(dst, p.Payload...), nil
}
