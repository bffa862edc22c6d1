package media

import (
	"strconv"
	"strings"

	"parley/codecs"
	"parley/h323/h245"
)

// h263Annexes are the modes of H.263 that have an fmtp parameter (RFC 4629
// clause 8.1) and a flag in H.245. What else a decoder can do is not claimed.
type h263Annexes struct {
	f, i, j, t bool    // advanced prediction, advanced INTRA, deblocking, modified quantization
	k, p       [4]bool // slice structured, picture resampling: their sub-modes 1 to 4
}

func h263Sizes(f codecs.Format) sizes { return sizesOf(f, 32) }

func h263AnnexesOf(f codecs.Format) h263Annexes {
	flag := func(name string) bool { v, _ := f.Param(name); return v == "1" }
	list := func(name string) (modes [4]bool) {
		v, _ := f.Param(name)
		for item := range strings.SplitSeq(v, ",") {
			if n, err := strconv.Atoi(strings.TrimSpace(item)); err == nil && n >= 1 && n <= len(modes) {
				modes[n-1] = true
			}
		}
		return modes
	}
	return h263Annexes{f: flag("f"), i: flag("i"), j: flag("j"), t: flag("t"), k: list("k"), p: list("p")}
}

// with returns f with the modes as fmtp parameters.
func (a h263Annexes) with(f codecs.Format) codecs.Format {
	for _, m := range []struct {
		name string
		on   bool
	}{{"f", a.f}, {"i", a.i}, {"j", a.j}, {"t", a.t}} {
		if m.on {
			f = f.WithParam(m.name, "1")
		}
	}
	for _, m := range []struct {
		name  string
		modes [4]bool
	}{{"k", a.k}, {"p", a.p}} {
		var list []string
		for i, on := range m.modes {
			if on {
				list = append(list, strconv.Itoa(i+1))
			}
		}
		if list != nil {
			f = f.WithParam(m.name, strings.Join(list, ","))
		}
	}
	return f
}

func (a h263Annexes) common(b h263Annexes) h263Annexes {
	out := h263Annexes{f: a.f && b.f, i: a.i && b.i, j: a.j && b.j, t: a.t && b.t}
	for n := range out.k {
		out.k[n] = a.k[n] && b.k[n]
		out.p[n] = a.p[n] && b.p[n]
	}
	return out
}

// cover reports whether b asks for no mode that a has not.
func (a h263Annexes) cover(b h263Annexes) bool { return a.common(b) == b }

// parseH263 reads H.263. With options of its later versions it is in the
// payload format of RFC 2429, if the receiver takes that; else in the one of
// RFC 2190, whose payload type is static.
func parseH263(v *h245.H263VideoCapability, p packetization) (codecs.Format, int) {
	f := videoFormat(formatH263)
	a := h263Annexes{f: v.AdvancedPrediction}
	if o := v.H263Options; o != nil && p.h263v2 {
		f.Name = formatH263v2
		if h263Version3(o.H263Version3Options) {
			f.Name = formatH263v3
		}
		a.i, a.j, a.t = o.AdvancedIntraCodingMode, o.DeblockingFilterMode, o.ModifiedQuantizationMode
		a.k = [4]bool{o.SlicesInOrderNonRect, o.SlicesInOrderRect, o.SlicesNoOrderNonRect, o.SlicesNoOrderRect}
		a.p = [4]bool{o.DynamicPictureResizingByFour, o.DynamicPictureResizingSixteenthPel,
			o.DynamicWarpingHalfPel, o.DynamicWarpingSixteenthPel}
	}
	s := sizes{
		sqcif: intervalOf(v.SqcifMPI), qcif: intervalOf(v.QcifMPI), cif: intervalOf(v.CifMPI),
		cif4: intervalOf(v.Cif4MPI), cif16: intervalOf(v.Cif16MPI),
	}
	return a.with(s.with(f)), bitRate(v.MaxBitRate, h245BitRateUnit)
}

// h263Version3 reports whether a mode of version 3 is there: many list them all
// as absent.
func h263Version3(o *h245.H263Version3Options) bool {
	return o != nil && (o.DataPartitionedSlices || o.FixedPointIDCT0 || o.InterlacedFields ||
		o.CurrentPictureHeaderRepetition || o.PreviousPictureHeaderRepetition ||
		o.NextPictureHeaderRepetition || o.PictureNumber || o.SpareReferencePictures)
}

func (c Capability) h263() *h245.H263VideoCapability {
	s, a := h263Sizes(c.Format), h263AnnexesOf(c.Format)
	v := &h245.H263VideoCapability{
		SqcifMPI:           interval(s[sqcif]),
		QcifMPI:            interval(s[qcif]),
		CifMPI:             interval(s[cif]),
		Cif4MPI:            interval(s[cif4]),
		Cif16MPI:           interval(s[cif16]),
		MaxBitRate:         192400,
		AdvancedPrediction: a.f,
	}
	if c.MaxBitRate > 0 {
		v.MaxBitRate = uint32(min(max(c.MaxBitRate/h245BitRateUnit, 1), 192400))
	}
	if !s.any() {
		v.QcifMPI = interval(1)
	}
	if c.Format.Name == formatH263 {
		return v
	}
	v.H263Options = &h245.H263Options{
		AdvancedIntraCodingMode:            a.i,
		DeblockingFilterMode:               a.j,
		ModifiedQuantizationMode:           a.t,
		SlicesInOrderNonRect:               a.k[0],
		SlicesInOrderRect:                  a.k[1],
		SlicesNoOrderNonRect:               a.k[2],
		SlicesNoOrderRect:                  a.k[3],
		DynamicPictureResizingByFour:       a.p[0],
		DynamicPictureResizingSixteenthPel: a.p[1],
		DynamicWarpingHalfPel:              a.p[2],
		DynamicWarpingSixteenthPel:         a.p[3],
	}
	return v
}
