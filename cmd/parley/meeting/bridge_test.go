//go:build meeting

package meeting

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"parley/cmd/parley/meeting/internal/lab"
)

// bridge is a parley under way in the lab.
type bridge struct {
	*lab.Process
	URL string // of the page and the API

	client *http.Client // of a bridge on the second host
}

var built struct {
	sync.Once
	path string
	err  error
}

// parleyBinary builds the binary once for all meetings.
func parleyBinary(t *testing.T) string {
	t.Helper()
	built.Do(func() {
		dir, err := os.MkdirTemp("", "parley-meeting-")
		if err != nil {
			built.err = err
			return
		}
		built.path = filepath.Join(dir, "parley")
		cmd := exec.Command("go", "build", "-o", built.path, "parley/cmd/parley")
		cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
		if out, err := cmd.CombinedOutput(); err != nil {
			built.err = fmt.Errorf("%w: %s", err, out)
		}
	})
	if built.err != nil {
		t.Fatal(built.err)
	}
	return built.path
}

// startBridge runs "parley serve" with a configuration and waits until it is
// ready. The page and the API are on loopback.
func startBridge(t *testing.T, config string, args ...string) *bridge {
	t.Helper()
	path := filepath.Join(t.TempDir(), "parley.yaml")
	write(t, path, "http: {listen: \"127.0.0.1:8080\"}\n"+config)
	b := &bridge{URL: "http://127.0.0.1:8080"}
	b.Process = lab.Start(t, nil, parleyBinary(t), append([]string{"serve", "--config", path}, args...)...)
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	if err := b.Await(ctx, b.URL); err != nil {
		t.Fatal(err)
	}
	return b
}

// text reads what a path answers.
func (b *bridge) text(t *testing.T, path string) string {
	t.Helper()
	client := &host
	if b.client != nil {
		client = b.client
	}
	resp, err := client.Get(b.URL + path)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("GET %s: %s: %v", path, resp.Status, err)
	}
	return string(body)
}

// get reads an API answer.
func (b *bridge) get(t *testing.T, path string, value any) {
	t.Helper()
	if err := json.Unmarshal([]byte(b.text(t, path)), value); err != nil {
		t.Fatalf("GET %s: %v", path, err)
	}
}
