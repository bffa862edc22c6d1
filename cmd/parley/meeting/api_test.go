//go:build meeting

package meeting

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"parley/cmd/parley/internal/trace"
)

// participant is what the API tells of a participant.
type participant struct {
	ID          string
	Name        string
	Wire        string
	Address     string
	Muted       bool
	MutedByHost bool
	Sources     []struct {
		ID         uint32
		Name       string
		AudioCodec string
		VideoCodec string
	}
	Missing []struct {
		Source uint32
		Codec  string
	}
}

// shows returns the participant's source of pictures in a codec.
func (p participant) shows(codec string) (source uint32, ok bool) {
	for _, s := range p.Sources {
		if strings.HasPrefix(s.VideoCodec, codec+"/") {
			return s.ID, true
		}
	}
	return 0, false
}

// event is what the API's event stream tells.
type event struct {
	Kind        string
	Participant string
	Cause       struct{ Code, Text string }
	seen        time.Time
}

// host asks the API from an address of its own on loopback, so that a browser
// can be cut off and the API not.
var host = http.Client{Transport: &http.Transport{
	DialContext: (&net.Dialer{LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 0, 0, 9)}}).DialContext,
}}

// control makes a call of the API that answers 204.
func (b *bridge) control(t *testing.T, method, path, body string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, b.URL+path, bytes.NewBufferString(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := host.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusNoContent {
		t.Fatalf("%s %s: %s", method, path, resp.Status)
	}
}

// participants returns who is in a conference.
func (b *bridge) participants(t *testing.T, conference string) []participant {
	t.Helper()
	var out struct{ Participants []participant }
	b.get(t, "/api/v1/conferences/"+conference+"/participants", &out)
	return out.Participants
}

// await polls until somebody in the conference satisfies is, and returns who.
func (b *bridge) await(ctx context.Context, t *testing.T, conference, what string, is func(participant) bool) participant {
	t.Helper()
	for {
		all := b.participants(t, conference)
		for _, p := range all {
			if is(p) {
				return p
			}
		}
		if !pause(ctx, 50*time.Millisecond) {
			t.Fatalf("%s: nobody is %s: %+v", conference, what, all)
		}
	}
}

// named tells participants by a part of their name.
func named(name string) func(participant) bool {
	return func(p participant) bool { return strings.Contains(p.Name, name) }
}

// watch reads the conference's event stream until the test ends.
func (b *bridge) watch(t *testing.T, conference string) <-chan event {
	t.Helper()
	return stream(t, b.URL+"/api/v1/conferences/"+conference+"/events", func(e *event) bool {
		e.seen = time.Now()
		return e.Kind != "" // else a roster or a ping
	})
}

// trace reads the bridge's H.323 messages that are wanted, until the test ends.
func (b *bridge) trace(t *testing.T, wanted func(*trace.Message) bool) <-chan trace.Message {
	t.Helper()
	return stream(t, b.URL+"/api/v1/h323/trace", wanted)
}

// stream reads the wanted ones of server-sent events until the test ends. It is
// connected on return.
func stream[E any](t *testing.T, url string, wanted func(*E) bool) <-chan E {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := host.Do(req) //nolint:bodyclose // by the cleanup
	if err != nil {
		t.Fatal(err)
	}
	if resp.StatusCode != http.StatusOK {
		t.Fatalf("event stream: %s", resp.Status)
	}
	events := make(chan E, 4096)
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer close(events)
		lines := bufio.NewScanner(resp.Body)
		lines.Buffer(nil, 1<<20)
		for lines.Scan() {
			data, ok := strings.CutPrefix(lines.Text(), "data: ")
			var e E
			if !ok || json.Unmarshal([]byte(data), &e) != nil || !wanted(&e) {
				continue
			}
			select {
			case events <- e:
			default:
				return // nobody reads
			}
		}
	}()
	t.Cleanup(func() {
		_ = resp.Body.Close()
		<-done
	})
	return events
}

// awaitLeft waits for a participant's end in an event stream.
func awaitLeft(ctx context.Context, t *testing.T, events <-chan event, id string) event {
	t.Helper()
	for {
		select {
		case e, ok := <-events:
			if !ok {
				t.Fatalf("the event stream ended before %s left", id)
			}
			if e.Kind == "left" && e.Participant == id {
				return e
			}
		case <-ctx.Done():
			t.Fatalf("%s never left", id)
		}
	}
}

// pause waits for d and reports whether ctx goes on.
func pause(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
