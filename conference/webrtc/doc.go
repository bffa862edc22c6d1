// Package webrtc lets browsers take part: the conference's own native clients.
//
// A page opens one WebSocket, joins with a name, and negotiates one
// PeerConnection (docs/signalling.md). All browsers share one UDP port, and
// one TCP port where UDP is blocked. The bridge is an ICE-lite agent
// (RFC 8445 2.5): it stands on a known address, answers checks and sends none,
// so that it needs none of the browser's candidates.
//
// Each browser is one client: a conference.Participant whose state belongs to
// one goroutine (client.run). It outlives its WebSocket by Config.ResumeWindow
// and its PeerConnection for as long as the page brings a new one.
package webrtc
