package h323

import (
	"errors"
	"log/slog"
	"strings"
	"testing"

	"parley/h323/internal/signalling"
	"parley/h323/q931"
)

// However many messages a peer sends that are not signed as agreed, the log has
// one line of them.
func TestUnsignedMessagesInTheLog(t *testing.T) {
	var log strings.Builder
	c := &Call{log: slog.New(slog.NewTextHandler(&log, nil))}
	for range 100 {
		c.disbelieve(&signalling.Message{Message: &q931.Message{Type: q931.Facility}}, errors.New("no token"))
	}
	if n := strings.Count(log.String(), "not believed"); n != 1 {
		t.Errorf("%d lines", n)
	}
}
