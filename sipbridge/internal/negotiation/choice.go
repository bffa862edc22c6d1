package negotiation

import (
	"slices"

	"parley/codecs"
)

// choose matches what the peer offers with formats, in the peer's order of
// preference (RFC 3264 6.1). send are the peer's own Mappings, receive ours.
//
// Of sound one Format is taken, and the digits that go with it: a peer that
// may send several at will is a frequent cause of one-way sound. Of pictures
// all that match are taken, since what is forwarded is whatever codec the
// speaker has; those that no browser shows go last, wherever the peer has them,
// since it sends the first (RFC 3264 6.1 asks for its order, but lets us).
func choose(offered []codecs.Mapping, formats []codecs.Format) (send, receive []codecs.Mapping, ok bool) {
	receive = codecs.Negotiate(offered, formats)
	if len(receive) == 0 {
		return nil, nil, false
	}
	if receive[0].Format.Media() == codecs.MediaAudio {
		receive = receive[:1]
	}
	slices.SortStableFunc(receive, func(a, b codecs.Mapping) int { return age(a.Format) - age(b.Format) })
	for _, r := range receive {
		f, _ := codecs.Find(offered, r.PayloadType)
		send = append(send, codecs.Mapping{PayloadType: r.PayloadType, Format: f})
	}
	if receive[0].Format.Media() == codecs.MediaAudio {
		if e, ok := events(offered, receive[0].Format.ClockRate); ok {
			receive = append(receive, codecs.Mapping{PayloadType: e.PayloadType, Format: eventsFormat(e.Format.ClockRate)})
		}
	}
	return send, receive, true
}

// age is 1 for the codecs of telephones that have no other.
func age(f codecs.Format) int {
	if f.Is("H261") || f.Is("H263") || f.Is("H263-1998") || f.Is("H263-2000") {
		return 1
	}
	return 0
}

// events returns the telephone-event mapping for sound of rate: the one of
// the same clock, since both share an SSRC and its timestamps (RFC 4733
// 2.1), else any, since some peers only ever offer 8000.
func events(offered []codecs.Mapping, rate int) (codecs.Mapping, bool) {
	var found codecs.Mapping
	var ok bool
	for _, m := range offered {
		if m.Format.Media() != codecs.MediaEvent {
			continue
		}
		if m.Format.ClockRate == rate {
			return m, true
		}
		if !ok {
			found, ok = m, true
		}
	}
	return found, ok
}

// The payload types that offers of this side use. Numbers once given keep
// their meaning for the dialog (RFC 3264 8.3.2).
const (
	firstDynamic = 96
	lastDynamic  = 127
)

// number gives payload types to formats, keeping those of earlier, and adds
// the digits that go with the clock rates of the sound.
func number(formats []codecs.Format, earlier []codecs.Mapping) []codecs.Mapping {
	all := slices.Clone(formats)
	for _, f := range formats {
		if e := eventsFormat(f.ClockRate); f.Media() == codecs.MediaAudio && !slices.Contains(all, e) {
			all = append(all, e)
		}
	}
	var used [lastDynamic + 1]bool
	for _, m := range earlier {
		used[m.PayloadType&0x7f] = true
	}
	out := make([]codecs.Mapping, 0, len(all))
	for _, f := range all {
		if i := slices.IndexFunc(earlier, func(m codecs.Mapping) bool { return m.Format == f }); i >= 0 {
			out = append(out, earlier[i])
			continue
		}
		pt, ok := payloadType(f, &used)
		if !ok {
			break
		}
		used[pt] = true
		out = append(out, codecs.Mapping{PayloadType: pt, Format: f})
	}
	return out
}

// payloadType is the static number of f, or a free dynamic one.
func payloadType(f codecs.Format, used *[lastDynamic + 1]bool) (uint8, bool) {
	bare := f
	bare.Fmtp = ""
	for pt := range uint8(firstDynamic) {
		if m, ok := codecs.StaticMapping(pt); ok && m.Format == bare && !used[pt] {
			return pt, true
		}
	}
	for pt := uint8(firstDynamic); pt <= lastDynamic; pt++ {
		if !used[pt] {
			return pt, true
		}
	}
	return 0, false
}
