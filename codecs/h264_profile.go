package codecs

import (
	"fmt"
	"strconv"
)

// h264Profile is an H.264 profile as far as decoders differ by it.
type h264Profile uint8

const (
	h264Unknown h264Profile = iota
	// h264Baseline stands for Baseline and Constrained Baseline: the tools by
	// which they differ (FMO, ASO, redundant slices) are used by no encoder
	// for telephony, while many endpoints say 42001f or 42801f and send 42e01f.
	h264Baseline
	h264Main
	h264Extended
	h264High
	h264High10
	h264High422
	h264High444
)

// h264ID is a profile-level-id taken apart.
type h264ID struct {
	bytes   uint16 // profile_idc and profile-iop as received
	profile h264Profile
	level   int // level_idc; 9 is level 1b, as in the High profiles
}

// h264ProfileLevelID takes apart the profile-level-id of f. Without one,
// Baseline at level 1 is meant (RFC 6184 8.1).
func h264ProfileLevelID(f Format) (h264ID, bool) {
	value, ok := f.Param("profile-level-id")
	if !ok {
		value = "42000a"
	}
	n, err := strconv.ParseUint(value, 16, 24)
	if err != nil || len(value) != 6 {
		return h264ID{}, false
	}
	idc, iop, level := byte(n>>16), byte(n>>8), byte(n)
	id := h264ID{bytes: uint16(n >> 8), profile: h264ProfileOf(idc, iop), level: int(level)}
	// H.264 A.3.1: in these profiles constraint_set3_flag makes level 11 1b.
	if (idc == 66 || idc == 77 || idc == 88) && level == 11 && iop&0x10 != 0 {
		id.level = 9
	}
	return id, id.profile != h264Unknown
}

// h264ProfileOf follows RFC 6184 table 5.
func h264ProfileOf(idc, iop byte) h264Profile {
	switch {
	case idc == 66, (idc == 77 || idc == 88) && iop&0x80 != 0:
		// constraint_set0_flag: obeys Baseline's constraints.
		return h264Baseline
	case idc == 77:
		return h264Main
	case idc == 88:
		return h264Extended
	case idc == 100:
		return h264High
	case idc == 110:
		return h264High10
	case idc == 122:
		return h264High422
	case idc == 244:
		return h264High444
	}
	return h264Unknown
}

// decodes reports whether a decoder of profile p decodes streams of q
// (H.264 A.2).
func (p h264Profile) decodes(q h264Profile) bool {
	switch {
	case p == q:
		return true
	case p == h264Extended:
		return q == h264Baseline
	case q == h264Extended:
		return false
	}
	return p > q
}

// packetizationMode returns the mode of f, 0 by default (RFC 6184 8.1).
func packetizationMode(f Format) string {
	if mode, ok := f.Param("packetization-mode"); ok {
		return mode
	}
	return "0"
}

// answerH264 returns local as it goes in the answer to offer, if they match
// (RFC 6184 8.2.2): the packetization mode and the profile are the same on
// both sides; the level is the lower one, unless both allow asymmetry.
func answerH264(offer, local Format) (Format, bool) {
	o, ok := h264ProfileLevelID(offer)
	if !ok {
		return Format{}, false
	}
	l, ok := h264ProfileLevelID(local)
	if !ok || o.profile != l.profile || packetizationMode(offer) != packetizationMode(local) {
		return Format{}, false
	}
	level := l.level
	ours, _ := local.Param("level-asymmetry-allowed")
	theirs, _ := offer.Param("level-asymmetry-allowed")
	if ours != "1" || theirs != "1" {
		level = lowerLevel(o.level, l.level)
	}
	profile := o.bytes // as the offer spells it
	if o.profile <= h264Extended {
		// Here constraint_set3_flag is part of the level (H.264 A.3.1).
		profile &^= 0x10
		if level == 9 {
			profile, level = profile|0x10, 11
		}
	}
	return local.WithParam("profile-level-id", fmt.Sprintf("%04x%02x", profile, level)), true
}

// lowerLevel orders 1b between 1 and 1.1.
func lowerLevel(a, b int) int {
	order := func(l int) int {
		if l == 9 {
			return 2*10 + 1
		}
		return 2 * l
	}
	if order(a) < order(b) {
		return a
	}
	return b
}
