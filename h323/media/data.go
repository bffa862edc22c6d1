package media

import (
	"fmt"

	"parley/codecs"
	"parley/h323/h245"
	"parley/h323/per"
)

// fmtpHDLC marks H.224 in the framing of the ISDN; without, frames are as H.323
// Annex Q and RFC 4573 have them.
const fmtpHDLC = "framing=hdlc"

// parseData reads a data capability. H.224 comes in two spellings: generic,
// which H.224 defines for Annex Q of H.323, and as H.245 has it since its
// first version, in HDLC.
func parseData(d *h245.DataApplicationCapability) Capability {
	c := Capability{Kind: KindData, MaxBitRate: bitRate(d.MaxBitRate, h245BitRateUnit)}
	generic := d.Application.GenericDataCapability
	switch {
	case generic != nil && generic.CapabilityIdentifier.Standard == h245.H224OID:
		c.Format = codecs.Format{Name: formatH224, ClockRate: h224Clock}
	case d.Application.H224 != nil:
		c.Format = codecs.Format{Name: formatH224, ClockRate: h224Clock, Fmtp: fmtpHDLC}
	}
	return c
}

// data returns the capability as H.245 has it.
func (c Capability) data() (*h245.DataApplicationCapability, error) {
	if !c.Format.Is(formatH224) {
		return nil, fmt.Errorf("media: %v as an H.245 capability: %w", c.Format, codecs.ErrUnsupported)
	}
	d := &h245.DataApplicationCapability{MaxBitRate: uint32(max(c.MaxBitRate, 0) / h245BitRateUnit)}
	if c.Format.Fmtp == fmtpHDLC {
		d.Application.H224 = &h245.DataProtocolCapability{HDLCFrameTunnelling: &per.Null{}}
	} else {
		d.Application.GenericDataCapability = &h245.GenericCapability{
			CapabilityIdentifier: h245.CapabilityIdentifier{Standard: h245.H224OID},
		}
	}
	return d, nil
}
