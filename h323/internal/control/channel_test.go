package control

import (
	"net/netip"
	"testing"

	"github.com/google/go-cmp/cmp"

	"parley/codecs"
	"parley/h323/h245"
	"parley/h323/media"
	"parley/h323/per"
)

// ready returns a machine that is master or slave, and knows its peer.
func ready(t testing.TB, isMaster bool, edit func(*Config)) *side {
	t.Helper()
	s := newSide(t, "a", 60, edit)
	s.Start(epoch)
	s.Receive(determineAck(isMaster), epoch)
	s.Receive(setAck(1), epoch)
	s.Receive(setMessage(t, slidesToo(t), 1), epoch)
	s.flush(t, nil)
	s.events, s.sent = nil, nil
	return s
}

func manual(c *Config) { c.Manual = true }

func slidesToo(t testing.TB) *media.Set {
	t.Helper()
	s := setOf(t, allOf...)
	s.Capabilities = append(s.Capabilities, capabilityOf(t, h264, 1920000, media.RolePresentation))
	return s
}

// withSlides gives a configuration a second video, both ways.
func withSlides(t testing.TB) func(*Config) {
	return func(c *Config) { c.Receive, c.Send = slidesToo(t), slidesToo(t) }
}

// openRequest is a channel of the peer's.
func openRequest(t testing.TB, n h245.LogicalChannelNumber, session media.Session, c media.Capability) *h245.MultimediaSystemControlMessage {
	t.Helper()
	d, err := c.DataType()
	if err != nil {
		t.Fatal(err)
	}
	p := &h245.H2250LogicalChannelParameters{
		SessionID:           uint8(session),
		MediaControlChannel: h245.NewTransportAddress(netip.MustParseAddrPort("10.9.9.9:4001")),
	}
	c.Describe(p)
	return &h245.MultimediaSystemControlMessage{Request: &h245.RequestMessage{OpenLogicalChannel: &h245.OpenLogicalChannel{
		ForwardLogicalChannelNumber: n,
		ForwardLogicalChannelParameters: h245.ForwardLogicalChannelParameters{
			DataType:            d,
			MultiplexParameters: h245.ForwardMultiplexParameters{H2250LogicalChannelParameters: p},
		},
	}}}
}

func closeRequest(n h245.LogicalChannelNumber) *h245.MultimediaSystemControlMessage {
	return &h245.MultimediaSystemControlMessage{Request: &h245.RequestMessage{CloseLogicalChannel: &h245.CloseLogicalChannel{
		ForwardLogicalChannelNumber: n, Source: h245.CloseLogicalChannelSource{User: null},
	}}}
}

func openAck(n h245.LogicalChannelNumber, rtp string, edit func(*h245.H2250LogicalChannelAckParameters)) *h245.MultimediaSystemControlMessage {
	p := &h245.H2250LogicalChannelAckParameters{}
	if rtp != "" {
		p.MediaChannel = h245.NewTransportAddress(netip.MustParseAddrPort(rtp))
	}
	if edit != nil {
		edit(p)
	}
	return &h245.MultimediaSystemControlMessage{Response: &h245.ResponseMessage{OpenLogicalChannelAck: &h245.OpenLogicalChannelAck{
		ForwardLogicalChannelNumber:   n,
		ForwardMultiplexAckParameters: &h245.ForwardMultiplexAckParameters{H2250LogicalChannelAckParameters: p},
	}}}
}

func openReject(n h245.LogicalChannelNumber, c h245.OpenLogicalChannelRejectCause) *h245.MultimediaSystemControlMessage {
	return &h245.MultimediaSystemControlMessage{Response: &h245.ResponseMessage{OpenLogicalChannelReject: &h245.OpenLogicalChannelReject{
		ForwardLogicalChannelNumber: n, Cause: c,
	}}}
}

// answerTo returns what the machine sends to a message.
func (s *side) answerTo(t testing.TB, m *h245.MultimediaSystemControlMessage) []*h245.MultimediaSystemControlMessage {
	t.Helper()
	s.flush(t, nil)
	s.sent = nil
	s.Receive(m, epoch)
	s.flush(t, nil)
	return s.sent
}

