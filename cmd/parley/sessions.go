package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/signal"
	"reflect"
	"strings"
	"syscall"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"parley/cmd/parley/internal/api"
	"parley/multicast/sap"
)

const (
	// maxSessionsAnswer bounds a list of sessions, in bytes: the address may be
	// another server's.
	maxSessionsAnswer = 64 << 20
	// watchEvery is how often a bridge is asked for changes.
	watchEvery = time.Second
)

// listing is one look at the sessions that are announced.
type listing struct {
	remote
	interfaces          []string
	listen, watch, json bool
	patience            time.Duration
}

func newSessions() *cobra.Command {
	var l listing
	cmd := &cobra.Command{
		Use:   "sessions",
		Short: "List the multicast sessions that are announced in the network (SAP)",
		Long: `Lists the multicast sessions that others announce by SAP (RFC 2974): what a
running bridge has heard or, where there is none, what is heard within 12 seconds.
Announcers may be silent for minutes: a bridge knows more.

LIVE is whether anybody sends, as far as the bridge knows. CONFERENCE is where the
session takes part; "parley join" takes it into one.`,
		Example: `  parley sessions
  parley sessions --watch
  parley sessions --listen --for 1m --interface eth0
  parley sessions --json | jq -r '.sessions[].title'`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx, stop := signal.NotifyContext(cmd.Context(), os.Interrupt, syscall.SIGTERM)
			defer stop()
			return l.run(ctx, cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	cmd.Flags().SortFlags = false
	cmd.Flags().BoolVar(&l.watch, "watch", false, "show changes until Ctrl-C, a line each")
	cmd.Flags().BoolVar(&l.json, "json", false, "print JSON")
	cmd.Flags().BoolVar(&l.listen, "listen", false, "listen here, without a bridge")
	cmd.Flags().DurationVar(&l.patience, "for", 12*time.Second, "how long to listen here")
	cmd.Flags().StringSliceVar(&l.interfaces, "interface", nil, "listen on this network `INTERFACE` (default: all)")
	l.flags(cmd)
	return cmd
}

// look returns the sessions that are there now.
type look func(context.Context) ([]api.MulticastSession, error)

func (l *listing) run(ctx context.Context, out, notes io.Writer) error {
	if l.patience <= 0 {
		return errors.New("--for must be more than nothing")
	}
	for _, name := range l.interfaces {
		if err := checkInterface(name); err != nil {
			return err
		}
	}
	if !l.listen && len(l.interfaces) == 0 {
		first, err := l.sessions(ctx)
		switch {
		case err == nil && l.watch:
			return l.follow(ctx, l.sessions, out)
		case err == nil:
			return l.print(out, notes, first)
		case !errors.Is(err, errNoBridge):
			return err
		}
		fmt.Fprintf(notes, "No bridge at %s. ", l.url)
	}
	listener, err := sap.Listen(sap.ListenConfig{Interfaces: l.interfaces})
	if err != nil {
		return &failure{err}
	}
	defer listener.Close()
	fmt.Fprintln(notes, l.listening())
	heard := func(context.Context) ([]api.MulticastSession, error) { return heardSessions(listener), nil }
	if l.watch {
		return l.follow(ctx, heard, out)
	}
	timer := time.NewTimer(l.patience)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done(): // what was heard till now will do
	}
	return l.print(out, notes, heardSessions(listener))
}

// listening says where, and for how long.
func (l *listing) listening() string {
	text := "Listening"
	if len(l.interfaces) > 0 {
		text += " on " + strings.Join(l.interfaces, ", ")
	}
	if l.watch {
		return text + ". Ctrl-C ends."
	}
	return fmt.Sprintf("%s for %v ...", text, l.patience)
}

func heardSessions(l *sap.Listener) []api.MulticastSession {
	sessions, _ := l.Sessions()
	out := make([]api.MulticastSession, 0, len(sessions))
	for i := range sessions {
		out = append(out, api.MulticastSessionOf(&api.Heard{Session: sessions[i], Live: api.LiveUnknown}))
	}
	return out
}

// sessions asks a bridge.
func (r *remote) sessions(ctx context.Context) ([]api.MulticastSession, error) {
	got, err := r.ask(ctx, http.MethodGet, nil, maxSessionsAnswer, "multicast", "sessions")
	if err != nil {
		return nil, err
	}
	var list api.MulticastSessions
	err = r.understand(got, &list)
	return list.Sessions, err
}

// refusal is what a bridge says against an order (RFC 9457).
func refusal(got *answer, url string) error {
	var problem struct {
		Detail string
		Errors []struct{ Location, Message string }
	}
	if json.Unmarshal(got.body, &problem) != nil || problem.Detail == "" {
		return &failure{fmt.Errorf("%s answered %s", url, got.status)}
	}
	texts := []string{problem.Detail}
	for _, e := range problem.Errors {
		texts = append(texts, strings.TrimPrefix(e.Location+": ", ": ")+e.Message)
	}
	return &failure{errors.New(strings.Join(texts, "; "))}
}

func (l *listing) print(w, notes io.Writer, sessions []api.MulticastSession) error {
	if l.json {
		e := json.NewEncoder(w)
		e.SetIndent("", "  ")
		return e.Encode(api.MulticastSessions{Sessions: sessions})
	}
	if len(sessions) == 0 {
		fmt.Fprintln(notes, "No announcement was heard. Announcers may be silent for minutes.")
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "ID\tTITLE\tOWNER\tMEDIA\tTTL\tFROM\tSINCE\tLIVE\tCONFERENCE")
	for i := range sessions {
		fmt.Fprintln(t, strings.Join(columns(&sessions[i]), "\t"))
	}
	return t.Flush()
}

func columns(s *api.MulticastSession) []string {
	media, ttl := make([]string, 0, len(s.Media)), "-"
	for _, m := range s.Media {
		media = append(media, fmt.Sprintf("%s %s %s", m.Kind, m.Group, strings.Join(m.Codecs, ",")))
		if m.TTL > 0 {
			ttl = fmt.Sprint(m.TTL)
		}
	}
	conference := s.Conference
	if conference == "" {
		conference = "-"
	}
	title := s.Title
	if s.Own {
		title += " (own)"
	}
	return []string{s.ID, title, s.Owner, strings.Join(media, "; "), ttl, s.From, s.HeardSince.Local().Format("15:04:05"), string(s.Live), conference}
}

// change is a line of --watch --json.
type change struct {
	Change  string               `json:"change"` // "session", "gone"
	Session api.MulticastSession `json:"session"`
}

// follow prints what changes until ctx ends.
func (l *listing) follow(ctx context.Context, now look, w io.Writer) error {
	told := make(map[string]api.MulticastSession)
	ticker := time.NewTicker(watchEvery)
	defer ticker.Stop()
	for {
		sessions, err := now(ctx)
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			return err
		}
		if err := l.tell(w, told, sessions); err != nil {
			return err
		}
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return nil
		}
	}
}

// tell prints what differs from what was told.
func (l *listing) tell(w io.Writer, told map[string]api.MulticastSession, sessions []api.MulticastSession) error {
	line := func(sign, name string, s *api.MulticastSession) error {
		if l.json {
			return json.NewEncoder(w).Encode(change{name, *s})
		}
		_, err := fmt.Fprintln(w, sign, strings.Join(columns(s), "  "))
		return err
	}
	there := make(map[string]bool)
	for i := range sessions {
		s := sessions[i]
		there[s.ID] = true
		s.LastHeard = time.Time{}
		before, known := told[s.ID]
		if known && reflect.DeepEqual(before, s) {
			continue
		}
		told[s.ID] = s
		sign := "+"
		if known {
			sign = "~"
		}
		if err := line(sign, "session", &sessions[i]); err != nil {
			return err
		}
	}
	for id, s := range told {
		if !there[id] {
			delete(told, id)
			if err := line("-", "gone", &s); err != nil {
				return err
			}
		}
	}
	return nil
}
