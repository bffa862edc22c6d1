package election

import "time"

const (
	// HelloInterval is how often a group is told who carries it, while there are
	// other bridges. RTCP's own reports come too rarely to take over within 5 s
	// (RFC 3550 6.2: 5 s at the least, and time-outs after five of them), and RTP
	// stops while nobody speaks.
	HelloInterval = time.Second
	// IdleInterval is the same of those who carry nothing there, and of a bridge
	// that has heard no other.
	IdleInterval = 5 * time.Second
	// MaxAge is for how long a hello holds, on its whole way from the root: three
	// may be lost.
	MaxAge = 3500 * time.Millisecond
	// SeenFor is for how long a bridge is shown that is heard no more.
	SeenFor = 3*IdleInterval + time.Second
	// eager is how many hellos a new port sends every HelloInterval in any case,
	// so that a lost one does not leave two bridges that do not know each other.
	eager = 3
	// minGap and relayGap are the least time between two hellos in one group: in
	// answer to one that does not know us, and to pass on the root's. They answer
	// a flood of hellos, which would have us flood the group.
	minGap   = 250 * time.Millisecond
	relayGap = 500 * time.Millisecond
	// hopAge is added by each bridge that passes the root's word on, so that old
	// word dies also where clocks stand still.
	hopAge = 20 * time.Millisecond

	// maxPeers bounds the bridges that are known in a group, maxEvidence the
	// sources that are suspected: anybody can send under any SSRC.
	maxPeers    = 32
	maxEvidence = 16
	// ForeignAfter is for how long a source has to bring back what is heard
	// elsewhere before it is taken for a bridge that says no hello: a parley has
	// said one by then. evidenceGap is the longest pause in that:
	// sessions tell of a CSRC of ours every 5 s.
	ForeignAfter = 3 * time.Second
	evidenceGap  = 7 * time.Second
	// rivalAfter is the same of a bridge that says hello: the tree has settled by
	// then.
	rivalAfter = 1500 * time.Millisecond
	// ForeignHold is for how long such a bridge is left the group after it was
	// last seen to carry. It says no hello, so that its pauses in speech cannot
	// be told from its end, but by BYE or the time-out of its SSRC.
	ForeignHold = time.Minute
)