func names(list []*h245.MultimediaSystemControlMessage) []string {
	out := []string{}
	for _, m := range list {
		out = append(out, m.Name())
	}
	return out
}

// cause returns the name of a reject's cause; "" for an ack.
func cause(t testing.TB, list []*h245.MultimediaSystemControlMessage) string {
	t.Helper()
	for _, m := range list {
		if m.Response == nil {
			continue
		}
		if r := m.Response.OpenLogicalChannelReject; r != nil {
			name, _ := per.Alternative(&r.Cause)
			return name
		}
		if m.Response.OpenLogicalChannelAck != nil {
			return ""
		}
	}
	t.Fatalf("no answer among %v", names(list))
	return ""
}

func TestIncomingRefused(t *testing.T) {
	edited := func(f func(*h245.OpenLogicalChannel)) *h245.MultimediaSystemControlMessage {
		m := openRequest(t, 5, media.SessionAudio, capabilityOf(t, pcmu, 0, media.RoleMain))
		f(m.Request.OpenLogicalChannel)
		return m
	}
	rtp := func(o *h245.OpenLogicalChannel) *h245.H2250LogicalChannelParameters {
		return o.ForwardLogicalChannelParameters.MultiplexParameters.H2250LogicalChannelParameters
	}
	for name, c := range map[string]struct {
		edit func(*Config)
		m    *h245.MultimediaSystemControlMessage
		want string
	}{
		"accepted":      {nil, edited(func(*h245.OpenLogicalChannel) {}), ""},
		"session 0":     {nil, edited(func(o *h245.OpenLogicalChannel) { rtp(o).SessionID = 0 }), ""},
		"wrong session": {nil, edited(func(o *h245.OpenLogicalChannel) { rtp(o).SessionID = 2 }), "invalidSessionID"},
		"multicast": {nil, edited(func(o *h245.OpenLogicalChannel) {
			rtp(o).MediaChannel = h245.NewTransportAddress(netip.MustParseAddrPort("239.1.1.1:5000"))
		}), "multicastChannelNotAllowed"},
		"no RTP": {nil, edited(func(o *h245.OpenLogicalChannel) {
			o.ForwardLogicalChannelParameters.MultiplexParameters = h245.ForwardMultiplexParameters{None: null}
		}), "dataTypeALCombinationNotSupported"},
		"unannounced": {func(c *Config) { c.Receive = setOf(t, g722) }, edited(func(*h245.OpenLogicalChannel) {}), "dataTypeNotSupported"},
		"paused":      {func(c *Config) { c.Receive = nil }, edited(func(*h245.OpenLogicalChannel) {}), "dataTypeNotSupported"},
		"nothing": {nil, edited(func(o *h245.OpenLogicalChannel) {
			o.ForwardLogicalChannelParameters.DataType = h245.DataType{NullData: null}
		}), "dataTypeNotSupported"},
		"no place": {func(c *Config) {
			c.Local = func(*media.Channel) (media.Addresses, error) { return media.Addresses{}, errNoPlace }
		}, edited(func(*h245.OpenLogicalChannel) {}), "unspecified"},
		"in the clear": {func(c *Config) { c.Encryption = EncryptionRequire }, edited(func(*h245.OpenLogicalChannel) {}), "securityDenied"},
		"audio both ways": {nil, edited(func(o *h245.OpenLogicalChannel) {
			o.ReverseLogicalChannelParameters = &h245.ReverseLogicalChannelParameters{
				DataType: o.ForwardLogicalChannelParameters.DataType,
			}
		}), "unsuitableReverseParameters"},
	} {
		t.Run(name, func(t *testing.T) {
			s := ready(t, true, func(cfg *Config) {
				cfg.Manual = true
				if c.edit != nil {
					c.edit(cfg)
				}
			})
			if got := cause(t, s.answerTo(t, c.m)); got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
			if n := len(s.Channels()); (n == 1) != (c.want == "") {
				t.Errorf("%d channels", n)
			}
		})
	}
}

