package sipbridge

import (
	"encoding/binary"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"parley/codecs"
	"parley/conference"
)

// tap is a participant inside the process: it speaks a tone and keeps what it
// hears.
type tap struct {
	hertz float64
	at    int
	heard chan codecs.Frame
}

func (*tap) Info() conference.Info {
	return conference.Info{Name: "tap", Wire: conference.WireInternal}
}
func (a *tap) Audio() conference.AudioPort { return a }
func (*tap) Video() conference.VideoPort   { return nil }
func (*tap) Disconnect(conference.Cause)   {}

func (a *tap) ReadFrame(dst *codecs.Frame) bool {
	for i := range dst {
		dst[i] = int16(8000 * math.Sin(2*math.Pi*a.hertz*float64(a.at)/codecs.SampleRate))
		a.at++
	}
	return true
}

func (a *tap) WriteFrame(mix *codecs.Frame) {
	select {
	case a.heard <- *mix:
	default:
	}
}

// power is that of one frequency among samples, in dB.
func power(samples []float64, hertz, rate float64) float64 {
	var re, im float64
	for i, v := range samples {
		re += v * math.Cos(2*math.Pi*hertz*float64(i)/rate)
		im += v * math.Sin(2*math.Pi*hertz*float64(i)/rate)
	}
	return 10 * math.Log10((re*re+im*im)/float64(len(samples)*len(samples))+1e-9)
}

// mulaw encodes one sample (G.711).
func mulaw(v int16) byte {
	sign, x := byte(0x80), int(v)
	if x < 0 {
		sign, x = 0, -x
	}
	x = min(x+132, 32767)
	exponent := 7
	for mask := 0x4000; x&mask == 0 && exponent > 0; mask >>= 1 {
		exponent--
	}
	return ^(^sign&0x80 | byte(exponent<<4) | byte(x>>(exponent+3)&0x0f))
}

func linear(b byte) float64 {
	b = ^b
	v := (int(b&0x0f)<<3+132)<<(b>>4&7) - 132
	if b&0x80 != 0 {
		v = -v
	}
	return float64(v)
}

// What the phone says is heard in the conference, what the conference says is
// heard by the phone, each without an echo, in one unbroken stream that names
// who is heard.
func TestSoundBothWays(t *testing.T) {
	s := testServer(t, nil)
	conf := room(t, s, "room")
	other := &tap{hertz: 1000, heard: make(chan codecs.Frame, 1000)}
	seat, err := conf.Join(other)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { seat.Leave(conference.Cause{Code: conference.CauseLeft}) })
	p := newPhone(t, s)
	res := p.invite(roomURI, p.offer())
	to := mediaOf(t, res.Body())

	stop := make(chan struct{})
	spoken := make(chan struct{})
	go func() { // the phone speaks 600 Hz
		defer close(spoken)
		ticker := time.NewTicker(codecs.FrameDuration)
		defer ticker.Stop()
		for n := 0; ; n++ {
			payload := make([]byte, 160)
			for i := range payload {
				payload[i] = mulaw(int16(8000 * math.Sin(2*math.Pi*600*float64(160*n+i)/8000)))
			}
			p.rtp(to, 0, uint16(n), uint32(160*n), payload)
			select {
			case <-ticker.C:
			case <-stop:
				return
			}
		}
	}()
	defer func() { close(stop); <-spoken }()

	var heard []float64
	for len(heard) < codecs.SampleRate { // a second in which the phone is heard
		select {
		case f := <-other.heard:
			loud := false
			for _, v := range f {
				loud = loud || v > 500
			}
			if loud {
				for _, v := range f {
					heard = append(heard, float64(v))
				}
			}
		case <-time.After(patience):
			t.Fatal("the phone is not heard")
		}
	}
	heard = heard[len(heard)/2:]
	if d := power(heard, 600, codecs.SampleRate) - power(heard, 1000, codecs.SampleRate); d < 30 {
		t.Errorf("in the conference the phone is %.1f dB above the listener's own voice", d)
	}

	buf := make([]byte, 1600)
	var got []float64
	var sequence uint16
	var timestamp, source uint32
	for n := 0; len(got) < 8000; n++ {
		if err := p.media.SetReadDeadline(time.Now().Add(patience)); err != nil {
			t.Fatal(err)
		}
		size, err := p.media.Read(buf)
		if err != nil {
			t.Fatal(err)
		}
		b := buf[:size]
		csrc := int(b[0] & 0x0f)
		marker, nextSequence, nextTimestamp := b[1]&0x80 != 0, binary.BigEndian.Uint16(b[2:]), binary.BigEndian.Uint32(b[4:])
		if n == 0 && !marker {
			t.Error("the stream starts without a marker")
		}
		if n > 0 && nextSequence != sequence+1 {
			t.Errorf("packet %d: sequence %d after %d", n, nextSequence, sequence)
		}
		if n > 0 && !marker && nextTimestamp-timestamp != 160 {
			t.Errorf("packet %d: timestamp rose by %d", n, nextTimestamp-timestamp)
		}
		sequence, timestamp = nextSequence, nextTimestamp
		if csrc > 0 {
			source = binary.BigEndian.Uint32(b[12:])
		}
		for _, v := range b[12+4*csrc:] {
			got = append(got, linear(v))
		}
	}
	got = got[4000:]
	if d := power(got, 1000, 8000) - power(got, 600, 8000); d < 30 {
		t.Errorf("to the phone the conference is %.1f dB above its own voice", d)
	}
	if source != uint32(seat.Source()) {
		t.Errorf("CSRC %08x, want %08x", source, seat.Source())
	}

	before := s.Stats().Audio
	if before.Sent == 0 || before.Received == 0 || before.SentOctets < 172*before.Sent || before.ReceivedOctets != 172*before.Received {
		t.Errorf("counted %+v", before)
	}
	left := events(t, conf)
	p.hangUp()
	left(conference.EventLeft)
	if after := s.Stats().Audio; after.Sent < before.Sent || after.Received < before.Received {
		t.Errorf("counted %+v after the call, %+v before", after, before)
	}
}

