package sipbridge

import (
	"time"

	"parley/qos/rtp/leg"
)

// What strangers may cost. Config can lower or raise those that an operator
// may want to; the others answer faults and attacks alike everywhere.
const (
	// DefaultMaxCalls bounds the calls in all: sockets, goroutines and memory
	// under a flood of INVITEs.
	DefaultMaxCalls = 2000
	// DefaultMaxCallsPerSource bounds the calls of one source address, so that
	// one host cannot take all of DefaultMaxCalls. A trunk brings many.
	DefaultMaxCallsPerSource = 500
	// DefaultInviteRate bounds new calls per second and source address; the
	// burst is twice that. It answers scanners and redial loops.
	DefaultInviteRate = 50
	// messagesPerInvite bounds the datagrams per second and source, as a
	// multiple of InviteRate: a call takes an INVITE, an ACK and a BYE, and
	// may change a few times. It answers floods of requests that are cheap to
	// send and cost a transaction of 32 s here.
	messagesPerInvite = 10
	// maxRateSources bounds the memory of a rate limiter: source addresses
	// are free to forge over UDP. When it is full, the idle are forgotten, at
	// most once per sweepInterval, since all are looked at for that.
	maxRateSources = 4096
	sweepInterval  = 100 * time.Millisecond
	// maxPeers bounds the addresses that sipgo remembers of a UDP socket, which
	// are free to forge too; peersLinger is how long it may take to answer the
	// last of them.
	maxPeers    = 16384
	peersLinger = time.Second
	// maxLobby bounds those who hear the PIN prompt: each has an encoder and a
	// 20 ms clock of its own and has shown no credential.
	maxLobby = 64
	// maxInbox bounds the requests that wait for one call's goroutine; more
	// come only from a flood within a dialog and get 503; BYE does not wait.
	maxInbox = 16
	// maxHeaders bounds the header fields of a request, each of which is
	// compared and some of which are repeated in the response.
	maxHeaders = 256
	// maxVia and maxRoutes bound what a response and later requests repeat.
	// Max-Forwards starts at 70.
	maxVia    = 70
	maxRoutes = 16
	// maxIDLength bounds Call-ID and tags, which are kept for the call's life.
	maxIDLength = 256
	// maxTCPConnections bounds TCP connections per listener, each of which
	// costs a 64 kB read buffer, and maxTCPPerSource those of one source, so
	// that one host cannot take them all.
	maxTCPConnections = 1024
	maxTCPPerSource   = 128
	// tcpIdle ends a TCP connection on which nothing was read and whose source
	// has no call. It answers connections opened and left; RFC 5626 keep-alives
	// come every 2 min.
	tcpIdle = 10 * time.Minute
	// minPause and maxPause are for how long a UDP socket that fails is left
	// alone; sipgo would never use it again.
	minPause = 5 * time.Millisecond
	maxPause = time.Second
	// maxMessage bounds a SIP message on TCP; on UDP the datagram does.
	maxMessage = 64 << 10
	// maxInfoBody bounds an INFO body that is parsed.
	maxInfoBody = 4 << 10
)

// Timers.
const (
	// DefaultMediaTimeout after the last RTP or RTCP a call is taken for
	// lost. With livenessTick it keeps "leaves the roster within 12 s".
	DefaultMediaTimeout = leg.DefaultTimeout
	livenessTick        = 500 * time.Millisecond
	// t1, t2 are of RFC 3261 17.1.1.1; ackTimeout is 64*T1 (13.3.1.4).
	t1         = 500 * time.Millisecond
	t2         = 4 * time.Second
	ackTimeout = 64 * t1
	// requestTimeout bounds a request of ours within a dialog (timer F).
	requestTimeout = 64 * t1
	// dialTimeout bounds the ringing of a call that we make (timer C of a
	// proxy is at least 3 min; nobody waits for that long here).
	dialTimeout = 90 * time.Second
	// byeGrace is how long a BYE waits for the ACK that has to come first
	// (RFC 3261 15).
	byeGrace = time.Second
	// settleTime lets sipgo's goroutines for the last messages read, which it
	// gives no way to await, come to their end before its sockets close.
	settleTime = 20 * time.Millisecond
	// infoInterval is the least time between two picture_fast_update of ours.
	infoInterval = time.Second
)
