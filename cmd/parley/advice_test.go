package main

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"

	"parley/h323/ras"
)

// The log says what to look at, once while the problem stays.
func TestAdvice(t *testing.T) {
	var text bytes.Buffer
	tell := advise(slog.New(slog.NewTextHandler(&text, nil)))
	for _, problem := range []string{"registration: securityDenial", "registration: securityDenial", `registration: duplicateAlias "lobby"`, "", "the gatekeeper does not answer"} {
		tell(ras.Status{State: ras.Registering, Problem: problem})
		tell(ras.Status{State: ras.Unregistered, Problem: problem})
	}
	lines := strings.Split(strings.TrimSpace(text.String()), "\n")
	for i, want := range []string{"h323.gatekeeper.user", "conferences' ids", "h323.gatekeeper.address"} {
		if len(lines) != 3 || !strings.Contains(lines[i], want) {
			t.Fatalf("line %d is not of %s:\n%s", i, want, &text)
		}
	}
}
