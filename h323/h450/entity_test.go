package h450

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"parley/h323/h225"
	"parley/h323/per"
)

var start = time.Unix(1700000000, 0)

// must returns the actions of what cannot fail here.
func must(t *testing.T) func([]Action, error) []Action {
	return func(actions []Action, err error) []Action {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return actions
	}
}

// carry gives what one side sends to the other, and returns what the sender was
// told besides, and what the receiver does.
func carry(t *testing.T, sent []Action, to *Entity, in Carrier) (told, received []Action) {
	t.Helper()
	carried := false
	for _, a := range sent {
		s, ok := a.(Send)
		if !ok {
			told = append(told, a)
			continue
		}
		if s.In != in {
			t.Errorf("%x goes in %d, want %d", s.Octets, s.In, in)
		}
		carried = true
		received = append(received, to.Receive(s.Octets, start)...)
	}
	if !carried {
		t.Errorf("nothing is sent: %+v", sent)
	}
	return told, received
}

func same(t *testing.T, what string, want, got []Action) {
	t.Helper()
	if d := cmp.Diff(want, got, cmpopts.EquateEmpty(), cmpopts.EquateErrors()); d != "" {
		t.Errorf("%s: %s", what, d)
	}
}

func TestHold(t *testing.T) {
	var a, b Entity
	_, got := carry(t, must(t)(a.Hold()), &b, AnyMessage)
	same(t, "hold", []Action{Held{}}, got)
	_, got = carry(t, must(t)(a.Hold()), &b, AnyMessage)
	same(t, "again", nil, got)
	_, got = carry(t, must(t)(a.Retrieve()), &b, AnyMessage)
	same(t, "retrieve", []Action{Retrieved{}}, got)

	for _, c := range []struct {
		do   func(time.Time) ([]Action, error)
		want Action
		op   Operation
		err  error
	}{
		{a.RemoteHold, Held{true}, RemoteHold, nil},
		{a.RemoteHold, nil, RemoteHold, InvalidCallState},
		{a.RemoteRetrieve, Retrieved{true}, RemoteRetrieve, nil},
		{a.RemoteRetrieve, nil, RemoteRetrieve, InvalidCallState},
	} {
		_, answer := carry(t, must(t)(c.do(start)), &b, AnyMessage)
		told, got := carry(t, answer, &a, AnyMessage)
		same(t, c.op.String(), []Action{HoldAnswered{c.op, c.err}}, got)
		if c.want != nil {
			same(t, c.op.String(), []Action{c.want}, told)
		}
	}
	if at, ok := a.Deadline(); ok {
		t.Errorf("a timer runs until %v", at)
	}
}

// The hold, retrieve and transfer of the recorded call, on the other side.
func TestRecordedCall(t *testing.T) {
	var b, c Entity
	same(t, "hold", []Action{Held{}}, b.Receive(unhex(t, recorded[0].octets), start))
	same(t, "retrieve", []Action{Retrieved{}}, b.Receive(unhex(t, recorded[1].octets), start))
	got := b.Receive(unhex(t, recorded[2].octets), start)
	request, ok := got[0].(TransferRequested)
	if len(got) != 1 || !ok || !request.CallIdentity.Empty() || request.ReroutingNumber.DestinationAddress[1].H323ID != "simC" {
		t.Fatalf("%+v", got)
	}
	got = c.Receive(unhex(t, recorded[3].octets), start)
	if arrived, ok := got[0].(TransferArrived); !ok || len(got) != 1 || !arrived.CallIdentity.Empty() {
		t.Fatalf("%+v", got)
	}
	// The recorded endpoints fail; we say so in the same octets.
	refused := c.AnswerSetup(UnrecognizedCallIdentity)
	if d := cmp.Diff([]Action{Send{unhex(t, recorded[4].octets), InAnswer}}, refused); d != "" {
		t.Error(d)
	}
	refused = b.AnswerTransfer(UnrecognizedCallIdentity)
	if d := cmp.Diff([]Action{Send{unhex(t, recorded[5].octets), AnyMessage}}, refused); d != "" {
		t.Error(d)
	}
}

