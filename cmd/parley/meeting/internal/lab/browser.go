//go:build linux

package lab

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// Browser is a Chromium driven through browser/driver.mjs.
type Browser struct {
	t      *testing.T
	stdin  io.WriteCloser
	mu     sync.Mutex
	next   int
	asked  map[int]chan answer
	broken error
}

type answer struct {
	ID    int
	Ready string
	Value json.RawMessage
	Error string
}

// BrowserOptions are passed to the driver.
type BrowserOptions struct {
	// Args are further command-line arguments of Chromium, such as
	// --use-file-for-fake-audio-capture=FILE.
	Args []string `json:"args"`
}

// StartBrowser launches Chromium until the test ends. dir is the folder of
// driver.mjs.
func StartBrowser(t *testing.T, dir string, o BrowserOptions) *Browser {
	t.Helper()
	arg, err := json.Marshal(o)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("node", "driver.mjs", string(arg))
	cmd.Dir = dir
	cmd.Stderr = os.Stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatalf("node: %v (make deps installs what the meetings need)", err)
	}
	b := &Browser{t: t, stdin: stdin, asked: make(map[int]chan answer)}
	ready := make(chan struct{})
	done := make(chan struct{})
	go func() {
		defer close(done)
		b.read(stdout, ready)
	}()
	t.Cleanup(func() {
		_ = stdin.Close()
		select {
		case <-done:
		case <-time.After(10 * time.Second):
		}
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
		_ = cmd.Wait()
	})
	select {
	case <-ready:
	case <-done:
		t.Fatal("the browser did not start")
	case <-time.After(30 * time.Second):
		t.Fatal("the browser did not start within 30 s")
	}
	return b
}

func (b *Browser) read(r io.Reader, ready chan struct{}) {
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, 64<<20)
	for lines.Scan() {
		var a answer
		if err := json.Unmarshal(lines.Bytes(), &a); err != nil {
			continue // a stray line of node's
		}
		if a.Ready != "" {
			close(ready)
			continue
		}
		b.mu.Lock()
		ch := b.asked[a.ID]
		delete(b.asked, a.ID)
		b.mu.Unlock()
		if ch != nil {
			ch <- a
		}
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.broken = errors.New("the browser's driver has ended")
	for _, ch := range b.asked {
		ch <- answer{Error: b.broken.Error()}
	}
	b.asked = nil
}

// Do sends one command of driver.mjs and decodes its answer into value, which
// may be nil.
func (b *Browser) Do(ctx context.Context, op string, fields map[string]any, value any) error {
	b.mu.Lock()
	if b.broken != nil {
		b.mu.Unlock()
		return b.broken
	}
	b.next++
	id := b.next
	ch := make(chan answer, 1)
	b.asked[id] = ch
	message := map[string]any{"id": id, "op": op}
	for k, v := range fields {
		message[k] = v
	}
	line, err := json.Marshal(message)
	if err == nil {
		_, err = b.stdin.Write(append(line, '\n'))
	}
	b.mu.Unlock()
	if err != nil {
		return err
	}
	select {
	case a := <-ch:
		if a.Error != "" {
			return fmt.Errorf("browser %s: %s", op, a.Error)
		}
		if value == nil {
			return nil
		}
		return json.Unmarshal(a.Value, value)
	case <-ctx.Done():
		return fmt.Errorf("browser %s: %w", op, ctx.Err())
	}
}

// Page is one tab in a context of its own.
type Page struct {
	b        *Browser
	name     string
	expected []string
	closed   bool
}

// PageOptions are what a tab is opened with.
type PageOptions struct {
	// Init is JavaScript that runs before the page's own.
	Init string
	// Width and Height are the window's, in CSS pixels; 0 for the driver's own.
	Width, Height int
	// Expected are texts in lines of the console that are no fault.
	Expected []string
}

// Open opens a tab. When the test ends, the tab's console must be clean: an
// error or a breach of the page's policy fails the test.
func (b *Browser) Open(ctx context.Context, name, url string) *Page {
	b.t.Helper()
	return b.OpenWith(ctx, name, url, PageOptions{})
}

