package h323

import (
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// The log has a line for each call that is turned down, whoever turns it down.
func TestRefusedCallsAreLogged(t *testing.T) {
	for name, test := range map[string]struct {
		cfg  Config
		want string
	}{
		"unencrypted":   {Config{Encryption: EncryptionRequire}, noEncryption().Text},
		"too many":      {Config{MaxCalls: 1}, "calls"},
		"by the policy": {Config{Admit: func(*Invitation) error { return &Refusal{Text: "not today"} }}, "not today"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m := newMemory()
				var text strings.Builder
				test.cfg.Log = slog.New(slog.NewTextHandler(&text, nil))
				e := listening(t, m, newParty(t, "called", v4), test.cfg)
				for i := range uint16(2) {
					byHand(t, m).send(setupMessage(3+i, nil))
					<-time.After(time.Second)
				}
				closed(t, e)
				if !strings.Contains(text.String(), "call refused") || !strings.Contains(text.String(), test.want) {
					t.Errorf("the log says %s", text.String())
				}
			})
		})
	}
}