// Blind transfer: a asks b to call c.
func TestBlindTransfer(t *testing.T) {
	var ab, ba, bc, cb Entity // the entity of the first, in its call to the second
	_, got := carry(t, must(t)(ab.Transfer(name("c"), "", start)), &ba, AnyMessage)
	same(t, "initiate", []Action{TransferRequested{CTInitiateArg{ReroutingNumber: name("c")}}}, got)

	_, got = carry(t, must(t)(bc.SetupTransferred("", ptr(name("a")), start)), &cb, InSetup)
	same(t, "setup", []Action{TransferArrived{CTSetupArg{TransferringNumber: ptr(name("a"))}}}, got)
	_, got = carry(t, cb.AnswerSetup(nil), &bc, InAnswer)
	same(t, "setup's answer", []Action{SetupAnswered{}}, got)

	told, got := carry(t, ba.AnswerTransfer(nil), &ab, InRelease)
	same(t, "b", []Action{Release{}}, told)
	same(t, "a", []Action{Transferred{}, Release{}}, got)
	if ba.AnswerTransfer(nil) != nil || cb.AnswerSetup(nil) != nil {
		t.Error("answered twice")
	}
}

// Consultation: a calls c first, and has it give an identity.
func TestConsultation(t *testing.T) {
	var ac, ca, bc, cb Entity
	_, got := carry(t, must(t)(ac.Identify(start)), &ca, AnyMessage)
	same(t, "identify", []Action{IdentifyRequested{}}, got)
	_, got = carry(t, must(t)(ca.AnswerIdentify("42", name("c"), start)), &ac, AnyMessage)
	identified := Identified{CTIdentifyRes{CallIdentity: "42", ReroutingNumber: name("c")}}
	same(t, "identified", []Action{identified}, got)

	setup := must(t)(bc.SetupTransferred("42", nil, start))
	if s, err := Unmarshal(setup[0].(Send).Octets); err != nil || s.InterpretationApdu == nil || s.InterpretationApdu.ClearCallIfAnyInvokePDUNotRecognized == nil {
		t.Errorf("who does not know the transfer keeps its call: %+v, %v", s, err)
	}
	_, got = carry(t, setup, &cb, InSetup)
	same(t, "setup", []Action{TransferArrived{CTSetupArg{CallIdentity: "42"}}}, got)
	same(t, "the call that is replaced", []Action{Release{}}, ca.Joined())
	same(t, "it is replaced once", nil, ca.Joined())
}

func TestAbandon(t *testing.T) {
	var ac, ca Entity
	_, _ = carry(t, must(t)(ac.Identify(start)), &ca, AnyMessage)
	_, got := carry(t, must(t)(ca.AnswerIdentify("42", name("c"), start)), &ac, AnyMessage)
	if len(got) != 1 {
		t.Fatalf("%+v", got)
	}
	_, got = carry(t, must(t)(ac.Abandon()), &ca, AnyMessage)
	same(t, "abandon", []Action{IdentityExpired{Abandoned: true}}, got)
	same(t, "abandon again", nil, ca.abandonInvoked())
	// None is to be had.
	_, got = carry(t, must(t)(ac.Identify(start)), &ca, AnyMessage)
	same(t, "identify", []Action{IdentifyRequested{}}, got)
	_, got = carry(t, must(t)(ca.AnswerIdentify("", EndpointAddress{}, start)), &ac, AnyMessage)
	same(t, "none", []Action{TransferFailed{CallTransferIdentify, NotAvailable}}, got)
}

