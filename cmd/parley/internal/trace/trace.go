// Package trace hands H.323 messages, as they go over the wire, to people who
// look for a fault. Without readers it costs a look at a flag per message.
package trace

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"parley/h323"
	"parley/h323/h225"
	"parley/h323/h245"
	"parley/h323/h450"
	"parley/h323/per"
)

const (
	// maxReaders bounds who reads at once: each costs the encoding of messages.
	maxReaders = 8
	// maxWaiting bounds the messages that wait for a slow reader, who is told how
	// many it missed.
	maxWaiting = 1024
	// maxTunnelled bounds the values of H.245 in one message, which may be many
	// times as long as its octets.
	maxTunnelled = 64
)

// Message is one message, ready to be shown.
type Message struct {
	Time     time.Time       `json:"time"`
	Sent     bool            `json:"sent" doc:"By the bridge; else received."`
	Local    string          `json:"local"`
	Remote   string          `json:"remote"`
	Call     string          `json:"call" doc:"Call identifier in hexadecimal; empty: of no call."`
	Protocol string          `json:"protocol" enum:"Q.931,H.245,RAS"`
	Name     string          `json:"name" doc:"As in the standard: setup, terminalCapabilitySet, admissionRequest."`
	Reason   string          `json:"reason,omitempty" doc:"That a message of call signalling gives, as in the standard."`
	H245     []string        `json:"h245,omitempty" doc:"Names of the H.245 messages that it carries (tunnelling)."`
	RAS      []string        `json:"ras,omitempty" doc:"Names of the RAS messages that it carries (H.460.17)."`
	H450     []string        `json:"h450,omitempty" doc:"Operations of supplementary services that it carries."`
	Value    json.RawMessage `json:"value,omitempty" doc:"The message by the rules of X.697, if it was asked for."`
	Missed   int             `json:"missed,omitempty" doc:"Messages before this one that the reader was too slow for."`
}

// Feed is where messages go. Its methods are safe for concurrent use.
type Feed struct {
	readers atomic.Int32
	verbose atomic.Int32

	mu        sync.Mutex // guards what follows
	open      map[*Reader]struct{}
	exchanges exchanges // of RAS, while somebody reads
}

// Reader gets the messages from its making on. Close it.
type Reader struct {
	feed    *Feed
	verbose bool

	messages chan Message
	mu       sync.Mutex
	missed   int
}

// Read opens a Reader; verbose asks for the values too. It returns nil when there
// are too many.
func (f *Feed) Read(verbose bool) *Reader {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.open) >= maxReaders {
		return nil
	}
	if f.open == nil {
		f.open = make(map[*Reader]struct{})
	}
	r := &Reader{feed: f, verbose: verbose, messages: make(chan Message, maxWaiting)}
	f.open[r] = struct{}{}
	f.readers.Add(1)
	if verbose {
		f.verbose.Add(1)
	}
	return r
}

// Close ends a Reader.
func (r *Reader) Close() {
	f := r.feed
	f.mu.Lock()
	defer f.mu.Unlock()
	if _, ok := f.open[r]; !ok {
		return
	}
	delete(f.open, r)
	f.readers.Add(-1)
	if r.verbose {
		f.verbose.Add(-1)
	}
}

// Messages delivers what the Reader gets.
func (r *Reader) Messages() <-chan Message { return r.messages }

// Publish shows a message to all readers. It does not wait.
func (f *Feed) Publish(t *h323.Traced) {
	if f.readers.Load() == 0 || t.Tunnelled { // which is shown with what carries it
		return
	}
	m := NewMessage(t, f.verbose.Load() > 0)
	value := m.Value
	m.Value = nil
	f.mu.Lock()
	defer f.mu.Unlock()
	m.Call = callText(f.exchanges.call(t))
	for r := range f.open {
		out := m
		if r.verbose {
			out.Value = value
		}
		r.push(out)
	}
}

// NewMessage makes a message ready to be shown, verbose with its value.
func NewMessage(t *h323.Traced, verbose bool) Message {
	m := Message{
		Time: t.Time, Sent: t.Sent, Local: t.Local.String(), Remote: t.Remote.String(),
		Protocol: t.Protocol, Name: t.Name[strings.LastIndexByte(t.Name, '.')+1:], // without "request."
	}
	m.Call = callText(t.Call)
	if s, ok := t.Message.(*h323.Signalling); ok {
		c := s.Contents()
		m.Reason, m.H245, m.RAS, m.H450 = c.Reason, c.H245, c.RAS, c.H450
	}
	if verbose {
		m.Value = valueOf(t.Message)
	}
	return m
}

func callText(id h225.CallIdentifier) string {
	if id.GUID == (h225.GloballyUniqueID{}) {
		return ""
	}
	return hex.EncodeToString(id.GUID[:])
}

func (r *Reader) push(m Message) {
	r.mu.Lock()
	defer r.mu.Unlock()
	m.Missed = r.missed
	select {
	case r.messages <- m:
		r.missed = 0
	default:
		r.missed++
	}
}

// signalling is a message of Q.931 with what H.225.0 puts into it.
type signalling struct {
	CallReference   uint16          `json:"callReference"`
	FromDestination bool            `json:"fromDestination"`
	Elements        []element       `json:"elements"`
	Information     json.RawMessage `json:"H323-UserInformation,omitempty"`

	// What is in Information as octets.
	H245 []json.RawMessage `json:"h245,omitempty"`
	H450 []json.RawMessage `json:"h450,omitempty"`
}

type element struct {
	ID   string `json:"id"`
	Data string `json:"data"`
}

// valueOf encodes a message; nil for one that is not known.
func valueOf(message any) json.RawMessage {
	switch m := message.(type) {
	case *h323.Signalling:
		out := signalling{CallReference: m.CallReference, FromDestination: m.FromDestination, Elements: []element{}}
		for _, e := range m.Elements {
			out.Elements = append(out.Elements, element{fmt.Sprint(e.ID), hex.EncodeToString(e.Data)})
		}
		if m.Information != nil {
			out.Information = encoded(m.Information)
			pdu := &m.Information.H323UUPDU
			out.H245 = tunnelled(pdu.H245Control)
			if s := pdu.H323MessageBody.Setup; s != nil {
				out.H245 = append(out.H245, tunnelled(s.ParallelH245Control)...)
			}
			for _, octets := range pdu.H4501SupplementaryService {
				if s, err := h450.Unmarshal(octets); err == nil {
					out.H450 = append(out.H450, encoded(s))
				}
			}
		}
		text, err := json.Marshal(out)
		if err != nil {
			return nil
		}
		return text
	case *h245.MultimediaSystemControlMessage, *h225.RasMessage:
		return encoded(m)
	}
	return nil
}

// tunnelled decodes packets of H.245 that call signalling carries.
func tunnelled(packets [][]byte) []json.RawMessage {
	var all []json.RawMessage
	for _, octets := range packets {
		for len(octets) > 0 && len(all) < maxTunnelled {
			m, rest, err := h245.Unmarshal(octets)
			if err != nil {
				break
			}
			all, octets = append(all, encoded(m)), rest
		}
	}
	return all
}

func encoded(v any) json.RawMessage {
	text, err := per.AppendJSON(nil, v)
	if err != nil {
		return nil
	}
	return text
}
