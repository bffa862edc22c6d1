package webrtc

import "time"

const (
	// MaxJoinMessage bounds in bytes what is read before a join: who has not
	// joined has nothing longer to say than a name, a PIN and a token.
	MaxJoinMessage = 4 << 10
	// MaxMessage bounds in bytes any other message. The longest is an answer
	// with MaxStreams sections of about 2 kB each.
	MaxMessage = 256 << 10
	// MaxNameLength bounds a name in runes; the roster goes to everybody.
	MaxNameLength = 64
	// MaxSections bounds the media sections of a description: each costs the
	// bridge a transceiver. A section that was idle while the page offered (an
	// ICE restart) is of no further use, since pion does not send again on what
	// the other side declared inactive. When MaxSections were used up like
	// that, the page gets no further pictures until it makes a new connection.
	MaxSections = MaxStreams + 8
	// MaxStreams bounds the pictures sent to one browser, which decodes each.
	MaxStreams = 64
	// MaxTracks bounds the streams read from one PeerConnection: a page has
	// a microphone and a camera, and makes new ones when it changes device.
	MaxTracks = 8

	// MessageRate and MessageBurst bound the messages per second of one
	// socket: each costs the bridge a negotiation at worst.
	MessageRate  = 20
	MessageBurst = 100
	// MaxSockets bounds the WebSockets of the process, joined or not.
	MaxSockets = 4096
	// maxUnseated bounds the WebSockets of one source that have not joined, so
	// that it cannot take all of MaxSockets.
	maxUnseated = 128
	// JoinWithin is how long a socket may stay without joining; a person types
	// a PIN in that time.
	JoinWithin = 2 * time.Minute

	// sendQueue is how many messages wait for a slow page before its socket
	// is given up; the page then resumes with a fresh roster.
	sendQueue = 512
	// writeWithin bounds one write to a page that reads nothing.
	writeWithin = 5 * time.Second
	// closeWithin bounds the closing handshake with a page that is gone, so
	// that a shutdown ends within its 5 s.
	closeWithin = 500 * time.Millisecond

	// pingEvery and pongWithin find a WebSocket whose other end vanished
	// without closing it.
	pingEvery  = 5 * time.Second
	pongWithin = 15 * time.Second
	// qualityEvery is the interval of quality messages.
	qualityEvery = 2 * time.Second

	// iceDisconnected is after how long without a packet the path counts as
	// disturbed. Browsers check it every 2.5 s at least (RFC 7675 5.1: every
	// 5 s, less a random fifth).
	iceDisconnected = 7 * time.Second
	// gatherWithin bounds the gathering of own candidates, which only names
	// the addresses of the shared sockets.
	gatherWithin = 2 * time.Second

	// maxTCPConnections and maxTCPPerSource bound the ICE-TCP connections. Who
	// has said nothing is dropped after 30 s only, and many browsers may come
	// from one address, by NAT.
	maxTCPConnections = 4096
	maxTCPPerSource   = 512
	// tcpWriteBuffer bounds in bytes what waits for one ICE-TCP connection;
	// beyond it packets are dropped, as a full UDP path would.
	tcpWriteBuffer = 256 << 10
	// tcpReadQueue bounds the packets read ahead of one ICE-TCP connection.
	tcpReadQueue = 64

	// commandQueue is how many commands wait for a client's goroutine.
	commandQueue = 32
)

// DefaultResumeWindow is how long a seat is kept for a page that lost its
// connection.
const DefaultResumeWindow = 30 * time.Second
