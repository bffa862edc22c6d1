package media

import (
	"fmt"
	"strconv"

	"parley/codecs"
	"parley/h323/h245"
)

// h264Profile orders the profiles that H.241 names by what decodes what.
type h264Profile uint8

const (
	h264Baseline h264Profile = iota
	h264Extended
	h264Main
	h264High
)

// decodes reports whether a decoder of profile p decodes q (H.264 clause A.2).
// Baseline stands for its constrained subset, as package codecs has it.
func (p h264Profile) decodes(q h264Profile) bool {
	return p == q || q == h264Baseline || p == h264High && q == h264Main
}

// lower returns what decoders of both profiles decode.
func (p h264Profile) lower(q h264Profile) h264Profile {
	switch {
	case p.decodes(q):
		return q
	case q.decodes(p):
		return p
	}
	return h264Baseline
}

// h264 is what a decoder of H.264 takes. The limits are the level's, or the
// custom ones that go beyond it; all streams within them are taken, whatever
// the level that they say (H.241 clause 8.3.2.2).
type h264 struct {
	profile h264Profile
	mode    uint8 // packetization-mode, 0 or 1
	// MaxMBPS in macroblocks per second, MaxFS in macroblocks, MaxDpb in
	// macroblocks, MaxBR and MaxCPB in 1000 bit/s and 1000 bit.
	mbps, fs, dpb, br, cpb uint32
	staticMBPS             uint32 // 0: not said
	rcmdNALU               uint32 // octets; 0: not said
}

// h264Of reads a Format; false where profile-level-id is not known.
func h264Of(f codecs.Format) (h264, bool) {
	id := "42000a" // RFC 6184 clause 8.1
	if v, ok := f.Param("profile-level-id"); ok {
		id = v
	}
	n, err := strconv.ParseUint(id, 16, 24)
	if err != nil || len(id) != 6 {
		return h264{}, false
	}
	idc, iop, level := byte(n>>16), byte(n>>8), byte(n)
	var h h264
	switch {
	case idc == 66, (idc == 77 || idc == 88) && iop&0x80 != 0:
		h.profile = h264Baseline
	case idc == 88:
		h.profile = h264Extended
	case idc == 77:
		h.profile = h264Main
	case idc == 100:
		h.profile = h264High
	default:
		return h264{}, false
	}
	// H.264 clause A.3.1: in these profiles constraint_set3_flag makes level
	// 1.1 level 1b.
	if idc != 100 && level == 11 && iop&0x10 != 0 {
		level = 9
	}
	h.setLevel(level)
	if mode, _ := f.Param("packetization-mode"); mode == "1" {
		h.mode = 1
	}
	number := func(name string) uint32 {
		v, _ := f.Param(name)
		n, err := strconv.ParseUint(v, 10, 32)
		if err != nil {
			return 0
		}
		return uint32(n)
	}
	// RFC 6184 clause 8.1: what is below the level's has no meaning.
	h.mbps = max(h.mbps, number("max-mbps"))
	h.fs = max(h.fs, number("max-fs"))
	h.dpb = max(h.dpb, dpbMacroblocks(number("max-dpb")))
	h.br = max(h.br, number("max-br"))
	h.cpb = max(h.cpb, number("max-cpb"))
	h.staticMBPS, h.rcmdNALU = number("max-smbps"), number("max-rcmd-nalu-size")
	return h, true
}

// dpbMacroblocks: max-dpb of RFC 6184 is in 8/3 macroblocks, which are 1024
// octets of 4:2:0.
func dpbMacroblocks(n uint32) uint32 { return uint32(uint64(n) * 8 / 3) }

// h264FromH241 reads the generic capability of H.241. Of several profiles the
// one counts that decodes the others.
func h264FromH241(c h245.H264Capability, p packetization) h264 {
	var h h264
	switch {
	case c.Profile&h245.H264High != 0:
		h.profile = h264High
	case c.Profile&h245.H264Main != 0:
		h.profile = h264Main
	case c.Profile&h245.H264Baseline != 0:
		h.profile = h264Baseline
	case c.Profile&h245.H264Extended != 0:
		h.profile = h264Extended
	}
	level := c.LevelIDC()
	if level == 0 {
		level = 10 // H.241 table 8-4 knows no lower one
	}
	h.setLevel(level)
	// H.241 clauses 8.3.2.3 to 8.3.2.7: the units, and that a value below the
	// level's has no meaning.
	unit := func(n uint32, of uint64) uint32 { return uint32(min(uint64(n)*of, 1<<31)) }
	h.mbps = max(h.mbps, unit(c.CustomMaxMBPS, 500))
	h.fs = max(h.fs, unit(c.CustomMaxFS, 256))
	h.dpb = max(h.dpb, unit(c.CustomMaxDPB, 32768)/h264Macroblock)
	h.br = max(h.br, unit(c.CustomMaxBRAndCPB, 25))
	h.cpb = max(h.cpb, unit(c.CustomMaxBRAndCPB, 25))
	h.staticMBPS = unit(c.MaxStaticMBPS, 500)
	h.rcmdNALU = c.MaxRcmdNALUnitSize
	if p.h264 {
		h.mode = 1
	}
	return h
}

