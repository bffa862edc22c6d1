package main

import (
	"context"
	"errors"
	"testing"
)

// Who waits for a peer that is gone does not take the others' time to say
// goodbye.
func TestHouseClosesTogether(t *testing.T) {
	h := &house{}
	reached := make(chan struct{})
	h.onClose(func(context.Context) error { close(reached); return nil })
	failed := errors.New("failed")
	h.onClose(func(ctx context.Context) error {
		select {
		case <-reached:
			return failed
		case <-ctx.Done():
			return ctx.Err()
		}
	})
	if err := h.close(t.Context()); !errors.Is(err, failed) {
		t.Errorf("close: %v", err)
	}
}
