//go:build linux

// Package asterisk runs Asterisk with its H.323 channel (chan_ooh323) as a
// peer: sound only, with a stack of its own that shares nothing with others.
// Each one runs in a chroot on a host of the lab, in pid and mount namespaces.
//
// Facts met: it takes calls only from addresses that it knows; it has no G.722;
// its high trace levels crash it; its first call may wait 3 s; it sends RTP
// only while it has sound to send.
package asterisk

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"parley/cmd/parley/meeting/internal/lab"
)

// Config is what an Asterisk is set up with.
type Config struct {
	Suite string // of Suites
	Host  *lab.Host
	// Remotes are whom it calls, and from whose addresses it takes calls.
	Remotes []Remote
	// Gatekeeper is where it registers, under Number and Name(Suite), which lead to
	// Meet; empty: nowhere.
	Gatekeeper, Number string
}

// Name is the h323-ID of an Asterisk.
func Name(suite string) string { return "asterisk-" + suite }

// Remote is an H.323 endpoint that an Asterisk calls by its name. One endpoint
// may have several names, with other modes each.
type Remote struct {
	Name       string
	Address    string
	FastStart  bool
	Tunnelling bool
	// DTMF is "rfc2833" (16 only), "h245signal", "h245alphanumeric",
	// "q931keypad"; empty: the first that works.
	DTMF string
}

// Asterisk is one under way.
type Asterisk struct {
	*lab.Process
	Address string
	dir     string
	manager *manager
}

// enter mounts what Asterisk needs into its folder, in the namespace that
// unshare made, and runs it there: $1 is the chroot, $2 the instance's folder.
const enter = `set -e
echo localhost >/proc/sys/kernel/hostname
mount --bind /dev "$1/dev"
mount --bind "$2" "$1/peer"
mount -t proc proc "$1/proc"
exec chroot "$1" /usr/sbin/asterisk -f -C /peer/etc/asterisk.conf`

// Start runs an Asterisk until the test ends and waits until it takes calls.
func Start(t *testing.T, c Config) *Asterisk {
	t.Helper()
	root := Require(t, c.Suite)
	a := &Asterisk{Address: c.Host.Address, dir: t.TempDir()}
	if err := c.write(root, a.dir); err != nil {
		t.Fatal(err)
	}
	command := c.Host.Command("unshare", "--mount", "--uts", "--pid", "--fork", "--kill-child",
		"sh", "-c", enter, "sh", root, a.dir)
	a.Process = lab.Start(t, []string{"LC_ALL=C"}, command[0], command[1:]...)
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	if err := a.Await(ctx, "Asterisk Ready."); err != nil {
		t.Fatal(err)
	}
	var err error
	if a.manager, err = dialManager(ctx, c.Host.Address); err != nil {
		t.Fatalf("Asterisk's manager port: %v", err)
	}
	t.Cleanup(a.manager.close)
	return a
}

// Recording is the file of what the channel of Meet has heard (WAV, 8 kHz).
func (a *Asterisk) Recording(uniqueID string) string {
	return filepath.Join(a.dir, "out", uniqueID+".wav")
}

// modules is where Asterisk keeps its modules below root: the path tells the
// Debian release.
func modules(root string) (string, error) {
	found, err := filepath.Glob(filepath.Join(root, "usr", "lib", "*", "asterisk", "modules"))
	if err != nil {
		return "", err
	}
	if len(found) == 0 {
		found = []string{filepath.Join(root, "usr", "lib", "asterisk", "modules")}
	}
	if _, err := os.Stat(found[0]); err != nil {
		return "", err
	}
	return filepath.Rel(root, found[0])
}
