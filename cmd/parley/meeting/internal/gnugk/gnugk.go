//go:build linux

// Package gnugk runs the GNU Gatekeeper as a peer: a gatekeeper on H323Plus, a
// stack that shares nothing with others, which routes signalling, H.245 and
// media as it is told.
package gnugk

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"parley/cmd/parley/meeting/internal/lab"
)

// variable names the program: no distribution carries it any more, so that who
// wants to meet it builds it (CONTRIBUTING.md).
const variable = "PARLEY_GNUGK"

// Name is its identifier, unless the configuration has another.
const Name = "GnuGk"

// Gatekeeper is one under way.
type Gatekeeper struct {
	*lab.Process
	Host *lab.Host
	path string // of its configuration
}

// Require returns the program, and skips the test where there is none.
func Require(t *testing.T) string {
	t.Helper()
	path := os.Getenv(variable)
	if path == "" {
		t.Skipf("GnuGk is not installed: %s does not name it", variable)
	}
	return path
}

// Start runs a gatekeeper on a host until the test ends, and waits until it
// answers. sections are lines of its configuration by the name of their
// section.
func Start(t *testing.T, host *lab.Host, sections map[string]string) *Gatekeeper {
	t.Helper()
	g := &Gatekeeper{Host: host, path: filepath.Join(t.TempDir(), "gnugk.ini")}
	all := map[string]string{
		"Gatekeeper::Main": "Name=" + Name + "\nHome=" + host.Address + "\n",
		"GkStatus::Auth":   "rule=allow\n",
	}
	for name, lines := range sections {
		all[name] += lines
	}
	var text strings.Builder
	for name, lines := range all {
		fmt.Fprintf(&text, "[%s]\n%s\n", name, lines)
	}
	if err := os.WriteFile(g.path, []byte(text.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	g.Restart(t)
	return g
}

// Restart runs it again after its end.
func (g *Gatekeeper) Restart(t *testing.T) {
	t.Helper()
	command := g.Host.Command("unshare", "--pid", "--fork", "--kill-child", Require(t), "-c", g.path, "-ttt")
	g.Process = lab.Start(t, nil, command[0], command[1:]...)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	g.Ask(ctx, t, "version")
}

// Ask gives a command of the status port, and returns the answer.
func (g *Gatekeeper) Ask(ctx context.Context, t *testing.T, command string) string {
	t.Helper()
	var last error
	for ctx.Err() == nil {
		var answer string
		if answer, last = g.ask(ctx, command); last == nil {
			return answer
		}
		select {
		case <-ctx.Done():
		case <-time.After(50 * time.Millisecond):
		}
	}
	t.Fatalf("GnuGk does not answer: %v\n%s", last, g.Output())
	return ""
}

// statusPort is where it takes commands, as by telnet.
const statusPort = "7000"

func (g *Gatekeeper) ask(ctx context.Context, command string) (string, error) {
	var dialer net.Dialer
	conn, err := dialer.DialContext(ctx, "tcp", net.JoinHostPort(g.Host.Address, statusPort))
	if err != nil {
		return "", err
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(5 * time.Second))
	lines := bufio.NewReader(conn)
	// It greets, and ends the greeting, as every answer of several lines, with
	// a semicolon on a line of its own.
	if _, err := read(lines); err != nil {
		return "", err
	}
	if _, err := fmt.Fprintf(conn, "%s\r\n", command); err != nil {
		return "", err
	}
	return read(lines)
}

func read(lines *bufio.Reader) (string, error) {
	var answer strings.Builder
	for {
		line, err := lines.ReadString('\n')
		if err != nil {
			return "", err
		}
		if strings.TrimSpace(line) == ";" {
			return answer.String(), nil
		}
		answer.WriteString(line)
	}
}
