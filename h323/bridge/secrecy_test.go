package bridge

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"math"
	"net"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"parley/codecs"
	"parley/codecs/builtin"
	"parley/conference"
	"parley/h323"
	"parley/h323/encryption"
	"parley/h323/h225"
	"parley/h323/media"
	"parley/h323/ras"
)

// Two bridges under each policy: who is in one conference hears who is in the
// other, and the roster tells whether anybody else could.
func TestEncryptedPair(t *testing.T) {
	for _, policies := range [][2]h323.EncryptionPolicy{
		{h323.EncryptionOff, h323.EncryptionOffer},
		{h323.EncryptionOffer, h323.EncryptionOff},
		{h323.EncryptionOffer, h323.EncryptionOffer},
		{h323.EncryptionOffer, h323.EncryptionRequire},
		{h323.EncryptionRequire, h323.EncryptionRequire},
	} {
		for name, modes := range allModes {
			t.Run(fmt.Sprintf("%d, %d, %s", policies[0], policies[1], name), func(t *testing.T) {
				t.Parallel()
				here := newSite(t, Config{Modes: modes, Name: "here", Encryption: policies[0]}, conference.Settings{ID: "a"})
				there := newSite(t, Config{Name: "there", Encryption: policies[1]}, conference.Settings{ID: "b"})
				ann := &party{hertz: 440, heard: map[float64]float64{440: 0, 880: 0}}
				bob := &party{hertz: 880, heard: map[float64]float64{440: 0, 880: 0}}
				sit(t, here.room("a"), ann)
				sit(t, there.room("b"), bob)
				if _, err := here.Dial(t.Context(), there.url("b"), "a"); err != nil {
					t.Fatal(err)
				}
				ann.hears(t, 880)
				bob.hears(t, 440)
				want := policies[0] != h323.EncryptionOff && policies[1] != h323.EncryptionOff
				for _, c := range []*conference.Conference{here.room("a"), there.room("b")} {
					await(t, c, fmt.Sprintf("encrypted: %v", want), func(r *conference.Roster) bool {
						return len(r.Members) == 2 && r.Members[1].Encrypted == want
					})
				}
				for i, s := range []*site{here, there} {
					lines := s.log.lines("H.323 media is")
					switch {
					case policies[i] == h323.EncryptionOff && len(lines) > 0,
						policies[i] != h323.EncryptionOff && len(lines) != 1,
						want && !strings.Contains(lines[0], "algorithm=AES-"),
						len(lines) > 0 && !want && !strings.Contains(lines[0], "not encrypted"):
						t.Errorf("%d: the log says of it: %q", i, lines)
					}
				}
				if a, b := here.Stats().Audio, there.Stats().Audio; a.Undecrypted+b.Undecrypted != 0 {
					t.Errorf("not decrypted: %d, %d", a.Undecrypted, b.Undecrypted)
				}
			})
		}
	}
}

// Policy keeps a peer out that does not agree to encryption, on either side.
func TestEncryptionRequired(t *testing.T) {
	for _, policies := range [][2]h323.EncryptionPolicy{
		{h323.EncryptionOff, h323.EncryptionRequire},
		{h323.EncryptionRequire, h323.EncryptionOff},
	} {
		here := newSite(t, Config{Encryption: policies[0]}, conference.Settings{ID: "a"})
		there := newSite(t, Config{Encryption: policies[1]}, conference.Settings{ID: "b"})
		var refused *CallError
		if _, err := here.Dial(t.Context(), there.url("b"), "a"); !errors.As(err, &refused) {
			t.Errorf("%v: %v", policies, err)
		}
		if policies[1] == h323.EncryptionRequire {
			lines := there.log.lines("refused")
			if len(lines) != 1 || !strings.Contains(lines[0], `msg=refused wire=h323 conference=b address=127.0.0.1 cause="encryption of media is required here`) {
				t.Errorf("the log says %q", lines)
			}
		}
		await(t, there.room("b"), "nobody", func(r *conference.Roster) bool { return len(r.Members) == 0 })
	}
}

// spy is a phone of G.711 that sees its packets as they are on the wire.
type spy struct {
	phone
	call      *h323.Call
	socket    *net.UDPConn
	in, out   media.Channel
	sequence  uint16
	timestamp uint32
	encoder   codecs.Encoder
}

var formatPCMU = sampledFormat("PCMU")

// Local takes sound alone.
func (p *spy) Local(_ *h323.Call, ch *media.Channel) (media.Addresses, error) {
	if ch.Kind != media.KindAudio {
		return media.Addresses{}, errNoPlace
	}
	at := p.socket.LocalAddr().(*net.UDPAddr).AddrPort()
	return media.Addresses{RTP: at, RTCP: at}, nil
}

