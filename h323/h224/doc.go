// Package h224 passes far-end camera control between the endpoints of a
// conference: H.224 frames, the clients that a terminal has (CME, H.224 clause
// 8), and camera commands (H.281). It has no socket, clock or goroutine.
//
// Over RTP a frame comes in one of two framings. By H.323 Annex Q (RFC 4573)
// the octets of the frame are the payload. Where a capability says
// hdlcFrameTunnelling, the payload is the HDLC of the ISDN: flags, zero
// insertion and frame check sequence. What is received may be either.
//
// A Switch stands between endpoints: each controls the camera of the one that
// it is shown.
package h224
