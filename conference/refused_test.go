package conference_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"parley/conference"
)

// journal is a log that timers write to as well.
type journal struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (j *journal) Write(line []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.Write(line)
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.String()
}

func (j *journal) Reset() {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.text.Reset()
}

// Who is turned away is in the log, but cannot fill it.
func TestRefusedIsLogged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var text journal
		b := newBridge(t, conference.BridgeConfig{
			Log:         slog.New(slog.NewTextHandler(&text, nil)),
			Conferences: []conference.Settings{{ID: "room", PIN: "1234"}},
		})
		defer closeBridge(t, b)
		c := open(t, b, "room")
		count := func(line string) int { return strings.Count(text.String(), line) }

		for i := range 20 {
			err := c.CheckPIN("192.0.2.1", "0000")
			b.Refused(conference.WireSIP, "room", "192.0.2.1", err)
			if locked := count("level=WARN"); locked != min(1, (i+1)/conference.MaxPINAttempts) {
				t.Fatalf("after %d wrong PINs:\n%s", i+1, &text)
			}
		}
		if !strings.Contains(text.String(), `level=WARN msg="locked out after wrong PINs" conference=room address=192.0.2.1 attempts=5 for=1m0s`) {
			t.Errorf("no lockout in\n%s", &text)
		}
		const line = `level=INFO msg=refused wire=sip conference=room address=192.0.2.1 cause="wrong PIN"`
		if n := count(line); n != 5 {
			t.Errorf("%d lines of one address:\n%s", n, &text)
		}

		text.Reset()
		for i := range 1000 {
			b.Refused(conference.WireSIP, "x\n"+strings.Repeat("y", 1000), fmt.Sprintf("10.0.%d.%d", i/250, i%250), conference.ErrUnknownConference)
		}
		if n := count("\n"); n != 99 || len(text.String()) > 99*300 {
			t.Errorf("%d lines, %d bytes of a flood", n, len(text.String()))
		}

		text.Reset()
		advance(time.Minute + second) // and nobody comes any more
		synctest.Wait()
		if n := count("msg=refused left_out=916\n"); n != 1 || count("\n") != 1 {
			t.Errorf("log:\n%s", &text)
		}
		text.Reset()
		b.Refused(conference.WireWebRTC, "room", "192.0.2.1", conference.ErrFull)
		if n := count(`address=192.0.2.1 cause="conference is full"`); n != 1 {
			t.Errorf("log:\n%s", &text)
		}
		text.Reset()
		for range 7 {
			b.Refused(conference.WireWebRTC, "room", "192.0.2.1", conference.ErrFull)
		}
		closeBridge(t, b)
		if n := count("msg=refused left_out=3\n"); n != 1 {
			t.Errorf("at the end:\n%s", &text)
		}
	})
}
