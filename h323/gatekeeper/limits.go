package gatekeeper

import "time"

const (
	// maxEndpoints, and maxEndpointsPerSource of one address, bound the
	// registrations: a flood of RRQs from forged or few sources. A proved user's
	// are bound by maxEndpointsPerSource too, which leaves room for an office
	// behind one address.
	maxEndpoints          = 20000
	maxEndpointsPerSource = 256
	// maxUnproved of them have proved no password: forged ones leave room for users.
	maxUnproved = 15000
	// maxAliases of one endpoint, and the longest of each in octets: RRQs that
	// fill the tables with names. A gateway has some dozens.
	maxAliases     = 64
	maxAliasLength = 256
	// maxAddresses of one endpoint that are looked at.
	maxAddresses = 8
	// maxCalls, and maxCallsPerEndpoint, bound the calls admitted and not yet
	// disengaged: an endpoint that asks for ever new ones.
	maxCalls            = 50000
	maxCallsPerEndpoint = 1024
	// maxLookups bounds the requests that wait for a directory or a neighbour,
	// maxLookupsPerSource those of one source: each holds memory for seconds.
	maxLookups          = 2048
	maxLookupsPerSource = 64
	// maxStrangeLookups of them are of who is neither registered nor a neighbour.
	maxStrangeLookups = 1024
	// lookupTime bounds a search in all: a neighbour or directory that does not
	// answer must not hold the caller longer than its own patience with RIPs.
	lookupTime = 20 * time.Second
	// patience is after what a requester is told to wait (RIP), and inProgress
	// how long it is told; together below the 5 s after which it repeats itself.
	patience   = 1500 * time.Millisecond
	inProgress = 8 * time.Second
	// growth is how much longer than its request an answer to an unproved sender
	// may be, with the headers of IP and UDP: its address may be forged, and the
	// answer meant to hit another.
	growth  = 2
	headers = 28
	// rate and burst are the datagrams of one source that are looked at; a
	// registered busy gateway has calls/s times four.
	rate  = 200
	burst = 400
	// lineRate and lineBurst are the refusals of one source that are logged: a flood
	// of wrong requests must not fill the disk.
	lineRate  = 0.2
	lineBurst = 5
	// leftOutAfter is how long after the first refusal that was not logged the log
	// says how many there were.
	leftOutAfter = time.Minute
	// maxQuoted bounds what the log repeats of what a stranger calls itself.
	maxQuoted = 64
	// hops is how many gatekeepers an LRQ of ours may pass; more is a loop.
	hops = 5
	// grace is how long a registration outlives its time to live, for the
	// keep-alives that were lost.
	grace = 10 * time.Second
	// shortestLife is the least time to live granted: an endpoint that asks for a
	// second would make traffic without end.
	shortestLife = 30 * time.Second
	// traversalLife is the registration's of an endpoint behind a firewall: many
	// forget the way of UDP after 30 s (H.460.18).
	traversalLife = 19 * time.Second
	// sweep is how often lives and credits are looked at.
	sweep = time.Second
	// callLife ends a call of which nothing was heard for so long: an endpoint
	// that vanished has not disengaged. A registration's end ends it sooner.
	callLife = 24 * time.Hour
	// grantLife is how long a call may come after it was located.
	grantLife = time.Minute
	// maxRelays, and maxRelaysPerSource of one address, bound the connections of
	// routed mode: a flood of them, held open. An office or a gateway is one
	// source.
	maxRelays          = 4096
	maxRelaysPerSource = 256
	// maxStrangers of these connections may be half-open: they displace each other,
	// not who speaks.
	maxStrangers = 512
	// setupRate and setupBurst bound the SETUPs of one source in routed mode: each
	// costs a search and a connection to the called side. A gateway is one source.
	setupRate  = 50
	setupBurst = 100
	// firstMessage is how long a connection may be without a SETUP: half-open
	// ones that hold a place.
	firstMessage = 8 * time.Second
	// dialTime and writeTime bound waiting for a called endpoint, and for one that
	// does not read.
	dialTime  = 8 * time.Second
	writeTime = 8 * time.Second
	// ringing bounds a call that nobody answers (T301 of Q.931, and some more);
	// idle a connection without a word.
	ringing = 4 * time.Minute
	idle    = callLife
	// maxAlternates bounds the list told to endpoints.
	maxAlternates = 8
)
