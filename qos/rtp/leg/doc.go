// Package leg is one party's media in a call whose signalling is another's
// matter (SIP, H.323): the sockets and the RTP session of each medium, its
// sound as the mixer wants it, its digits, and whether it is still there.
package leg