func newSpy(t *testing.T, s *site, modes h323.Modes) *spy {
	t.Helper()
	socket, err := net.ListenUDP("udp", net.UDPAddrFromAddrPort(netip.MustParseAddrPort("127.0.0.1:0")))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = socket.Close() })
	p := &spy{phone: phone{t: t, events: make(chan h323.Event, 256)}, socket: socket}
	if p.encoder, err = builtin.Set().NewEncoder(formatPCMU); err != nil {
		t.Fatal(err)
	}
	c, ok := media.NewCapability(formatPCMU, 0)
	if !ok {
		t.Fatal("no G.711")
	}
	c.Frames = maxReceived
	set := &media.Set{Capabilities: []media.Capability{c}}
	e, err := h323.New(h323.Config{Name: "spy", Receive: set, Send: set, Modes: modes, Encryption: h323.EncryptionOffer})
	if err != nil {
		t.Fatal(err)
	}
	if err := e.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		if err := e.Close(ctx); err != nil {
			t.Error(err)
		}
	})
	p.call, err = e.Dial(t.Context(), h323.Target{
		Address: s.Addresses()[0], Aliases: []h225.AliasAddress{ras.AliasOf("a")},
	}, p)
	if err != nil {
		t.Fatal(err)
	}
	for p.in.Number == 0 || p.out.Number == 0 {
		switch o := hears[h323.ChannelOpened](&p.phone); o.Channel.Direction {
		case media.Send:
			p.out = o.Channel
		case media.Receive:
			p.in = o.Channel
		}
	}
	return p
}

// packet returns 20 ms of 440 Hz, in the clear.
func (p *spy) packet() []byte {
	packet := []byte{0x80, p.out.PayloadType}
	packet = binary.BigEndian.AppendUint16(packet, p.sequence)
	packet = binary.BigEndian.AppendUint32(packet, p.timestamp)
	packet = append(packet, 1, 2, 3, 4)
	pcm := make([]int16, 160)
	for i := range pcm {
		pcm[i] = int16(8000 * math.Sin(2*math.Pi*440*float64(int(p.timestamp)+i)/8000))
	}
	p.sequence++
	p.timestamp += 160
	packet, err := p.encoder.Encode(packet, pcm)
	if err != nil {
		p.t.Fatal(err)
	}
	return packet
}

// say sends a tone as it is encrypted by e, until ok.
func (p *spy) say(what string, e *encryption.Encrypter, ok func() bool) {
	p.t.Helper()
	deadline := time.Now().Add(patience)
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for !ok() {
		if time.Now().After(deadline) {
			p.t.Fatal(what)
		}
		packet := p.packet()
		if e != nil {
			var err error
			if packet, err = e.Encrypt(nil, packet); err != nil {
				p.t.Fatal(err)
			}
		}
		if _, err := p.socket.WriteToUDPAddrPort(packet, p.out.Remote.RTP); err != nil {
			p.t.Fatal(err)
		}
		<-tick.C
	}
}

// reads returns the next RTP packet.
func (p *spy) reads() []byte {
	p.t.Helper()
	buf := make([]byte, 1500)
	_ = p.socket.SetReadDeadline(time.Now().Add(patience))
	for {
		n, _, err := p.socket.ReadFromUDPAddrPort(buf)
		if err != nil {
			p.t.Fatal(err)
		}
		if n > 12 && buf[1]&0x7f == p.in.PayloadType {
			return buf[:n]
		}
	}
}

// power of a tone in a payload of G.711, 0 to 1 of all there is.
func power(t *testing.T, payload []byte, hertz float64) float64 {
	t.Helper()
	d, err := builtin.Set().NewDecoder(formatPCMU)
	if err != nil {
		t.Fatal(err)
	}
	pcm := make([]int16, len(payload))
	n, err := d.Decode(pcm, payload)
	if err != nil {
		t.Fatal(err)
	}
	pcm = pcm[:n]
	var re, im, all float64
	for i, v := range pcm {
		x := float64(v)
		re += x * math.Cos(2*math.Pi*hertz*float64(i)/8000)
		im += x * math.Sin(2*math.Pi*hertz*float64(i)/8000)
		all += x * x
	}
	if all == 0 {
		return 0
	}
	return 2 * (re*re + im*im) / all / float64(len(pcm))
}

