//go:build linux

package asterisk

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"net/textproto"
	"strings"
	"sync"
	"time"
)

// Event is what Asterisk told over its manager interface (AMI): an event, or
// the response to an action.
type Event struct{ textproto.MIMEHeader }

// manager is a connection to an Asterisk's manager port. It keeps every event,
// so that what came before it was asked for is found as well.
type manager struct {
	conn net.Conn
	done chan struct{}

	mu     sync.Mutex
	events []Event
	more   chan struct{} // closed and replaced at each event
	err    error
	next   int
}

func dialManager(ctx context.Context, address string) (*manager, error) {
	var d net.Dialer
	conn, err := d.DialContext(ctx, "tcp", net.JoinHostPort(address, managerPort))
	if err != nil {
		return nil, err
	}
	m := &manager{conn: conn, done: make(chan struct{}), more: make(chan struct{})}
	go m.read()
	if _, err := m.do(ctx, "Login", "Username", managerUser, "Secret", managerSecret); err != nil {
		m.close()
		return nil, err
	}
	return m, nil
}

func (m *manager) read() {
	defer close(m.done)
	r := textproto.NewReader(bufio.NewReader(m.conn))
	_, err := r.ReadLine() // the greeting
	for err == nil {
		var h textproto.MIMEHeader
		h, err = r.ReadMIMEHeader()
		m.mu.Lock()
		if len(h) > 0 {
			m.events = append(m.events, Event{h})
		}
		m.err = err
		close(m.more)
		m.more = make(chan struct{})
		m.mu.Unlock()
	}
}

func (m *manager) close() {
	_ = m.conn.Close()
	<-m.done
}

// do orders an action and returns its response.
func (m *manager) do(ctx context.Context, action string, fields ...string) (Event, error) {
	m.mu.Lock()
	m.next++
	id := fmt.Sprintf("action-%d", m.next)
	m.mu.Unlock()
	var b strings.Builder
	fmt.Fprintf(&b, "Action: %s\r\nActionID: %s\r\n", action, id)
	for i := 0; i+1 < len(fields); i += 2 {
		fmt.Fprintf(&b, "%s: %s\r\n", fields[i], fields[i+1])
	}
	b.WriteString("\r\n")
	if err := m.write(b.String()); err != nil {
		return Event{}, err
	}
	e, err := m.await(ctx, func(e Event) bool { return e.Get("ActionID") == id && e.Get("Response") != "" })
	if err != nil {
		return e, fmt.Errorf("%s: %w", action, err)
	}
	if e.Get("Response") != "Success" {
		return e, fmt.Errorf("%s: %s", action, e.Get("Message"))
	}
	return e, nil
}

func (m *manager) write(text string) error {
	_ = m.conn.SetWriteDeadline(time.Now().Add(5 * time.Second))
	_, err := m.conn.Write([]byte(text))
	return err
}

// nudge is how often a wait for an event writes to Asterisk. Its manager looks for
// queued events and then polls for input, woken from that by a signal; one that
// comes in between is lost (get_input in its main/manager.c), and so the event
// stays in the queue until there is input.
const nudge = time.Second

// await returns the first event that matches, of those that came and will.
func (m *manager) await(ctx context.Context, match func(Event) bool) (Event, error) {
	tick := time.NewTicker(nudge)
	defer tick.Stop()
	for at := 0; ; {
		m.mu.Lock()
		events, more, err := m.events, m.more, m.err
		m.mu.Unlock()
		for ; at < len(events); at++ {
			if match(events[at]) {
				return events[at], nil
			}
		}
		if err != nil {
			return Event{}, fmt.Errorf("the manager connection has ended: %w", err)
		}
		select {
		case <-more:
		case <-tick.C:
			if err := m.write("Action: Ping\r\n\r\n"); err != nil {
				return Event{}, err
			}
		case <-ctx.Done():
			return Event{}, errors.Join(errors.New("no such event"), ctx.Err())
		}
	}
}
