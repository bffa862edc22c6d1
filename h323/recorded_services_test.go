package h323

import (
	"bytes"
	"errors"
	"net"
	"net/netip"
	"path/filepath"
	"testing"

	"parley/h323/h225"
	"parley/h323/h450"
	"parley/h323/internal/capture"
	"parley/h323/internal/signalling"
	"parley/h323/per"
	"parley/h323/q931"
	"parley/h323/tpkt"
)

// recordedSide is what one side of a recorded call said in call signalling, but
// for what is H.245 alone: that is replayed to package control.
type recordedSide struct {
	octets   [][]byte
	messages []*signalling.Message
}

// recordedTransfer returns the two calls of the recording, hold and transfer
// within and the call made for it: each the caller's side and the called one's.
func recordedTransfer(t *testing.T) (primary, secondary [2]recordedSide) {
	t.Helper()
	dir := capture.Corpus(t)
	if dir == "" {
		t.Skip("no captures")
	}
	_, streams := capture.Read(t, filepath.Join(dir, "captures", "h450-hold-transfer-emptytcs.pcapng"))
	calls := [2]*[2]recordedSide{&primary, &secondary}
	for _, s := range streams {
		side := readSide(t, s)
		if len(side.messages) == 0 {
			continue
		}
		peer, i := s.To, 0
		if s.From.Port() == signallingPort {
			peer, i = s.From, 1
		}
		call := 0
		if peer.Addr() == netip.MustParseAddr("127.0.0.33") {
			call = 1
		}
		calls[call][i] = side
	}
	for _, c := range calls {
		if len(c[0].octets) == 0 || len(c[1].octets) == 0 || c[0].messages[0].Type != q931.Setup {
			t.Fatal("the recording has changed")
		}
	}
	return primary, secondary
}

func readSide(t *testing.T, s *capture.Stream) (side recordedSide) {
	t.Helper()
	r := tpkt.NewReader(bytes.NewReader(s.Data))
	for {
		p, err := r.ReadPacket()
		if err != nil {
			return side
		}
		octets := bytes.Clone(p)
		m := &signalling.Message{Message: new(q931.Message), Info: new(h225.H323UserInformation)}
		if m.Unmarshal(octets) != nil {
			continue
		}
		info, err := m.UserInformation()
		if err != nil {
			continue
		}
		if _, err := per.Unmarshal(info, m.Info); err != nil {
			t.Fatal(err)
		}
		if m.Type == q931.Facility && len(m.Info.H323UUPDU.H4501SupplementaryService) == 0 {
			continue
		}
		side.octets, side.messages = append(side.octets, octets), append(side.messages, m)
	}
}

// play sends what a caller said, up to its end.
func (s *recordedSide) play(w *wire) {
	w.t.Helper()
	for i, o := range s.octets {
		if s.messages[i].Type != q931.ReleaseComplete {
			w.octets(o)
		}
	}
}

// answer sends what a called side said, as of the call of the SETUP that came.
func (s *recordedSide) answer(w *wire, setup *signalling.Message, from, to int) {
	w.t.Helper()
	var recorded, ours h225.GloballyUniqueID
	for _, m := range s.messages {
		if id := m.Info.H323UUPDU.H323MessageBody.CallIdentifier(); id != nil {
			recorded = id.GUID
		}
	}
	ours = setup.Info.H323UUPDU.H323MessageBody.Setup.CallIdentifier.GUID
	for _, o := range s.octets[from:to] {
		o = bytes.ReplaceAll(o, recorded[:], ours[:])
		o[2], o[3] = byte(setup.CallReference>>8)|0x80, byte(setup.CallReference)
		w.octets(o)
	}
}

// services returns the operation or answer of the next message that has one.
func (w *wire) service() h450.ROS {
	w.t.Helper()
	for m := range w.got {
		if m == nil {
			continue
		}
		for _, a := range m.Info.H323UUPDU.H4501SupplementaryService {
			s, err := h450.Unmarshal(a)
			if err != nil || len(s.ServiceApdu.ROSApdus) != 1 {
				w.t.Fatalf("%x: %v", a, err)
			}
			return s.ServiceApdu.ROSApdus[0]
		}
	}
	w.t.Fatal("the connection ended before an APDU")
	return h450.ROS{}
}

