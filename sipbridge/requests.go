package sipbridge

import (
	"context"
	"errors"
	"fmt"

	"github.com/emiago/sipgo"
	"github.com/emiago/sipgo/sip"
)

// asBuilt keeps sipgo from adding header fields of its own.
func asBuilt(*sipgo.Client, *sip.Request) error { return nil }

var errNoAnswer = errors.New("no answer")

// noAnswer says in one line that a transaction ended, with cause if it has
// one, and no final response came.
func noAnswer(cause error) error {
	if cause == nil {
		return errNoAnswer
	}
	return fmt.Errorf("%w: %w", errNoAnswer, cause)
}

// request sends a request and waits for its final response, timer F or the
// Server's end.
func (s *Server) request(req *sip.Request) (*sip.Response, error) {
	return s.requestUntil(req, nil)
}

// requestUntil is request that gives up when done is closed.
func (s *Server) requestUntil(req *sip.Request, done <-chan struct{}) (*sip.Response, error) {
	ctx, cancel := context.WithTimeout(s.ctx, requestTimeout)
	defer cancel()
	tx, err := s.client.TransactionRequest(ctx, req, asBuilt)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", req.Method, err)
	}
	defer tx.Terminate()
	for {
		select {
		case res := <-tx.Responses():
			if !res.IsProvisional() {
				return res, nil
			}
		case <-tx.Done():
			return nil, fmt.Errorf("%s: %w", req.Method, noAnswer(tx.Err()))
		case <-ctx.Done():
			return nil, fmt.Errorf("%s: %w", req.Method, ctx.Err())
		case <-done:
			return nil, fmt.Errorf("%s: %w", req.Method, errNoAnswer)
		}
	}
}
