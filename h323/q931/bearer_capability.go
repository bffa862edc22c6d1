package q931

import "fmt"

// Coding is the coding standard of an element's content.
type Coding uint8

// ITU is the coding that Q.931 itself describes.
const (
	ITU Coding = iota
	ISO
	National
	NetworkSpecific
)

// TransferCapability is the kind of information that a bearer carries.
type TransferCapability uint8

// Transfer capabilities of Q.931 clause 4.5.5.
const (
	Speech              TransferCapability = 0x00
	UnrestrictedDigital TransferCapability = 0x08
	RestrictedDigital   TransferCapability = 0x09
	Audio3100           TransferCapability = 0x10
	DigitalWithTones    TransferCapability = 0x11
	Video               TransferCapability = 0x18
)

// TransferRate of a bearer in circuit mode.
type TransferRate uint8

// Transfer rates of Q.931 clause 4.5.5.
const (
	PacketMode TransferRate = 0x00
	Rate64     TransferRate = 0x10
	Rate2x64   TransferRate = 0x11
	Rate384    TransferRate = 0x13
	Rate1536   TransferRate = 0x15
	Rate1920   TransferRate = 0x17
	Multirate  TransferRate = 0x18
)

// Layer1 is a protocol of layer 1; 0 is none.
type Layer1 uint8

// Layer 1 protocols. H.225.0 clause 7.2.2.1 has LayerH221 mean a video
// telephone, which H.323 terminals send.
const (
	G711Mu    Layer1 = 0x02
	G711A     Layer1 = 0x03
	LayerH221 Layer1 = 0x05
)

// BearerCapability is what kind of call is wanted (Q.931 clause 4.5.5, H.225.0
// clause 7.2.2.1). What stands after the protocol of layer 1 is not read.
type BearerCapability struct {
	Coding     Coding
	Capability TransferCapability
	Mode       uint8 // 0 is circuit, 2 packet
	Rate       TransferRate
	// Multiplier counts channels of 64 kbit/s where Rate is Multirate.
	Multiplier uint8
	Layer1     Layer1
}

// Unmarshal parses the element's content.
func (b *BearerCapability) Unmarshal(data []byte) error {
	*b = BearerCapability{}
	if len(data) < 2 {
		return fmt.Errorf("%w: bearer capability of %d octets", ErrMalformed, len(data))
	}
	b.Coding = Coding(data[0] >> 5 & 0x03)
	b.Capability = TransferCapability(data[0] & 0x1f)
	b.Mode = data[1] >> 5 & 0x03
	b.Rate = TransferRate(data[1] & 0x1f)
	data = data[2:]
	if b.Rate == Multirate {
		if len(data) == 0 {
			return fmt.Errorf("%w: no rate multiplier", ErrMalformed)
		}
		b.Multiplier = data[0] & 0x7f
		data = data[1:]
	}
	// The octets after have an identifier of two bits; 01 is layer 1's.
	if len(data) > 0 && data[0]&0x60 == 0x20 {
		b.Layer1 = Layer1(data[0] & 0x1f)
	}
	return nil
}

// Append appends the element's content to dst.
func (b BearerCapability) Append(dst []byte) []byte {
	dst = append(dst,
		extension|byte(b.Coding&0x03)<<5|byte(b.Capability)&0x1f,
		extension|b.Mode&0x03<<5|byte(b.Rate)&0x1f)
	if b.Rate == Multirate {
		dst = append(dst, extension|b.Multiplier&0x7f)
	}
	if b.Layer1 != 0 {
		dst = append(dst, extension|0x20|byte(b.Layer1)&0x1f)
	}
	return dst
}
