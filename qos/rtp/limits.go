package rtp

import "time"

// Learning of a peer's address (see Session.SetRemote). Four packets in
// sequence within the window are what a stray or guessed packet cannot fake by
// accident.
const (
	LearnWindow  = 5 * time.Second
	LearnPackets = 4
	// LearnWithin bounds how long after signalling a stranger may try. It is
	// not shorter since who joins muted, with voice detection, sends nothing
	// until the first word.
	LearnWithin = time.Minute
)

// DiscardPort in an address that is told to a Session says that only the peer's
// host is known (RFC 863: nobody listens there): nothing is sent before the peer
// is heard, and with Learn its first packet tells the port.
const DiscardPort = 9

// ByeDelay is how long BYE to a session of more than 50 members waits at most
// where no others leave (RFC 3550 6.3.7): Close needs as much.
const ByeDelay = 3100 * time.Millisecond

const (
	// MaxFilterSources bounds the sources of a group's filter, which are looked
	// through for each packet. It answers a description of a stranger that lists
	// thousands.
	MaxFilterSources = 64
	// MaxLayers bounds the addresses of a session in layers, each of which takes a
	// socket. It answers a description of a stranger that says 255.
	MaxLayers = 8
	// MaxInterfaces is on how many interfaces a group may be: Linux allows 20
	// memberships a socket.
	MaxInterfaces = 16

	// learnCandidates is how many foreign hosts are watched at a time. It
	// answers a storm during the window: memory stays fixed, and one stranger
	// does not reset the count of another.
	learnCandidates = 16
	// lockSilence is how long the locked address must be silent before the
	// same signalling, repeated, lets learning start again. It answers a
	// stranger who waits for the periodic re-INVITE of a session timer.
	lockSilence = 2 * time.Second

	// maxLong bounds a packet of SendLong: what an IPv4 datagram holds.
	maxLong = 65535 - 20 - 8

	// maxRate in bit/s is the most that a TMMBR can mean: its 17 bits can be
	// shifted by 63.
	maxRate = 1 << 40

	// notifyInterval bounds the acknowledgements of TMMBR, which are several times as
	// long: by a flood of it, RTCP would be reflected to wherever signalling has it
	// go.
	notifyInterval = 200 * time.Millisecond

	// loopSpan is how far behind ours the timestamp of a packet that came back may
	// be, in units of the RTP clock: more than a minute of a 90 kHz clock. A
	// stranger's is within it once in 500 times.
	loopSpan = 1 << 23

	// minSequential, maxDropout and maxMisorder are those of RFC 3550 A.1.
	minSequential = 2
	maxDropout    = 3000
	maxMisorder   = 100

	// probationEntries is how many unproven SSRCs of a group are remembered.
	// It answers a sender of random SSRCs: no Source is made for them.
	// probationHost bounds those of one host, so that its flood does not keep who
	// begins to send elsewhere from being seen twice.
	probationEntries = 256
	probationHost    = 64
	// maxMembersUnicast and maxMembersGroup bound the table of SSRCs, which
	// anybody in the session can fill.
	maxMembersUnicast = 8
	maxMembersGroup   = 512
	// maxDescribed is how many of them are members of a group that only listen:
	// up to here, their names are kept. All others are in the crowd.
	// maxDescribedHost bounds those of one host: it answers one that invents
	// members to keep the names of others out.
	maxDescribed     = 256
	maxDescribedHost = 64
	// maxMembersCrowd bounds the members of a group that only listen and are
	// counted alone. From there on RFC 3550 6.2.1 would have them sampled. It
	// answers a flood of SSRCs: at most 1.6 MB a session.
	maxMembersCrowd = 20000
	// maxMembersHost bounds those of one host. It answers a host that invents
	// members to make everybody's reports rare. What a distribution source
	// reflects (RFC 5760) is not held to it.
	maxMembersHost = 4096
	// hostBuckets is in how many buckets the hosts of a large table are counted.
	hostBuckets = 4096
	// crowdProbes bounds the search for who has to go. It answers a flood into
	// a full table: each packet costs the same. A table of no more is looked through.
	crowdProbes = 64
	// evictableIdle is how long a sender in a full group must be silent to give
	// up its place. It answers a flood of SSRCs that would keep all others out
	// for the minutes until they time out.
	evictableIdle = 10 * time.Second
	// addressHold is how long the address of a silent source in a group is
	// held against others that use its SSRC (RFC 3550 8.2). It answers both
	// the stranger who takes over a running stream and the encoder with a
	// fixed SSRC that restarts on another port.
	addressHold = 3 * time.Second
	// describeEvery is how often a source's change of SDES is told. It answers one
	// that changes its name with every packet: rosters and their events follow.
	describeEvery = time.Second
	// byeLinger is how long packets that follow a BYE are ignored. It answers
	// stragglers that BYE overtook (RFC 3550 6.3.4).
	byeLinger = 2 * time.Second
	// byeLingerUnicast is the same for the only peer of a session, which may
	// say BYE at hold and go on under the same SSRC: one path delivers a
	// straggler sooner, and what is ignored is lost speech.
	byeLingerUnicast = 200 * time.Millisecond

	// maxOwnStreams bounds the SSRCs that Send makes sender reports for.
	maxOwnStreams = 64
	// ownStreamIdle is when a stream that is not sent any more gives up its
	// place.
	ownStreamIdle = 30 * time.Second
	// maxContributors is how many CSRCs of ours are remembered, for
	// contributorLife, to see them come back.
	maxContributors = 64
	// maxContributorsDescribed bounds those of whom SDES tells, while they are
	// heard and for contributorTold after. It answers a wire that forgets to
	// take them back.
	maxContributorsDescribed = 256
	contributorTold          = time.Minute
	// maxContributorChunks bounds those in one report: each makes reports longer
	// and by that rarer (RFC 3550 6.3.9).
	maxContributorChunks = 8
	// maxCompound is how long a report becomes at most, in octets, whatever others
	// have us answer: with all headers it passes an Ethernet in one piece.
	// maxSenderReport is of one without report blocks.
	maxCompound     = 1200
	maxSenderReport = 28
	// maxReceptions bounds the loss map of a group, which any member can fill by
	// other SSRCs: at most 1 MB a session, of which no host takes what others need:
	// see shared.
	maxReceptions   = 20000
	contributorLife = 10 * time.Second
	// maxConflicts is the length of the list of conflicting addresses of
	// RFC 3550 8.2; conflictLife when an entry is forgotten (10 intervals).
	maxConflicts = 16
	conflictLife = 50 * time.Second
	// loopReportEvery bounds LoopDetected, since a loop repeats with every
	// packet.
	loopReportEvery = 5 * time.Second

	// maxApplication bounds an APP packet that is told, in octets: each is copied.
	maxApplication = 256

	// noticeLeast is how many packets under another key, or of another payload
	// type, are worth a word, noticeEvery how often. They answer a member that is
	// set wrong, of which each packet fails.
	noticeLeast = 8
	noticeEvery = 10 * time.Second

	// maxReferences bounds the reference times of XR that are answered in one
	// report; who is left out asks again. A host that asks for more takes no other's
	// place: see shared.
	maxReferences = 16

	// maxReflected bounds a report that is passed on to a group, and reflectBurst
	// how much of the session's share for RTCP may be saved up. They answer one
	// who would have a group flooded through us.
	maxReflected = 1472
	// maxCollisions bounds the SSRCs that a summary has members give up.
	maxCollisions = 16
	reflectBurst  = 4 * time.Second
	// maxGroupSize and minAverageReport bound what a summary may tell, and
	// groupSizeLife for how long it counts. They answer a distribution source
	// that would silence its receivers, or have them flood it.
	maxGroupSize     = 1 << 20
	minAverageReport = datagramOverhead + 8
	groupSizeLife    = 5 * time.Minute

	// maximumInterval bounds the time between two reports. It answers a
	// description of next to no bandwidth for RTCP, which would have us wait for
	// years.
	maximumInterval = 24 * time.Hour

	// maxReports is the count field of RTCP: 31 blocks or chunks a packet.
	maxReports = 31
	// maxReportedStreams and maxOwnItem bound the sender reports and the SDES
	// text in one compound packet, so that it stays below an Ethernet MTU. The
	// other streams have their turn next.
	maxReportedStreams = 4
	maxOwnItem         = 64

	// maxMultiplexed bounds the sessions that share a Multiplex. Calls are bounded
	// by who makes them; it answers one who forgets to.
	maxMultiplexed = 1 << 16
	// multiplexBuffer is what is asked of the kernel for the sockets that many
	// sessions share.
	multiplexBuffer = 4 << 20
	// readBuffer is what is asked of the kernel for each socket, so that a
	// key frame's burst survives a late goroutine.
	readBuffer = 1 << 20
	// maxReadErrors is how many errors in a row end a socket's goroutine. It
	// answers a socket that can only fail, which would else spin.
	maxReadErrors = 64
	// pairAttempts bounds the search for a free pair where no range is given.
	pairAttempts = 64
)