// A peer cannot have more channels than the limit; a session has one at a time.
func TestIncomingLimit(t *testing.T) {
	s := ready(t, true, manual)
	c := capabilityOf(t, pcmu, 0, media.RoleMain)
	for n := h245.LogicalChannelNumber(1); n <= 50; n++ {
		if got := cause(t, s.answerTo(t, openRequest(t, n, media.SessionAudio, c))); got != "" {
			t.Fatalf("%d: %s", n, got)
		}
	}
	if len(s.Channels()) != 1 || len(all[Closed](s)) != 49 {
		t.Errorf("%d open, %d closed", len(s.Channels()), len(all[Closed](s)))
	}
	refused := 0
	for n := h245.LogicalChannelNumber(100); n < 150; n++ {
		if cause(t, s.answerTo(t, openRequest(t, n, media.Session(n), c))) != "" {
			refused++
		}
	}
	if len(s.Channels()) != maxIncoming || refused != 50-maxIncoming+1 {
		t.Errorf("%d open, %d refused", len(s.Channels()), refused)
	}
}

// The same number once more is a new channel; a close is always acknowledged.
func TestIncomingAgain(t *testing.T) {
	s := ready(t, false, manual)
	s.Receive(openRequest(t, 5, 1, capabilityOf(t, pcmu, 0, media.RoleMain)), epoch)
	got := s.answerTo(t, openRequest(t, 5, 1, capabilityOf(t, pcma, 0, media.RoleMain)))
	if cause(t, got) != "" || len(s.Channels()) != 1 || s.Channels()[0].Format.Name != "PCMA" {
		t.Errorf("%v, %v", names(got), s.Channels())
	}
	for range 2 {
		if got := names(s.answerTo(t, closeRequest(5))); !cmp.Equal(got, []string{"response.closeLogicalChannelAck"}) {
			t.Errorf("%v", got)
		}
	}
	if len(all[Opened](s)) != 2 || len(all[Closed](s)) != 2 || len(s.Channels()) != 0 {
		t.Errorf("%v", s.events)
	}
}

// A refused codec is followed by the next best, and in the end the owner hears
// of it. As slave of a conflict the one comes first that the master sends.
func TestOpenFallsBack(t *testing.T) {
	for name, c := range map[string]struct {
		conflict bool
		want     []string
	}{
		"not supported": {false, []string{"G722", "PCMU", "PCMA"}},
		"conflict":      {true, []string{"G722", "PCMA", "PCMU"}},
	} {
		t.Run(name, func(t *testing.T) {
			s := ready(t, false, manual)
			if err := s.Open(media.KindAudio, media.RoleMain, media.Capability{}, epoch); err != nil {
				t.Fatal(err)
			}
			why := h245.OpenLogicalChannelRejectCause{DataTypeNotSupported: null}
			if c.conflict {
				s.Receive(openRequest(t, 5, 1, capabilityOf(t, pcma, 0, media.RoleMain)), epoch)
				why = h245.OpenLogicalChannelRejectCause{MasterSlaveConflict: null}
			}
			var got []string
			for len(s.out) > 0 {
				got = append(got, s.out[0].Format.Name)
				s.Receive(openReject(s.out[0].Number, why), epoch)
			}
			s.flush(t, nil)
			if d := cmp.Diff(c.want, got); d != "" {
				t.Error(d)
			}
			if n := len(all[OpenRefused](s)); n != 1 || len(s.wants) != 0 {
				t.Errorf("told %d times, %d wanted", n, len(s.wants))
			}
		})
	}
}

// T103: no answer to an open, and none to a close.
func TestOpenTimeout(t *testing.T) {
	s := ready(t, true, manual)
	if err := s.Open(media.KindAudio, media.RoleMain, media.Capability{}, epoch); err != nil {
		t.Fatal(err)
	}
	s.flush(t, nil)
	s.sent = nil
	at, ok := s.Deadline()
	if !ok || at != epoch.Add(t103) {
		t.Fatalf("deadline %v %v", at, ok)
	}
	s.Expire(at)
	s.flush(t, nil)
	if d := cmp.Diff([]string{"request.closeLogicalChannel"}, names(s.sent)); d != "" || len(all[OpenRefused](s)) != 1 {
		t.Errorf("%v %s", s.events, d)
	}
	if _, ok := s.Deadline(); ok || len(s.out) != 0 {
		t.Error("still there")
	}
}

