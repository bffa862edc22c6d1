package media

import (
	"strconv"

	"parley/codecs"
)

// sizes are the standard picture formats, from SQCIF to 16CIF, each with its
// smallest picture interval in 1/29.97 s; 0 where it is not supported.
type sizes [5]uint8

// The formats by index, and the fmtp parameters that name them (RFC 4587
// clause 6.1, RFC 4629 clause 8.1).
const (
	sqcif = iota
	qcif
	cif
	cif4
	cif16
)

var sizeNames = [...]string{sqcif: "sqcif", qcif: "qcif", cif: "cif", cif4: "cif4", cif16: "cif16"}

func (s sizes) any() bool { return s != sizes{} }

// sizesOf reads the intervals from fmtp parameters; longest is the longest that
// the codec knows.
func sizesOf(f codecs.Format, longest uint64) sizes {
	var s sizes
	for i, name := range sizeNames {
		text, ok := f.Param(name)
		if !ok {
			continue
		}
		if n, err := strconv.ParseUint(text, 10, 8); err == nil && n >= 1 && n <= longest {
			s[i] = uint8(n)
		}
	}
	return s
}

// with returns f with the intervals as fmtp parameters.
func (s sizes) with(f codecs.Format) codecs.Format {
	for i, name := range sizeNames {
		if s[i] != 0 {
			f = f.WithParam(name, strconv.Itoa(int(s[i])))
		}
	}
	return f
}

// implied adds the smaller formats that whoever decodes a larger one decodes
// as well: QCIF is mandatory in H.261 and H.263, and SQCIF in H.263. Peers
// leave them out.
func (s sizes) implied() sizes {
	var interval uint8
	for i := cif16; i >= sqcif; i-- {
		if s[i] != 0 {
			interval = s[i]
		}
		s[i] = interval
	}
	return s
}

// common returns the formats that either names and both decode, at the slower
// rate.
func (s sizes) common(t sizes) sizes {
	a, b := s.implied(), t.implied()
	var out sizes
	for i := range out {
		if a[i] != 0 && b[i] != 0 && (s[i] != 0 || t[i] != 0) {
			out[i] = max(a[i], b[i])
		}
	}
	return out
}

// cover reports whether t is within s.
func (s sizes) cover(t sizes) bool {
	a := s.implied()
	for i := range t {
		if t[i] != 0 && (a[i] == 0 || a[i] > t[i]) {
			return false
		}
	}
	return true
}

// macroblocks per second that the formats allow at most.
func (s sizes) macroblocks() int {
	most := 0
	for i, n := range [...]int{48, 99, 396, 1584, 6336} {
		if s[i] != 0 {
			most = max(most, n*30/int(s[i]))
		}
	}
	return most
}

// interval returns a pointer for H.245, nil for none.
func interval(n uint8) *uint8 {
	if n == 0 {
		return nil
	}
	return &n
}

// intervalOf reads a pointer of H.245.
func intervalOf(p *uint8) uint8 {
	if p == nil {
		return 0
	}
	return *p
}
