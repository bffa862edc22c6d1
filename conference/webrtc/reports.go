package webrtc

import (
	"sync/atomic"
	"time"

	"github.com/pion/rtcp"
	"github.com/pion/webrtc/v4"

	"parley/codecs"
	"parley/conference"
)

// readReports passes the RTCP about one sender to take until it ends.
func (c *client) readReports(sender *webrtc.RTPSender, take func(rtcp.Packet)) {
	defer c.tracks.Done()
	buf := make([]byte, codecs.MaxPacket)
	for {
		n, _, err := sender.Read(buf)
		if err != nil {
			return
		}
		packets, err := rtcp.Unmarshal(buf[:n])
		if err != nil {
			continue
		}
		for _, p := range packets {
			take(p)
		}
	}
}

// readVideoReports turns what the page says of one stream into key frames.
func (c *client) readVideoReports(sender *webrtc.RTPSender, source conference.SourceID) {
	c.readReports(sender, func(p rtcp.Packet) {
		switch p.(type) {
		case *rtcp.PictureLossIndication, *rtcp.FullIntraRequest:
			c.srv.counters.keyframesAsked.Add(1)
			c.seat.RequestKeyframe(source)
		}
	})
}

// readAudioReports measures the mix's way to the page.
func (c *client) readAudioReports(sender *webrtc.RTPSender, t *audioTrack) {
	c.readReports(sender, func(p rtcp.Packet) {
		var reports []rtcp.ReceptionReport
		switch p := p.(type) {
		case *rtcp.ReceiverReport:
			reports = p.Reports
		case *rtcp.SenderReport:
			reports = p.Reports
		}
		for _, r := range reports {
			if r.SSRC == t.ssrc() {
				c.remote.Store(newRemoteReport(r, t.clockRate(), time.Now()))
			}
		}
	})
}

func (t *audioTrack) clockRate() int {
	if b := t.bound.Load(); b != nil {
		return b.format.ClockRate
	}
	return 0
}

// remoteReport is what a page reports of the mix.
type remoteReport struct {
	loss      float64
	jitter    time.Duration
	roundTrip time.Duration
}

// newRemoteReport reads a report block (RFC 3550 6.4.1) that arrived at now.
func newRemoteReport(r rtcp.ReceptionReport, clockRate int, now time.Time) *remoteReport {
	out := &remoteReport{loss: float64(r.FractionLost) / 256}
	if clockRate > 0 {
		out.jitter = time.Duration(r.Jitter) * time.Second / time.Duration(clockRate)
	}
	if r.LastSenderReport != 0 {
		// Figure 2: A - LSR - DLSR, in units of 1/65536 s.
		units := int32(middleNTP(now) - r.LastSenderReport - r.Delay)
		out.roundTrip = max(0, time.Duration(units)*time.Second/65536)
	}
	return out
}

// middleNTP is the middle 32 bits of an NTP timestamp (RFC 3550 4).
func middleNTP(t time.Time) uint32 {
	const fromUnix = 2208988800 // s between 1900 and 1970
	seconds := uint64(t.Unix() + fromUnix)
	fraction := uint64(t.Nanosecond()) << 16 / uint64(time.Second)
	return uint32(seconds<<16 | fraction)
}

// reception counts the packets of the page's microphone. count is called by
// one goroutine, the rest by another.
type reception struct {
	started  bool
	last     uint16
	expected atomic.Uint64
	received atomic.Uint64
}

func (r *reception) count(sequence uint16) {
	r.received.Add(1)
	step := int16(sequence - r.last)
	switch {
	case !r.started || step > 1000 || step < -1000: // another stream
		r.started, r.last = true, sequence
		r.expected.Add(1)
	case step > 0:
		r.last = sequence
		r.expected.Add(uint64(step))
	}
}

// gauge turns counters into a conference.Quality once a second.
type gauge struct {
	expected, received uint64
}

func (g gauge) lost() int64 { return int64(g.expected) - int64(g.received) }

// measure takes the measures of the last second.
func (c *client) measure() {
	expected, received := c.reception.expected.Load(), c.reception.received.Load()
	q := conference.Quality{Packets: received, Lost: gauge{expected, received}.lost()}
	if e := expected - c.gauge.expected; e > 0 {
		lost := float64(e) - float64(received-c.gauge.received)
		q.LossFraction = max(0, lost/float64(e))
	}
	c.srv.counters.audioLost.Add(q.Lost - c.gauge.lost())
	c.gauge = gauge{expected, received}
	if in := c.audio.in.Load(); in != nil {
		s := in.playout.Stats()
		q.Jitter, q.PlayoutDelay = s.Jitter, s.Delay
		if frames := s.Played + s.Concealed + s.FEC; frames > 0 {
			q.Concealed = float64(s.Concealed) / float64(frames)
		}
	}
	if r := c.remote.Load(); r != nil {
		q.RemoteLossFraction, q.RemoteJitter, q.RoundTrip = r.loss, r.jitter, r.roundTrip
	}
	c.quality.Store(&q)
}

// Quality implements conference.Measured.
func (c *client) Quality() conference.Quality {
	if q := c.quality.Load(); q != nil {
		return *q
	}
	return conference.Quality{}
}