// What is on the wire is not the tone, but under the key it is; a tone is heard
// only under the key of its channel, and anything else is silence and a count.
func TestOnTheWire(t *testing.T) {
	for _, modes := range []h323.Modes{{}, {NoFastStart: true}, {NoFastStart: true, NoTunnelling: true}} {
		t.Run(fmt.Sprintf("%+v", modes), func(t *testing.T) {
			s := newSite(t, Config{Encryption: h323.EncryptionRequire}, conference.Settings{ID: "a"})
			ann := &party{hertz: 880, heard: map[float64]float64{440: 0, 880: 0}}
			sit(t, s.room("a"), ann)
			p := newSpy(t, s, modes)
			p.readsTone()
			key, err := encryption.NewEncrypter(keyOf(&p.out))
			if err != nil {
				t.Fatal(err)
			}
			foreign, err := encryption.NewKey(encryption.AES128)
			if err != nil {
				t.Fatal(err)
			}
			wrong, err := encryption.NewEncrypter(foreign)
			if err != nil {
				t.Fatal(err)
			}
			undecrypted := func() uint64 { return s.Stats().Audio.Undecrypted }
			p.say("wrong key is not counted", wrong, func() bool { return undecrypted() >= 25 })
			if a := ann.loudest(); a > 20 {
				t.Errorf("noise of %.0f under a wrong key", a)
			}
			p.say("the tone is not heard", key, func() bool { return ann.amplitude(440) > 2000 })
			before := undecrypted()
			p.say("what is in the clear is not counted", nil, func() bool { return undecrypted() > before })
		})
	}
}

// readsTone looks at what comes until it is the tone, which has to begin.
func (p *spy) readsTone() {
	p.t.Helper()
	if p.in.Key == nil || p.out.Key == nil {
		p.t.Fatalf("in the clear: %v, %v", &p.in, &p.out)
	}
	var d encryption.Decrypter
	if err := d.SetKey(keyOf(&p.in), p.in.PayloadType); err != nil {
		p.t.Fatal(err)
	}
	deadline := time.Now().Add(patience)
	for time.Now().Before(deadline) {
		packet := p.reads()
		head := 12 + 4*int(packet[0]&0x0f)
		if unevenness(packet[head:]) > provenAbove || power(p.t, packet[head:], 880) > 0.2 {
			p.t.Fatalf("a payload of sound is on the wire: %x", packet[head:])
		}
		clear, err := d.Decrypt(nil, packet)
		if err != nil {
			p.t.Fatal(err)
		}
		if power(p.t, clear[head:], 880) > 0.9 {
			return
		}
	}
	p.t.Fatal("no tone under the key")
}

// loudest is the amplitude of what is heard, of any tone that is listened for.
func (p *party) loudest() float64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	most := 0.0
	for _, a := range p.heard {
		most = max(most, a)
	}
	return most
}

// Packets pass through both ciphers without a block of memory.
func TestCiphersDoNotAllocate(t *testing.T) {
	ch := &media.Channel{Key: make([]byte, 16)}
	ch.Format, ch.PayloadType, ch.Algorithm = formatPCMU, 96, string(encryption.AES128)
	seal, open := (*sealer)(nil).of(ch), newOpener(ch)
	packet := make([]byte, 12+160, 1500)
	packet[0], packet[1] = 0x80, 96
	for i := range packet[12:] {
		packet[12+i] = 0xff
	}
	n := testing.AllocsPerRun(100, func() {
		sealed, err := seal.Seal(packet)
		if err != nil {
			t.Fatal(err)
		}
		if packet, err = open.Open(sealed, 12); err != nil {
			t.Fatal(err)
		}
	})
	if n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// Camera control is encrypted as sound is: its channels are open both ways under
// keys of their own.
func TestEncryptedCameraControl(t *testing.T) {
	for name, modes := range allModes {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			here := newSite(t, Config{Modes: modes, Name: "here", Encryption: h323.EncryptionOffer}, conference.Settings{ID: "a"})
			there := newSite(t, Config{Name: "there", Encryption: h323.EncryptionOffer}, conference.Settings{ID: "b"})
			if _, err := here.Dial(t.Context(), there.url("b"), "a"); err != nil {
				t.Fatal(err)
			}
			for _, s := range []*site{here, there} {
				data := s.dataChannels(t)
				for _, ch := range []*media.Channel{data.receive, data.send} {
					if !isEncrypted(ch) || ch.Key == nil {
						t.Errorf("%s: %v is not encrypted", s.cfg.Name, ch)
					}
				}
				if refused := s.log.lines("refused"); len(refused) > 0 {
					t.Errorf("%s: %q", s.cfg.Name, refused)
				}
			}
		})
	}
}

// dataChannels returns the channels of the only call's H.224 once both are open.
func (s *site) dataChannels(t *testing.T) pair {
	t.Helper()
	deadline := time.After(patience)
	for {
		s.mu.Lock()
		calls := slices.Collect(maps.Keys(s.calls))
		s.mu.Unlock()
		for _, c := range calls {
			got := make(chan pair, 1)
			c.post(func() { got <- pair{receive: c.channels.data.receive, send: c.channels.data.send} })
			select {
			case p := <-got:
				if p.receive != nil && p.send != nil {
					return p
				}
			case <-deadline:
				t.Fatal("camera control is not open both ways")
			}
		}
		select {
		case <-deadline:
			t.Fatal("camera control is not open both ways")
		case <-time.After(time.Millisecond):
		}
	}
}
