package video

import (
	"bytes"

	"parley/codecs"
	"parley/codecs/h264"
)

// parameterSets are the SPS and PPS of a source, told out of band or seen in
// its stream, and the payloads that carry them ahead of a key frame. They are
// not changed once made.
type parameterSets struct {
	units    [][]byte
	payloads [][]byte
}

// newParameterSets copies units.
func newParameterSets(f codecs.Format, units [][]byte) *parameterSets {
	s := &parameterSets{}
	for _, u := range units {
		if h264.IsParameterSet(u) && len(u) <= h264.MaxParameterSet && len(s.units) < h264.MaxParameterSets {
			s.units = append(s.units, bytes.Clone(u))
		}
	}
	// RFC 6184 6.2: mode 0 has single NAL unit packets only.
	if mode, _ := f.Param("packetization-mode"); mode == "1" {
		if p, ok := h264.STAPA(s.units, maxInjected); ok {
			s.payloads = [][]byte{p}
			return s
		}
	}
	s.payloads = s.units
	return s
}

// with returns the sets with u in place of the one of its type and id; the
// same sets when u is known.
func (s *parameterSets) with(f codecs.Format, u []byte) *parameterSets {
	id, ok := h264.ParameterSetID(u)
	if !ok || len(u) > h264.MaxParameterSet {
		return s
	}
	units := make([][]byte, 0, h264.MaxParameterSets)
	replaced := false
	for _, have := range s.units {
		if haveID, _ := h264.ParameterSetID(have); haveID == id && h264.TypeOf(have) == h264.TypeOf(u) {
			have, replaced = u, true
		}
		units = append(units, have)
	}
	if !replaced {
		units = append(units, u)
	}
	return newParameterSets(f, units)
}

// has reports whether u is known as it is.
func (s *parameterSets) has(u []byte) bool {
	for _, have := range s.units {
		if bytes.Equal(have, u) {
			return true
		}
	}
	return false
}
