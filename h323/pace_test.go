package h323

import (
	"testing"
	"testing/synctest"
	"time"

	"parley/h323/h225"
	"parley/h323/h245"
	"parley/h323/internal/signalling"
	"parley/h323/per"
	"parley/h323/q931"
)

// toldOften is one message of H.245 n times in one packet.
func toldOften(t testing.TB, n int) (octets []byte) {
	t.Helper()
	m, err := (&h245.MultimediaSystemControlMessage{Indication: &h245.IndicationMessage{
		UserInput: &h245.UserInputIndication{Alphanumeric: to("1")},
	}}).Marshal()
	if err != nil {
		t.Fatal(err)
	}
	for range n {
		octets = append(octets, m...)
	}
	return octets
}

// drain makes room for events: a party keeps few.
func drain(p *party) {
	for len(p.events) > 0 {
		<-p.events
	}
}

// tunnelled is a FACILITY of call 1 that carries H.245.
func tunnelled(octets ...[]byte) *signalling.Message {
	return &signalling.Message{
		Message: &q931.Message{CallReference: 1, Type: q931.Facility},
		Info: &h225.H323UserInformation{H323UUPDU: h225.H323UUPDU{
			H323MessageBody: h225.MessageBody{Empty: &per.Null{}}, H245Control: octets, H245Tunnelling: to(true),
		}},
	}
}

// A peer is read no faster than it may tell a call things, and loses nothing by
// that; as much as a burst is read at once.
func TestPace(t *testing.T) {
	for name, message := range map[string]func(t testing.TB) *signalling.Message{
		"tunnelled": func(t testing.TB) *signalling.Message { return tunnelled(toldOften(t, 1)) },
		"status": func(testing.TB) *signalling.Message {
			return &signalling.Message{Message: &q931.Message{CallReference: 1, Type: q931.Notify}}
		},
	} {
		t.Run(name, func(t *testing.T) {
			in(t, func(t *testing.T) {
				m := newMemory()
				b := newParty(t, "called", v4)
				heard := 0
				b.on = func(_ *Call, e Event) {
					if _, ok := e.(UserInput); ok {
						heard++
					}
					drain(b)
				}
				e := listening(t, m, b, Config{})
				w := byHand(t, m)
				w.send(setupMessage(1, nil))
				w.next(q931.Connect)
				go w.ends()
				begin := time.Now()
				for range messageBurst - 50 {
					w.send(message(t))
				}
				if took := time.Since(begin); took != 0 {
					t.Errorf("a burst took %v", took)
				}
				for range 50 + 3*messageRate {
					w.send(message(t))
				}
				if took := time.Since(begin); took < 2500*time.Millisecond || took > 3500*time.Millisecond {
					t.Errorf("what exceeds the burst took %v, not 3 s", took)
				}
				synctest.Wait()
				if want := messageBurst + 3*messageRate; name == "tunnelled" && heard < want-messageRate {
					t.Errorf("%d of %d were heard", heard, want)
				}
				_ = w.conn.Close()
				closed(t, e)
			})
		})
	}
}

// One packet holds a bounded number of messages, in however many parts.
func TestPacketOfManyMessages(t *testing.T) {
	many := make([][]byte, 200)
	for i := range many {
		many[i] = toldOften(t, 1)
	}
	for name, message := range map[string]*signalling.Message{
		"one part": tunnelled(toldOften(t, 5000)), "many parts": tunnelled(many...),
	} {
		t.Run(name, func(t *testing.T) {
			in(t, func(t *testing.T) {
				m := newMemory()
				b := newParty(t, "called", v4)
				heard := 0
				b.on = func(_ *Call, e Event) {
					if _, ok := e.(UserInput); ok {
						heard++
					}
					drain(b)
				}
				e := listening(t, m, b, Config{})
				w := byHand(t, m)
				w.send(setupMessage(1, nil))
				w.next(q931.Connect)
				go w.ends()
				w.send(message)
				synctest.Wait()
				if heard != maxTogether {
					t.Errorf("%d heard, want %d", heard, maxTogether)
				}
				_ = w.conn.Close()
				closed(t, e)
			})
		})
	}
}

// Where a connection carries more calls than one, it is not held up for one of
// them: that one ends.
func TestPaceOfSharedConnection(t *testing.T) {
	for _, first := range []uint16{0, 1} {
		in(t, func(t *testing.T) { paceOfSharedConnection(t, first) })
	}
}

func paceOfSharedConnection(t *testing.T, first uint16) {
	m := newMemory()
	b := newParty(t, "called", v4)
	b.on = func(*Call, Event) { drain(b) }
	e := listening(t, m, b, Config{})
	w := byHand(t, m)
	for reference := range uint16(2) {
		w.send(setupMessage(first+reference, nil))
		w.next(q931.Connect)
	}
	ended := make(chan *signalling.Message, 1)
	go func() {
		ended <- w.next(q931.ReleaseComplete)
		w.ends()
	}()
	begin := time.Now()
	for range messageBurst + 200 {
		w.send(&signalling.Message{Message: &q931.Message{CallReference: first, Type: q931.Notify}})
	}
	if took := time.Since(begin); took != 0 {
		t.Errorf("the other call waited %v", took)
	}
	if r := <-ended; r.CallReference != first {
		t.Errorf("call %d ended", r.CallReference)
	}
	synctest.Wait() // it is told before it is forgotten
	if s := e.Stats(); s.Active != 1 {
		t.Errorf("%+v", s)
	}
	_ = w.conn.Close()
	closed(t, e)
}