func TestCloseTimeout(t *testing.T) {
	s := ready(t, true, nil)
	n := s.out[0].Number
	s.Receive(openAck(n, "10.9.9.9:4000", nil), epoch)
	s.Close(media.Send, n, epoch)
	s.Receive(openAck(n, "10.9.9.9:4000", nil), epoch) // too late
	s.Close(media.Send, n, epoch)
	s.flush(t, nil)
	if d := cmp.Diff([]string{"request.closeLogicalChannel"}, names(s.sent)); d != "" {
		t.Error(d)
	}
	if len(all[Closed](s)) != 1 || len(all[Opened](s)) != 1 {
		t.Errorf("%v", s.events)
	}
	s.Expire(epoch.Add(t103))
	if s.outgoing(n) != nil {
		t.Error("kept")
	}
	s.Receive(setMessage(t, setOf(t, pcma), 2), epoch)
	if len(s.Channels()) != 0 || len(s.out) != 0 {
		t.Error("what the owner closed is opened again")
	}
}

// An ack without an address opens nothing.
func TestAckWithoutAddress(t *testing.T) {
	for _, a := range []string{"", "0.0.0.0:5000", "10.0.0.1:0"} {
		s := ready(t, true, func(c *Config) { c.Manual = true; c.Send = setOf(t, pcmu) })
		if err := s.Open(media.KindAudio, media.RoleMain, media.Capability{}, epoch); err != nil {
			t.Fatal(err)
		}
		got := s.answerTo(t, openAck(s.out[0].Number, a, nil))
		if last := names(got); last[len(last)-1] != "request.closeLogicalChannel" {
			t.Errorf("%q: %v", a, last)
		}
		if len(all[OpenRefused](s)) != 1 || len(s.Channels()) != 0 {
			t.Errorf("%q: %v", a, s.events)
		}
	}
}

// What an ack says counts: session, payload type, rate; RTCP is the next port
// where nothing is said.
func TestAck(t *testing.T) {
	s := ready(t, false, nil)
	video := s.out[1]
	zero, session, pt := true, uint8(2), uint8(109)
	s.Receive(openAck(video.Number, "10.9.9.9:4000", func(p *h245.H2250LogicalChannelAckParameters) {
		p.FlowControlToZero, p.SessionID, p.DynamicRTPPayloadType = &zero, &session, &pt
	}), epoch)
	s.flush(t, nil)
	c := s.find(t, media.Send, media.KindVideo, media.RoleMain)
	if c.Remote.RTCP != netip.MustParseAddrPort("10.9.9.9:4001") || c.PayloadType != 109 {
		t.Errorf("%+v", c)
	}
	if f := all[FlowControl](s); len(f) != 1 || f[0].BitRate != 0 || f[0].Channel.Number != c.Number {
		t.Errorf("%v", f)
	}
}

// Clause C.6, both ways.
func TestRequestClose(t *testing.T) {
	p := newPair(t, newSide(t, "a", 190, nil), newSide(t, "b", 50, nil)).start()
	p.forget()
	c := p.a.find(t, media.Receive, media.KindVideo, media.RoleMain)
	p.a.Close(media.Receive, c.Number, p.now)
	p.a.Close(media.Receive, c.Number, p.now)
	p.run()
	if len(all[Closed](p.a)) != 1 || len(all[Closed](p.b)) != 1 || len(p.b.Channels()) != 3 {
		t.Errorf("%v and %v", p.a.events, p.b.events)
	}
	if d := cmp.Diff([]string{"response.requestChannelCloseAck", "request.closeLogicalChannel"}, names(p.b.sent)); d != "" {
		t.Error(d)
	}
	// It comes back if that is the reason.
	p.forget()
	n := p.b.find(t, media.Send, media.KindAudio, media.RoleMain).Number
	reopen := func(n h245.LogicalChannelNumber) *h245.MultimediaSystemControlMessage {
		return &h245.MultimediaSystemControlMessage{Request: &h245.RequestMessage{RequestChannelClose: &h245.RequestChannelClose{
			ForwardLogicalChannelNumber: n, Reason: &h245.RequestChannelCloseReason{Reopen: null},
		}}}
	}
	p.a.Transmit(reopen(n))
	p.run()
	p.connected(media.KindAudio, media.RoleMain)
	if len(all[Opened](p.b)) != 1 {
		t.Errorf("%v", p.b.events)
	}
	// One that is not there.
	if d := cmp.Diff([]string{"response.requestChannelCloseReject"}, names(p.b.answerTo(t, reopen(999)))); d != "" {
		t.Error(d)
	}
}