// A recorded caller holds, retrieves and transfers; parley is the called one.
func TestRecordedTransferred(t *testing.T) {
	primary, _ := recordedTransfer(t)
	b := newParty(t, "b", v4)
	e := answering(t, b, Config{Name: "b"})
	conn, err := net.Dial("tcp", e.Addresses()[0].String())
	if err != nil {
		t.Fatal(err)
	}
	w := newWire(t, conn)
	primary[0].play(w)
	if h := until[HoldChanged](b, nil); !h.Held || h.Remote {
		t.Errorf("hold: %+v", h)
	}
	if h := until[HoldChanged](b, nil); h.Held || h.Remote {
		t.Errorf("retrieve: %+v", h)
	}
	asked := until[TransferRequested](b, nil)
	if !asked.Identity.Empty() || len(asked.To) != 2 || asked.To[0].TransportID == nil || asked.To[1].H323ID != "simC" {
		t.Errorf("transfer: %+v", asked)
	}
	b.mu.Lock()
	call := b.call
	b.mu.Unlock()
	call.AnswerTransfer(h450.UnrecognizedCallIdentity)
	if r := w.service().ReturnError; r == nil || r.InvokeID != 3 || *r.ErrorCode.Local != int64(h450.UnrecognizedCallIdentity) {
		t.Errorf("answered by %+v", r)
	}
	_ = conn.Close()
	for range w.got { // until its reader is done
	}
}

// Parley holds, retrieves and transfers; the recorded one refuses.
func TestRecordedTransferring(t *testing.T) {
	primary, _ := recordedTransfer(t)
	a := newParty(t, "a", v4)
	w, call := called(t, a, nil)
	setup := w.next(q931.Setup)
	last := len(primary[1].octets) - 1 // RELEASE COMPLETE, after the refusal
	primary[1].answer(w, setup, 0, last-1)
	until[Connected](a, nil)
	call.Hold()
	call.Retrieve()
	call.Transfer([]h225.AliasAddress{{H323ID: "simC"}}, "")
	for i, want := range []h450.Operation{h450.HoldNotific, h450.RetrieveNotific, h450.CallTransferInitiate} {
		if o := w.service().Invoke; o == nil || int(o.InvokeID) != i+1 || *o.Opcode.Local != int64(want) {
			t.Errorf("%+v, want %v", o, want)
		}
	}
	primary[1].answer(w, setup, last-1, last)
	if e := until[TransferFailed](a, nil); !errors.Is(e.Err, h450.UnrecognizedCallIdentity) {
		t.Errorf("%v", e.Err)
	}
	call.Release(nil)
	w.ends()
}

// A recorded endpoint calls for a transfer.
func TestRecordedTransferredTo(t *testing.T) {
	_, secondary := recordedTransfer(t)
	c := newParty(t, "c", v4)
	e := answering(t, c, Config{Name: "c"})
	conn, err := net.Dial("tcp", e.Addresses()[0].String())
	if err != nil {
		t.Fatal(err)
	}
	w := newWire(t, conn)
	secondary[0].play(w)
	if e := until[TransferArrived](c, nil); !e.Identity.Empty() || e.From != nil {
		t.Errorf("%+v", e)
	}
	c.mu.Lock()
	call := c.call
	c.mu.Unlock()
	call.AnswerArrival(nil)
	if r := w.service().ReturnResult; r == nil || r.InvokeID != 1 {
		t.Errorf("answered by %+v", r)
	}
	_ = conn.Close()
	for range w.got {
	}
}

// Parley calls for a transfer, which the recorded endpoint does not know of, and
// answers all the same.
func TestRecordedTransferRefused(t *testing.T) {
	_, secondary := recordedTransfer(t)
	b := newParty(t, "b", v4)
	w, call := called(t, b, &Transfer{Identity: " "})
	setup := w.next(q931.Setup)
	apdus := setup.Info.H323UUPDU.H4501SupplementaryService
	if len(apdus) != 1 {
		t.Fatalf("SETUP with %d APDUs", len(apdus))
	}
	secondary[1].answer(w, setup, 0, len(secondary[1].octets))
	if e := until[TransferAccepted](b, nil); !errors.Is(e.Err, h450.UnrecognizedCallIdentity) {
		t.Errorf("%v", e.Err)
	}
	until[Connected](b, nil)
	call.Release(nil)
	w.ends()
}

// called returns the other end of a call that p makes.
func called(t *testing.T, p *party, why *Transfer) (*wire, *Call) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	call, err := started(t, Config{Name: p.name, Modes: Modes{NoFastStart: true}}).Dial(t.Context(), Target{
		Address: l.Addr().(*net.TCPAddr).AddrPort(), Transfer: why,
	}, p)
	if err != nil {
		t.Fatal(err)
	}
	conn, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return newWire(t, conn), call
}