// h241 returns the generic capability of H.241, without a rate. What is not a
// multiple of a unit is rounded down: a decoder must not promise more.
func (h h264) h241() h245.H264Capability {
	l := h.level()
	c := h245.H264Capability{Level: h245.H264Level(l.idc), MaxRcmdNALUnitSize: h.rcmdNALU}
	switch h.profile {
	case h264High:
		c.Profile = h245.H264High
	case h264Main:
		c.Profile = h245.H264Main
	case h264Extended:
		c.Profile = h245.H264Extended
	default:
		c.Profile = h245.H264Baseline
	}
	custom := func(n, level, unit uint32) uint32 {
		if n <= level {
			return 0
		}
		return n / unit
	}
	// Levels that H.241 has no number for count as the highest that it has.
	l = h264LevelOf(c.LevelIDC())
	c.CustomMaxMBPS = custom(h.mbps, l.mbps, 500)
	c.CustomMaxFS = custom(h.fs, l.fs, 256)
	if h.dpb > l.dpb {
		c.CustomMaxDPB = uint32(uint64(h.dpb) * h264Macroblock / 32768)
	}
	c.CustomMaxBRAndCPB = min(custom(h.br, l.br, 25), custom(h.cpb, l.cpb, 25))
	c.MaxStaticMBPS = h.staticMBPS / 500
	return c
}

// format returns the Format: the highest level within the limits, and what goes
// beyond it.
func (h h264) format() codecs.Format {
	l := h.level()
	idc, iop, level := 66, 0x80, int(l.idc)
	switch h.profile {
	case h264High:
		idc, iop = 100, 0
	case h264Main:
		idc, iop = 77, 0
	case h264Extended:
		idc, iop = 88, 0
	}
	if level == 9 && h.profile != h264High {
		level, iop = 11, iop|0x10
	}
	f := videoFormat(formatH264).
		WithParam("profile-level-id", fmt.Sprintf("%02x%02x%02x", idc, iop, level)).
		WithParam("packetization-mode", strconv.Itoa(int(h.mode)))
	for _, p := range []struct {
		name         string
		value, level uint32
	}{
		{"max-mbps", h.mbps, l.mbps}, {"max-fs", h.fs, l.fs},
		{"max-dpb", (h.dpb*3 + 7) / 8, (l.dpb*3 + 7) / 8},
		{"max-br", h.br, l.br}, {"max-cpb", h.cpb, l.cpb},
		{"max-smbps", h.staticMBPS, 0}, {"max-rcmd-nalu-size", h.rcmdNALU, 0},
	} {
		if p.value > p.level {
			f = f.WithParam(p.name, strconv.FormatUint(uint64(p.value), 10))
		}
	}
	return f
}

// common returns what decoders h and o both take.
func (h h264) common(o h264) h264 {
	smaller := func(a, b uint32) uint32 {
		if a == 0 || b == 0 {
			return max(a, b) // one of them does not say
		}
		return min(a, b)
	}
	out := h264{
		profile: h.profile.lower(o.profile), mode: min(h.mode, o.mode),
		mbps: min(h.mbps, o.mbps), fs: min(h.fs, o.fs), dpb: min(h.dpb, o.dpb),
		br: min(h.br, o.br), cpb: min(h.cpb, o.cpb),
		rcmdNALU: smaller(h.rcmdNALU, o.rcmdNALU),
	}
	if h.staticMBPS != 0 && o.staticMBPS != 0 {
		out.staticMBPS = min(h.staticMBPS, o.staticMBPS)
	}
	return out
}

// takes reports whether a decoder h takes all that o does. The rate is not
// compared here: capabilities say it apart.
func (h h264) takes(o h264) bool {
	return h.profile.decodes(o.profile) && h.mode >= o.mode &&
		h.mbps >= o.mbps && h.fs >= o.fs && h.dpb >= o.dpb
}