// T108.
func TestRequestCloseTimeout(t *testing.T) {
	s := ready(t, true, manual)
	s.Receive(openRequest(t, 5, 1, capabilityOf(t, pcmu, 0, media.RoleMain)), epoch)
	s.Close(media.Receive, 5, epoch)
	s.Expire(epoch.Add(t108))
	s.flush(t, nil)
	last := s.sent[len(s.sent)-1]
	if last.Name() != "indication.requestChannelCloseRelease" || len(s.Channels()) != 1 {
		t.Errorf("%s, %v", last.Name(), s.Channels())
	}
}

// far is H.224 in both directions at once.
func far(t testing.TB, n h245.LogicalChannelNumber) (*h245.MultimediaSystemControlMessage, media.Capability) {
	t.Helper()
	c, ok := media.NewCapability(codecs.Format{Name: "H224", ClockRate: 4800}, 0)
	if !ok {
		t.Fatal("no H.224")
	}
	m := openRequest(t, n, media.SessionData, c)
	o := m.Request.OpenLogicalChannel
	o.ReverseLogicalChannelParameters = &h245.ReverseLogicalChannelParameters{
		DataType: o.ForwardLogicalChannelParameters.DataType,
		MultiplexParameters: &h245.ReverseMultiplexParameters{H2250LogicalChannelParameters: &h245.H2250LogicalChannelParameters{
			SessionID: 3, MediaChannel: h245.NewTransportAddress(netip.MustParseAddrPort("10.9.9.9:7000")),
		}},
	}
	return m, c
}

// Clause C.5: a bidirectional channel needs a confirmation.
func TestBidirectional(t *testing.T) {
	confirm := &h245.MultimediaSystemControlMessage{Indication: &h245.IndicationMessage{
		OpenLogicalChannelConfirm: &h245.OpenLogicalChannelConfirm{ForwardLogicalChannelNumber: 5},
	}}
	m, c := far(t, 5)
	with := func(cfg *Config) {
		cfg.Manual = true
		cfg.Receive.Capabilities = append(cfg.Receive.Capabilities, c)
		cfg.Send.Capabilities = append(cfg.Send.Capabilities, c)
	}
	s := ready(t, true, with)
	got := s.answerTo(t, m)
	if cause(t, got) != "" || got[0].Response.OpenLogicalChannelAck.ReverseLogicalChannelParameters == nil {
		t.Fatalf("%v", names(got))
	}
	if len(s.Channels()) != 0 {
		t.Error("open before the confirmation")
	}
	s.Receive(confirm, epoch)
	s.flush(t, nil)
	open := all[Opened](s)
	if len(open) != 1 || open[0].Channel.Direction != media.Receive|media.Send || !open[0].Channel.Remote.RTP.IsValid() {
		t.Errorf("%v", s.events)
	}
	if names(s.answerTo(t, closeRequest(5)))[0] != "response.closeLogicalChannelAck" || len(s.Channels()) != 0 {
		t.Error("not closed")
	}
	// Without one it is gone after T103.
	s = ready(t, true, with)
	s.Receive(m, epoch)
	s.Expire(epoch.Add(t103))
	s.Receive(confirm, epoch.Add(t103))
	if len(s.in) != 0 {
		t.Error("kept")
	}
	// Both at once: the master's stays.
	for isMaster, want := range map[bool]string{true: "masterSlaveConflict", false: ""} {
		s = ready(t, isMaster, with)
		set := setOf(t, pcmu)
		set.Capabilities = append(set.Capabilities, c)
		s.Receive(setMessage(t, set, 2), epoch)
		if err := s.Open(media.KindData, media.RoleMain, media.Capability{}, epoch); err != nil {
			t.Fatal(err)
		}
		if got := cause(t, s.answerTo(t, m)); got != want {
			t.Errorf("master %v: %q", isMaster, got)
		}
	}
}
