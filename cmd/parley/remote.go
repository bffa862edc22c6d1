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
	req, err := r.request(ctx, method, body, path...)
	if err != nil {
		return nil, err
	}
	res, err := r.do(req)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	text, err := io.ReadAll(io.LimitReader(res.Body, limit))
	if err != nil {
		return nil, &failure{err}
	}
	return &answer{res.StatusCode, res.Status, res.Header.Get("Content-Type"), text}, nil
}

// request is one to the bridge's API. The error is ask's.
func (r *remote) request(ctx context.Context, method string, body []byte, path ...string) (*http.Request, error) {
	base, err := url.Parse(r.url)
	if err != nil || (base.Scheme != "http" && base.Scheme != "https") || base.Host == "" {
		return nil, fmt.Errorf("--url must be http:// or https://, not %q", r.url)
	}
	for i := range path {
		path[i] = url.PathEscape(path[i])
	}
	target := base.JoinPath(append([]string{api.Prefix}, path...)...)
	req, err := http.NewRequestWithContext(ctx, method, target.String(), bytes.NewReader(body))
	if err != nil {
		return nil, &failure{err}
	}
	req.Close = true // there is one only
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if r.token == "" {
		r.token = os.Getenv("PARLEY_API_TOKEN")
	}
	if r.token != "" {
		req.Header.Set("Authorization", "Bearer "+r.token)
	}
	return req, nil
}

// do sends a request. The error is ask's; a token that is missing or wrong is one.
func (r *remote) do(req *http.Request) (*http.Response, error) {
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := client.Do(req)
	switch {
	case req.Context().Err() != nil:
		if err == nil {
			res.Body.Close()
		}
		return nil, &failure{errors.New("given up")}
	case err != nil:
		return nil, &failure{fmt.Errorf("%w at %s: %w", errNoBridge, r.url, errors.Unwrap(err))}
	case res.StatusCode == http.StatusUnauthorized:
		res.Body.Close()
		return nil, &failure{unauthorized(r.token)}
	}
	return res, nil
}

// understand takes what a bridge tells that has followed an order.
func (r *remote) understand(got *answer, value any) error {
	if got.code != http.StatusOK {
		return refusal(got, r.url)
	}
	if err := json.Unmarshal(got.body, value); err != nil {
		return &failure{fmt.Errorf("%s is no parley: %w", r.url, err)}
	}
	return nil
}

// unauthorized says what a bridge wants that has answered 401 to a token; "": none
// was given.
func unauthorized(token string) error {
	if token == "" {
		return errors.New("the bridge wants its token: give --token or PARLEY_API_TOKEN")
	}
	return errors.New("the bridge has another token: see --token or PARLEY_API_TOKEN")
}
