package leg

import "time"

// Quality is how the sound of a call fares, in the fields of
// conference.Quality.
type Quality struct {
	Packets            uint64
	Lost               int64
	LossFraction       float64
	Jitter             time.Duration
	PlayoutDelay       time.Duration
	Concealed          float64
	RemoteLossFraction float64
	RemoteJitter       time.Duration
	RoundTrip          time.Duration
}

// Quality returns a snapshot; interval figures are those of the source that
// was heard last.
func (a *Audio) Quality() Quality {
	var q Quality
	session := a.Session()
	if session == nil {
		return q
	}
	var latest time.Time
	for _, src := range session.Stats().Sources {
		q.Packets += src.Packets
		q.Lost += src.Lost
		if src.LastPacket.Before(latest) {
			continue
		}
		latest = src.LastPacket
		q.LossFraction, q.Jitter = src.FractionLost, src.Jitter
		q.RemoteLossFraction, q.RemoteJitter = src.RemoteFraction, src.RemoteJitter
		q.RoundTrip = src.RoundTrip
	}
	if b := a.buffer.Load(); b != nil {
		p := b.Stats()
		q.PlayoutDelay = p.Delay
		if all := p.Played + p.Concealed + p.FEC; all > 0 {
			q.Concealed = float64(p.Concealed) / float64(all)
		}
	}
	return q
}
