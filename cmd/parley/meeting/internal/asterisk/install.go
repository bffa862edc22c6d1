//go:build linux

package asterisk

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// Suites are the Debian suites that carry Asterisk with chan_ooh323: bullseye
// its version 16, sid the newest.
func Suites() []string { return []string{"bullseye", "sid"} }

// MaxInstallation is how long the packages of all suites may take to come: a
// mirror that answers slowly does not eat the tests' own time.
const MaxInstallation = 4 * time.Minute

// Variables by which Prepare tells the meetings' own process where a suite
// lies, or why it does not.
const (
	folderVariable = "PARLEY_ASTERISK_"
	reasonVariable = "PARLEY_ASTERISK_MISSING_"
	faultVariable  = "PARLEY_ASTERISK_FAULT_"
)

// errNotHere is why a system has no Asterisk of a suite, and cannot: no Debian,
// no mirror that carries it, no network.
type errNotHere string

func (e errNotHere) Error() string { return string(e) }

// notHere is .ci/peers/asterisk's exit status for such a system.
const notHere = 3

// Prepare installs all suites side by side, with .ci/peers/asterisk. It has to
// be called before lab.Enter, since packages come from outside.
func Prepare() {
	ctx, cancel := context.WithTimeout(context.Background(), MaxInstallation)
	defer cancel()
	var installing sync.WaitGroup
	for _, suite := range Suites() {
		if os.Getenv(folderVariable+suite)+os.Getenv(reasonVariable+suite)+os.Getenv(faultVariable+suite) != "" {
			continue // in the meetings' own process
		}
		installing.Go(func() {
			variable := folderVariable
			value, err := install(ctx, suite)
			if err != nil {
				variable, value = faultVariable, err.Error()
			}
			var missing errNotHere
			if errors.As(err, &missing) {
				variable = reasonVariable
			}
			_ = os.Setenv(variable+suite, value)
		})
	}
	installing.Wait()
}

// install runs .ci/peers/asterisk; its last line says where Asterisk is, or
// why it is not.
func install(ctx context.Context, suite string) (folder string, err error) {
	root, err := moduleRoot()
	if err != nil {
		return "", err
	}
	cmd := exec.CommandContext(ctx, filepath.Join(root, ".ci", "peers", "asterisk"), suite)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM) }
	cmd.WaitDelay = 5 * time.Second
	var complaint strings.Builder
	cmd.Stderr = &complaint
	out, err := cmd.Output()
	if ctx.Err() != nil {
		return "", errNotHere("its packages did not come in time")
	}
	var exit *exec.ExitError
	if errors.As(err, &exit) && exit.ExitCode() == notHere {
		return "", errNotHere(strings.TrimSpace(complaint.String()))
	}
	if err != nil {
		return "", fmt.Errorf("%w: %s", err, strings.TrimSpace(complaint.String()))
	}
	lines := strings.Fields(string(out))
	if len(lines) == 0 {
		return "", errors.New("the installer named no folder")
	}
	return lines[len(lines)-1], nil
}

func moduleRoot() (string, error) {
	dir, err := os.Getwd()
	for err == nil {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, nil
		}
		up := filepath.Dir(dir)
		if up == dir {
			return "", errors.New("go.mod is in no folder above")
		}
		dir = up
	}
	return "", err
}

// Installed tells whether a suite is there.
func Installed(suite string) bool { return os.Getenv(folderVariable+suite) != "" }

// Require returns the folder of a suite, and skips the test, saying why, where
// this system cannot install it.
func Require(t *testing.T, suite string) string {
	t.Helper()
	if folder := os.Getenv(folderVariable + suite); folder != "" {
		return folder
	}
	if fault := os.Getenv(faultVariable + suite); fault != "" {
		t.Fatalf("installing Asterisk of Debian %s: %s", suite, fault)
	}
	t.Skipf("Asterisk of Debian %s is not installed and cannot be on this system: %s", suite, os.Getenv(reasonVariable+suite))
	return ""
}