// Over UDP anybody can write an INVITE in another's name, with a description
// that names a third. Nothing is sent there before the ACK, which only who got
// the answer can write.
func TestNoMediaBeforeACK(t *testing.T) {
	s := testServer(t, nil)
	other := &tap{hertz: 1000, heard: make(chan codecs.Frame, 1000)}
	seat, err := room(t, s, "room").Join(other)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { seat.Leave(conference.Cause{Code: conference.CauseLeft}) })
	p := newPhone(t, s)
	p.raw(p.request("INVITE", roomURI, p.offer()))
	p.established(p.response("INVITE"))
	for len(other.heard) > 0 {
		<-other.heard
	}
	for range 5 { // ticks of a mixer that has the phone as well
		<-other.heard
	}
	if sent := s.Stats().Audio.Sent; sent != 0 {
		t.Errorf("%d packets before the ACK", sent)
	}
	p.raw(p.requestAt(p.cseq, "ACK", roomURI, ""))
	if err := p.media.SetReadDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	if _, err := p.media.Read(make([]byte, 1600)); err != nil {
		t.Error(err)
	}
}

// What one phone takes by its description is asked of the other, which says that it
// knows TMMBR.
func TestRates(t *testing.T) {
	s := testServer(t, nil)
	next := events(t, room(t, s, "room"))
	sender, receiver := newPhone(t, s), newPhone(t, s)
	res := sender.invite(roomURI, sender.offer(fmt.Sprintf("m=video %d RTP/AVP 99", sender.mediaPort()),
		"a=rtpmap:99 VP8/90000", "a=rtcp-mux", "a=rtcp-fb:* ccm tmmbr"))
	_, rest, _ := strings.Cut(string(res.Body()), "m=video ")
	if !strings.Contains(rest, "a=rtcp-fb:* ccm tmmbr") {
		t.Errorf("TMMBR is not agreed:\n%s", rest)
	}
	if res := receiver.invite(roomURI, receiver.offer(fmt.Sprintf("m=video %d RTP/AVP 99", receiver.mediaPort()),
		"b=TIAS:384000", "a=rtpmap:99 VP8/90000", "a=rtcp-mux", "a=rtcp-fb:* ccm tmmbr")); res.StatusCode != 200 {
		t.Fatal(res)
	}
	to := mediaOf(t, []byte("m=audio "+rest))
	keyframe := []byte{0x10, 0x10, 0x02, 0x00, 0x9d, 0x01, 0x2a, 0x40, 0x01, 0xf0, 0x00, 1, 2, 3}
	sender.rtp(to, 99|0x80, 1, 3000, keyframe)
	for next(conference.EventSourceUpdated).Member.Sources[0].VideoFormat.Name != "VP8" {
	}
	buf := make([]byte, 1600)
	for n := uint16(2); ; n++ {
		if n == 400 {
			t.Fatal("no TMMBR arrives")
		}
		sender.rtp(to, 99|0x80, n, uint32(n)*3000, keyframe)
		if err := sender.media.SetReadDeadline(time.Now().Add(50 * time.Millisecond)); err != nil {
			t.Fatal(err)
		}
		for {
			size, err := sender.media.Read(buf)
			if err != nil {
				break
			}
			if rate, ok := tmmbr(buf[:size]); ok {
				if rate > 384_000 || rate < 383_900 {
					t.Errorf("asked for %d bit/s", rate)
				}
				return
			}
		}
	}
}

