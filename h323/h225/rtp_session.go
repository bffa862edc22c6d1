package h225

import "parley/h323/per"

// RTPSession describes one RTP session of a call.
type RTPSession struct {
	RTPAddress           TransportChannelInfo
	RTCPAddress          TransportChannelInfo
	CNAME                string  `per:"printable"`
	SSRC                 uint32  `per:"range=1..4294967295"`
	SessionID            uint8   `per:"range=1..255,name=sessionId"`
	AssociatedSessionIDs []uint8 `per:"elem(range=1..255),name=associatedSessionIds"`
	Extension            per.Extension
	Multicast            *per.Null
	Bandwidth            *BandWidth
}
