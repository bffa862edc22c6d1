// Package rtp is the RTP session (RFC 3550) that every wire but WebRTC stands
// on: a pair of sockets or one, the table of sources, reception statistics,
// the RTCP that reports them, and the marks on what is sent.
//
// The jitter buffer that turns a source's packets into sound is beside it in
// qos/rtp/playout, since WebRTC uses it too.
package rtp
