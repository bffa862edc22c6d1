package codecs

// Negotiate matches what a peer offers against what is allowed here and
// returns what to answer: the matches in the offer's order, which RFC 3264 6.1
// recommends, each with the offer's payload type.
//
// A returned Format is what we declare to receive. For most formats, fmtp is
// declarative (RFC 7587 7.1 for Opus, RFC 4733 2.4.1 for events): the answer
// has the local parameters whatever those of the offer, and what to heed in
// sending stands in the offer's own Mapping (see Find). For H264 it is
// negotiated (RFC 6184 8.2.2): packetization modes are different
// configurations and must be equal; the profile must be the same (Baseline and
// Constrained Baseline count as one) and is answered as the offer spells it;
// the level is ours when both sides have level-asymmetry-allowed=1, otherwise
// the lower of both.
//
// A match has the same name in any case, clock rate and channels. Of several
// local Formats that match, the first counts. Events and comfort noise stay
// only when a matching audio Format has their clock rate (RFC 4733 2.1,
// RFC 3389 4).
func Negotiate(offered []Mapping, local []Format) []Mapping {
	var out []Mapping
	for _, o := range offered {
		for _, l := range local {
			if f, ok := answer(o.Format, l); ok {
				out = append(out, Mapping{PayloadType: o.PayloadType, Format: f})
				break
			}
		}
	}
	return withoutStray(out)
}

// NegotiateLocal is Negotiate with the matches in local order of preference.
func NegotiateLocal(offered []Mapping, local []Format) []Mapping {
	var out []Mapping
	var taken [256]bool
	for _, l := range local {
		for _, o := range offered {
			if taken[o.PayloadType] {
				continue
			}
			if f, ok := answer(o.Format, l); ok {
				taken[o.PayloadType] = true
				out = append(out, Mapping{PayloadType: o.PayloadType, Format: f})
			}
		}
	}
	return withoutStray(out)
}

// Find returns the Format of a payload type.
func Find(mappings []Mapping, payloadType uint8) (Format, bool) {
	for _, m := range mappings {
		if m.PayloadType == payloadType {
			return m.Format, true
		}
	}
	return Format{}, false
}

// Takes reports whether who can receive f can be sent packets of source as
// they are. For H264, a decoder of a profile takes those within it; levels are
// not compared, since decoders reach beyond the level that they declare. Nor
// are packetization modes 0 and 1: a receiver of mode 1 takes mode 0 too
// (RFC 6184 5.4), and telephones that declare mode 0 (baresip, linphone)
// reassemble fragments all the same, without which no picture larger than a
// packet could be sent to them.
//
// For H261 and H263, each size of picture that the source may send, QCIF and
// smaller aside, must be one that the sink names, and each annex one that it
// decodes. How many pictures a
// second there may be at most (MPI) is not compared, as levels are not: who
// gets more leaves some out. A sink that tells no size takes all: RFC 4587 and
// RFC 4629 have it take at least QCIF, but a receiver that cannot decode CIF
// is not known, while many tell nothing. A source that tells no size is taken
// by all: what it sends is not known, and mostly CIF. H263-1998 and H263-2000
// have one payload format and take each other's packets.
func (f Format) Takes(source Format) bool {
	if f.isH263Plus() && source.isH263Plus() {
		source.Name = f.Name
	}
	if !sameEncoding(f, source) {
		return false
	}
	if f.Is("H261") || f.Is("H263") || f.isH263Plus() {
		return takesPictureOptions(f, source)
	}
	if !f.Is("H264") {
		return true
	}
	if packetizationMode(source) == "2" || packetizationMode(f) == "2" {
		return false
	}
	sink, ok := h264ProfileLevelID(f)
	if !ok {
		return false
	}
	src, ok := h264ProfileLevelID(source)
	return ok && sink.profile.decodes(src.profile)
}

// answer returns local as it goes in the answer to offer, if they match.
func answer(offer, local Format) (Format, bool) {
	if !sameEncoding(offer, local) {
		return Format{}, false
	}
	if local.Is("H264") {
		return answerH264(offer, local)
	}
	return local, true
}

func sameEncoding(a, b Format) bool {
	return a.Is(b.Name) && a.ClockRate == b.ClockRate && a.Channels == b.Channels
}

// accompanies reports whether f is no sound of its own but shares the clock of
// one that is.
func accompanies(f Format) bool { return f.Media() == MediaEvent || f.Is("CN") }

// withoutStray removes what accompanies no audio Format.
func withoutStray(ms []Mapping) []Mapping {
	out := ms[:0]
	for _, m := range ms {
		keep := !accompanies(m.Format)
		for _, a := range ms {
			keep = keep || a.Format.Media() == MediaAudio && !accompanies(a.Format) &&
				a.Format.ClockRate == m.Format.ClockRate
		}
		if keep {
			out = append(out, m)
		}
	}
	return out
}