func TestTimers(t *testing.T) {
	for name, c := range map[string]struct {
		do    func(*Entity) ([]Action, error)
		after time.Duration
		want  Action
	}{
		"CT-T1": {func(e *Entity) ([]Action, error) { return e.Identify(start) },
			timerIdentify, TransferFailed{CallTransferIdentify, ErrTimeout}},
		"CT-T2": {func(e *Entity) ([]Action, error) {
			e.identifyInvoked(&Invoke{})
			return e.AnswerIdentify("1", EndpointAddress{}, start)
		}, timerIdentified, IdentityExpired{}},
		"CT-T3": {func(e *Entity) ([]Action, error) { return e.Transfer(EndpointAddress{}, "", start) },
			timerInitiate, TransferFailed{CallTransferInitiate, ErrTimeout}},
		"CT-T4": {func(e *Entity) ([]Action, error) { return e.SetupTransferred("", nil, start) },
			timerSetup, SetupAnswered{ErrTimeout}},
		"hold": {func(e *Entity) ([]Action, error) { return e.RemoteHold(start) },
			timerOperation, HoldAnswered{RemoteHold, ErrTimeout}},
		"message waiting": {func(e *Entity) ([]Action, error) { return e.Interrogate(&MWIInterrogateArg{}, InSetup, start) },
			timerOperation, WaitingAnswered{Operation: MWIInterrogate, Err: ErrTimeout}},
	} {
		var e Entity
		must(t)(c.do(&e))
		at, ok := e.Deadline()
		if !ok || at != start.Add(c.after) {
			t.Errorf("%s: %v, %v", name, at, ok)
		}
		same(t, name+" early", nil, e.Tick(at.Add(-1)))
		same(t, name, []Action{c.want}, e.Tick(at))
		same(t, name+" again", nil, e.Tick(at))
	}
}

func TestEnd(t *testing.T) {
	var e Entity
	must(t)(e.Transfer(name("c"), "", start))
	e.identifyInvoked(&Invoke{})
	must(t)(e.AnswerIdentify("1", name("c"), start))
	same(t, "end", []Action{TransferFailed{CallTransferInitiate, ErrEnded}, IdentityExpired{Abandoned: true}}, e.End())
	if _, ok := e.Deadline(); ok {
		t.Error("a timer runs")
	}
}

func TestBusy(t *testing.T) {
	var a, b Entity
	first := must(t)(a.Transfer(name("c"), "", start))
	if _, err := a.Transfer(name("d"), "", start); !errors.Is(err, ErrBusy) {
		t.Errorf("%v", err)
	}
	_, got := carry(t, first, &b, AnyMessage)
	same(t, "the first", []Action{TransferRequested{CTInitiateArg{ReroutingNumber: name("c")}}}, got)
	var other Entity
	_, got = carry(t, must(t)(other.Transfer(name("d"), "", start)), &b, AnyMessage)
	same(t, "the second", []Action{refuse(1, InvalidCallState, AnyMessage)}, got)
	_, got = carry(t, must(t)(other.SetupTransferred("", nil, start)), &b, InSetup)
	same(t, "setup", []Action{TransferArrived{}}, got)
	var third Entity
	_, got = carry(t, must(t)(third.SetupTransferred("", nil, start)), &b, InSetup)
	same(t, "setup again", []Action{refuse(1, InvalidCallState, AnyMessage)}, got)
	_, got = carry(t, must(t)((&Entity{}).Transfer(EndpointAddress{}, "", start)), &Entity{}, AnyMessage)
	same(t, "to nobody", []Action{refuse(1, InvalidReroutingNumber, AnyMessage)}, got)
}

func TestUpdated(t *testing.T) {
	var b Entity
	_, got := carry(t, must(t)((&Entity{}).Update(name("c"), "Carol", InAnswer)), &b, InAnswer)
	same(t, "update", []Action{Updated{Operation: CallTransferUpdate, Number: ptr(name("c")), Info: "Carol"}}, got)
	for o, c := range map[Operation]struct {
		arg  any
		want Updated
	}{
		CallTransferActive:   {arguments()["CTActiveArg"], Updated{Number: ptr(name("simC")), Info: "Carol"}},
		CallTransferComplete: {arguments()["CTCompleteArg"], Updated{Number: ptr(name("simB")), Alerting: true}},
		SubaddressTransfer:   {arguments()["SubaddressTransferArg"], Updated{Subaddress: &PartySubaddress{NSAPSubaddress: []byte{1, 2, 3}}}},
	} {
		c.want.Operation = o
		_, got := carry(t, must(t)((&Entity{}).invoke(o, c.arg, AnyMessage, time.Time{})), &b, AnyMessage)
		same(t, o.String(), []Action{c.want}, got)
	}
}

