package sipbridge

import (
	"sync/atomic"

	"parley/codecs"
	"parley/conference"
	"parley/qos/rtp/leg"
	"parley/sipbridge/internal/negotiation"
)

// videoPort is a call's picture side: a conference.VideoPort on a leg. It is
// there for calls without video too, since video may be added.
type videoPort struct {
	*leg.Video
	call *call

	agreed atomic.Pointer[negotiation.Leg] // nil: no pictures

	picture leg.Picture // of who calls Forward
}

func newVideoPort(c *call) *videoPort {
	v := &videoPort{call: c}
	v.Video = leg.NewVideo(leg.VideoConfig{
		Totals: &c.server.video, Log: c.log, Ready: c.reached.Load,
		Picture: func(p *codecs.Packet) {
			if seat := c.seat.Load(); seat != nil {
				seat.Forward(seat.Source(), p)
			}
		},
		Changed: func(pt uint8) bool {
			return c.seat.Load() != nil && c.post(func() { c.pictureFormat(pt) })
		},
		Requested: func() {
			if seat := c.seat.Load(); seat != nil {
				seat.RequestKeyframe(0)
			}
		},
	})
	return v
}

func (v *videoPort) apply(agreed negotiation.Leg, cname string) error {
	terms := leg.VideoTerms{
		Terms: termsOf(&agreed, cname),
		See:   agreed.Direction.Receives() && !agreed.Held,
		FIR:   agreed.FIR && !agreed.PLI,
	}
	if agreed.Direction.Sends() {
		terms.Send = agreed.Send
	}
	if err := v.Apply(terms); err != nil {
		return err
	}
	v.agreed.Store(nil)
	if agreed.Active {
		v.agreed.Store(&agreed)
	}
	return nil
}

// termsOf is what a leg needs of what was negotiated.
func termsOf(agreed *negotiation.Leg, cname string) leg.Terms {
	return leg.Terms{
		Active: agreed.Active, Remote: agreed.Remote, RemoteRTCP: agreed.RemoteRTCP,
		Mux: agreed.Mux, Receive: agreed.Receive, CNAME: cname,
	}
}

// Forward implements conference.VideoPort.
func (v *videoPort) Forward(p *conference.VideoPacket) {
	v.picture = leg.Picture{
		Format: p.Format, Source: uint32(p.Source), SequenceNumber: p.SequenceNumber,
		Timestamp: p.Timestamp, Marker: p.Marker, Head: p.Head, Payload: p.Payload,
	}
	v.Send(&v.picture)
	v.picture.Head, v.picture.Payload = nil, nil
}

// RequestKeyframe implements conference.VideoPort. A peer that told of no
// RTCP feedback is asked by INFO too (RFC 5168); PLI does it no harm.
func (v *videoPort) RequestKeyframe(conference.SourceID) bool {
	if !v.Video.RequestKeyframe() {
		return true // nothing comes that could be repeated instead
	}
	if agreed := v.agreed.Load(); agreed != nil && !agreed.PLI && !agreed.FIR {
		v.call.post(v.call.requestFastUpdate)
	}
	return true
}

var _ conference.VideoPort = (*videoPort)(nil)
