package codecs

import (
	"strconv"
	"strings"
)

// pictureSizes are the fmtp parameters that name a size of H.261 or H.263
// pictures (RFC 4587 6.1.1, RFC 4629 8.1.1).
var pictureSizes = [...]string{"sqcif", "qcif", "cif", "cif4", "cif16", "custom"}

// pictureAnnexes are the fmtp parameters that name an option of H.263, or of
// H.261 (D), without which its pictures cannot be decoded.
var pictureAnnexes = [...]string{"d", "f", "i", "j", "k", "n", "p", "t"}

// isH263Plus reports whether f is of the payload format of RFC 4629.
func (f Format) isH263Plus() bool { return f.Is("H263-1998") || f.Is("H263-2000") }

// takesPictureOptions compares what H261 and H263 Formats tell; see Takes.
func takesPictureOptions(sink, source Format) bool {
	if tellsSize(sink) && tellsSize(source) {
		for _, size := range pictureSizes {
			if has(source, size) && !takesSize(sink, source, size) {
				return false
			}
		}
	}
	for _, annex := range pictureAnnexes {
		if value, ok := source.Param(annex); ok && !offers(sink, annex, value) {
			return false
		}
	}
	return profileOf(source) == 0 || profileOf(source) == profileOf(sink)
}

func has(f Format, key string) bool {
	_, ok := f.Param(key)
	return ok
}

func tellsSize(f Format) bool {
	for _, size := range pictureSizes {
		if has(f, size) {
			return true
		}
	}
	return false
}

// takesSize reports whether sink takes pictures of a size that source names:
// QCIF, and in H.263 sub-QCIF, whether it says so or not, since every decoder
// must have them (H.261 3.1, H.263 4.1). A custom size is a largest width and
// height (RFC 4629 8.1.1: CUSTOM).
func takesSize(sink, source Format, size string) bool {
	if size == "qcif" || size == "sqcif" {
		return true
	}
	theirs, ok := sink.Param(size)
	if !ok || size != "custom" {
		return ok
	}
	ours, _ := source.Param(size)
	width, height, ok := customSize(ours)
	if !ok {
		return false
	}
	maxWidth, maxHeight, ok := customSize(theirs)
	return ok && width <= maxWidth && height <= maxHeight
}

// customSize reads "Xmax,Ymax,MPI".
func customSize(value string) (width, height int, ok bool) {
	x, rest, _ := strings.Cut(value, ",")
	y, _, _ := strings.Cut(rest, ",")
	width, err := strconv.Atoi(strings.TrimSpace(x))
	if err != nil {
		return 0, 0, false
	}
	height, err = strconv.Atoi(strings.TrimSpace(y))
	return width, height, err == nil
}

// offers reports whether sink decodes an annex. A flag of 0 offers nothing.
// Some have lists of numbers, of which the sink must have all.
func offers(sink Format, annex, value string) bool {
	if value == "0" {
		return true
	}
	theirs, _ := sink.Param(annex)
	for number := range strings.SplitSeq(value, ",") {
		if !strings.Contains(","+theirs+",", ","+number+",") {
			return false
		}
	}
	return true
}

// profileOf is the profile of H.263 annex X: 0 where none is told, the baseline,
// which every decoder has.
func profileOf(f Format) int {
	value, _ := f.Param("profile")
	n, err := strconv.Atoi(value)
	if err != nil {
		return 0
	}
	return n
}