func TestMessageWaiting(t *testing.T) {
	var centre, user Entity
	arg := arguments()["MWIActivateArg"].(*MWIActivateArg)
	told, got := carry(t, must(t)(centre.Activate(arg, InSetup, start)), &user, InSetup)
	same(t, "centre", nil, told)
	told, answer := carry(t, got, &centre, AnyMessage)
	same(t, "user", []Action{MessageWaiting{MWIActivateArg: *arg}}, told)
	same(t, "answer", []Action{WaitingAnswered{Operation: MWIActivate}}, answer)

	_, got = carry(t, must(t)(centre.Deactivate(&MWIDeactivateArg{ServedUserNr: name("b"), BasicService: Speech}, InSetup, start)), &user, InSetup)
	told, answer = carry(t, got, &centre, AnyMessage)
	same(t, "user", []Action{MessageWaiting{MWIActivateArg: MWIActivateArg{ServedUserNr: name("b"), BasicService: Speech}, Deactivated: true}}, told)
	same(t, "answer", []Action{WaitingAnswered{Operation: MWIDeactivate}}, answer)

	question := &MWIInterrogateArg{ServedUserNr: name("b")}
	res := *arguments()["MWIInterrogateRes"].(*MWIInterrogateRes)
	for _, c := range []struct {
		res     MWIInterrogateRes
		refused error
		want    WaitingAnswered
	}{
		{res, nil, WaitingAnswered{Result: res}},
		{nil, nil, WaitingAnswered{Err: NotActivated}},
		{nil, InvalidServedUserNumber, WaitingAnswered{Err: InvalidServedUserNumber}},
		{nil, errors.New("else"), WaitingAnswered{Err: Unspecified}},
	} {
		_, got = carry(t, must(t)(user.Interrogate(question, InSetup, start)), &centre, InSetup)
		asked := got[0].(Interrogated)
		if d := cmp.Diff(*question, asked.MWIInterrogateArg); d != "" {
			t.Error(d)
		}
		_, answer = carry(t, must(t)(centre.AnswerInterrogate(asked.InvokeID, c.res, c.refused)), &user, AnyMessage)
		c.want.Operation = MWIInterrogate
		same(t, "answer", []Action{c.want}, answer)
	}
}

// H.450.1 clause 8.2.
func TestUnrecognized(t *testing.T) {
	null := &per.Null{}
	for name, c := range map[string]struct {
		meaning *InterpretationApdu
		want    []Action
	}{
		"none":    {nil, []Action{reject(7, InvokeUnrecognizedOperation)}},
		"reject":  {&InterpretationApdu{RejectAnyUnrecognizedInvokePDU: null}, []Action{reject(7, InvokeUnrecognizedOperation)}},
		"discard": {&InterpretationApdu{DiscardAnyUnrecognizedInvokePDU: null}, nil},
		"clear":   {&InterpretationApdu{ClearCallIfAnyInvokePDUNotRecognized: null}, []Action{Release{}}},
		"newer": {&InterpretationApdu{Extension: per.Extension{{Index: 0, Data: per.OpenType{0}}}},
			[]Action{reject(7, InvokeUnrecognizedOperation)}},
	} {
		for _, code := range []Code{local(4711), {Global: "1.2.3"}} {
			s := service(ROS{Invoke: &Invoke{InvokeID: 7, Opcode: code}})
			s.InterpretationApdu = c.meaning
			octets, err := s.Marshal()
			if err != nil {
				t.Fatal(err)
			}
			same(t, name, c.want, new(Entity).Receive(octets, start))
		}
	}
}

