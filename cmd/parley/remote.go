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

	"github.com/spf13/cobra"

	"parley/cmd/parley/internal/api"
)

// maxAnswer bounds what is read of an answer, in bytes: the address may be
// another server's.
const maxAnswer = 64 << 10

// remote is a running bridge, reached by its API.
type remote struct{ url, token string }

func (r *remote) flags(cmd *cobra.Command) {
	cmd.Flags().StringVar(&r.url, "url", "http://127.0.0.1:8080", "`URL` of the bridge")
	cmd.Flags().StringVar(&r.token, "token", "", "api.token of the bridge (default: $PARLEY_API_TOKEN)")
}

// answer is what a bridge says to an order.
type answer struct {
	code         int
	status, kind string // "404 Not Found", "application/problem+json"
	body         []byte
}

// errNoBridge: nothing answers at the URL.
var errNoBridge = errors.New("no bridge")

// post sends an order and returns the answer. The error is one of who gave the
// order, or a *failure.
func (r *remote) post(ctx context.Context, order any, path ...string) (*answer, error) {
	body, err := json.Marshal(order)
	if err != nil {
		return nil, &failure{err}
	}
	return r.ask(ctx, http.MethodPost, body, maxAnswer, path...)
}

// ask returns an answer of at most limit bytes. The error is one of who gave
// the order, or a *failure; it wraps errNoBridge when nothing answers.
func (r *remote) ask(ctx context.Context, method string, body []byte, limit int64, path ...string) (*answer, error) {
	base, err := url.Parse(r.url)
	if err != nil || (base.Scheme != "http" && base.Scheme != "https") || base.Host == "" {
		return nil, fmt.Errorf("--url must be http:// or https://, not %q", r.url)
	}
	if r.token == "" {
		r.token = os.Getenv("PARLEY_API_TOKEN")
	}
	for i := range path {
		path[i] = url.PathEscape(path[i])
	}
	target := base.JoinPath(append([]string{api.Prefix}, path...)...)
	req, err := http.NewRequestWithContext(ctx, method, target.String(), bytes.NewReader(body))
	if err != nil {
		return nil, &failure{err}
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if r.token != "" {
		req.Header.Set("Authorization", "Bearer "+r.token)
	}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	defer client.CloseIdleConnections()
	res, err := client.Do(req)
	switch {
	case ctx.Err() != nil:
		return nil, &failure{errors.New("given up")}
	case err != nil:
		return nil, &failure{fmt.Errorf("%w at %s: %w", errNoBridge, r.url, errors.Unwrap(err))}
	}
	defer res.Body.Close()
	text, err := io.ReadAll(io.LimitReader(res.Body, limit))
	if err != nil {
		return nil, &failure{err}
	}
	if res.StatusCode == http.StatusUnauthorized {
		return nil, &failure{unauthorized(r.token)}
	}
	return &answer{res.StatusCode, res.Status, res.Header.Get("Content-Type"), text}, nil
}

// unauthorized says what a bridge wants that has answered 401 to a token; "": none
// was given.
func unauthorized(token string) error {
	if token == "" {
		return errors.New("the bridge wants its token: give --token or PARLEY_API_TOKEN")
	}
	return errors.New("the bridge has another token: see --token or PARLEY_API_TOKEN")
}
