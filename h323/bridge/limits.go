package bridge

import "time"

const (
	// DefaultMaxCalls bounds the calls in all: sockets, goroutines and memory
	// under a flood of SETUPs.
	DefaultMaxCalls = 2000
	// DefaultMaxCallsPerSource bounds the calls of one source address, so that
	// one host cannot take all of DefaultMaxCalls. A gateway brings many.
	DefaultMaxCallsPerSource = 500
	// DefaultSetupRate bounds SETUPs per second and source address. It answers
	// scanners and redial loops.
	DefaultSetupRate = 50
	// DefaultMediaTimeout after the last RTP or RTCP a call is taken for lost.
	// Terminals of NetMeeting's age send nothing while their user is silent, but
	// for RTCP, which comes at least every 7.5 s (RFC 3550 6.2).
	DefaultMediaTimeout = 20 * time.Second
	livenessTick        = 500 * time.Millisecond
	// DefaultVideoRate is offered for pictures, in bit/s: 1080p of room
	// systems.
	DefaultVideoRate = 4_000_000
	// maxLobby bounds those who hear a prompt: each has an encoder and a 20 ms
	// clock of its own and has shown no credential.
	maxLobby = 64
	// maxInbox bounds what waits for one call's goroutine; more comes only from
	// a flood within a call, which is then ended.
	maxInbox = 256
	// maxAliases bounds how many names of a SETUP are looked up.
	maxAliases = 16
	// maxCameraFrame bounds a frame of H.224, of which 260 octets are one in HDLC
	// with all stuffing; maxCameraFrames those of a call that wait, since a
	// flood on a channel of 6.4 kbit/s shall not end the call.
	maxCameraFrame  = 1024
	maxCameraFrames = 32
	// maxCameraRate bounds the frames of H.224 a second that a call brings, of which
	// a channel of 6.4 kbit/s holds some dozens: each goes on to other calls, and more
	// than these are up to would end them.
	maxCameraRate = 50
	// floorInterval is how often a terminal may ask for the floor, which the chair's
	// call is told each time.
	floorInterval = time.Second
	// maxIndependent bounds a call without a seat, which costs its caller nothing.
	maxIndependent = 15 * time.Second
	// maxTransfers bounds how often one call may have others called in its place,
	// so that its peer does not search a network with this host's calls.
	maxTransfers = 5
	// maxIdentities bounds the identities of consultation calls at a time, far
	// enough below all 10,000 that guessing one is hard; maxMisses are the wrong
	// guesses after which one is not valid any more.
	maxIdentities = 100
	maxMisses     = 10
	// followAfter is how long a source has to be the first to be seen before the
	// channel toward a peer is opened anew in its codec, and followAgain how long
	// until it is once more: who speaks in turns in two codecs would have both ends
	// busy with channels, and nobody seen. followSoon is the former where nothing
	// is seen in the channel that there is.
	followAfter = 3 * time.Second
	followSoon  = time.Second
	followAgain = 10 * time.Second
	// collectTimeout bounds how long a caller may dial digit by digit.
	collectTimeout = 30 * time.Second
	// dialTimeout bounds the ringing of a call that we make.
	dialTimeout = 90 * time.Second
	// maxTerminals is the most terminals that H.243 can number (H.245
	// TerminalNumber).
	maxTerminals = 192
	// maxUnsaid bounds what waits for H.245 in a call that never begins it.
	maxUnsaid = 32
	// maxReturned bounds the octets of a request that is returned for want of an
	// answer.
	maxReturned = 1024
	// maxReassembled bounds a NAL unit that is put together from fragments for
	// who takes none: what one datagram holds.
	maxReassembled = 60_000
)