func TestMistyped(t *testing.T) {
	for _, o := range []Operation{
		CallTransferInitiate, CallTransferSetup, CallTransferActive, CallTransferComplete, CallTransferUpdate,
		SubaddressTransfer, MWIActivate, MWIDeactivate, MWIInterrogate, RemoteHold,
	} {
		octets, err := service(ROS{Invoke: &Invoke{InvokeID: 7, Opcode: local(int64(o)), Argument: per.OpenType{0xff}}}).Marshal()
		if err != nil {
			t.Fatal(err)
		}
		same(t, o.String(), []Action{reject(7, InvokeMistypedArgument)}, new(Entity).Receive(octets, start))
	}
	if got := new(Entity).Receive([]byte{0xff}, start); got != nil {
		t.Errorf("%+v", got)
	}
}

// Answers to what was never asked, and rejections, are not answered.
func TestStrayAnswers(t *testing.T) {
	var e Entity
	must(t)(e.Transfer(name("c"), "", start))
	for _, r := range []ROS{
		{ReturnResult: &ReturnResult{InvokeID: 99}}, {ReturnResult: &ReturnResult{InvokeID: 1 << 40}},
		{ReturnError: &ReturnError{InvokeID: 99, ErrorCode: local(1)}}, {Reject: &Reject{InvokeID: -1, Problem: Problem{General: ptr(int64(0))}}},
	} {
		octets, err := service(r).Marshal()
		if err != nil {
			t.Fatal(err)
		}
		same(t, "stray", nil, e.Receive(octets, start))
	}
	octets, err := service(ROS{Reject: &Reject{InvokeID: 1, Problem: Problem{Invoke: ptr(int64(1))}}}).Marshal()
	if err != nil {
		t.Fatal(err)
	}
	same(t, "rejected", []Action{TransferFailed{CallTransferInitiate, ErrRejected}}, e.Receive(octets, start))
}

// A message of many operations is not answered without bound.
func TestManyOperations(t *testing.T) {
	var all []ROS
	for range 200 {
		all = append(all, ROS{Invoke: &Invoke{InvokeID: 1, Opcode: local(4711)}})
	}
	octets, err := service(all...).Marshal()
	if err != nil {
		t.Fatal(err)
	}
	if got := new(Entity).Receive(octets, start); len(got) != maxOperations {
		t.Errorf("%d answers", len(got))
	}
}

// FuzzReceive: whatever arrives, the machine answers within its bounds, and what
// it answers can be read.
func FuzzReceive(f *testing.F) {
	for _, r := range recorded {
		f.Add(unhex(f, r.octets))
	}
	for name, o := range map[string]Operation{
		"CTInitiateArg": CallTransferInitiate, "CTUpdateArg": CallTransferUpdate, "SubaddressTransferArg": SubaddressTransfer,
		"CTCompleteArg": CallTransferComplete, "CTActiveArg": CallTransferActive, "HoldArg": RemoteHold,
		"MWIActivateArg": MWIActivate, "MWIDeactivateArg": MWIDeactivate, "MWIInterrogateArg": MWIInterrogate,
	} {
		actions, err := new(Entity).invoke(o, arguments()[name], AnyMessage, start)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(actions[0].(Send).Octets)
	}
	f.Fuzz(func(t *testing.T, octets []byte) {
		var e Entity
		if _, err := e.Transfer(EndpointAddress{DestinationAddress: []h225.AliasAddress{}}, "", start); err != nil {
			t.Fatal(err)
		}
		actions := e.Receive(octets, start)
		actions = append(actions, e.AnswerTransfer(RejectedByUser)...)
		actions = append(actions, e.AnswerSetup(nil)...)
		actions = append(actions, e.End()...)
		if len(actions) > 2*maxOperations+3 {
			t.Errorf("%d actions", len(actions))
		}
		for _, a := range actions {
			if s, ok := a.(Send); ok {
				if _, err := Unmarshal(s.Octets); err != nil {
					t.Errorf("%x: %v", s.Octets, err)
				}
			}
		}
	})
}
