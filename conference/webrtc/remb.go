package webrtc

import (
	"github.com/pion/rtcp"

	"parley/conference"
)

// LimitRate implements conference.RatePort. The page is told at the next tick.
func (v *videoPort) LimitRate(id conference.SourceID, bitRate int) {
	v.uplinkOf(id).limit.Store(int64(bitRate))
}

// restrain tells the page once a second how much it may send, by REMB
// (draft-alvestrand-rmcat-remb-03), which bounds browsers beside what they find
// out by transport-wide feedback. It is of the connection as a whole, so that an
// unbounded camera beside a bounded screen leaves both unbounded. It belongs to
// the client's goroutine.
func (v *videoPort) restrain() {
	rate := audioAllowance
	var ssrcs []uint32
	var to *upstream
	for _, l := range []*uplink{&v.camera, &v.screen} {
		u := l.current.Load()
		if u == nil {
			continue
		}
		to = u
		ssrcs = append(ssrcs, u.ssrc)
		if limit := int(l.limit.Load()); limit == 0 || rate == 0 {
			rate = 0
		} else {
			rate += limit
		}
	}
	if to == nil {
		return
	}
	if rate != 0 {
		v.lifting = rembLifts
	} else if v.lifting == 0 {
		return
	} else {
		v.lifting--
		rate = unbounded
	}
	_ = to.pc.WriteRTCP([]rtcp.Packet{&rtcp.ReceiverEstimatedMaximumBitrate{Bitrate: float32(rate), SSRCs: ssrcs}})
}

const (
	// audioAllowance in bit/s is what a page's sound and RTP's headers take of what
	// REMB bounds.
	audioAllowance = 64_000
	// unbounded in bit/s is more than a page sends.
	unbounded = 100_000_000
	// rembLifts is how often it is told that a bound is lifted, since RTCP gets
	// lost.
	rembLifts = 3
)

var _ conference.RatePort = (*videoPort)(nil)
