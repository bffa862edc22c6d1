//go:build linux

package asterisk

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
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
)

// Prepare installs all suites side by side, with .ci/peers/asterisk. It has to
// be called before lab.Enter, since packages come from outside.
func Prepare() {
	ctx, cancel := context.WithTimeout(context.Background(), MaxInstallation)
	defer cancel()
	var installing sync.WaitGroup
	for _, suite := range Suites() {
		if os.Getenv(folderVariable+suite) != "" || os.Getenv(reasonVariable+suite) != "" {
			continue
		}
		installing.Go(func() {
			folder, err := install(ctx, suite)
			if err != nil {
				_ = os.Setenv(reasonVariable+suite, err.Error())
				return
			}
			_ = os.Setenv(folderVariable+suite, folder)
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
	cmd.WaitDelay = time.Second
	var complaint strings.Builder
	cmd.Stderr = &complaint
	out, err := cmd.Output()
	if ctx.Err() != nil {
		return "", errors.New("its packages did not come in time")
	}
	if err != nil {
		if text := strings.TrimSpace(complaint.String()); text != "" {
			return "", errors.New(text)
		}
		return "", err
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

// Require returns the folder of a suite, and skips the test, saying why, where
// this system cannot install it.
func Require(t *testing.T, suite string) string {
	t.Helper()
	if folder := os.Getenv(folderVariable + suite); folder != "" {
		return folder
	}
	t.Skipf("Asterisk of Debian %s is not installed and cannot be on this system: %s", suite, os.Getenv(reasonVariable+suite))
	return ""
}
