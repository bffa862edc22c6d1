package madcap

import "time"

// Port is UDP 2535 (RFC 2730 section 2).
const Port = 2535

const (
	// maxDatagram is the longest message that is read, in bytes; a longer one is
	// cut by the system, and dropped. Honest ones have some 100.
	maxDatagram = 1500
	// maxOptions is how many options of a message are looked at: there are 16, and
	// none may come twice (RFC 2730 2.1.5).
	maxOptions = 32
	// maxLeaseID is the longest Lease Identifier that is kept, in bytes. RFC 2730
	// bounds none; Windows has 17.
	maxLeaseID = 64
	// maxRanges is how many ranges a client may ask for by name in one message.
	maxRanges = 4
	// maxAmplification is how many times as long as its request an answer may be.
	// It answers requests in the name of others, to whom answers then go.
	maxAmplification = 6
)

const (
	// DefaultMaxLease is the longest lease that is given.
	DefaultMaxLease = 24 * time.Hour
	// maxAhead is how far ahead a lease may begin: its addresses are kept from now
	// on.
	maxAhead = 30 * 24 * time.Hour
	// DefaultMaxLeases and DefaultMaxPerClient bound leases and offers: who asks
	// under ever new identifiers does not get all addresses. A client is a host or,
	// by IPv6, the network in which one has as many addresses as one likes.
	DefaultMaxLeases    = 1000
	DefaultMaxPerClient = 16
	// DefaultExtra is for how much longer than a lease its addresses are kept from
	// others, for clients whose clocks are off (RFC 2730 2.12).
	DefaultExtra = time.Hour
	// DefaultSkew is by how much a client's clock may be off (RFC 2730 2.12).
	DefaultSkew = 30 * time.Minute
	// offerHold is for how long offered addresses are kept (RFC 2730 2.2.3).
	offerHold = time.Minute
	// cacheInterval is for how long an answer is given again to the same message
	// (RFC 2730 2.1.4), and maxCached how many are kept.
	cacheInterval = time.Minute
	maxCached     = 2048
)

const (
	// sourceRate and sourceBurst are how many messages of one source are looked
	// into, a second and at once; totalRate and totalBurst how many altogether. An
	// honest client sends two, and again after four seconds.
	sourceRate  = 5
	sourceBurst = 20
	totalRate   = 200
	totalBurst  = 400
	// budgetSlots is how many sources are told apart by their rate; which ones
	// share a slot changes after reseedEvery.
	budgetSlots = 512
	reseedEvery = time.Minute
	// maxWaiting is how many messages wait to be answered, and are answered at once.
	maxWaiting = 64
	// receiveBuffer is the socket's, in bytes.
	receiveBuffer = 256 << 10
	// tendEvery is how often leases are looked through for those that are over, and
	// the machine for new interfaces.
	tendEvery = 15 * time.Second
)
