package control

import "time"

const (
	// keepAliveInterval is how often a client of H.460.19 is to keep the way of its
	// media open: many forget that of UDP after 30 s.
	keepAliveInterval = 19 * time.Second
	// keepAlivePayloadType is that of our own keep-alives: the last of the dynamic
	// ones, which are given out from the first.
	keepAlivePayloadType = 127

	// maxIncoming bounds the channels a peer has open: each costs ports and a
	// decoder here.
	maxIncoming = 16
	// maxOutgoing bounds our channels, which a peer can multiply by closing
	// none of them while the owner opens more.
	maxOutgoing = 16
	// setBurst and setInterval bound the capability sets that are read: each
	// has up to 256 entries, may close and open every channel, and is answered.
	setBurst    = 16
	setInterval = 500 * time.Millisecond
	// maxModes bounds the modes of a request that are looked at: each of its 256
	// is compared with every capability.
	maxModes = 16
	// maxUserInput bounds the text of one user input, which the owner keeps.
	maxUserInput = 128
	// maxQueuedInput bounds digits of the owner that wait for the peer's
	// capabilities, which may never come.
	maxQueuedInput = 16
	// maxProposals bounds the channels of a fastStart that are looked at: a
	// SETUP of 64 KiB holds thousands. 54 were met in a real one.
	maxProposals = 256
	// maxOffered bounds the alternatives proposed for each session: some stacks
	// close the connection on a SETUP of more than 5 kB.
	maxOffered = 8
	// maxAttempts bounds how often one medium is tried with another codec or
	// again after a close: a peer that refuses or closes everything would keep
	// both sides busy for ever.
	maxAttempts = 8
	// maxTokenRequests bounds requests for the token of H.239 that tie with the
	// peer's.
	maxTokenRequests = 3
	// maxNotUnderstood bounds the octets of unknown messages that are returned:
	// what is sent back is never more than what came.
	maxNotUnderstood = 1024
	// sentMilliseconds is the length of the packets of G.711 and G.722 that are
	// proposed in fast connect; more gives chan_ooh323 nothing to agree to.
	sentMilliseconds = 20
)

// The timers of H.245 table A.1, which leaves their values to the system. 30 s
// is what most do; determination and round trip are shorter.
const (
	t101 = 30 * time.Second // capability exchange
	t103 = 30 * time.Second // logical channels, both kinds
	t105 = 10 * time.Second // round trip delay
	t106 = 30 * time.Second // master-slave determination
	t108 = 30 * time.Second // request channel close
	t109 = 30 * time.Second // mode request
	t239 = 30 * time.Second // an answer to a request of H.239's token
)

// n100 is how often determination is tried with another number; H.323 clause
// 8.2 wants three at least.
const n100 = 5
