package h323

import (
	"errors"
	"testing"

	"parley/h323/h225"
	"parley/h323/h450"
	"parley/h323/q931"
)

// between returns a call between two parties once it is up.
func between(t *testing.T, caller, called *party, modes Modes) (out, in *Call) {
	t.Helper()
	e := answering(t, called, Config{Name: called.name, Modes: modes})
	out, err := started(t, Config{Name: caller.name, Modes: modes}).
		Dial(t.Context(), Target{Address: e.Addresses()[0]}, caller)
	if err != nil {
		t.Fatal(err)
	}
	until[Connected](caller, nil)
	until[Connected](called, nil)
	called.mu.Lock()
	defer called.mu.Unlock()
	return out, called.call
}

// ends waits for the end of a call, and tells what came before.
func ends(p *party) Released {
	p.t.Helper()
	return until[Released](p, func(Released) bool { return true })
}

func TestHold(t *testing.T) {
	for _, modes := range []Modes{{}, {NoTunnelling: true}} {
		a, b := newParty(t, "a", v4), newParty(t, "b", v4)
		call, _ := between(t, a, b, modes)
		call.Hold()
		if e := until[HoldChanged](b, nil); !e.Held || e.Remote {
			t.Errorf("hold: %+v", e)
		}
		call.Retrieve()
		if e := until[HoldChanged](b, nil); e.Held || e.Remote {
			t.Errorf("retrieve: %+v", e)
		}
		call.RemoteHold()
		if e := until[HoldChanged](b, nil); !e.Held || !e.Remote {
			t.Errorf("remote hold: %+v", e)
		}
		if e := until[HoldAnswered](a, nil); e.Err != nil {
			t.Errorf("remote hold: %v", e.Err)
		}
		call.RemoteHold() // twice is once too often
		if e := until[HoldAnswered](a, nil); !errors.Is(e.Err, h450.InvalidCallState) {
			t.Errorf("held twice: %v", e.Err)
		}
	}
}

// The peer is sent to another, who knows of it; the first call then ends at both.
func TestTransfer(t *testing.T) {
	a, b, c := newParty(t, "a", v4), newParty(t, "b", v4), newParty(t, "c", v4)
	call, moved := between(t, a, b, Modes{})
	target := newParty(t, "c", v4)
	var arrived *TransferArrived
	third := answering(t, target, Config{Name: "c", Incoming: func(in *Call) {
		in.SetOwner(target)
		arrived = in.Info().Transfer
		in.AnswerArrival(nil)
		in.Alert()
		in.Answer()
	}})
	call.Transfer([]h225.AliasAddress{{H323ID: "c"}}, "")
	asked := until[TransferRequested](b, nil)
	if len(asked.To) != 1 || asked.To[0].H323ID != "c" || !asked.Identity.Empty() {
		t.Fatalf("asked for %+v", asked)
	}
	next, err := moved.endpoint.Dial(t.Context(), Target{
		Address: third.Addresses()[0], Aliases: asked.To,
		Transfer: &Transfer{Identity: asked.Identity, From: []h225.AliasAddress{{H323ID: "a"}}},
	}, c)
	if err != nil {
		t.Fatal(err)
	}
	if e := until[TransferAccepted](c, nil); e.Err != nil {
		t.Error(e.Err)
	}
	if e := until[TransferArrived](target, nil); len(e.From) != 1 || e.From[0].H323ID != "a" || arrived == nil {
		t.Errorf("arrived %+v, in SETUP %v", e, arrived)
	}
	moved.AnswerTransfer(nil)
	until[Transferred](a, nil)
	if r := ends(a); r.Refusal.Cause != q931.NormalClearing {
		t.Errorf("a: %+v", r.Refusal)
	}
	ends(b)
	next.Release(nil)
	ends(target)
}

// A transfer that fails leaves the call as it is; so does one without an answer
// before the call ends, of which the owner hears.
func TestTransferFails(t *testing.T) {
	a, b := newParty(t, "a", v4), newParty(t, "b", v4)
	call, moved := between(t, a, b, Modes{})
	to := []h225.AliasAddress{{DialledDigits: "900"}}
	call.Transfer(to, "")
	until[TransferRequested](b, nil)
	moved.AnswerTransfer(h450.RejectedByNetwork)
	if e := until[TransferFailed](a, nil); !errors.Is(e.Err, h450.RejectedByNetwork) {
		t.Errorf("%v", e.Err)
	}
	call.Transfer(to, "")
	call.Transfer(to, "")
	if e := until[TransferFailed](a, nil); !errors.Is(e.Err, h450.ErrBusy) {
		t.Errorf("two at once: %v", e.Err)
	}
	until[TransferRequested](b, nil)
	call.Release(nil)
	if e := until[TransferFailed](a, nil); !errors.Is(e.Err, h450.ErrEnded) {
		t.Errorf("at the end: %v", e.Err)
	}
	ends(a)
	ends(b)
}

// Who is consulted gives an identity, under which the next call replaces it.
func TestConsultation(t *testing.T) {
	a, b := newParty(t, "a", v4), newParty(t, "b", v4)
	call, consulted := between(t, a, b, Modes{})
	call.Identify()
	until[IdentifyRequested](b, nil)
	consulted.AnswerIdentify("0042", []h225.AliasAddress{{H323ID: "b"}})
	if e := until[Identified](a, nil); e.Identity != "0042" || len(e.To) != 1 {
		t.Errorf("%+v", e)
	}
	consulted.Replaced()
	ends(a)
	ends(b)
}

func TestMessageWaiting(t *testing.T) {
	a, b := newParty(t, "a", v4), newParty(t, "b", v4)
	call, centre := between(t, a, b, Modes{})
	served := addressOf([]h225.AliasAddress{{DialledDigits: "17"}})
	call.ActivateWaiting(h450.MWIActivateArg{ServedUserNr: served, NbOfMessages: to(uint16(3))})
	if e := until[MessageWaiting](b, nil); e.NbOfMessages == nil || *e.NbOfMessages != 3 || e.Deactivated {
		t.Errorf("%+v", e)
	}
	if e := until[WaitingAnswered](a, nil); e.Err != nil {
		t.Error(e.Err)
	}
	call.InterrogateWaiting(h450.MWIInterrogateArg{ServedUserNr: served})
	q := until[Interrogated](b, nil)
	centre.AnswerInterrogation(q.InvokeID, nil, nil)
	if e := until[WaitingAnswered](a, nil); !errors.Is(e.Err, h450.NotActivated) {
		t.Errorf("%v", e.Err)
	}
}
