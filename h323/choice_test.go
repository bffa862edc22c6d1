package h323

import (
	"testing"
	"testing/synctest"
	"time"

	"parley/h323/h225"
	"parley/h323/internal/signalling"
	"parley/h323/per"
	"parley/h323/q931"
)

// Of the conferences that an MCU offers, the one that was dialled is joined, or
// the first that can be named.
func TestConferenceListChoice(t *testing.T) {
	one, two := h225.ConferenceIdentifier{1}, h225.ConferenceIdentifier{2}
	alias := func(name string) *h225.AliasAddress { return &h225.AliasAddress{H323ID: name} }
	for name, tt := range map[string]struct {
		list  []h225.ConferenceList
		id    h225.ConferenceIdentifier
		alias string
	}{
		"dialled": {[]h225.ConferenceList{{ConferenceID: &one, ConferenceAlias: alias("a")}, {ConferenceID: &two, ConferenceAlias: alias("b")}}, two, "b"},
		"first":   {[]h225.ConferenceList{{}, {ConferenceID: &one}, {ConferenceID: &two}}, one, "b"},
	} {
		t.Run(name, func(t *testing.T) {
			in(t, func(t *testing.T) {
				m := newMemory()
				a := newParty(t, "caller", v4)
				e := inMemory(t, m, Config{})
				l, next := accepting(t, m, port1720)
				dial(t, e, Target{Text: "b@127.0.0.1"}, a)
				first := next()
				setup := first.next(q931.Setup)
				first.send(&signalling.Message{
					Message: &q931.Message{CallReference: setup.CallReference, FromDestination: true, Type: q931.Facility},
					Info: &h225.H323UserInformation{H323UUPDU: h225.H323UUPDU{H323MessageBody: h225.MessageBody{Facility: &h225.FacilityUUIE{
						ProtocolIdentifier: h225.Protocol, Reason: h225.FacilityReason{ConferenceListChoice: &per.Null{}},
						Conferences: tt.list,
					}}}},
				})
				second := next()
				s := second.next(q931.Setup).Info.H323UUPDU.H323MessageBody.Setup
				if s.ConferenceID != tt.id || s.ConferenceGoal.Join == nil || len(s.DestinationAddress) != 1 || s.DestinationAddress[0].H323ID != tt.alias {
					t.Errorf("goes to %x, goal %+v, %+v", s.ConferenceID, s.ConferenceGoal, s.DestinationAddress)
				}
				first.next(q931.ReleaseComplete)
				_ = first.conn.Close()
				synctest.Wait()
				_ = second.conn.Close()
				_ = a.released()
				_ = l.Close()
				<-time.After(time.Minute)
				closed(t, e)
			})
		})
	}
}
