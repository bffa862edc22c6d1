package main

import (
	"bytes"
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

	"github.com/spf13/cobra"

	"parley/cmd/parley/internal/api"
)

// maxAnswer bounds what is read of an answer, in bytes: the address may be
// another server's.
const maxAnswer = 64 << 10

// dialling is one call through the API of a running bridge.
type dialling struct {
	url, token, conference, uri string
}

func newDial() *cobra.Command {
	var d dialling
	cmd := &cobra.Command{
		Use:   "dial URI --conference ID",
		Short: "Call a SIP or H.323 address into a conference of a running bridge",
		Long: `Asks a running bridge to call a SIP or H.323 address into a conference, and waits
until the call is answered or has failed. Ctrl-C gives it up.

The bridge lets who is on its own machine do so when it listens on a loopback
address; else it wants the token of its configuration (api.token).

An H.323 address is h323:NAME@HOST, h323:HOST, or h323:NAME or h323:NUMBER of
who is registered here or at the gatekeeper that the bridge is registered with.

Exit status: 0 when the call was answered, 1 when not, with the cause.`,
		Example: `  parley dial sip:alice@192.0.2.1 --conference lobby
  parley dial h323:room@192.0.2.2 --conference lobby
  parley dial "sip:200@pbx.example.com;transport=tcp" --conference lobby --url https://meet.example.com`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			d.uri = args[0]
			if d.token == "" {
				d.token = os.Getenv("PARLEY_API_TOKEN")
			}
			ctx, stop := signal.NotifyContext(cmd.Context(), os.Interrupt, syscall.SIGTERM)
			defer stop()
			return d.run(ctx, cmd.OutOrStdout())
		},
	}
	cmd.Flags().SortFlags = false
	cmd.Flags().StringVar(&d.conference, "conference", "", "`ID` of the conference (required)")
	cmd.Flags().StringVar(&d.url, "url", "http://127.0.0.1:8080", "`URL` of the bridge")
	cmd.Flags().StringVar(&d.token, "token", "", "api.token of the bridge (default: $PARLEY_API_TOKEN)")
	_ = cmd.MarkFlagRequired("conference") // it is there
	return cmd
}

func (d *dialling) run(ctx context.Context, w io.Writer) error {
	base, err := url.Parse(d.url)
	if err != nil || (base.Scheme != "http" && base.Scheme != "https") || base.Host == "" {
		return fmt.Errorf("--url must be http:// or https://, not %q", d.url)
	}
	switch scheme, rest, _ := strings.Cut(d.uri, ":"); {
	case strings.EqualFold(scheme, "sip"), strings.EqualFold(scheme, "h323"):
		d.uri = strings.ToLower(scheme) + ":" + rest
	default:
		return fmt.Errorf("%q must be an address such as sip:alice@192.0.2.1 or h323:room@192.0.2.2", d.uri)
	}
	body, err := json.Marshal(api.DialRequest{URI: d.uri})
	if err != nil {
		return &failure{err}
	}
	target := base.JoinPath(api.Prefix, "conferences", url.PathEscape(d.conference), "dial")
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, target.String(), bytes.NewReader(body))
	if err != nil {
		return &failure{err}
	}
	req.Header.Set("Content-Type", "application/json")
	if d.token != "" {
		req.Header.Set("Authorization", "Bearer "+d.token)
	}
	fmt.Fprintf(w, "Calling %s into %s ...\n", d.uri, d.conference)
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	defer client.CloseIdleConnections()
	res, err := client.Do(req)
	switch {
	case ctx.Err() != nil:
		return &failure{errors.New("given up")}
	case err != nil:
		return &failure{fmt.Errorf("no bridge at %s: %w", d.url, errors.Unwrap(err))}
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer))
	if err != nil {
		return &failure{err}
	}
	return d.outcome(w, res, answer)
}

// outcome tells how the call went.
func (d *dialling) outcome(w io.Writer, res *http.Response, answer []byte) error {
	if res.StatusCode == http.StatusOK {
		var ok api.DialResult
		if err := json.Unmarshal(answer, &ok); err != nil {
			return &failure{fmt.Errorf("%s is no parley: %w", d.url, err)}
		}
		fmt.Fprintf(w, "Answered: participant %s of %s.\n", ok.Participant, d.conference)
		return nil
	}
	var p api.DialProblem
	if err := json.Unmarshal(answer, &p); err != nil || !strings.HasPrefix(res.Header.Get("Content-Type"), "application/problem+json") {
		return &failure{fmt.Errorf("%s answered %s", d.url, res.Status)}
	}
	if res.StatusCode == http.StatusUnauthorized {
		if d.token == "" {
			return &failure{errors.New("the bridge wants its token: give --token or PARLEY_API_TOKEN")}
		}
		return &failure{errors.New("the bridge has another token: see --token or PARLEY_API_TOKEN")}
	}
	if p.SIPStatus != 0 {
		return &failure{fmt.Errorf("call failed: %d %s", p.SIPStatus, p.SIPReason)}
	}
	if p.CauseText != "" {
		return &failure{fmt.Errorf("call failed: %s", strings.TrimPrefix(p.CauseText, "h323: "))}
	}
	text := strings.TrimPrefix(p.Detail, "sipbridge: dial "+d.uri+": ")
	text = strings.TrimPrefix(text, "h323: dial "+d.uri+": ")
	for _, e := range p.Errors {
		text += ": " + e.Message
	}
	return &failure{fmt.Errorf("call failed: %s", text)}
}
