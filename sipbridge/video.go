package sipbridge

import (
	"net/netip"
	"sync/atomic"

	"parley/codecs"
	"parley/conference"
	"parley/qos/rtp"
	"parley/sipbridge/internal/negotiation"
)

// videoPort is a call's picture side: a conference.VideoPort towards the core
// and an rtp.Receiver towards the peer. It is there for calls without video
// too, since video may be added.
type videoPort struct {
	call *call
	leg  leg

	agreed atomic.Pointer[negotiation.Leg] // nil: no pictures
	source atomic.Uint32                   // the peer's SSRC, 0: unknown
	// receiving is the payload type whose Format the core was told; -1: none.
	receiving atomic.Int32
	// told is the payload type that the call was last told of, so that it is
	// told once and not by each packet of a burst.
	told atomic.Int32

	// Of who calls Forward: of which agreement format and payloadType are.
	chosen      *negotiation.Leg
	format      codecs.Format
	payloadType uint8
	csrc        [1]uint32
}

func newVideoPort(c *call) *videoPort {
	v := &videoPort{call: c}
	v.receiving.Store(-1)
	v.told.Store(-1)
	v.leg.receiver, v.leg.totals, v.leg.log = v, &c.server.video, c.log
	return v
}

// videoBandwidth in bits per second is what RTCP takes its share of.
const videoBandwidth = 1 << 20

func (v *videoPort) apply(agreed negotiation.Leg, cname string) error {
	if err := v.leg.apply(agreed, videoBandwidth, cname); err != nil {
		return err
	}
	v.agreed.Store(nil)
	if agreed.Active {
		v.agreed.Store(&agreed)
	}
	v.receiving.Store(-1)
	v.told.Store(-1)
	return nil
}

// formats are what the peer takes now.
func (v *videoPort) formats() []codecs.Format {
	agreed := v.agreed.Load()
	if agreed == nil || !agreed.Direction.Sends() {
		return nil
	}
	out := make([]codecs.Format, 0, len(agreed.Send))
	for _, m := range agreed.Send {
		out = append(out, m.Format)
	}
	return out
}

// Forward implements conference.VideoPort.
func (v *videoPort) Forward(p *conference.VideoPacket) {
	agreed, s := v.agreed.Load(), v.leg.session.Load()
	if agreed == nil || s == nil || !agreed.Direction.Sends() || !v.call.reached.Load() {
		return
	}
	if p.Format != v.format || agreed != v.chosen {
		if !v.choose(agreed, p.Format) {
			return
		}
	}
	v.csrc[0] = uint32(p.Source)
	_ = s.Send(rtp.Header{ // the session counts what fails
		PayloadType:    v.payloadType,
		Marker:         p.Marker,
		SequenceNumber: p.SequenceNumber,
		Timestamp:      p.Timestamp,
		CSRC:           v.csrc[:],
	}, p.Head, p.Payload)
}

// choose finds the payload type by which the peer takes f.
func (v *videoPort) choose(agreed *negotiation.Leg, f codecs.Format) bool {
	for _, m := range agreed.Send {
		if m.Format.Takes(f) {
			v.chosen, v.format, v.payloadType = agreed, f, m.PayloadType
			return true
		}
	}
	return false
}

// RequestKeyframe implements conference.VideoPort. A peer that told of no
// RTCP feedback is asked by INFO too (RFC 5168); PLI does it no harm.
func (v *videoPort) RequestKeyframe(conference.SourceID) bool {
	agreed, s, ssrc := v.agreed.Load(), v.leg.session.Load(), v.source.Load()
	if agreed == nil || s == nil || ssrc == 0 {
		return true // nothing comes that could be repeated instead
	}
	s.RequestKeyframe(ssrc, agreed.FIR && !agreed.PLI)
	if !agreed.PLI && !agreed.FIR {
		v.call.post(v.call.requestFastUpdate)
	}
	return true
}

// ReceiveRTP implements rtp.Receiver.
func (v *videoPort) ReceiveRTP(src *rtp.Source, p *codecs.Packet) {
	agreed, seat := v.agreed.Load(), v.call.seat.Load()
	if agreed == nil || seat == nil || !agreed.Direction.Receives() || agreed.Held {
		return
	}
	v.source.Store(src.SSRC())
	if int32(p.PayloadType) != v.receiving.Load() {
		// The peer may change among what was agreed at will (RFC 3264 8.3.2).
		// Until the core knows the Format, packets would be dropped there.
		if pt := p.PayloadType; v.told.Swap(int32(pt)) != int32(pt) {
			if !v.call.post(func() { v.call.pictureFormat(pt) }) {
				v.told.Store(-1)
			}
		}
		return
	}
	seat.Forward(seat.Source(), p)
}

// SourceChanged implements rtp.Receiver.
func (v *videoPort) SourceChanged(src *rtp.Source, change rtp.SourceChange) {
	if change == rtp.SourceBye || change == rtp.SourceTimeout {
		v.source.CompareAndSwap(src.SSRC(), 0)
	}
}

// KeyframeRequested implements rtp.Receiver.
func (v *videoPort) KeyframeRequested(uint32) {
	if seat := v.call.seat.Load(); seat != nil {
		seat.RequestKeyframe(0)
	}
}

// LoopDetected implements rtp.Receiver.
func (v *videoPort) LoopDetected(addr netip.AddrPort, what string) {
	v.leg.log.Warn("own pictures come back", "address", addr, "what", what)
}

var (
	_ conference.VideoPort = (*videoPort)(nil)
	_ rtp.Receiver         = (*videoPort)(nil)
)
