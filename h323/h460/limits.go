package h460

import "time"

const (
	// maxTunnelled RAS messages of one call signalling message: each costs a
	// request's work.
	maxTunnelled = 16
	// minInterval of keep-alives, however often a server wants them: it could
	// have us flood whom it names.
	minInterval = time.Second
)
