package h323

import (
	"testing"
	"testing/synctest"
	"time"

	"parley/h323/h225"
	"parley/h323/internal/capture"
	"parley/h323/internal/signalling"
	"parley/h323/per"
	"parley/h323/q931"
)

// messageTypes are those of Q.931 that carry each body.
var messageTypes = map[string]q931.MessageType{
	"setup": q931.Setup, "callProceeding": q931.CallProceeding, "connect": q931.Connect, "alerting": q931.Alerting,
	"information": q931.Information, "releaseComplete": q931.ReleaseComplete, "facility": q931.Facility,
	"progress": q931.Progress, "empty": q931.Facility, "status": q931.Status, "statusInquiry": q931.StatusEnquiry,
	"setupAcknowledge": q931.SetupAcknowledge, "notify": q931.Notify,
}

// vectors returns the messages of the corpus, of the call that setup began.
func vectors(t *testing.T, reference uint16, fromDestination bool, id *h225.CallIdentifier) []*signalling.Message {
	t.Helper()
	corpus := capture.Vectors(t, "H323_UserInformation")
	if corpus == nil {
		t.Skip("no corpora")
	}
	var all []*signalling.Message
	tunnel := true
	for _, v := range corpus {
		info := new(h225.H323UserInformation)
		if _, err := per.Unmarshal(v.Hex, info); err != nil {
			t.Fatal(err)
		}
		if c := info.H323UUPDU.H323MessageBody.CallIdentifier(); c != nil && id != nil {
			c.GUID = id.GUID
		}
		info.H323UUPDU.H245Tunnelling = &tunnel
		mt, ok := messageTypes[v.Top]
		if !ok {
			mt = q931.Facility
		}
		all = append(all, &signalling.Message{Info: info, Message: &q931.Message{
			CallReference: reference, FromDestination: fromDestination, Type: mt,
		}})
	}
	return all
}

// quietly is an owner that hears everything and says nothing.
func quietly(t testing.TB) *party {
	p := newParty(t, "party", v4)
	p.on = func(*Call, Event) {
		for len(p.events) > 100 {
			<-p.events
		}
	}
	return p
}

// Whatever valid message comes next in a call, answered or not, made here or
// there, the process lives, and the end of the connection ends the call.
func TestVectorsInCalls(t *testing.T) {
	vectors(t, 1, false, nil) // skips, which cannot be done in a bubble
	for _, answered := range []bool{false, true} {
		in(t, func(t *testing.T) {
			m := newMemory()
			p := quietly(t)
			e := listening(t, m, p, Config{Incoming: func(c *Call) {
				c.SetOwner(p)
				c.Proceed()
				if answered {
					c.Answer()
				}
			}})
			for i, v := range vectors(t, 1, false, &h225.CallIdentifier{GUID: h225.GloballyUniqueID{1, 1}}) {
				w := byHand(t, m)
				w.send(setupMessage(1, nil))
				synctest.Wait()
				w.send(v)
				synctest.Wait()
				_ = w.conn.Close()
				<-time.After(time.Minute)
				if s := e.Stats(); s.Active != 0 || s.Connections != 0 {
					t.Fatalf("%d: left behind: %+v", i, s)
				}
			}
			closed(t, e)
		})
	}
	for _, answer := range []q931.MessageType{0, q931.Connect} {
		in(t, func(t *testing.T) {
			m := newMemory()
			e := inMemory(t, m, Config{})
			l, next := accepting(t, m, port1720)
			tunnel := true
			for i, v := range vectors(t, 0, true, nil) {
				c := dial(t, e, Target{}, quietly(t))
				w := next()
				setup := w.next(q931.Setup)
				id := setup.Info.H323UUPDU.H323MessageBody.Setup.CallIdentifier
				if answer != 0 {
					w.send(&signalling.Message{
						Message: &q931.Message{CallReference: setup.CallReference, FromDestination: true, Type: answer},
						Info: &h225.H323UserInformation{H323UUPDU: h225.H323UUPDU{
							H245Tunnelling: &tunnel, H323MessageBody: h225.MessageBody{Connect: &h225.ConnectUUIE{
								ProtocolIdentifier: h225.Protocol, DestinationInfo: h225.EndpointType{Terminal: &h225.TerminalInfo{}}, CallIdentifier: id,
							}},
						}},
					})
				}
				if c := v.Info.H323UUPDU.H323MessageBody.CallIdentifier(); c != nil {
					c.GUID = id.GUID
				}
				v.CallReference = setup.CallReference
				w.send(v)
				synctest.Wait()
				_ = w.conn.Close()
				synctest.Wait()
				c.Release(nil) // some forward the call to where nobody accepts
				<-time.After(time.Minute)
				if s := e.Stats(); s.Active != 0 || s.Connections != 0 {
					t.Fatalf("%d: left behind: %+v", i, s)
				}
			}
			_ = l.Close()
			closed(t, e)
		})
	}
}
