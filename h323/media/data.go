package media

import (
	"fmt"

	"parley/codecs"
	"parley/h323/h245"
	"parley/h323/per"
)

// parseData reads a data capability. H.224 comes in two spellings: the one of
// H.245, and the generic one of later versions of H.323 (clause 6.2.11).
func parseData(d *h245.DataApplicationCapability) Capability {
	c := Capability{Kind: KindData, MaxBitRate: bitRate(d.MaxBitRate, h245BitRateUnit)}
	generic := d.Application.GenericDataCapability
	if d.Application.H224 != nil || generic != nil && generic.CapabilityIdentifier.Standard == h245.H224OID {
		c.Format = codecs.Format{Name: formatH224, ClockRate: h224Clock}
	}
	return c
}

// data returns the capability as H.245 has it: the spelling that all peers that
// have H.224 know.
func (c Capability) data() (*h245.DataApplicationCapability, error) {
	if !c.Format.Is(formatH224) {
		return nil, fmt.Errorf("media: %v as an H.245 capability: %w", c.Format, codecs.ErrUnsupported)
	}
	return &h245.DataApplicationCapability{
		Application: h245.DataApplication{
			H224: &h245.DataProtocolCapability{HDLCFrameTunnelling: &per.Null{}},
		},
		MaxBitRate: uint32(max(c.MaxBitRate, 0) / h245BitRateUnit),
	}, nil
}
