package h264

import "parley/codecs"

// NALType is nal_unit_type (H.264 table 7-1; RFC 6184 table 1 from 24 on).
type NALType uint8

// The types that matter here.
const (
	NALSlice      NALType = 1
	NALPartitionA NALType = 2
	NALIDR        NALType = 5
	NALSEI        NALType = 6
	NALSPS        NALType = 7
	NALPPS        NALType = 8
	NALDelimiter  NALType = 9
	NALSTAPA      NALType = 24
	NALFUA        NALType = 28
)

// TypeOf returns the type of a NAL unit or payload; 0 of an empty one.
func TypeOf(unit []byte) NALType {
	if len(unit) == 0 {
		return 0
	}
	return NALType(unit[0] & 0x1f)
}

// FU header bits (RFC 6184 5.8).
const (
	fuStart = 0x80
	fuType  = 0x1f
)

// Inspect tells what an RTP payload carries. FrameStart and Keyframe are set
// on the packet with the first macroblock of a picture, not on delimiters,
// SEI or parameter sets ahead of it; so a key frame whose first slice was lost
// is none. Units of a type that modes 0 and 1 do not have say nothing.
func Inspect(payload []byte) codecs.PayloadInfo {
	switch t := TypeOf(payload); {
	case t >= 1 && t < NALSTAPA:
		return inspectUnit(payload[0], payload[1:])
	case t == NALSTAPA:
		var info codecs.PayloadInfo
		info.Discardable = true
		count := 0
		for unit, rest, ok := nextUnit(payload[1:]); ok; unit, rest, ok = nextUnit(rest) {
			u := inspectUnit(unit[0], unit[1:])
			info.FrameStart = info.FrameStart || u.FrameStart
			info.Keyframe = info.Keyframe || u.Keyframe
			info.ParameterSets = info.ParameterSets || u.ParameterSets
			info.Discardable = info.Discardable && u.Discardable
			count++
		}
		info.Discardable = info.Discardable && count > 0
		return info
	case t == NALFUA && len(payload) > 2:
		// The FU indicator has F and NRI of the fragmented unit, the FU header
		// its type (RFC 6184 5.8).
		if payload[1]&fuStart == 0 {
			return codecs.PayloadInfo{Discardable: payload[0]&nriMask == 0}
		}
		return inspectUnit(payload[0]&^fuType|payload[1]&fuType, payload[2:])
	}
	return codecs.PayloadInfo{}
}

// nriMask is nal_ref_idc: 0 when no other picture refers to this one
// (H.264 7.4.1).
const nriMask = 0x60

func inspectUnit(header byte, body []byte) codecs.PayloadInfo {
	info := codecs.PayloadInfo{Discardable: header&nriMask == 0}
	switch NALType(header & 0x1f) {
	case NALSlice, NALPartitionA:
		info.FrameStart = firstMacroblock(body)
	case NALIDR:
		info.FrameStart = firstMacroblock(body)
		info.Keyframe = info.FrameStart
	case NALSPS:
		info.ParameterSets = true
	}
	return info
}

// firstMacroblock reports whether a slice header begins with
// first_mb_in_slice 0, which ue(v) codes as a single 1 bit (H.264 7.3.3, 9.1).
func firstMacroblock(slice []byte) bool { return len(slice) > 0 && slice[0]&0x80 != 0 }

// nextUnit takes the first NAL unit off the body of a STAP-A (RFC 6184 5.7.1).
// It ends at the first unit that is empty or exceeds the payload.
func nextUnit(body []byte) (unit, rest []byte, ok bool) {
	if len(body) < 2 {
		return nil, nil, false
	}
	n := int(body[0])<<8 | int(body[1])
	if n == 0 || n > len(body)-2 {
		return nil, nil, false
	}
	return body[2 : 2+n], body[2+n:], true
}
