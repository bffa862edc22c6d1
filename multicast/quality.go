package multicast

import (
	"crypto/rand"
	"encoding/base64"

	"parley/conference"
)

// Quality implements conference.Measured: the sum over the members that are
// heard, and the worst of their jitter and loss.
func (g *Group) Quality() conference.Quality {
	var q conference.Quality
	if g.audio == nil {
		return q
	}
	for _, s := range g.audio.session.Stats().Sources {
		q.Packets += s.Packets
		q.Lost += s.Lost
		q.LossFraction = max(q.LossFraction, s.FractionLost)
		q.Jitter = max(q.Jitter, s.Jitter)
		q.RemoteLossFraction = max(q.RemoteLossFraction, s.RemoteFraction)
		q.RemoteJitter = max(q.RemoteJitter, s.RemoteJitter)
		q.RoundTrip = max(q.RoundTrip, s.RoundTrip)
	}
	g.audio.mu.Lock()
	defer g.audio.mu.Unlock()
	for _, m := range g.audio.members {
		st := m.buffer.Stats()
		q.PlayoutDelay = max(q.PlayoutDelay, st.Delay)
		if n := st.Played + st.Concealed + st.FEC; n > 0 {
			q.Concealed = max(q.Concealed, float64(st.Concealed)/float64(n))
		}
	}
	return q
}

// randomCNAME is a short-term persistent name (RFC 7022 4.2): 96 random bits.
func randomCNAME() string {
	var b [12]byte
	// crypto/rand.Read does not fail.
	_, _ = rand.Read(b[:])
	return base64.StdEncoding.EncodeToString(b[:])
}
