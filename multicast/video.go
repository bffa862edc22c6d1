package multicast

import (
	"math"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"parley/codecs"
	"parley/conference"
	"parley/qos"
	"parley/qos/rtp"
)

// videoLeg is the picture side of a Group. Each stream goes out under an SSRC
// of its own, never under a foreign one, and names where it comes from as
// CSRC. It implements conference.VideoPort and rtp.Receiver.
type videoLeg struct {
	*leg

	csrc    [maxContributors]uint32 // of the one goroutine that calls Forward
	showing atomic.Uint32           // source of the last packet sent
	// lags are those of the sources that no group has; see lipsync.
	lags atomic.Pointer[map[conference.SourceID]time.Duration]

	streamsMu sync.Mutex
	streams   map[conference.SourceID]uint32 // SSRC by stream
	ownGiven  bool                           // a stream had the session's own SSRC
	// subscribed are the streams that the group is sent, of many.
	subscribed map[conference.SourceID]bool
}

func openVideo(g *Group, m *MediaConfig, dscp qos.DSCP, sdes rtp.SDES) (*videoLeg, error) {
	v := &videoLeg{leg: newLeg(g, codecs.MediaVideo, m), streams: make(map[conference.SourceID]uint32), subscribed: make(map[conference.SourceID]bool)}
	if err := v.open(m, dscp, sdes, v); err != nil {
		return nil, err
	}
	return v, nil
}

// Forward implements conference.VideoPort.
func (v *videoLeg) Forward(p *conference.VideoPacket) {
	if v.standby.Load() {
		return
	}
	v.showing.Store(uint32(p.Source))
	csrc, relayed := v.paths.appendCSRC(v.csrc[:0], uint32(p.Source))
	// Errors are counted by the session; a lost packet is lost.
	_ = v.session.SendLong(rtp.Header{
		PayloadType: v.send.PayloadType, Marker: p.Marker,
		SequenceNumber: p.SequenceNumber, Timestamp: p.Timestamp,
		SSRC: v.ssrc(p.Stream), CSRC: csrc, Relayed: relayed,
		Sampled: time.Now().Add(v.lag(p.Source)),
	}, p.Head, p.Payload)
}

// ssrc is the SSRC under which a stream goes out: the session's own (0) for
// the single stream and for the first of many, so that a group with one
// picture shows one source; a random one for each further. The session's own is
// not given twice: the numbers of another stream begin elsewhere, and under the
// same key, SSRC and number two packets would be encrypted alike (RFC 3711 9.1).
func (v *videoLeg) ssrc(stream conference.SourceID) uint32 {
	if stream == 0 {
		return 0
	}
	v.streamsMu.Lock()
	defer v.streamsMu.Unlock()
	ssrc, ok := v.streams[stream]
	if !ok {
		if v.ownGiven {
			ssrc = newSSRC()
		}
		v.ownGiven = true
		v.streams[stream] = ssrc
	}
	return ssrc
}

// newSSRC draws one that is not 0, which stands for the session's own.
func newSSRC() uint32 { return 1 + rand.Uint32N(math.MaxUint32) }

// endStream says BYE for a stream whose source has gone.
func (v *videoLeg) endStream(stream conference.SourceID) {
	v.streamsMu.Lock()
	ssrc := v.streams[stream]
	delete(v.streams, stream)
	v.streamsMu.Unlock()
	if ssrc != 0 {
		v.session.EndStream(ssrc, "")
	}
}

// stream is the stream that goes out under an SSRC; false: none.
func (v *videoLeg) stream(ssrc uint32) (conference.SourceID, bool) {
	own := v.session.SSRC()
	if !v.group.info.ManyStreams {
		return 0, ssrc == own
	}
	v.streamsMu.Lock()
	defer v.streamsMu.Unlock()
	for stream, s := range v.streams {
		if s == ssrc || s == 0 && ssrc == own {
			return stream, true
		}
	}
	return 0, false
}

// SSRCCollided implements rtp.CollisionReceiver: the stream goes on under
// another SSRC with its next packet.
func (v *videoLeg) SSRCCollided(ssrc uint32) {
	v.streamsMu.Lock()
	defer v.streamsMu.Unlock()
	for stream, s := range v.streams {
		if s == ssrc && ssrc != 0 {
			v.streams[stream] = newSSRC()
		}
	}
}

// RequestKeyframe implements conference.VideoPort: a group's members cannot be
// asked.
func (v *videoLeg) RequestKeyframe(conference.SourceID) bool { return false }

// KeyframeRequested implements rtp.Receiver: a member asks for a key frame of
// a stream of ours.
func (v *videoLeg) KeyframeRequested(ssrc uint32) {
	seat := v.group.seat.Load()
	if stream, ok := v.stream(ssrc); ok && seat != nil {
		seat.RequestKeyframe(stream)
	}
}

// ReceiveRTP implements rtp.Receiver.
func (v *videoLeg) ReceiveRTP(src *rtp.Source, p *codecs.Packet) {
	if m := v.receive(src, p); m != nil {
		v.clockPicture(src, m, p)
		v.group.seat.Load().Forward(m.id, p)
	}
}

var (
	_ conference.VideoPort = (*videoLeg)(nil)
	_ rtp.Receiver         = (*videoLeg)(nil)

	_ rtp.CollisionReceiver   = (*videoLeg)(nil)
	_ rtp.ApplicationReceiver = (*videoLeg)(nil)
	_ rtp.MixLoopReceiver     = (*videoLeg)(nil)
)
