// Package builtin is the Set of every codec that parley has.
package builtin

import (
	"parley/codecs"
	"parley/codecs/dvi4"
	"parley/codecs/g711"
	"parley/codecs/g722"
	"parley/codecs/g726"
	"parley/codecs/gsm"
	"parley/codecs/h261"
	"parley/codecs/h263"
	"parley/codecs/h264"
	"parley/codecs/jpeg"
	"parley/codecs/l16"
	"parley/codecs/l24"
	"parley/codecs/opus"
	"parley/codecs/telephoneevent"
	"parley/codecs/vp8"
)

// Set returns a Set of all codecs, best first: what sounds best at a rate that
// any path carries, before what only a local network carries. H.264 stands
// before VP8 because telephones, room systems and multicast tools take it too,
// so that one picture serves all. H.263 and H.261 come last: no browser has
// them, and they are there for telephones and room systems that have no other.
// GSM, DVI4, G.726, L24 and JPEG are for groups that have them, and not offered.
func Set() *codecs.Set {
	return codecs.NewSet(
		opus.Codec(),
		g722.Codec(),
		g711.MuLaw(),
		g711.ALaw(),
		l16.Codec(),
		l24.Codec(),
		gsm.Codec(),
		dvi4.Codec(),
		g726.Codec(),
		telephoneevent.Codec(),
		h264.Codec(),
		vp8.Codec(),
		h263.Plus(),
		h263.Codec(),
		h261.Codec(),
		jpeg.Codec(),
	)
}
