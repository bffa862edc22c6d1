package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"parley/cmd/parley/internal/api"
	"parley/conference"
)

// dialling is one call through the API of a running bridge.
type dialling struct {
	remote
	conference, uri string
	quiet           time.Duration // after the order, before it says that it calls
}

func newDial() *cobra.Command {
	d := dialling{quiet: ringingAfter}
	cmd := &cobra.Command{
		Use:   "dial URI --conference ID",
		Short: "Call a SIP or H.323 address into a conference of a running bridge",
		Long: `Asks a running bridge to call a SIP or H.323 address into a conference, and waits
until the call is answered or has failed. Ctrl-C gives it up.

The bridge lets who is on its own machine do so when it listens on a loopback
address; else it wants the token of its configuration (api.token).

An H.323 address is h323:NAME@HOST, h323:HOST, h323:HOST##NUMBER, or h323:NAME
or h323:NUMBER of whom a route leads to, a conference of the bridge, or who is
registered here or at the gatekeeper that the bridge is registered with. h323s:
instead calls over TLS, or not at all.

Exit status: 0 when the call was answered, 1 when not, with the cause.`,
		Example: `  parley dial sip:alice@192.0.2.1 --conference lobby
  parley dial h323:room@192.0.2.2 --conference lobby
  parley dial h323:192.0.2.2##1000 --conference lobby
  parley dial "sip:200@pbx.example.com;transport=tcp" --conference lobby --url https://meet.example.com`,
		Args: exactly,
		RunE: func(cmd *cobra.Command, args []string) error {
			d.uri = args[0]
			ctx, stop := signal.NotifyContext(cmd.Context(), os.Interrupt, syscall.SIGTERM)
			defer stop()
			return d.run(ctx, cmd.OutOrStdout())
		},
	}
	cmd.Flags().SortFlags = false
	cmd.Flags().StringVar(&d.conference, "conference", "", "`ID` of the conference (required)")
	d.flags(cmd)
	_ = cmd.MarkFlagRequired("conference") // it is there
	return cmd
}

func (d *dialling) run(ctx context.Context, w io.Writer) error {
	switch scheme, rest, _ := strings.Cut(d.uri, ":"); {
	case strings.EqualFold(scheme, "sip"), strings.EqualFold(scheme, "h323"), strings.EqualFold(scheme, "h323s"):
		d.uri = strings.ToLower(scheme) + ":" + rest
	default:
		return fmt.Errorf("%q must be an address such as sip:alice@192.0.2.1 or h323:room@192.0.2.2", d.uri)
	}
	type result struct {
		answer *answer
		err    error
	}
	done := make(chan result, 1)
	go func() {
		got, err := d.post(ctx, api.DialRequest{URI: d.uri}, "conferences", d.conference, "dial")
		done <- result{got, err}
	}()
	ringing := time.NewTimer(d.quiet)
	defer ringing.Stop()
	var r result
	select {
	case r = <-done:
	case <-ringing.C:
		fmt.Fprintf(w, "Calling %s into %s ...\n", conference.WithoutPIN(d.uri), d.conference)
		r = <-done
	}
	if r.err != nil {
		return r.err
	}
	return d.outcome(w, r.answer)
}

// ringingAfter is how long nothing is said: an order that cannot be followed is
// refused sooner, and nobody has been called then.
const ringingAfter = 500 * time.Millisecond

// outcome tells how the call went.
func (d *dialling) outcome(w io.Writer, got *answer) error {
	if got.code == http.StatusOK {
		var ok api.DialResult
		if err := json.Unmarshal(got.body, &ok); err != nil {
			return &failure{fmt.Errorf("%s is no parley: %w", d.url, err)}
		}
		fmt.Fprintf(w, "Answered: participant %s of %s.\n", ok.Participant, d.conference)
		fmt.Fprintf(w, "If the other end asks for a number or PIN: parley digits 1234# --conference %s --participant %s\n", d.conference, ok.Participant)
		return nil
	}
	var p api.DialProblem
	if err := json.Unmarshal(got.body, &p); err != nil || !strings.HasPrefix(got.kind, "application/problem+json") {
		return &failure{fmt.Errorf("%s answered %s", d.url, got.status)}
	}
	if p.SIPStatus != 0 {
		return &failure{fmt.Errorf("call failed: %d %s", p.SIPStatus, p.SIPReason)}
	}
	if p.CauseText != "" {
		return &failure{fmt.Errorf("call failed: %s", strings.TrimPrefix(p.CauseText, "h323: "))}
	}
	uri := conference.WithoutPIN(d.uri)
	text := strings.TrimPrefix(p.Detail, "sipbridge: dial "+uri+": ")
	text = strings.TrimPrefix(text, "h323: dial "+uri+": ")
	for _, e := range p.Errors {
		text += ": " + e.Message
	}
	return &failure{fmt.Errorf("call failed: %s", text)}
}
