package h323

import (
	"context"
	"testing"
	"testing/synctest"
)

// front is a gatekeeper that has another give leave, each call in turn.
type front struct {
	gatekeeper
	behind []*gatekeeper
}

func (f *front) Admit(context.Context, Admission) (Admitted, error) {
	g := f.behind[0]
	f.behind = f.behind[1:]
	return Admitted{By: g}, nil
}

// Who gave leave hears of the end of the call, and nobody else.
func TestAdmittedBy(t *testing.T) {
	in(t, func(t *testing.T) {
		one, other := new(gatekeeper), new(gatekeeper)
		f := &front{behind: []*gatekeeper{one, other}}
		e, a, _ := both(t, Config{Gatekeeper: f}, Config{})
		var calls []*Call
		for range 2 {
			calls = append(calls, dial(t, e, Target{}, a))
			until[Connected](a, nil)
		}
		calls[0].Release(nil)
		synctest.Wait()
		if len(one.ended) != 1 || len(other.ended) != 0 || len(f.ended) != 0 {
			t.Errorf("told of the end: %d, %d, the front %d times", len(one.ended), len(other.ended), len(f.ended))
		}
		calls[1].Release(nil)
		synctest.Wait()
		if len(other.ended) != 1 {
			t.Errorf("the other was told %d times", len(other.ended))
		}
	})
}
