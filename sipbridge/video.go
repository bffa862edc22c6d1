package sipbridge

import (
	"net/netip"
	"sync/atomic"

	"parley/codecs"
	"parley/conference"
	"parley/qos/rtp"
	"parley/qos/rtp/leg"
	"parley/sipbridge/internal/negotiation"
)

// videoPort is a call's picture side: a conference.VideoPort on a leg. It is
// there for calls without video too, since video may be added.
type videoPort struct {
	*leg.Video
	call *call

	agreed atomic.Pointer[negotiation.Leg] // nil: no pictures
	wished atomic.Int64                    // bit/s that the peer takes, by TMMBR; 0: it did not say
	most   atomic.Int64                    // bit/s that the conference takes; 0: any

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
		Limited: func(bitRate int) {
			v.wished.Store(int64(max(bitRate, 1))) // 0 is no picture, not any (RFC 5104 4.2.1.2)
			v.tellLimit()
		},
	})
	return v
}

func (v *videoPort) apply(agreed negotiation.Leg, cname string) error {
	terms := leg.VideoTerms{
		Terms: v.call.termsOf(&agreed, cname),
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
	v.tellLimit()
	v.LimitRate(0, int(v.most.Load()))
	return nil
}

// tellLimit tells the conference what the peer takes: the least that it said by
// b= and TMMBR.
func (v *videoPort) tellLimit() {
	seat := v.call.seat.Load()
	if seat == nil {
		return
	}
	limit := int(v.wished.Load())
	if agreed := v.agreed.Load(); agreed != nil && agreed.MaxBitRate > 0 && (limit == 0 || agreed.MaxBitRate < limit) {
		limit = agreed.MaxBitRate
	}
	seat.LimitRate(0, limit)
}

// LimitRate implements conference.RatePort: by TMMBR, where the peer knows it.
func (v *videoPort) LimitRate(_ conference.SourceID, bitRate int) {
	v.most.Store(int64(bitRate))
	if agreed := v.agreed.Load(); agreed == nil || !agreed.TMMBR {
		bitRate = 0
	}
	v.Video.LimitRate(bitRate)
}

// termsOf is what a leg needs of what was negotiated.
func (c *call) termsOf(agreed *negotiation.Leg, cname string) leg.Terms {
	t := leg.Terms{
		Active: agreed.Active, Remote: agreed.Remote, RemoteRTCP: agreed.RemoteRTCP,
		Mux: agreed.Mux, Receive: agreed.Receive, CNAME: cname, Trust: c.trust,
	}
	if a := t.Remote.Addr(); a.IsValid() && !leg.IsAimable(a, c.source) {
		// Of this host, or of a link: it is sent only where media comes from.
		c.logger().Info("SIP media is not sent to an address of this host, or of a link", "address", a)
		t.Remote, t.RemoteRTCP = netip.AddrPortFrom(c.source, rtp.DiscardPort), netip.AddrPort{}
	}
	return t
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

var _ conference.RatePort = (*videoPort)(nil)
