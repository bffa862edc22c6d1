//go:build linux

// Package h323plus runs "simple", the terminal that comes with H323Plus, as a
// peer: sound from and to files, pictures from a pattern.
package h323plus

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"parley/cmd/parley/meeting/internal/lab"
	"parley/cmd/parley/meeting/internal/spectrum"
)

// Variables that name the program, and the folder of its codecs (without, it
// has G.711 alone): who wants to meet it builds it (CONTRIBUTING.md).
const (
	variable = "PARLEY_H323PLUS"
	codecs   = "PARLEY_H323PLUS_CODECS"
	// traces is the folder where it writes what it does, if that is wanted.
	traces = "PARLEY_CAPTURES"
)

// Config is what a terminal is set up with.
type Config struct {
	Host *lab.Host
	// Aliases are its names.
	Aliases string
	// Gatekeeper is where it registers; empty: nowhere.
	Gatekeeper string
	Password   string
	FastStart  bool
	Tunnelling bool
	// Early opens H.245 beside Setup.
	Early bool
	// Tone is what it speaks, in Hz.
	Tone float64
	// Prefer are the codecs wanted first, Disable those that it does without, by
	// parts of H323Plus's names for them, such as "G.722".
	Prefer, Disable string
	// Args are further arguments.
	Args []string
	// Call is whom it calls; empty: it waits, and answers.
	Call string
}

// Terminal is one under way.
type Terminal struct {
	*lab.Process
	// Heard is the file of what it has heard (WAV).
	Heard string
}

// Require returns the program, and skips the test where there is none.
func Require(t *testing.T) string {
	t.Helper()
	path := os.Getenv(variable)
	if path == "" {
		t.Skipf("H323Plus is not installed: %s does not name its program \"simple\"", variable)
	}
	return path
}

// alone runs a program on a host that has no name server to wait for. It hears
// no signal but the one that it cannot refuse: it is the first process of its
// namespace.
const alone = `mount --bind /dev/null /etc/resolv.conf && exec "$@"`

// Start runs a terminal until the test ends.
func Start(t *testing.T, c Config) *Terminal {
	t.Helper()
	program := Require(t)
	dir := t.TempDir()
	tone := filepath.Join(dir, "tone.wav")
	if err := spectrum.WriteTone(tone, 8000, 1, c.Tone, -18, 120); err != nil {
		t.Fatal(err)
	}
	p := &Terminal{Heard: filepath.Join(dir, "heard.wav")}
	args := []string{"unshare", "--mount-proc", "--pid", "--fork", "--kill-child", "sh", "-c", alone, "sh", program, "-a", "-u", c.Aliases, "-i", c.Host.Address, "--sound-in", tone, "--sound-out", p.Heard}
	if c.Gatekeeper != "" {
		args = append(args, "-g", c.Gatekeeper, "-r")
	} else {
		args = append(args, "-n")
	}
	if folder := os.Getenv(traces); folder != "" {
		name := strings.ReplaceAll(t.Name(), "/", "-") + "-" + c.Aliases + ".txt"
		args = append(args, "-tttt", "-o", filepath.Join(folder, name))
	}
	for _, option := range []struct {
		on   bool
		args []string
	}{
		{c.Password != "", []string{"-p", c.Password}},
		{c.FastStart, []string{"-f"}},
		{!c.Tunnelling, []string{"-T"}},
		{c.Early, []string{"--h245setupenable"}},
		{c.Prefer != "", []string{"-P", c.Prefer}},
		{c.Disable != "", []string{"-D", c.Disable}},
	} {
		if option.on {
			args = append(args, option.args...)
		}
	}
	args = append(args, c.Args...)
	if c.Call != "" {
		args = append(args, c.Call)
	} else {
		args = append(args, "-l")
	}
	args = c.Host.Command(args...)
	p.Process = lab.Start(t, []string{"PTLIBPLUGINDIR=" + os.Getenv(codecs)}, args[0], args[1:]...)
	return p
}

// Order gives a command: H hangs up, S and E begin and end a presentation,
// digits are sent.
func (p *Terminal) Order(t *testing.T, command string) {
	t.Helper()
	if _, err := fmt.Fprintln(p.Stdin, command); err != nil {
		t.Fatal(err)
	}
}

// RequireCodecs skips the test where the terminal has no codecs but its own.
func RequireCodecs(t *testing.T) {
	t.Helper()
	if os.Getenv(codecs) == "" {
		t.Skipf("H323Plus has no codecs: %s does not name their folder", codecs)
	}
}
