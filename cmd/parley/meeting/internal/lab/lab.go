//go:build linux

// Package lab runs programs for meetings with real peers: each in a process
// group of its own, ended by its own id, its output kept.
package lab

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// Process is a program under way.
type Process struct {
	Name  string
	Stdin io.WriteCloser

	cmd    *exec.Cmd
	exited chan struct{}
	state  error

	mu      sync.Mutex
	out     bytes.Buffer
	waiters []waiter
}

type waiter struct {
	text string
	ch   chan struct{}
}

// MaxOutput is the most of a program's output that is kept, in bytes: a peer
// that floods its log does not fill memory.
const MaxOutput = 4 << 20

// Start runs a program until the test ends. Its output is printed when the
// test has failed.
func Start(t *testing.T, env []string, name string, args ...string) *Process {
	t.Helper()
	p := &Process{Name: name, exited: make(chan struct{})}
	p.cmd = exec.Command(name, args...)
	p.cmd.Env = append(os.Environ(), env...)
	p.cmd.Stdout, p.cmd.Stderr = p, p
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	p.cmd.WaitDelay = 2 * time.Second
	var err error
	if p.Stdin, err = p.cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		t.Fatalf("%s: %v (make deps installs what the meetings need)", name, err)
	}
	go func() {
		p.state = p.cmd.Wait()
		close(p.exited)
	}()
	t.Cleanup(func() {
		p.Kill()
		if t.Failed() {
			t.Logf("%s %s:\n%s", name, strings.Join(args, " "), tail(p.Output(), 6000))
		}
	})
	return p
}

// Write implements io.Writer for the program's output.
func (p *Process) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.out.Len() < MaxOutput {
		p.out.Write(b)
	}
	kept := p.waiters[:0]
	for _, w := range p.waiters {
		if strings.Contains(p.out.String(), w.text) {
			close(w.ch)
		} else {
			kept = append(kept, w)
		}
	}
	p.waiters = kept
	return len(b), nil
}

// Output is what the program printed so far.
func (p *Process) Output() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.out.String()
}

// Await waits until the program has printed text.
func (p *Process) Await(ctx context.Context, text string) error {
	p.mu.Lock()
	if strings.Contains(p.out.String(), text) {
		p.mu.Unlock()
		return nil
	}
	w := waiter{text, make(chan struct{})}
	p.waiters = append(p.waiters, w)
	p.mu.Unlock()
	select {
	case <-w.ch:
		return nil
	case <-p.exited:
		if strings.Contains(p.Output(), text) {
			return nil
		}
		return fmt.Errorf("%s ended with status %d without printing %q", p.Name, p.cmd.ProcessState.ExitCode(), text)
	case <-ctx.Done():
		return fmt.Errorf("%s did not print %q: %w", p.Name, text, ctx.Err())
	}
}

// Signal sends sig to the program alone.
func (p *Process) Signal(sig syscall.Signal) error { return p.cmd.Process.Signal(sig) }

// PID is the program's process id.
func (p *Process) PID() int { return p.cmd.Process.Pid }

// Wait waits for the program's end and returns its exit status.
func (p *Process) Wait(ctx context.Context) (int, error) {
	select {
	case <-p.exited:
	case <-ctx.Done():
		return -1, fmt.Errorf("%s is still running: %w", p.Name, ctx.Err())
	}
	var exit *exec.ExitError
	if p.state != nil && !errors.As(p.state, &exit) {
		return -1, p.state
	}
	return p.cmd.ProcessState.ExitCode(), nil
}

// Stop asks the program to end (SIGINT), as a user would, and waits.
func (p *Process) Stop(ctx context.Context) {
	_ = p.Signal(syscall.SIGINT)
	if _, err := p.Wait(ctx); err != nil {
		p.Kill()
	}
}

// Kill ends the program and what it started.
func (p *Process) Kill() {
	select {
	case <-p.exited:
	default:
		_ = syscall.Kill(-p.cmd.Process.Pid, syscall.SIGKILL)
		<-p.exited
	}
}

// Run runs a program to its end and returns its output; a failure ends the
// test.
func Run(t *testing.T, name string, args ...string) string {
	t.Helper()
	// A test's cleanup runs programs too, when its context has ended.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), time.Minute)
	defer cancel()
	out, err := exec.CommandContext(ctx, name, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, tail(string(out), 4000))
	}
	return string(out)
}

func tail(s string, n int) string {
	if len(s) > n {
		return "…" + s[len(s)-n:]
	}
	return s
}
