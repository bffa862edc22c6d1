package election

import (
	"encoding/binary"
	"fmt"
	"time"

	"parley/codecs"
)

// Identity orders bridges: the lowest wins. Its first octet is a priority.
type Identity uint64

// NewIdentity is that of a bridge of a priority, and of a random number that
// tells it from others.
func NewIdentity(priority uint8, random uint64) Identity {
	return Identity(priority)<<56 | Identity(random>>8)
}

// String is "128-1f00aa12bb34cc".
func (i Identity) String() string { return fmt.Sprintf("%d-%014x", uint64(i)>>56, uint64(i)<<8>>8) }

// Hello is what a bridge says in a group.
type Hello struct {
	Bridge Identity
	// Root is the lowest identity that it knows of, Cost over how many bridges
	// it is reached, Age how old its word is.
	Root Identity
	Cost uint8
	Age  time.Duration
	// Tag is the conference's: by it, calls from bridge to bridge are known for
	// what they are.
	Tag Tag
	// Single is said by who carries nothing from this group to another.
	Single bool
	// Standby is said by who sends nothing to this group: its SSRC is no source.
	Standby bool
}

// Name and Subtype are those of the RTCP APP packet (RFC 3550 6.7) whose data a
// Hello is.
const (
	Name    = "PLYB"
	Subtype = 0
)

const (
	helloVersion = 1
	helloSize    = 28
	ageUnit      = 20 * time.Millisecond

	flagSingle  = 1
	flagStandby = 2
)

// Append appends the data of the APP packet:
//
//	 0                   1                   2                   3
//	 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//	+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//	|   version=1   |0 0 0 0 0 0|B|S|     cost      | age in 20 ms  |
//	+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//	|                        root (64 bits)                         |
//	|                                                               |
//	+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//	|                       bridge (64 bits)                        |
//	|                                                               |
//	+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//	|                         tag (64 bits)                         |
//	|                                                               |
//	+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//
// S is Single, B is Standby.
func (h Hello) Append(b []byte) []byte {
	var flags uint8
	if h.Single {
		flags |= flagSingle
	}
	if h.Standby {
		flags |= flagStandby
	}
	age := min(max(h.Age, 0)/ageUnit, 255)
	b = append(b, helloVersion, flags, h.Cost, uint8(age))
	b = binary.BigEndian.AppendUint64(b, uint64(h.Root))
	b = binary.BigEndian.AppendUint64(b, uint64(h.Bridge))
	return binary.BigEndian.AppendUint64(b, uint64(h.Tag))
}

// ParseHello reads it. What a later version adds at the end is passed over; the
// error is codecs.ErrMalformed or codecs.ErrUnsupported.
func ParseHello(b []byte) (h Hello, err error) {
	if len(b) < helloSize {
		return h, fmt.Errorf("multicast: hello of %d octets: %w", len(b), codecs.ErrMalformed)
	}
	if b[0] != helloVersion {
		return h, fmt.Errorf("multicast: hello of version %d: %w", b[0], codecs.ErrUnsupported)
	}
	h = Hello{
		Single: b[1]&flagSingle != 0, Standby: b[1]&flagStandby != 0, Cost: b[2], Age: time.Duration(b[3]) * ageUnit,
		Root: Identity(binary.BigEndian.Uint64(b[4:])), Bridge: Identity(binary.BigEndian.Uint64(b[12:])),
		Tag: Tag(binary.BigEndian.Uint64(b[20:])),
	}
	if h.Root > h.Bridge { // nobody follows who is above itself
		return Hello{}, fmt.Errorf("multicast: hello of %v that follows %v: %w", h.Bridge, h.Root, codecs.ErrMalformed)
	}
	return h, nil
}
