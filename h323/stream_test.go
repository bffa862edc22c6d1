package h323

import (
	"io"
	"net"
	"testing"
	"testing/synctest"
)

// What is to be done after a message waits until that is sent, and until then
// nothing else does; so the gatekeeper hears of a call's end after the peer
// (H.323 clause 8.5).
func TestAfterWhatIsSent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		near, far := net.Pipe()
		s := newStream(near)
		go s.write()
		done := 0
		s.send([]byte("last words"))
		s.after(func() { done++ })
		s.finish(false)
		if synctest.Wait(); done != 0 {
			t.Error("done before the message was sent")
		}
		if octets, err := io.ReadAll(far); err != nil || len(octets) != 4+len("last words") {
			t.Errorf("%q, %v", octets, err)
		}
		if synctest.Wait(); done != 1 {
			t.Errorf("done %d times after the message was sent", done)
		}
	})
}

// Where nothing can be sent any more, it is done all the same.
func TestAfterNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		near, far := net.Pipe()
		s := newStream(near)
		go s.write()
		done := 0
		s.send([]byte("last words"))
		s.after(func() { done++ })
		_ = far.Close()
		if synctest.Wait(); done != 1 {
			t.Errorf("done %d times after the peer went away", done)
		}
		s.finish(false)
		if s.after(func() { done++ }); done != 2 {
			t.Errorf("done %d times on an ended connection", done)
		}
		synctest.Wait()
	})
}

// A queue that is full makes nobody wait.
func TestAfterFullQueue(t *testing.T) {
	near, far := net.Pipe()
	defer func() { _, _ = near.Close(), far.Close() }()
	s, done := newStream(near), 0
	for range maxUnsent {
		s.send([]byte("x"))
	}
	if s.after(func() { done++ }); done != 1 {
		t.Errorf("done %d times beside a full queue", done)
	}
}
