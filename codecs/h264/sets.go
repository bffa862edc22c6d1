package h264

import (
	"encoding/base64"
	"fmt"
	mathbits "math/bits"
	"strings"

	"github.com/bluenviron/mediacommon/v2/pkg/codecs/h264"

	"parley/codecs"
)

// AppendParameterSets appends the SPS and PPS that an RTP payload carries
// whole. They point into payload. At most MaxParameterSets are held in dst.
func AppendParameterSets(dst [][]byte, payload []byte) [][]byte {
	if TypeOf(payload) == NALSTAPA {
		for unit, rest, ok := nextUnit(payload[1:]); ok; unit, rest, ok = nextUnit(rest) {
			dst = appendSet(dst, unit)
		}
		return dst
	}
	return appendSet(dst, payload)
}

func appendSet(dst [][]byte, unit []byte) [][]byte {
	if !IsParameterSet(unit) || len(dst) >= MaxParameterSets {
		return dst
	}
	return append(dst, unit)
}

// IsParameterSet reports whether a NAL unit is an SPS or PPS.
func IsParameterSet(unit []byte) bool {
	t := TypeOf(unit)
	return len(unit) > 1 && (t == NALSPS || t == NALPPS)
}

// Size returns width and height in pixels of the pictures that an SPS
// describes. The error wraps codecs.ErrMalformed.
func Size(sps []byte) (width, height int, err error) {
	var s h264.SPS
	if len(sps) > MaxParameterSet {
		return 0, 0, fmt.Errorf("h264: SPS of %d bytes: %w", len(sps), codecs.ErrMalformed)
	}
	if err := s.Unmarshal(sps); err != nil {
		return 0, 0, fmt.Errorf("h264: SPS: %w: %w", codecs.ErrMalformed, err)
	}
	width, height = s.Width(), s.Height()
	if width <= 0 || height <= 0 || width > maxDimension || height > maxDimension {
		return 0, 0, fmt.Errorf("h264: SPS of %d x %d: %w", width, height, codecs.ErrMalformed)
	}
	return width, height, nil
}

// ProfileLevelID returns the profile-level-id that describes an SPS
// (RFC 6184 8.1: its three bytes after the NAL unit header).
func ProfileLevelID(sps []byte) (string, bool) {
	if TypeOf(sps) != NALSPS || len(sps) < 4 {
		return "", false
	}
	return fmt.Sprintf("%x", sps[1:4]), true
}

// ParseSprop parses a sprop-parameter-sets value (RFC 6184 8.1) to NAL units.
// Units of other types are left out. The error wraps codecs.ErrMalformed.
func ParseSprop(value string) ([][]byte, error) {
	var sets [][]byte
	for item := range strings.SplitSeq(value, ",") {
		item = strings.TrimSpace(item)
		if item == "" {
			continue
		}
		if len(item) > base64.StdEncoding.EncodedLen(MaxParameterSet) {
			return nil, fmt.Errorf("h264: parameter set of %d characters: %w", len(item), codecs.ErrMalformed)
		}
		// Some senders leave the padding out.
		unit, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(item, "="))
		if err != nil {
			return nil, fmt.Errorf("h264: sprop-parameter-sets: %w: %w", codecs.ErrMalformed, err)
		}
		if !IsParameterSet(unit) {
			continue
		}
		if len(sets) == MaxParameterSets {
			return nil, fmt.Errorf("h264: more than %d parameter sets: %w", MaxParameterSets, codecs.ErrMalformed)
		}
		sets = append(sets, unit)
	}
	return sets, nil
}

// FormatSprop writes sets as a sprop-parameter-sets value.
func FormatSprop(sets [][]byte) string {
	items := make([]string, len(sets))
	for i, s := range sets {
		items[i] = base64.StdEncoding.EncodeToString(s)
	}
	return strings.Join(items, ",")
}

// STAPA returns one payload that carries the units, an aggregation packet of
// RFC 6184 5.7.1, for packetization mode 1. It is false when there are none or
// they exceed limit bytes.
func STAPA(units [][]byte, limit int) ([]byte, bool) {
	size := 1
	for _, u := range units {
		if len(u) == 0 || len(u) > 0xffff {
			return nil, false
		}
		size += 2 + len(u)
	}
	if len(units) == 0 || size > limit {
		return nil, false
	}
	out := make([]byte, 1, size)
	for _, u := range units {
		// RFC 6184 5.7: F is set if any is, NRI is the highest of all.
		forbidden := (out[0] | u[0]) & 0x80
		nri := max(out[0]&nriMask, u[0]&nriMask)
		out[0] = forbidden | nri
		out = append(out, byte(len(u)>>8), byte(len(u)))
		out = append(out, u...)
	}
	out[0] |= byte(NALSTAPA)
	return out, true
}

// ParameterSetID returns seq_parameter_set_id of an SPS or
// pic_parameter_set_id of a PPS (H.264 7.3.2.1.1, 7.3.2.2).
func ParameterSetID(unit []byte) (int, bool) {
	switch {
	case TypeOf(unit) == NALSPS && len(unit) > 4:
		return expGolomb(unit[4:])
	case TypeOf(unit) == NALPPS && len(unit) > 1:
		return expGolomb(unit[1:])
	}
	return 0, false
}

// expGolomb reads a leading ue(v) below 256 (H.264 9.1), the highest id.
func expGolomb(b []byte) (int, bool) {
	var bits uint32
	for i := range 3 {
		bits <<= 8
		if i < len(b) {
			bits |= uint32(b[i])
		}
	}
	zeros := mathbits.LeadingZeros32(bits << 8)
	if zeros > 7 || 2*zeros+1 > 8*len(b) {
		return 0, false
	}
	return int(bits<<8>>(31-2*zeros)) - 1, true
}
