package media

import (
	"fmt"
	"math"

	"parley/codecs"
	"parley/h323/h245"
)

// packetization is which payload formats a receiver takes besides those that
// have static payload types (mediaPacketizationCapability).
type packetization struct {
	h263v2 bool // RFC 2429, and so RFC 4629
	h264   bool // RFC 6184, packetization mode 1
}

func videoFormat(name string) codecs.Format {
	return codecs.Format{Name: name, ClockRate: videoClock}
}

// completeVideo gives f what its name alone leaves open.
func completeVideo(f codecs.Format) codecs.Format {
	switch f.Name {
	case formatH261:
		if !h261Sizes(f).any() {
			return f.WithParam("cif", "1").WithParam("qcif", "1")
		}
	case formatH263, formatH263v2, formatH263v3:
		if !h263Sizes(f).any() {
			return f.WithParam("cif", "1").WithParam("qcif", "1").WithParam("sqcif", "1")
		}
	case formatH264:
		if p, ok := h264Of(f); ok {
			return p.format()
		}
	}
	return f
}

// parseVideo reads a video capability (H.245 clause B.2.2.5). Most give one;
// an extended one may list several.
func parseVideo(v *h245.VideoCapability, p packetization) []Capability {
	c := Capability{Kind: KindVideo}
	switch {
	case v.H261VideoCapability != nil:
		c.Format, c.MaxBitRate = parseH261(v.H261VideoCapability)
	case v.H263VideoCapability != nil:
		c.Format, c.MaxBitRate = parseH263(v.H263VideoCapability, p)
	case v.H262VideoCapability != nil:
		c.Format = videoFormat(formatMPV)
		if r := v.H262VideoCapability.VideoBitRate; r != nil {
			c.MaxBitRate = bitRate(*r, 400) // H.245 clause B.2.2.5: units of 400 bit/s
		}
	case v.GenericVideoCapability != nil:
		c.Format, c.MaxBitRate = parseGenericVideo(v.GenericVideoCapability, p)
	case v.ExtendedVideoCapability != nil:
		return parseExtended(v.ExtendedVideoCapability, p)
	}
	if pt, ok := StaticPayloadType(c.Format); ok {
		c.PayloadType = pt
	}
	return []Capability{c}
}

func parseGenericVideo(g *h245.GenericCapability, p packetization) (codecs.Format, int) {
	rate := 0
	if g.MaxBitRate != nil {
		rate = bitRate(*g.MaxBitRate, h245BitRateUnit)
	}
	if h, ok := g.H264(); ok {
		return h264FromH241(h, p).format(), rate
	}
	if g.CapabilityIdentifier.Standard == h245.MPEG4VideoOID {
		return videoFormat(formatMP4V), rate
	}
	return codecs.Format{}, rate
}

// parseExtended reads the second video of H.239. The rate of the extension
// bounds it where the codec's own does not.
func parseExtended(v *h245.ExtendedVideoCapability, p packetization) []Capability {
	var all []Capability
	role := RoleMain
	label, isH239 := v.H239()
	switch {
	case isH239 && (label&h245.H239Presentation != 0 || label == 0):
		// H.239 clause 11: no label is Presentation to those who send none.
		role = RolePresentation
	case isH239 && label&h245.H239Live != 0:
		role = RoleLive
	}
	for i := range v.VideoCapability {
		inner := &v.VideoCapability[i]
		if inner.ExtendedVideoCapability != nil || len(all) == maxTable {
			continue // H.239 has none inside of another
		}
		for _, c := range parseVideo(inner, p) {
			c.Role = role
			if !isH239 {
				c.Format = codecs.Format{} // extended by what is not known here
			}
			all = append(all, c)
		}
	}
	if len(all) == 0 {
		all = []Capability{{Kind: KindVideo, Role: role}}
	}
	return all
}

// bitRate returns a rate of the wire in bit/s.
func bitRate(n uint32, unit int) int { return int(min(int64(n)*int64(unit), math.MaxInt32)) }

// video returns the capability as H.245 has it.
func (c Capability) video() (*h245.VideoCapability, error) {
	v, err := c.mainVideo()
	if err != nil {
		return nil, err
	}
	switch c.Role {
	case RolePresentation:
		return &h245.VideoCapability{ExtendedVideoCapability: h245.NewH239Video(h245.H239Presentation, *v)}, nil
	case RoleLive:
		return &h245.VideoCapability{ExtendedVideoCapability: h245.NewH239Video(h245.H239Live, *v)}, nil
	}
	return v, nil
}

func (c Capability) mainVideo() (*h245.VideoCapability, error) {
	switch c.Format.Name {
	case formatH261:
		return &h245.VideoCapability{H261VideoCapability: c.h261()}, nil
	case formatH263, formatH263v2, formatH263v3:
		return &h245.VideoCapability{H263VideoCapability: c.h263()}, nil
	case formatH264:
		p, ok := h264Of(c.Format)
		if !ok {
			return nil, fmt.Errorf("media: %v;%s: %w", c.Format, c.Format.Fmtp, codecs.ErrMalformed)
		}
		h := p.h241()
		h.MaxBitRate = uint32(max(c.MaxBitRate, 0) / h245BitRateUnit)
		return &h245.VideoCapability{GenericVideoCapability: h.Generic()}, nil
	}
	return nil, fmt.Errorf("media: %v as an H.245 capability: %w", c.Format, codecs.ErrUnsupported)
}
