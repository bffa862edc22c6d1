//go:build meeting

// Package meeting holds the tests in which parley meets programs that others
// wrote: ffmpeg in a multicast group, SIP phones, browsers,
// H.323 gateways. They run under the
// build tag "meeting" (make test sets it) in a network of their own.
package meeting

import (
	"os"
	"testing"

	"parley/cmd/parley/meeting/internal/asterisk"
	"parley/cmd/parley/meeting/internal/lab"
)

func TestMain(m *testing.M) {
	asterisk.Prepare() // from outside, while there is an outside
	status, ok := lab.Enter()
	if !ok {
		os.Exit(status)
	}
	os.Exit(m.Run())
}
