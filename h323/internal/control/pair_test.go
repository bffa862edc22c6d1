package control

import (
	"errors"
	"net/netip"
	"testing"
	"time"

	"parley/codecs"
	"parley/h323/h245"
	"parley/h323/media"
)

var errNoPlace = errors.New("no place")

var epoch = time.Unix(1_000_000_000, 0)

// capabilityOf makes an own capability or fails.
func capabilityOf(t testing.TB, f codecs.Format, bitRate int, role media.Role) media.Capability {
	t.Helper()
	c, ok := media.NewCapability(f, bitRate)
	if !ok {
		t.Fatalf("%v has no capability", f)
	}
	c.Role = role
	return c
}

var (
	g722  = codecs.Format{Name: "G722", ClockRate: 8000, Channels: 1}
	pcmu  = codecs.Format{Name: "PCMU", ClockRate: 8000, Channels: 1}
	pcma  = codecs.Format{Name: "PCMA", ClockRate: 8000, Channels: 1}
	h264  = codecs.Format{Name: "H264", ClockRate: 90000, Fmtp: "packetization-mode=1;profile-level-id=42801f"}
	h263p = codecs.Format{Name: "H263-1998", ClockRate: 90000, Fmtp: "cif=1;qcif=1"}
	h261  = codecs.Format{Name: "H261", ClockRate: 90000, Fmtp: "cif=1;qcif=1"}
	allOf = []codecs.Format{g722, pcmu, pcma, h264, h263p, h261}
)

// setOf makes the set of a terminal with those codecs, with digits and slides.
func setOf(t testing.TB, formats ...codecs.Format) *media.Set {
	t.Helper()
	s := &media.Set{Signal: true, Alphanumeric: true, TelephoneEvent: true, TelephoneEventPayloadType: 101, H239: true}
	for _, f := range formats {
		s.Capabilities = append(s.Capabilities, capabilityOf(t, f, 1920000, media.RoleMain))
	}
	return s
}

// side is a Machine with its owner.
type side struct {
	*Machine
	name   string
	events []Output // all but Transmit
	sent   []*h245.MultimediaSystemControlMessage
	queue  [][]byte // on the way to it
	port   uint16
	deny   bool // Local refuses
	asked  int
}

// newSide makes a machine whose status determination numbers are those given,
// then rising.
func newSide(t testing.TB, name string, kind uint8, edit func(*Config), numbers ...uint32) *side {
	t.Helper()
	s := &side{name: name, port: 20000}
	last := uint32(name[0]) * 1000
	cfg := Config{
		TerminalType: kind,
		Receive:      setOf(t, allOf...), Send: setOf(t, allOf...),
		Random: func() uint32 {
			if len(numbers) > 0 {
				last, numbers = numbers[0], numbers[1:]
			} else {
				last += 7
			}
			return last
		},
		Local: func(c *media.Channel) (media.Addresses, error) {
			s.asked++
			if s.deny {
				return media.Addresses{}, errNoPlace
			}
			s.port += 2
			ip := netip.AddrFrom4([4]byte{10, 0, 0, name[0]})
			a := media.Addresses{RTCP: netip.AddrPortFrom(ip, s.port+1)}
			if c.Direction&media.Receive != 0 {
				a.RTP = netip.AddrPortFrom(ip, s.port)
			}
			return a, nil
		},
	}
	if edit != nil {
		edit(&cfg)
	}
	s.Machine = New(cfg)
	return s
}

// flush takes what the machine wants and puts messages on their way.
func (s *side) flush(t testing.TB, to *side) {
	t.Helper()
	for _, o := range s.Take() {
		tx, ok := o.(Transmit)
		if !ok {
			s.events = append(s.events, o)
			continue
		}
		s.sent = append(s.sent, tx.Message)
		b, err := tx.Message.Marshal()
		if err != nil {
			t.Fatalf("%s: %v: %v", s.name, tx.Message.Name(), err)
		}
		if to != nil {
			to.queue = append(to.queue, b)
		}
	}
}

func (s *side) deliver(t testing.TB, now time.Time) bool {
	t.Helper()
	if len(s.queue) == 0 {
		return false
	}
	b := s.queue[0]
	s.queue = s.queue[1:]
	m, rest, err := h245.Unmarshal(b)
	if err != nil || len(rest) != 0 {
		t.Fatalf("to %s: %x: %d octets left, %v", s.name, b, len(rest), err)
	}
	s.Receive(m, now)
	return true
}

// pair is two machines back to back.
type pair struct {
	t    testing.TB
	a, b *side
	now  time.Time
}

func newPair(t testing.TB, a, b *side) *pair { return &pair{t: t, a: a, b: b, now: epoch} }

// run lets messages travel until there are none.
func (p *pair) run() {
	p.t.Helper()
	for n := 0; ; n++ {
		if n > 1000 {
			p.t.Fatal("no end of messages")
		}
		p.a.flush(p.t, p.b)
		p.b.flush(p.t, p.a)
		x, y := p.a.deliver(p.t, p.now), p.b.deliver(p.t, p.now)
		if !x && !y {
			return
		}
	}
}

// start starts both and lets them talk.
func (p *pair) start() *pair {
	p.t.Helper()
	p.a.Start(p.now)
	p.b.Start(p.now)
	p.run()
	return p
}

// all returns the events of one kind.
func all[T Output](s *side) []T {
	var list []T
	for _, o := range s.events {
		if e, ok := o.(T); ok {
			list = append(list, e)
		}
	}
	return list
}

// forget drops what was recorded up to now.
func (p *pair) forget() {
	p.a.events, p.b.events, p.a.sent, p.b.sent = nil, nil, nil, nil
}

// find returns the open channel of a direction, kind and role, or fails.
func (s *side) find(t testing.TB, d media.Direction, k media.Kind, r media.Role) media.Channel {
	t.Helper()
	for _, c := range s.Channels() {
		if c.Direction == d && c.Kind == k && c.Role == r {
			return c
		}
	}
	t.Fatalf("%s has no %v %v %v among %v", s.name, d, k, r, s.Channels())
	return media.Channel{}
}

// connected fails unless what one sends the other receives at that address.
func (p *pair) connected(k media.Kind, r media.Role) {
	p.t.Helper()
	p.oneWay(p.a, p.b, k, r)
	p.oneWay(p.b, p.a, k, r)
}

func (p *pair) oneWay(from, to *side, k media.Kind, r media.Role) {
	p.t.Helper()
	x, y := from.find(p.t, media.Send, k, r), to.find(p.t, media.Receive, k, r)
	if x.Number != y.Number || x.Session != y.Session || x.Session == 0 {
		p.t.Errorf("channel %d of session %d is %d of %d", x.Number, x.Session, y.Number, y.Session)
	}
	if x.Remote.RTP != y.Local.RTP || x.Remote.RTCP != y.Local.RTCP || y.Remote.RTCP != x.Local.RTCP {
		p.t.Errorf("addresses %+v and %+v", x, y)
	}
	if x.Format.Name != y.Format.Name || x.PayloadType != y.PayloadType {
		p.t.Errorf("%v (%d) is %v (%d)", x.Format, x.PayloadType, y.Format, y.PayloadType)
	}
}
