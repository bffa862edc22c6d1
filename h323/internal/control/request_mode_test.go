package control

import (
	"testing"
	"time"

	"parley/h323/h245"
	"parley/h323/media"
)

func audioMode(a h245.AudioMode) h245.ModeElement {
	return h245.ModeElement{Type: h245.ModeElementType{AudioMode: &a}}
}

func h261Mode(rate uint16) h245.ModeElement {
	return h245.ModeElement{Type: h245.ModeElementType{VideoMode: &h245.VideoMode{H261VideoMode: &h245.H261VideoMode{
		Resolution: h245.H261VideoModeResolution{Qcif: null}, BitRate: rate,
	}}}}
}

// sends is what is open toward the peer.
func (s *side) sends(k media.Kind) (open []media.Channel) {
	for _, c := range s.Channels() {
		if c.Kind == k && c.Direction&media.Send != 0 {
			open = append(open, c)
		}
	}
	return open
}

// The first mode that can be had is obeyed: the channel is opened anew for another
// codec or size, and held to another rate.
func TestModeObeyed(t *testing.T) {
	p := newPair(t, newSide(t, "a", 190, nil), newSide(t, "b", 50, nil)).start()
	ask := func(what string, accepted bool, modes ...h245.ModeDescription) {
		t.Helper()
		p.now = p.now.Add(time.Minute)
		p.forget()
		p.a.RequestMode(modes, p.now)
		p.run()
		if got := all[ModeAnswered](p.a); len(got) != 1 || got[0].Accepted != accepted {
			t.Errorf("%s: %v", what, got)
		}
	}
	sends := func(what string, audio, video string) {
		t.Helper()
		a, v := p.b.sends(media.KindAudio), p.b.sends(media.KindVideo)
		if len(a) != 1 || len(v) != 1 || a[0].Format.Name != audio || v[0].Format.Name != video {
			t.Fatalf("%s: sends %v and %v, want %s and %s", what, a, v, audio, video)
		}
	}
	sends("before", "G722", "H264")
	ulaw, alaw := audioMode(h245.AudioMode{G711Ulaw64k: null}), audioMode(h245.AudioMode{G711Alaw64k: null})
	g728 := audioMode(h245.AudioMode{G728: null})

	ask("another codec", true, h245.ModeDescription{alaw})
	sends("another codec", "PCMA", "H264")
	if m := all[ModeSet](p.b); len(m) != 1 || len(m[0].Modes) != 1 || m[0].Modes[0].Format != pcma {
		t.Errorf("told %v", m)
	}
	ask("less preferred", true, h245.ModeDescription{g728}, h245.ModeDescription{ulaw})
	sends("less preferred", "PCMU", "H264")
	if r := last(p.b.sent, func(m *h245.MultimediaSystemControlMessage) bool {
		return m.Response != nil && m.Response.RequestModeAck != nil
	}); r == nil || r.Response.RequestModeAck.Response.WillTransmitLessPreferredMode == nil {
		t.Errorf("answered %v", names(p.b.sent))
	}
	ask("both media", true, h245.ModeDescription{alaw, h261Mode(640)})
	sends("both media", "PCMA", "H261")
	if v := p.b.sends(media.KindVideo)[0]; v.MaxBitRate != 64_000 || v.Format.Fmtp != "qcif=1" {
		t.Errorf("sends %v", &v)
	}
	ask("another rate", true, h245.ModeDescription{h261Mode(480)})
	if f := all[FlowControl](p.b); len(f) != 1 || f[0].BitRate != 48_000 || len(all[Closed](p.b)) != 0 {
		t.Errorf("bounded %v, closed %v", f, all[Closed](p.b))
	}
	ask("unknown", false, h245.ModeDescription{g728})
	ask("in part", false, h245.ModeDescription{ulaw, {Type: h245.ModeElementType{NonStandard: &h245.NonStandardParameter{
		NonStandardIdentifier: h245.NonStandardIdentifier{Object: "1.2.3"},
	}}}})
	ask("one medium twice", false, h245.ModeDescription{ulaw, alaw})
	sends("after refusals", "PCMA", "H261")

	// Other capabilities end what was asked for.
	set := setOf(t, g722, pcmu, h264)
	p.a.SetCapabilities(set, p.now)
	p.run()
	sends("other capabilities", "G722", "H264")
}

func last[T any](list []T, ok func(T) bool) (found T) {
	for _, x := range list {
		if ok(x) {
			found = x
		}
	}
	return found
}

// Who asks without end is refused, not obeyed.
func TestModeFlood(t *testing.T) {
	p := newPair(t, newSide(t, "a", 190, nil), newSide(t, "b", 50, nil)).start()
	for n := range h245.SequenceNumber(100) {
		p.forget()
		mode := audioMode(h245.AudioMode{G711Alaw64k: null})
		if n%2 == 0 {
			mode = audioMode(h245.AudioMode{G711Ulaw64k: null})
		}
		p.b.Receive(&h245.MultimediaSystemControlMessage{Request: &h245.RequestMessage{RequestMode: &h245.RequestMode{
			SequenceNumber: n, RequestedModes: []h245.ModeDescription{{mode}},
		}}}, p.now)
		p.run()
		r := last(p.b.sent, func(m *h245.MultimediaSystemControlMessage) bool {
			return m.Response != nil && (m.Response.RequestModeAck != nil || m.Response.RequestModeReject != nil)
		})
		if r == nil {
			t.Fatalf("request %d is not answered: %v", n, names(p.b.sent))
		}
		if rejected := r.Response.RequestModeReject; (rejected != nil) != (n >= setBurst) || rejected != nil && rejected.Cause.RequestDenied == nil {
			t.Errorf("request %d: %+v", n, r.Response)
		}
	}
}
