package srtp

import "time"

const (
	// maxAttribute is the longest a=crypto value in bytes. It answers
	// descriptions blown up to be kept: one key takes 160 at most.
	maxAttribute = 512
	// maxKeys is how many of one attribute are taken, of which each is derived
	// anew with each context. maxSuiteName is how long a name is repeated.
	maxKeys      = 4
	maxSuiteName = 40
	// maxLifetimeBits is the longest life of a key: 2^48 packets.
	maxLifetimeBits = 48

	// replayWindow is how many packets back a copy is known (RFC 3711 3.3.2
	// wants 64 at least): 256 ms of packets of 1 ms.
	replayWindow = 256

	// maxRollover is the highest rollover counter that is searched for who
	// joins late: at 1000 packets a second, 49 days.
	maxRollover = 1 << 16
	// searchPerPacket and searchPerTurn bound the counters that are tried for
	// a packet, and for all within searchTurn. They answer a flood of packets
	// under another key, of which each would cost all tries: so they cost about
	// 2 % of a core.
	searchPerPacket = 64
	searchPerTurn   = 512
	searchTurn      = 100 * time.Millisecond
	// searchLeast is for how long a sender's counter is searched before it is
	// said to have another key: at 50 packets a second 6400 counters are tried by
	// then, of a sender of 97 days.
	searchLeast = 2 * time.Second
	// maxSearches is how many SSRCs are searched for at a time, and maxMembers
	// of how many the state is kept. They answer invented SSRCs, which can be
	// authentic only from who has the key.
	maxSearches = 64
	maxMembers  = 4096
	// researchAfter is after how many packets that cannot be opened the counter
	// of a known sender is searched anew: it began again, or much of it was
	// lost.
	researchAfter = 32
)
