package webrtc

import (
	"math"
	"sync"
	"testing"
	"time"

	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"

	"parley/codecs"
	"parley/codecs/builtin"
	"parley/conference"
)

// tap is a Participant of no wire: it says a tone and hears the mix.
type tap struct {
	name string
	tone float64 // Hz; 0: silent
	at   int

	mu    sync.Mutex
	heard []int16
	more  chan struct{}
}

func newTap(name string, tone float64) *tap {
	return &tap{name: name, tone: tone, more: make(chan struct{}, 1)}
}

func (p *tap) Info() conference.Info {
	return conference.Info{Name: p.name, Wire: conference.WireInternal}
}
func (p *tap) Audio() conference.AudioPort { return p }
func (p *tap) Video() conference.VideoPort { return nil }
func (p *tap) Disconnect(conference.Cause) {}
func (p *tap) ReadFrame(d *codecs.Frame) bool {
	if p.tone == 0 {
		return false
	}
	for i := range d {
		d[i] = int16(8000 * math.Sin(2*math.Pi*p.tone*float64(p.at)/codecs.SampleRate))
		p.at++
	}
	return true
}

// WriteFrame is called by the mixer, which must not wait for a test that
// counts.
func (p *tap) WriteFrame(mix *codecs.Frame) {
	p.mu.Lock()
	p.heard = append(p.heard, mix[:]...)
	whole := len(p.heard) >= listen
	p.mu.Unlock()
	if whole {
		select {
		case p.more <- struct{}{}:
		default:
		}
	}
}

// forget drops what was heard so far.
func (p *tap) forget() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.heard = nil
}

// listen is how many samples are judged at a time: 200 ms, of which one tone
// is told from another by 5 Hz.
const listen = codecs.SampleRate / 5

// awaitTone waits until a stretch of what was heard is the tone.
func (p *tap) awaitTone(h *house, hz float64) {
	h.t.Helper()
	share := 0.0
	for share < 0.99 {
		select {
		case <-p.more:
		case <-h.ctx.Done():
			h.t.Fatalf("%s never heard %v Hz (share %.3f)", p.name, hz, share)
		}
		p.mu.Lock()
		pcm := p.heard
		p.heard = nil
		p.mu.Unlock()
		if len(pcm) >= listen { // not, where it was just forgotten
			share = toneShare(pcm[len(pcm)-listen:], hz)
		}
	}
}

// toneShare is the share of pcm's energy that a tone of hz has (Goertzel).
func toneShare(pcm []int16, hz float64) float64 {
	w := 2 * math.Pi * hz / codecs.SampleRate
	var re, im, energy float64
	for i, s := range pcm {
		v := float64(s)
		re += v * math.Cos(w*float64(i))
		im += v * math.Sin(w*float64(i))
		energy += v * v
	}
	if energy == 0 {
		return 0
	}
	return 2 * (re*re + im*im) / (energy * float64(len(pcm)))
}

func seat(t *testing.T, h *house, p conference.Participant) *conference.Seat {
	t.Helper()
	s, err := h.room().Join(p)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Leave(conference.Cause{Code: conference.CauseLeft}) })
	return s
}

func TestPageHearsTone(t *testing.T) {
	h := newHouse(t, nil)
	speaker := seat(t, h, newTap("tap", 440))
	p := h.join("Ann")
	p.connect(webrtc.MimeTypeOpus, webrtc.MimeTypeH264)
	p.awaitConnected()
	track := p.awaitTrack("mix")

	decoder, err := builtin.Set().NewDecoder(codecs.Format{Name: "opus", ClockRate: 48000, Channels: 2})
	if err != nil {
		t.Fatal(err)
	}
	var pcm []int16
	buf := make([]int16, 5760*decoder.Channels())
	var last *rtp.Packet
	named := false
	for len(pcm) < codecs.SampleRate/2 {
		packet, _, err := track.ReadRTP()
		if err != nil {
			t.Fatal(err)
		}
		if last != nil {
			if packet.SequenceNumber != last.SequenceNumber+1 || packet.Timestamp != last.Timestamp+960 {
				t.Fatalf("%d/%d follows %d/%d", packet.SequenceNumber, packet.Timestamp, last.SequenceNumber, last.Timestamp)
			}
		}
		last = packet
		named = named || len(packet.CSRC) == 1 && packet.CSRC[0] == uint32(speaker.Source())
		n, err := decoder.Decode(buf, packet.Payload)
		if err != nil {
			t.Fatal(err)
		}
		for i := range n {
			pcm = append(pcm, buf[i*decoder.Channels()])
		}
	}
	if share := toneShare(pcm[len(pcm)-listen:], 440); share < 0.99 {
		t.Errorf("440 Hz is %.3f of what the page hears", share)
	}
	if !named {
		t.Error("the speaker is in no CSRC list")
	}
}

func TestToneOfPageIsHeard(t *testing.T) {
	h := newHouse(t, nil)
	ear := newTap("tap", 0)
	seat(t, h, ear)
	p := h.join("Ann")
	p.connect(webrtc.MimeTypeOpus, webrtc.MimeTypeH264)
	p.awaitConnected()
	stop := p.speak(880)
	defer stop()
	ear.awaitTone(h, 880)
	e := p.awaitWhere("event", func(m map[string]any) bool {
		return m["event"].(map[string]any)["kind"] == string(conference.EventSpeaking)
	})
	if got := e["event"].(map[string]any)["participant"]; got != p.id {
		t.Errorf("%v speaks, want %v", got, p.id)
	}
}

// speak sends a tone, a packet every 20 ms, until stop is called.
func (p *page) speak(hz float64) (stop func()) {
	p.t.Helper()
	encoder, err := builtin.Set().NewEncoder(codecs.Format{Name: "opus", ClockRate: 48000, Channels: 2})
	if err != nil {
		p.t.Fatal(err)
	}
	done, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		ticker := time.NewTicker(codecs.FrameDuration)
		defer ticker.Stop()
		pcm := make([]int16, encoder.SampleRate()/50*encoder.Channels())
		at := 0
		packet := rtp.Packet{Header: rtp.Header{Version: 2}}
		for {
			select {
			case <-done:
				return
			case <-ticker.C:
			}
			for i := range pcm {
				pcm[i] = int16(8000 * math.Sin(2*math.Pi*hz*float64(at)/float64(encoder.SampleRate())))
				if (i+1)%encoder.Channels() == 0 {
					at++
				}
			}
			payload, err := encoder.Encode(packet.Payload[:0], pcm)
			if err != nil {
				p.t.Error(err)
				return
			}
			packet.Payload = payload
			_ = p.mic.WriteRTP(&packet)
			packet.SequenceNumber++
			packet.Timestamp += 960
		}
	}()
	return func() { close(done); <-ended }
}
