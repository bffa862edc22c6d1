package h323

import "time"

const (
	// Strangers hold a connection only for so long before a first message is
	// whole: half-open connections are the cheapest attack there is.
	firstMessage = 8 * time.Second
	// A connection without a call is closed after so long, even where the peer
	// wanted it kept for the next call (maintainConnection).
	idleConnection = 30 * time.Second
	// Connections that may be open beside those of calls: strangers, and calls
	// that begin or end.
	spareConnections = 1024
	// Of these, so many may be strangers': half-open ones displace each other, those
	// of the source with most first, and leave calls and who speaks alone.
	maxStrangers = 512
	// The same for one source.
	spareConnectionsPerSource = 16
	// Messages that belong to no call, or cannot be read, before the connection
	// is closed: a confused peer, or one that tries.
	maxStrays = 16

	defaultMaxCalls = 1000
	// A gatekeeper that routes signalling, or a site behind one address.
	defaultMaxCallsPerSource = 100
	// SETUPs a second of one source, and how many may come at once: a scanner
	// sends as many as it can. With encryption, each that policy lets in costs
	// about 2 ms of CPU, so this also bounds what a source may take of it.
	defaultSetupRate = 20
	setupBurst       = 20
	// Handshakes of TLS a second of one source, and how many may come at once: each
	// costs up to 2 ms of CPU before anything is known of who calls.
	handshakeRate  = 20
	handshakeBurst = 40
	// Handshakes that fail are logged so often: a flood must not fill the log.
	insecureInterval = time.Minute
	// Sources that are counted at a time; those that were quiet longest are
	// forgotten, so that forged ones take no memory.
	maxSources = 4096

	// What a peer tells a call, messages a second and at once: a toggle of hold, of a
	// slide channel or of a name at line rate is an event for all in the conference,
	// and a question to others, who are gone once they answer too slowly. Beyond, it
	// is not read on. A call with 256 capabilities begins with some 20, and a person
	// who presses keys sends some 10 a second, twice.
	messageRate  = 100
	messageBurst = 500
	// The same in one packet: 64 KiB hold 20,000 of H.245.
	maxTogether = 128
	// What a caller sends while its call has no owner yet, because the gatekeeper
	// thinks it over: beyond, the call ends.
	maxWaiting = 64
	// Messages waiting for a peer that does not read. Beyond, its connection is
	// closed.
	maxUnsent = 256
	// H.245 that waits for a way to be sent.
	maxPendingControl = 64
	// A write that takes longer has no peer any more.
	writeTimeout = 10 * time.Second
	// After the last message, for so long the peer's end of the connection is
	// awaited, so that a reset does not overtake the message.
	lingerTimeout = 2 * time.Second
	// Connecting, one address.
	connectTimeout = 10 * time.Second
	// The gatekeeper's consent, with its retries.
	admissionTimeout = 30 * time.Second

	// The channels of a call come one after the other; the gatekeeper is asked once.
	settleBandwidth = time.Second

	// A peer that vanished is noticed by the connection within about 25 s.
	keepAliveIdle     = 10 * time.Second
	keepAliveInterval = 5 * time.Second
	keepAliveCount    = 3
	unacknowledged    = 25 * time.Second

	// A peer that is silent for so long is asked whether it lives: its host may
	// answer for a program that has stopped.
	probeAfter = 9 * time.Second
	// Unanswered probes that end the call; only of peers that have answered one.
	maxProbes = 2
	// Connections on which nothing is sent for so long are closed by NAT and
	// firewalls.
	keepAlivePacket = 20 * time.Second

	// Without fast connect, no media flows before H.245: if it does not come
	// after the answer, the call is no call.
	controlTimeout = 25 * time.Second
	// Where both sides wait for the other to connect, the one that should not
	// does after so long.
	yieldTimeout = 2 * time.Second
	// A separate H.245 connection that broke may be made anew so often, and so
	// long is waited for the peer to do it.
	maxReconnects    = 2
	reconnectTimeout = 8 * time.Second

	// Who is not the call's peer and connects to its port for H.245 is counted, and
	// logged so often: a flood must not fill the log.
	strangersInterval = time.Minute
	// Connections for H.245 that one call opens: a peer that tells ever new
	// addresses would have us look for open ports of others.
	maxControlDials = 8

	// A client of H.460.18 that was asked connects within so long: its firewall may
	// lose the first packets.
	indicationTimeout = 10 * time.Second
	// A client connects no sooner than this: GnuGk asks it before it can take the
	// connection, and in a near network loses the call.
	indicationPause = 50 * time.Millisecond
	// A connection that carries RAS is closed when its endpoint has not renewed its
	// registration for so long; it is to do so every 19 s.
	tunnelIdle = time.Minute
	// RAS messages that wait in a tunnel, either way: beyond, they count as lost.
	maxTunnelled = 64
	// Calls that a gatekeeper may have indicated at a time: each is a connection
	// that we open on its word.
	maxIndicated = 64

	// A caller that is forwarded in circles gives up (H.323 sets no limit).
	maxForwards = 5
	// Octets of fastStart in a SETUP: some endpoints close the connection on a
	// SETUP of 5 kB.
	maxFastStart = 1400
	// APDUs of supplementary services in one message that are looked at: each
	// may be answered.
	maxServices = 16
	// Aliases of one SETUP that are looked at.
	maxAliases = 16
)
