package api

import "time"

const (
	// maxHeaderBytes bounds a request's header: a sender of endless headers.
	maxHeaderBytes = 32 << 10
	// maxBodyBytes bounds a body; the longest that is useful is a SIP URI.
	maxBodyBytes = 4 << 10
	// readHeaderTimeout and readTimeout end requests that trickle in to hold a
	// connection.
	readHeaderTimeout = 5 * time.Second
	readTimeout       = 15 * time.Second
	// writeTimeout ends responses that are read by nobody. Event streams and
	// calls have deadlines of their own.
	writeTimeout = 30 * time.Second
	// idleTimeout ends kept-alive connections that ask for nothing.
	idleTimeout = 2 * time.Minute
	// dialTimeout bounds how long a called telephone may ring. It is above the
	// three minutes of RFC 3261 16.6's Timer C, so that proxies end it first.
	dialTimeout = 190 * time.Second
	// pingInterval keeps event streams through proxies that cut silent ones,
	// and finds readers that are gone.
	pingInterval = 15 * time.Second
	// sessionsInterval is how often a stream of announced sessions looks for
	// changes: announcements come as often as anybody likes.
	sessionsInterval = time.Second
	// maxStreams bounds event streams that are open at once: each holds a
	// goroutine and a backlog.
	maxStreams = 256
)
