package media

import (
	"parley/codecs"
	"parley/h323/h245"
)

// h261Sizes are CIF and QCIF at intervals up to 4 (H.245, H261VideoCapability).
func h261Sizes(f codecs.Format) sizes {
	s := sizesOf(f, 4)
	return sizes{qcif: s[qcif], cif: s[cif]}
}

func parseH261(v *h245.H261VideoCapability) (codecs.Format, int) {
	s := sizes{qcif: intervalOf(v.QcifMPI), cif: intervalOf(v.CifMPI)}
	return s.with(videoFormat(formatH261)), bitRate(uint32(v.MaxBitRate), h245BitRateUnit)
}

func (c Capability) h261() *h245.H261VideoCapability {
	s := h261Sizes(c.Format)
	v := &h245.H261VideoCapability{
		QcifMPI:    interval(s[qcif]),
		CifMPI:     interval(s[cif]),
		MaxBitRate: 19200,
	}
	if c.MaxBitRate > 0 {
		v.MaxBitRate = uint16(min(max(c.MaxBitRate/h245BitRateUnit, 1), 19200))
	}
	if !s.any() {
		// One of them has to be there to be of any use: QCIF, which all have.
		v.QcifMPI = interval(1)
	}
	return v
}
