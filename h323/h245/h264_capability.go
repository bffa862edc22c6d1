package h245

import "math"

// H264Profile is a set of profiles, as H.241 clause 8.3 numbers them.
type H264Profile uint8

// The profiles that endpoints announce.
const (
	H264Baseline H264Profile = 64
	H264Main     H264Profile = 32
	H264Extended H264Profile = 16
	H264High     H264Profile = 8
)

// H264Capability is the generic video capability of H.264 (H.241 clause 8.3).
// A field of 0 is absent, except for Profile and Level, which are not optional.
type H264Capability struct {
	MaxBitRate uint32 // in 100 bit/s
	Profile    H264Profile
	Level      uint8 // as H.241 numbers them: see H264Level

	// What goes beyond the level.
	CustomMaxMBPS     uint32 // in 500 macroblocks per second
	CustomMaxFS       uint32 // in 256 macroblocks
	CustomMaxDPB      uint32 // in 32768 octets
	CustomMaxBRAndCPB uint32 // in 25000 bit/s
	MaxStaticMBPS     uint32 // in 500 macroblocks per second

	// Sizes of NAL units, in octets.
	MaxRcmdNALUnitSize uint32
	MaxNALUnitSize     uint32
}

// The parameters' numbers, H.241 clause 8.3.
const (
	h264Profile            = 41
	h264Level              = 42
	h264CustomMaxMBPS      = 3
	h264CustomMaxFS        = 4
	h264CustomMaxDPB       = 5
	h264CustomMaxBRAndCPB  = 6
	h264MaxStaticMBPS      = 7
	h264MaxRcmdNALUnitSize = 8
	h264MaxNALUnitSize     = 9
)

// H264 reads a generic capability as H.264's; false if it is another one.
// Parameters count in whichever list they stand: makers differ.
func (g *GenericCapability) H264() (H264Capability, bool) {
	if g == nil || g.CapabilityIdentifier.Standard != H264OID {
		return H264Capability{}, false
	}
	var c H264Capability
	if g.MaxBitRate != nil {
		c.MaxBitRate = *g.MaxBitRate
	}
	var profile, level uint32
	into := map[uint8]*uint32{
		h264Profile:            &profile,
		h264Level:              &level,
		h264CustomMaxMBPS:      &c.CustomMaxMBPS,
		h264CustomMaxFS:        &c.CustomMaxFS,
		h264CustomMaxDPB:       &c.CustomMaxDPB,
		h264CustomMaxBRAndCPB:  &c.CustomMaxBRAndCPB,
		h264MaxStaticMBPS:      &c.MaxStaticMBPS,
		h264MaxRcmdNALUnitSize: &c.MaxRcmdNALUnitSize,
		h264MaxNALUnitSize:     &c.MaxNALUnitSize,
	}
	unsigned(g.NonCollapsing, into)
	unsigned(g.Collapsing, into)
	c.Profile = H264Profile(min(profile, math.MaxUint8))
	c.Level = uint8(min(level, math.MaxUint8))
	return c, true
}

// Generic returns the generic capability, its parameters in rising order of
// their numbers and collapsing, as H.241 has them.
func (c H264Capability) Generic() *GenericCapability {
	list := []GenericParameter{
		booleanArray(h264Profile, uint8(c.Profile)),
		unsignedMin(h264Level, uint16(c.Level)),
	}
	for _, p := range []struct {
		number uint8
		value  uint32
	}{
		{h264CustomMaxMBPS, c.CustomMaxMBPS},
		{h264CustomMaxFS, c.CustomMaxFS},
		{h264CustomMaxDPB, c.CustomMaxDPB},
		{h264CustomMaxBRAndCPB, c.CustomMaxBRAndCPB},
		{h264MaxStaticMBPS, c.MaxStaticMBPS},
	} {
		if p.value != 0 {
			list = append(list, unsignedMin(p.number, uint16(min(p.value, math.MaxUint16))))
		}
	}
	for _, p := range []struct {
		number uint8
		value  uint32
	}{
		{h264MaxRcmdNALUnitSize, c.MaxRcmdNALUnitSize},
		{h264MaxNALUnitSize, c.MaxNALUnitSize},
	} {
		if p.value != 0 {
			list = append(list, parameter(p.number, ParameterValue{Unsigned32Min: &p.value}))
		}
	}
	g := &GenericCapability{
		CapabilityIdentifier: CapabilityIdentifier{Standard: H264OID},
		Collapsing:           list,
	}
	if c.MaxBitRate != 0 {
		g.MaxBitRate = &c.MaxBitRate
	}
	return g
}

// h264Levels are level_idc of H.264 by the numbers of H.241. Level 1b
// has level_idc 11 with a flag, or 9: here it is 9.
var h264Levels = [...]struct{ number, idc uint8 }{
	{15, 10}, {19, 9}, {22, 11}, {29, 12}, {36, 13},
	{43, 20}, {50, 21}, {57, 22},
	{64, 30}, {71, 31}, {78, 32},
	{85, 40}, {92, 41}, {99, 42},
	{106, 50}, {113, 51},
}

// LevelIDC returns the level as H.264 has it in a sequence parameter set, such
// as 31 for level 3.1: the highest that is not above Level. It is 0 below all.
func (c H264Capability) LevelIDC() uint8 {
	var idc uint8
	for _, l := range h264Levels {
		if l.number <= c.Level {
			idc = l.idc
		}
	}
	return idc
}

// H264Level returns the Level for a level_idc of H.264, such as 71 for 31: the
// one of the highest level that is not above it. It is 0 below all.
func H264Level(idc uint8) uint8 {
	var number, best uint8
	for _, l := range h264Levels {
		if l.idc <= idc && l.idc >= best {
			number, best = l.number, l.idc
		}
	}
	return number
}
