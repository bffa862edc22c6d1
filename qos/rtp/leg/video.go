package leg

import (
	"log/slog"
	"net/netip"
	"slices"
	"sync/atomic"
	"time"

	"parley/codecs"
	"parley/qos/rtp"
)

// VideoConfig is what a Video works with. Its functions are called by the
// session, one at a time, and do not block; they may be called until Close.
type VideoConfig struct {
	Totals *Totals
	Log    *slog.Logger
	// Ready tells whether the peer has shown that what is sent to it arrives.
	Ready func() bool
	// Picture gets the packets of the payload type that was settled.
	Picture func(p *codecs.Packet)
	// Changed tells that pictures come as payload type pt now; they are
	// dropped until Settle is called with it. It reports false when it is to be
	// told again.
	Changed func(pt uint8) bool
	// Requested tells that the peer needs a key frame.
	Requested func()
	// Limited tells that the peer takes at most bitRate bit/s (TMMBR); nil: that is
	// not for this leg.
	Limited func(bitRate int)
}

// Video is one stream of pictures each way: an rtp.Receiver towards the peer.
type Video struct {
	*Leg
	cfg VideoConfig

	agreed atomic.Pointer[VideoTerms] // nil: no pictures
	source atomic.Uint32              // the peer's SSRC, 0: unknown
	// settled is the payload type whose pictures are taken; -1: none.
	settled atomic.Int32
	// told is the payload type of the last Changed, so that it is told once and
	// not by each packet of a burst.
	told atomic.Int32

	most atomic.Int64 // bit/s that the peer is held to; 0: any
	// Of who calls ReceiveRTP.
	asked   int64 // what most was when it was last told
	askedAt time.Time

	// Of who calls Send: of which agreement format and payloadType are.
	chosen      *VideoTerms
	format      codecs.Format
	payloadType uint8
	csrc        [1]uint32
	kept        bool // back, since the peer may not be sent to yet
}

// VideoTerms are what was agreed for pictures.
type VideoTerms struct {
	Terms
	// Send is what the peer takes now, the preferred first; empty: nothing.
	Send []codecs.Mapping
	// See is set while the peer's pictures are taken.
	See bool
	// FIR is to be sent instead of PLI.
	FIR bool
}

// Picture is one packet of pictures to be sent.
type Picture struct {
	Format         codecs.Format
	Source         uint32 // CSRC
	SequenceNumber uint16
	Timestamp      uint32
	Marker         bool
	// Long lets the packet be longer than codecs.MaxPacket.
	Long          bool
	Head, Payload []byte
}

// NewVideo returns a Video without ports.
func NewVideo(cfg VideoConfig) *Video {
	v := &Video{cfg: cfg}
	v.settled.Store(-1)
	v.told.Store(-1)
	v.Leg = New(v, cfg.Totals, cfg.Log)
	v.patient = true
	return v
}

// videoBandwidth in bits per second is what RTCP takes its share of.
const videoBandwidth = 1 << 20

// Apply makes the port send and receive what was agreed.
func (v *Video) Apply(t VideoTerms) error {
	if t.Bandwidth == 0 {
		t.Bandwidth = videoBandwidth
	}
	if err := v.Leg.Apply(t.Terms); err != nil {
		return err
	}
	v.agreed.Store(nil)
	if t.Active {
		v.agreed.Store(&t)
	}
	v.settled.Store(-1)
	v.told.Store(-1)
	return nil
}

// Formats are what the peer takes now.
func (v *Video) Formats() []codecs.Format {
	t := v.agreed.Load()
	if t == nil {
		return nil
	}
	out := make([]codecs.Format, 0, len(t.Send))
	for _, m := range t.Send {
		out = append(out, m.Format)
	}
	return out
}

// Receives returns the Format that the peer may send as payload type pt.
func (v *Video) Receives(pt uint8) (codecs.Format, bool) {
	t := v.agreed.Load()
	if t == nil {
		return codecs.Format{}, false
	}
	return codecs.Find(t.Receive, pt)
}

// Settle takes the pictures of payload type pt from now on.
func (v *Video) Settle(pt uint8) { v.settled.Store(int32(pt)) }

// Settled reports whether pictures of pt are taken.
func (v *Video) Settled(pt uint8) bool { return v.settled.Load() == int32(pt) }

