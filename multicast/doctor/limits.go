package doctor

import "time"

const (
	// minProbe is the least size of a probe in bytes. An answer has answerSize, and
	// two go out for each probe, so that answers together are never more than was
	// asked with: a doctor that answers is of no use to who sends under another's
	// address.
	minProbe   = 64
	answerSize = 32

	// AnswersPerSecond bounds the probes that are answered, for one asker and for
	// all. They answer a flood of probes.
	AnswersPerSecond         = 40
	AnswersPerSecondOfOne    = 20
	answerBurst              = 40
	maxAskers                = 256
	askerLife                = 5 * time.Second
	maxAnswerers, maxQueries = 64, 64
	// maxDatagram is the largest packet read, in bytes.
	maxDatagram = 9216
	// maxRuleset is how much of a firewall's rules is read, in bytes, and
	// firewallTime how long that may take.
	maxRuleset   = 4 << 20
	firewallTime = 2 * time.Second
	// maxTable is how much is read of a file of /proc, in bytes.
	maxTable = 1 << 20
	// maxHints is how many rules of a firewall are shown.
	maxHints = 5

	// DefaultWait is how long queriers and answers are waited for. A querier is
	// provoked to ask, by leaving a group, and then answers within a second or two
	// (RFC 3376 8.8: 1 s); by itself it may be silent for 125 s (8.2).
	DefaultWait = 4 * time.Second
	// joinTime is how long the group that is left to provoke a querier is joined
	// before: reports go out at once, and again within a second (RFC 3376 8.10).
	joinTime = 300 * time.Millisecond
	// roundEvery is how often probes are sent.
	roundEvery = 700 * time.Millisecond
)
