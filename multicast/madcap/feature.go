package madcap

import (
	"encoding/binary"
	"slices"
)

// feature is an optional feature (RFC 2730 2.13).
type feature uint16

// sharedLease lets every host that knows its identifier renew and release a
// lease (RFC 2730 2.13.3). It is the only one that is supported.
const sharedLease feature = 2

// features are those that a message asks for.
type features struct {
	listed bool // there was an option
	shared bool
}

// features reads the Feature List (RFC 2730 3.13): what is supported, requested
// and required, each a count and as many codes of two octets.
func (m *Message) features() (features, error) {
	raw, ok := m.find(OptionFeatureList)
	if !ok {
		return features{}, nil
	}
	f := features{listed: true}
	var unsupported []byte
	for list := range 3 {
		if len(raw) < 2 {
			return f, invalid(OptionFeatureList)
		}
		n := int(binary.BigEndian.Uint16(raw))
		if raw = raw[2:]; len(raw) < 2*n {
			return f, invalid(OptionFeatureList)
		}
		for i := range n {
			code := feature(binary.BigEndian.Uint16(raw[2*i:]))
			switch {
			case list == 0: // what the client could do
			case code == sharedLease:
				f.shared = true
			case list == 2 && len(unsupported) < 16:
				unsupported = binary.BigEndian.AppendUint16(unsupported, uint16(code))
			}
		}
		raw = raw[2*n:]
	}
	switch {
	case len(raw) > 0:
		return f, invalid(OptionFeatureList)
	case len(unsupported) > 0:
		return f, &refusal{UnsupportedFeatures, slices.Clip(unsupported)}
	}
	return f, nil
}

// features answers a Feature List with what is supported, and what was done.
func (w *writer) features(f features) {
	if !f.listed {
		return
	}
	value := []byte{0, 1, 0, byte(sharedLease), 0, 0}
	if f.shared {
		value = append(value, 0, 1, 0, byte(sharedLease))
	} else {
		value = append(value, 0, 0)
	}
	w.option(OptionFeatureList, value...)
}
