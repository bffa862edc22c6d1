package bridge

import (
	"sync/atomic"
	"time"

	"parley/codecs"
	"parley/conference"
	"parley/h323/h245"
	"parley/h323/media"
	"parley/qos/rtp/leg"
)

// videoPort is a call's picture side: a conference.VideoPort on three legs, of
// which the second is for presentations, the third for a second camera (H.239). It is
// there for calls without video too, since channels may open later.
type videoPort struct {
	call         *call
	main, slides *leg.Video
	second       *leg.Video // the peer's second camera
	gate         gates
	asking       [3]atomic.Bool                  // a request for a key frame waits for the call, by stream
	most         [3]atomic.Int64                 // bit/s that the conference wants of the peer; 0: any
	holding      [3]atomic.Bool                  // a new value of most waits for the call
	ranked       atomic.Pointer[[]codecs.Format] // waits for the call; nil: nothing does

	watched atomic.Uint32 // the source whose picture was last sent in the main stream

	terms atomic.Uint32 // counts what the channels were agreed to be

	// Of who calls Forward.
	picture leg.Picture
	units   [2]singleNAL
}

func newVideoPort(c *call) *videoPort {
	v := &videoPort{call: c}
	v.main = leg.NewVideo(leg.VideoConfig{
		Totals: &c.server.video, Log: c.server.log, Ready: always, Changed: stray,
		Picture: func(p *codecs.Packet) {
			if seat := c.seat.Load(); seat != nil {
				seat.Forward(seat.Source(), p)
			}
		},
		Requested: func() { v.requested(0) },
	})
	v.slides = leg.NewVideo(leg.VideoConfig{
		Totals: &c.server.slides, Log: c.server.log, Ready: always, Changed: stray,
		Picture: func(p *codecs.Packet) {
			if seat, id := c.seat.Load(), c.slide.Load(); seat != nil && id != 0 {
				seat.Forward(conference.SourceID(id), p)
			}
		},
		Requested: func() { v.requested(conference.PresentationStream) },
	})
	v.second = leg.NewVideo(leg.VideoConfig{
		Totals: &c.server.video, Log: c.server.log, Ready: always, Changed: stray,
		Picture: func(p *codecs.Packet) {
			if seat, id := c.seat.Load(), c.live.Load(); seat != nil && id != 0 {
				seat.Forward(conference.SourceID(id), p)
			}
		},
		Requested: func() {}, // nothing is sent there
	})
	return v
}

// stray: a channel has one payload type, and H.245 tells a change.
func stray(uint8) bool { return true }

func (v *videoPort) requested(stream conference.SourceID) {
	if seat := v.call.seat.Load(); seat != nil {
		seat.RequestKeyframe(stream)
	}
}

// Forward implements conference.VideoPort.
func (v *videoPort) Forward(p *conference.VideoPacket) {
	l, i := v.main, 0
	if p.Stream == conference.PresentationStream {
		l, i = v.slides, 1
	}
	pass, again := v.gate.pass(i, len(p.Head)+len(p.Payload), p.Keyframe, time.Now())
	if again {
		v.requested(p.Stream)
	}
	if !pass {
		v.call.server.counters.withheld.Add(1)
		return
	}
	if i == mainStream && v.watched.Swap(uint32(p.Source)) != uint32(p.Source) {
		source := p.Source
		v.call.post(func() { v.call.watches(source) })
	}
	v.picture = leg.Picture{
		Format: p.Format, Source: uint32(p.Source), SequenceNumber: p.SequenceNumber,
		Timestamp: p.Timestamp, Marker: p.Marker, Head: p.Head, Payload: p.Payload,
	}
	v.units[i].send(l, &v.picture, v.terms.Load())
	v.picture.Head, v.picture.Payload = nil, nil
}

// RequestKeyframe implements conference.VideoPort: H.245's
// videoFastUpdatePicture, which every terminal with video obeys (H.323 clause
// 6.2.4).
func (v *videoPort) RequestKeyframe(source conference.SourceID) bool {
	c := v.call
	i := v.sourceStream(source)
	if v.asking[i].Swap(true) {
		return true
	}
	c.post(func() {
		v.asking[i].Store(false)
		if ch := c.pictures(i).receive; ch != nil {
			c.fastUpdate(ch.Number)
		}
	})
	return true
}

// keyframeRequested: the peer needs a key frame. It may be called from anywhere.
func (c *call) keyframeRequested(r media.Role) {
	c.server.counters.fastIn.Add(1)
	if seat := c.seat.Load(); seat != nil {
		seat.RequestKeyframe(streamOf(r))
	}
}

func (c *call) fastUpdate(n h245.LogicalChannelNumber) {
	c.server.counters.fastOut.Add(1)
	c.line.RequestKeyframe(n)
}

var _ conference.VideoPort = (*videoPort)(nil)
