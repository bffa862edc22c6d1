package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"parley/cmd/parley/internal/trace"
)

// maxTraceLine bounds one message of a trace, in bytes: the address may be
// another server's.
const maxTraceLine = 4 << 20

// tracing is one look at a running bridge's H.323 messages.
type tracing struct {
	remote
	call, file    string
	json, verbose bool
}

func newTrace() *cobra.Command {
	var t tracing
	cmd := &cobra.Command{
		Use:   "trace",
		Short: "Show the H.323 messages of a running bridge, or of a capture file",
		Long: `Shows each H.323 message of a running bridge as it goes over the wire, until
Ctrl-C: time, direction (> sent, < received), the other end, the call, the
protocol and the message's name in the standard, with the reason that it gives.
After > follow the names of what it carries: H.245 that is tunnelled, RAS, and
operations of supplementary services (H.450).

With --read it shows those of a capture file that tcpdump or Wireshark wrote, of
whatever programs: time, from and to, call, protocol and name. RAS is looked for
at UDP 1718 and 1719, call signalling and H.245 in all TCP connections.

The bridge lets who is on its own machine do so when it listens on a loopback
address; else it wants the token of its configuration (api.token).`,
		Example: `  parley trace
  parley trace --verbose --call 3f2a
  parley trace --read call.pcapng
  parley trace --json | jq 'select(.protocol == "RAS")'`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if t.file != "" {
				return t.replay(cmd.OutOrStdout(), cmd.InOrStdin())
			}
			ctx, stop := signal.NotifyContext(cmd.Context(), os.Interrupt, syscall.SIGTERM)
			defer stop()
			return t.run(ctx, cmd.OutOrStdout())
		},
	}
	cmd.Flags().SortFlags = false
	cmd.Flags().StringVar(&t.call, "call", "", "only the call whose `ID` begins so")
	cmd.Flags().BoolVar(&t.verbose, "verbose", false, "show the values of all fields, too")
	cmd.Flags().BoolVar(&t.json, "json", false, "print a JSON object for each message")
	cmd.Flags().StringVar(&t.file, "read", "", "show the messages of a capture `FILE` (pcap, pcapng; - is standard input) instead")
	t.flags(cmd)
	return cmd
}

func (t *tracing) run(ctx context.Context, w io.Writer) error {
	req, err := t.request(ctx, http.MethodGet, nil, "h323", "trace")
	if err != nil {
		return err
	}
	query := url.Values{}
	if t.call != "" {
		query.Set("call", t.call)
	}
	if t.verbose {
		query.Set("verbose", "true")
	}
	req.URL.RawQuery = query.Encode()
	req.Header.Set("Accept", "text/event-stream")
	res, err := t.do(req)
	if err != nil && ctx.Err() != nil {
		return nil
	}
	if err != nil {
		return err
	}
	defer res.Body.Close()
	switch res.StatusCode {
	case http.StatusOK:
	case http.StatusNotImplemented:
		return &failure{errors.New("H.323 is off at that bridge")}
	default:
		return &failure{fmt.Errorf("%s answered %s", t.url, res.Status)}
	}
	err = t.read(w, res.Body)
	if ctx.Err() != nil {
		return nil
	}
	if err == nil {
		err = errors.New("the bridge has ended the trace")
	}
	return &failure{err}
}

// replay prints the messages of a capture file.
func (t *tracing) replay(w io.Writer, standard io.Reader) error {
	if t.file != "-" {
		f, err := os.Open(t.file)
		if err != nil {
			return &failure{err}
		}
		defer f.Close()
		standard = f
	}
	call := strings.ToLower(t.call)
	err := trace.Capture(standard, t.verbose, func(m *trace.Message) {
		switch {
		case !strings.HasPrefix(m.Call, call):
		case t.json:
			text, err := json.Marshal(m)
			if err == nil {
				fmt.Fprintf(w, "%s\n", text)
			}
		default:
			fmt.Fprintf(w, "%s %-21s > %-21s %s", m.Time.Format(time.TimeOnly+".000"), m.Local, m.Remote, traceRest(m))
		}
	})
	if err != nil {
		return &failure{fmt.Errorf("%s: %w", t.file, err)}
	}
	return nil
}

// read prints the messages of an event stream.
func (t *tracing) read(w io.Writer, stream io.Reader) error {
	lines := bufio.NewScanner(stream)
	lines.Buffer(make([]byte, 0, 64<<10), maxTraceLine)
	kind := ""
	for lines.Scan() {
		line := lines.Text()
		if name, ok := strings.CutPrefix(line, "event:"); ok {
			kind = strings.TrimSpace(name)
			continue
		}
		if line == "" {
			kind = "" // which is "message" where none is said
			continue
		}
		data, ok := strings.CutPrefix(line, "data:")
		if !ok || kind == "ping" {
			continue
		}
		if t.json {
			fmt.Fprintln(w, strings.TrimSpace(data))
			continue
		}
		var m trace.Message
		if err := json.Unmarshal([]byte(data), &m); err != nil {
			return fmt.Errorf("%s is no parley: %w", t.url, err)
		}
		fmt.Fprint(w, traceText(&m))
	}
	return lines.Err()
}

// traceText is a message as people read it.
func traceText(m *trace.Message) string {
	var b strings.Builder
	if m.Missed > 0 {
		fmt.Fprintf(&b, "... %d messages were too fast for this trace\n", m.Missed)
	}
	direction := "<"
	if m.Sent {
		direction = ">"
	}
	fmt.Fprintf(&b, "%s %s %-21s %s", m.Time.Format(time.TimeOnly+".000"), direction, m.Remote, traceRest(m))
	return b.String()
}

// traceRest is what follows who sent it to whom.
func traceRest(m *trace.Message) string {
	var b strings.Builder
	call := m.Call[:min(len(m.Call), shownCall)]
	if call == "" {
		call = "-"
	}
	fmt.Fprintf(&b, "%-*s %-5s %s\n", shownCall, call, m.Protocol, messageText(m))
	if len(m.Value) > 0 {
		var text strings.Builder
		e := json.NewEncoder(&text)
		e.SetIndent("    ", "  ")
		if e.Encode(m.Value) == nil {
			b.WriteString("    " + text.String())
		}
	}
	return b.String()
}

// messageText names a message and what it carries: "facility
// transportedInformation > terminalCapabilitySet > holdNotific".
func messageText(m *trace.Message) string {
	text := m.Name
	if m.Reason != "" {
		text += " (" + m.Reason + ")"
	}
	for _, names := range [][]string{m.H245, m.RAS, m.H450} {
		if len(names) > 0 {
			text += " > " + strings.Join(names, ", ")
		}
	}
	return text
}

// shownCall is how much of a call's identifier a line has.
const shownCall = 8