// Send sends one packet, unless the peer does not take it now. It is called
// from one goroutine at a time.
func (v *Video) Send(p *Picture) {
	t, s := v.agreed.Load(), v.Session()
	if t == nil || s == nil || len(t.Send) == 0 || !v.cfg.Ready() || !v.reaches() {
		return
	}
	if p.Format != v.format || t != v.chosen {
		i := slices.IndexFunc(t.Send, func(m codecs.Mapping) bool { return m.Format.Takes(p.Format) })
		if i < 0 {
			return
		}
		v.chosen, v.format, v.payloadType = t, p.Format, t.Send[i].PayloadType
	}
	v.csrc[0] = p.Source
	h := rtp.Header{
		PayloadType:    v.payloadType,
		Marker:         p.Marker,
		SequenceNumber: p.SequenceNumber,
		Timestamp:      p.Timestamp,
		CSRC:           v.csrc[:],
	}
	// Pictures of H.263 may come undivided (see rtp.Config.Long); the session
	// counts what fails.
	if p.Long || p.Format.Is("H263") {
		_ = s.SendLong(h, p.Head, p.Payload)
	} else {
		_ = s.Send(h, p.Head, p.Payload)
	}
}

// reaches reports whether pictures may go to the peer, and asks for a new one with
// the first that may after others were kept back.
func (v *Video) reaches() bool {
	may := v.mayPass()
	if may && v.kept && v.cfg.Requested != nil {
		v.cfg.Requested()
	}
	v.kept = !may
	return may
}

// RequestKeyframe asks the peer by RTCP for a key frame. It reports false where
// nothing comes from it.
func (v *Video) RequestKeyframe() bool {
	t, s, ssrc := v.agreed.Load(), v.Session(), v.source.Load()
	if t == nil || s == nil || ssrc == 0 {
		return false
	}
	s.RequestKeyframe(ssrc, t.FIR)
	return true
}

// LimitRate holds the peer to so many bit/s, by TMMBR with the next picture and
// every few seconds from then on; 0: to none. It is for a peer that has said that
// it knows TMMBR.
func (v *Video) LimitRate(bitRate int) { v.most.Store(int64(bitRate)) }

// restrain asks the peer for its rate where that is due.
func (v *Video) restrain(ssrc uint32, now time.Time) {
	most := v.most.Load()
	if most == v.asked && (most == 0 || now.Sub(v.askedAt) < rateInterval) {
		return
	}
	s := v.Session()
	if s == nil {
		return
	}
	v.asked, v.askedAt = most, now
	if most == 0 {
		most = unbounded
	}
	s.LimitRate(ssrc, int(most))
}

// RateLimited implements rtp.RateReceiver.
func (v *Video) RateLimited(_ uint32, bitRate int) {
	if v.cfg.Limited != nil {
		v.cfg.Limited(bitRate)
	}
}

// ReceiveRTP implements rtp.Receiver.
func (v *Video) ReceiveRTP(src *rtp.Source, p *codecs.Packet) {
	t := v.agreed.Load()
	if t == nil || !t.See {
		return
	}
	v.source.Store(src.SSRC())
	v.restrain(src.SSRC(), p.Arrival)
	if int32(p.PayloadType) != v.settled.Load() {
		// The peer may change among what was agreed at will (RFC 3264 8.3.2).
		// Until the core knows the Format, packets would be dropped there.
		if pt := p.PayloadType; v.told.Swap(int32(pt)) != int32(pt) && !v.cfg.Changed(pt) {
			v.told.Store(-1)
		}
		return
	}
	v.cfg.Picture(p)
}

// SourceChanged implements rtp.Receiver.
func (v *Video) SourceChanged(src *rtp.Source, change rtp.SourceChange) {
	if change == rtp.SourceBye || change == rtp.SourceTimeout {
		v.source.CompareAndSwap(src.SSRC(), 0)
	}
}

// KeyframeRequested implements rtp.Receiver.
func (v *Video) KeyframeRequested(uint32) { v.cfg.Requested() }

// LoopDetected implements rtp.Receiver.
func (v *Video) LoopDetected(addr netip.AddrPort, what string) {
	v.cfg.Log.Warn("own pictures come back", "address", addr, "what", what)
}

var _ rtp.RateReceiver = (*Video)(nil)
