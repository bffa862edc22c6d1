// Package qos is quality of service: the marks on what is sent, the measures
// of what is received and, in qos/rtp, the session in which both happen.
package qos

// DSCP is a differentiated services code point (RFC 2474), 0 to 63.
type DSCP uint8

// The code points that real-time media uses (RFC 4594, RFC 8837).
const (
	DSCPDefault DSCP = 0
	DSCPEF      DSCP = 46 // RFC 3246: audio
	DSCPAF41    DSCP = 34 // RFC 2597: interactive video
	DSCPCS3     DSCP = 24 // signalling
)
