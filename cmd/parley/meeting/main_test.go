//go:build meeting

// Package meeting holds the tests in which parley meets programs that others
// wrote: ffmpeg in a multicast group, SIP phones, browsers. They run under the
// build tag "meeting" (make test sets it) in a network of their own.
package meeting

import (
	"os"
	"testing"

	"parley/cmd/parley/meeting/internal/lab"
)

func TestMain(m *testing.M) {
	status, ok := lab.Enter()
	if !ok {
		os.Exit(status)
	}
	os.Exit(m.Run())
}
