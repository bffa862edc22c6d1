package leg

import (
	"log/slog"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"parley/codecs"
	"parley/qos"
	"parley/qos/rtp"
)

func mapping(pt uint8, name string, rate int) codecs.Mapping {
	return codecs.Mapping{PayloadType: pt, Format: codecs.Format{Name: name, ClockRate: rate}}
}

// link is a leg's transport and another one as its peer, on loopback.
func link(t *testing.T, l *Leg) (peer *rtp.Transport, remote, remoteRTCP netip.AddrPort) {
	t.Helper()
	loopback := netip.MustParseAddr("127.0.0.1")
	if _, _, err := l.Open(loopback, rtp.PortRange{}, qos.DSCP(0)); err != nil {
		t.Fatal(err)
	}
	peer, err := rtp.Listen(rtp.ListenConfig{Addr: loopback})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		l.Close(t.Context())
		_ = peer.Close()
	})
	return peer, peer.LocalRTP(), peer.LocalRTCP()
}

// Sound is heard and sent only while it is agreed: on hold neither.
func TestAudioOnHold(t *testing.T) {
	a := NewAudio(AudioConfig{
		Codecs: codecs.NewSet(), Totals: new(Totals), Log: slog.New(slog.DiscardHandler), Ready: func() bool { return true },
	})
	_, remote, remoteRTCP := link(t, a.Leg)
	terms := AudioTerms{
		Terms: Terms{
			Active: true, Remote: remote, RemoteRTCP: remoteRTCP, CNAME: "a",
			Receive: []codecs.Mapping{mapping(0, "PCMU", 8000), mapping(101, "telephone-event", 8000)},
		},
		Encode: mapping(0, "PCMU", 8000), Digits: mapping(101, "telephone-event", 8000), Hear: true,
	}
	keys := make(chan byte, 4)
	a.SetKeys(keys)
	event := &codecs.Packet{PayloadType: 101, Timestamp: 1000, Payload: []byte{5, 10, 0, 160}}
	for i, c := range []struct {
		change                   func(*AudioTerms)
		sends, hears, has, dials bool
	}{
		{func(*AudioTerms) {}, true, true, true, true},
		{func(t *AudioTerms) { t.Encode = codecs.Mapping{} }, false, true, true, false},
		{func(t *AudioTerms) { t.Hear = false }, true, false, true, true},
		{func(t *AudioTerms) { t.Active = false }, false, false, true, false},
		{func(t *AudioTerms) { t.Receive = t.Receive[:1]; t.Digits = codecs.Mapping{} }, true, true, false, false},
		{func(*AudioTerms) {}, true, true, true, true},
	} {
		now := terms
		c.change(&now)
		if err := a.Apply(now); err != nil {
			t.Fatal(err)
		}
		if got := !a.AudioFormat().IsZero(); got != c.sends {
			t.Errorf("step %d: sends %v", i, got)
		}
		if got := a.buffer.Load() != nil; got != c.hears {
			t.Errorf("step %d: hears %v", i, got)
		}
		if got := a.HasEvents(); got != c.has {
			t.Errorf("step %d: events %v", i, got)
		}
		if got := a.Dial("1"); got != c.dials {
			t.Errorf("step %d: dials %v", i, got)
		}
		event.SequenceNumber++
		event.Timestamp += 8000
		a.ReceiveRTP(&rtp.Source{}, event)
		pressed := false
		select {
		case key := <-keys:
			pressed = key == '5'
		default:
		}
		if pressed != c.has {
			t.Errorf("step %d: key %v", i, pressed)
		}
	}
	// Keys that nobody reads are not waited for.
	for range 2 * cap(keys) {
		a.Press('1')
	}
	if len(keys) != cap(keys) {
		t.Errorf("%d keys wait", len(keys))
	}
	a.SetKeys(nil)
	<-keys
	a.Press('2')
	if len(keys) != cap(keys)-1 {
		t.Error("a key for who does not want any")
	}
}

// Keys that are none, or more than can wait, are not begun.
func TestDialRefused(t *testing.T) {
	a := &Audio{}
	if a.Dial("1") {
		t.Error("without a way to send")
	}
	terms := AudioTerms{Digits: mapping(101, "telephone-event", 8000)}
	a.sending.Store(&terms)
	for _, keys := range []string{strings.Repeat("1", 32+1), "1a2", "x"} {
		if a.Dial(keys) {
			t.Errorf("%.5q is dialled", keys)
		}
	}
	if _, down := a.dial.Next(0, 8000); down {
		t.Error("a refused key is sent")
	}
	if !a.Dial("12#*AD") || !a.Dial("") {
		t.Error("keys are refused")
	}
}

// Pictures of a payload type are taken once it is settled, and told of once
// before; while they are not to be seen, neither.
func TestPicturesSettled(t *testing.T) {
	var told []uint8
	taken, accept := 0, false
	v := NewVideo(VideoConfig{
		Totals: new(Totals), Log: slog.New(slog.DiscardHandler),
		Picture: func(*codecs.Packet) { taken++ },
		Changed: func(pt uint8) bool { told = append(told, pt); return accept },
	})
	packet := func(pt uint8) { v.ReceiveRTP(&rtp.Source{}, &codecs.Packet{PayloadType: pt, Arrival: time.Unix(1, 0)}) }
	packet(96) // nothing is agreed
	terms := &VideoTerms{Terms: Terms{Receive: []codecs.Mapping{mapping(96, "H264", 90000), mapping(97, "H261", 90000)}}}
	v.agreed.Store(terms)
	packet(96) // nothing is to be seen
	if len(told) != 0 || taken != 0 {
		t.Errorf("told %v, %d taken", told, taken)
	}
	seen := *terms
	seen.See = true
	v.agreed.Store(&seen)
	packet(96)
	accept = true // it is told again, since it was not taken
	packet(96)
	packet(96)
	if d := cmp.Diff([]uint8{96, 96}, told); d != "" || taken != 0 {
		t.Errorf("%d taken, %s", taken, d)
	}
	v.Settle(96)
	packet(96)
	packet(97)
	packet(97)
	if d := cmp.Diff([]uint8{96, 96, 97}, told); d != "" || taken != 1 || !v.Settled(96) || v.Settled(97) {
		t.Errorf("%d taken, %s", taken, d)
	}
	if f, ok := v.Receives(97); !ok || f.Name != "H261" {
		t.Errorf("%v, %v", f, ok)
	}
	if _, ok := v.Receives(98); ok {
		t.Error("a payload type that was not agreed")
	}
	if v.RequestKeyframe() {
		t.Error("a key frame of a source that is not known")
	}
}