// tmmbr finds the rate of a TMMBR (RFC 5104 4.2.1) in a compound.
func tmmbr(b []byte) (int, bool) {
	for len(b) >= 4 {
		n := 4 * (int(binary.BigEndian.Uint16(b[2:])) + 1)
		if n > len(b) {
			return 0, false
		}
		if b[0] == 0x83 && b[1] == 205 && n == 20 {
			word := binary.BigEndian.Uint32(b[16:])
			return int(word>>9&0x1ffff) << (word >> 26), true
		}
		b = b[n:]
	}
	return 0, false
}

// Pictures go from one phone to the other, and its wish for a key frame back.
func TestPictures(t *testing.T) {
	s := testServer(t, nil)
	next := events(t, room(t, s, "room"))
	video := func(p *phone) string {
		return p.offer(fmt.Sprintf("m=video %d RTP/AVP 99", p.mediaPort()), "a=rtpmap:99 VP8/90000", "a=rtcp-mux")
	}
	sender, receiver := newPhone(t, s), newPhone(t, s)
	res := sender.invite(roomURI, video(sender))
	_, rest, _ := strings.Cut(string(res.Body()), "m=video ")
	if res := receiver.invite(roomURI, video(receiver)); res.StatusCode != 200 {
		t.Fatal(res)
	}
	to := mediaOf(t, []byte("m=audio "+rest))
	// A VP8 key frame's beginning: descriptor with S, frame tag, start code, size.
	keyframe := []byte{0x10, 0x10, 0x02, 0x00, 0x9d, 0x01, 0x2a, 0x40, 0x01, 0xf0, 0x00, 1, 2, 3}
	picture := func(n uint16) { sender.rtp(to, 99|0x80, n, uint32(n)*3000, keyframe) }
	picture(1) // tells the format
	for next(conference.EventSourceUpdated).Member.Sources[0].VideoFormat.Name != "VP8" {
	}
	buf := make([]byte, 1600)
	for n := uint16(2); ; n++ {
		if n == 200 {
			t.Fatal("no picture arrives")
		}
		picture(n)
		if err := receiver.media.SetReadDeadline(time.Now().Add(50 * time.Millisecond)); err != nil {
			t.Fatal(err)
		}
		size, err := receiver.media.Read(buf)
		for err == nil && buf[1]&0x7f != 99 { // sound
			size, err = receiver.media.Read(buf)
		}
		if err == nil {
			if payload := buf[12+4*int(buf[0]&0x0f) : size]; !strings.HasSuffix(string(payload), "\x9d\x01\x2a\x40\x01\xf0\x00\x01\x02\x03") {
				t.Errorf("payload %x", payload)
			}
			break
		}
	}
	receiver.raw(receiver.request("INFO", roomURI, fastUpdateBody, "Content-Type: "+mediaControl))
	if res := receiver.response("INFO"); res.StatusCode != 200 {
		t.Error(res)
	}
	// The sender, which offered no RTCP feedback, is asked by INFO.
	info := sender.incoming("INFO")
	if ok, err := parseMediaControl(info.Body()); !ok || err != nil {
		t.Errorf("INFO\n%s", info)
	}
	sender.reply(info, 200)
}