// OpenWith is Open with options.
func (b *Browser) OpenWith(ctx context.Context, name, url string, o PageOptions) *Page {
	b.t.Helper()
	fields := map[string]any{"page": name, "url": url}
	if o.Init != "" {
		fields["init"] = o.Init
	}
	if o.Width > 0 {
		fields["viewport"] = map[string]int{"width": o.Width, "height": o.Height}
	}
	if err := b.Do(ctx, "open", fields, nil); err != nil {
		b.t.Fatal(err)
	}
	p := &Page{b: b, name: name, expected: o.Expected}
	b.t.Cleanup(func() {
		if !p.closed {
			p.checkConsole()
		}
	})
	return p
}

// console is what the tab wrote to its console, uncaught errors included.
func (p *Page) console() ([]string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	var log []string
	err := p.b.Do(ctx, "log", map[string]any{"page": p.name}, &log)
	return log, err
}

// checkConsole fails the test for each line that a clean page does not write.
func (p *Page) checkConsole() {
	p.b.t.Helper()
	log, err := p.console()
	if err != nil {
		p.b.t.Errorf("page %s: its console cannot be read: %v", p.name, err)
	}
	for _, line := range log {
		bad := strings.HasPrefix(line, "error: ") || strings.Contains(line, "Content Security Policy")
		if bad && !slices.ContainsFunc(p.expected, func(text string) bool { return strings.Contains(line, text) }) {
			p.b.t.Errorf("page %s: console: %s", p.name, line)
		}
	}
}

// Eval evaluates JavaScript (an expression, which may be a promise) and
// decodes its result.
func (p *Page) Eval(ctx context.Context, code string, value any) {
	p.b.t.Helper()
	if err := p.b.Do(ctx, "eval", map[string]any{"page": p.name, "code": code}, value); err != nil {
		p.fail(err)
	}
}

// Wait waits until the expression is true.
func (p *Page) Wait(ctx context.Context, code string, timeout time.Duration) {
	p.b.t.Helper()
	if err := p.b.Do(ctx, "wait", map[string]any{"page": p.name, "code": code, "timeout": timeout.Milliseconds()}, nil); err != nil {
		p.fail(fmt.Errorf("waiting for %s: %w", code, err))
	}
}

// Fill types text into a field.
func (p *Page) Fill(ctx context.Context, selector, text string) {
	p.b.t.Helper()
	if err := p.b.Do(ctx, "fill", map[string]any{"page": p.name, "selector": selector, "text": text}, nil); err != nil {
		p.fail(err)
	}
}

// Type presses keys where the focus is; a newline is the Enter key.
func (p *Page) Type(ctx context.Context, text string) {
	p.b.t.Helper()
	if err := p.b.Do(ctx, "type", map[string]any{"page": p.name, "text": text}, nil); err != nil {
		p.fail(err)
	}
}

// Click clicks.
func (p *Page) Click(ctx context.Context, selector string) {
	p.b.t.Helper()
	if err := p.b.Do(ctx, "click", map[string]any{"page": p.name, "selector": selector}, nil); err != nil {
		p.fail(err)
	}
}

// Screenshot writes a PNG.
func (p *Page) Screenshot(ctx context.Context, path string) {
	p.b.t.Helper()
	if err := p.b.Do(ctx, "screenshot", map[string]any{"page": p.name, "path": path}, nil); err != nil {
		p.fail(err)
	}
}

// Close closes the tab.
func (p *Page) Close(ctx context.Context) {
	p.b.t.Helper()
	p.checkConsole()
	p.closed = true
	if err := p.b.Do(ctx, "close", map[string]any{"page": p.name}, nil); err != nil {
		p.fail(err)
	}
}

func (p *Page) fail(err error) {
	p.b.t.Helper()
	log, _ := p.console() // the failure itself counts
	p.b.t.Fatalf("page %s: %v\nconsole: %q", p.name, err, log)
}
