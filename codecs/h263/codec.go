// Package h263 knows the two RTP payload formats of H.263, as far as
// forwarding needs them: RFC 2190, called H263, of payload type 34, and RFC
// 4629, called H263-1998 and H263-2000. It tells where pictures begin and which
// of them are INTRA, and decodes nothing.
package h263

import "parley/codecs"

// sizes are asked for of who sends: what every receiver is sure to take, so
// that all can be shown one picture. Annexes are not asked for, for the same
// reason. What is accepted goes further.
const sizes = "cif=1;qcif=1"

// Codec returns H.263 of 1996 in the payload format of RFC 2190. RFC 4629 1
// calls it historic; telephones and room systems that know no other are many.
func Codec() codecs.Codec {
	return codecs.Codec{
		Formats: []codecs.Format{{Name: "H263", ClockRate: 90000, Fmtp: sizes}},
		Accept:  func(f codecs.Format) bool { return f.Is("H263") && f.ClockRate == 90000 },
		Inspect: Inspect2190,
	}
}

// Plus returns H.263 in the payload format of RFC 4629, under both its names:
// that of 2000 tells what it takes as a profile and level (H.263 annex X): the
// baseline of up to CIF.
func Plus() codecs.Codec {
	return codecs.Codec{
		Formats: []codecs.Format{
			{Name: "H263-1998", ClockRate: 90000, Fmtp: sizes},
			{Name: "H263-2000", ClockRate: 90000, Fmtp: "level=30;profile=0"},
		},
		Accept: func(f codecs.Format) bool {
			return (f.Is("H263-1998") || f.Is("H263-2000")) && f.ClockRate == 90000
		},
		Inspect: Inspect4629,
	}
}
