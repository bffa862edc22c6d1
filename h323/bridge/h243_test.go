package bridge

import (
	"testing"

	"parley/conference"
	"parley/h323"
	"parley/h323/h245"
	"parley/h323/per"
)

// SendControl implements signalling.
func (o *orders) SendControl(m *h245.MultimediaSystemControlMessage) { o.sent = append(o.sent, m) }

// Every request of a terminal that is in a conference has an answer, and one only.
func TestConferenceRequests(t *testing.T) {
	there := &per.Null{}
	nobody := &h245.TerminalLabel{MCUNumber: 1, TerminalNumber: 99}
	number := h245.LogicalChannelNumber(1)
	for name, tt := range map[string]struct {
		request h245.ConferenceRequest
		want    string
	}{
		"list":            {h245.ConferenceRequest{TerminalListRequest: there}, "response.conferenceResponse"},
		"chair":           {h245.ConferenceRequest{MakeMeChair: there}, "response.conferenceResponse"},
		"no chair":        {h245.ConferenceRequest{RequestChairTokenOwner: there}, "response.conferenceResponse"},
		"drop":            {h245.ConferenceRequest{DropTerminal: nobody}, "response.conferenceResponse"},
		"name":            {h245.ConferenceRequest{RequestTerminalID: &h245.TerminalLabel{MCUNumber: 1, TerminalNumber: 1}}, "response.conferenceResponse"},
		"nobody's name":   {h245.ConferenceRequest{RequestTerminalID: nobody}, "indication.functionNotSupported"},
		"all names":       {h245.ConferenceRequest{RequestAllTerminalIDs: there}, "response.conferenceResponse"},
		"our name":        {h245.ConferenceRequest{EnterH243TerminalID: there}, "response.conferenceResponse"},
		"password":        {h245.ConferenceRequest{EnterH243Password: there}, "indication.functionNotSupported"},
		"conference":      {h245.ConferenceRequest{EnterH243ConferenceID: there}, "indication.functionNotSupported"},
		"extension":       {h245.ConferenceRequest{EnterExtensionAddress: there}, "indication.functionNotSupported"},
		"certificate":     {h245.ConferenceRequest{RequestTerminalCertificate: &h245.RequestTerminalCertificate{}}, "response.conferenceResponse"},
		"broadcast":       {h245.ConferenceRequest{BroadcastMyLogicalChannel: &number}, "response.conferenceResponse"},
		"broadcaster":     {h245.ConferenceRequest{MakeTerminalBroadcaster: nobody}, "response.conferenceResponse"},
		"this source":     {h245.ConferenceRequest{SendThisSource: nobody}, "response.conferenceResponse"},
		"another MC":      {h245.ConferenceRequest{RemoteMCRequest: &h245.RemoteMCRequest{MasterActivate: there}}, "response.conferenceResponse"},
		"of the future":   {h245.ConferenceRequest{Extension: per.Extension{{Index: 40, Data: []byte{1}}}}, "indication.functionNotSupported"},
		"chair is enough": {h245.ConferenceRequest{CancelMakeMeChair: there}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			line := &orders{}
			c := &call{server: &Server{}, line: line, room: &room{server: &Server{}}}
			c.room.roster.enlist("ann", "Ann")
			c.conferenceControl(&h245.MultimediaSystemControlMessage{Request: &h245.RequestMessage{ConferenceRequest: &tt.request}})
			var got string
			for _, m := range line.sent {
				got += m.Name()
				if _, err := m.Marshal(); err != nil {
					t.Errorf("%s cannot be said: %v", m.Name(), err)
				}
			}
			if got != tt.want {
				t.Errorf("answered %q, want %q", got, tt.want)
			}
		})
	}
}

// Other requests that are left to us are returned too.
func TestOtherRequests(t *testing.T) {
	for name, r := range map[string]h245.RequestMessage{
		"communication mode": {CommunicationModeRequest: &h245.CommunicationModeRequest{}},
		"generic":            {GenericRequest: &h245.GenericMessage{MessageIdentifier: h245.CapabilityIdentifier{Standard: "0.0.8.999"}}},
	} {
		line := &orders{}
		c := &call{line: line}
		c.conferenceControl(&h245.MultimediaSystemControlMessage{Request: &r})
		if len(line.sent) != 1 || line.sent[0].Indication == nil || line.sent[0].Indication.FunctionNotSupported == nil {
			t.Errorf("%s: answered by %d messages", name, len(line.sent))
		}
	}
}

// Who asks for the floor is named to the chair, and to nobody else.
func TestFloorRequested(t *testing.T) {
	s := newSite(t, Config{ChairControl: true}, conference.Settings{ID: "a"})
	chair := newStudio(t, s, formatH264)
	await(t, s.room("a"), "the chair", func(r *conference.Roster) bool { return len(r.Members) == 1 })
	asks := newStudio(t, s, formatH264)
	await(t, s.room("a"), "both", func(r *conference.Roster) bool { return len(r.Members) == 2 })
	there := &per.Null{}
	chair.call.SendControl(&h245.MultimediaSystemControlMessage{Request: &h245.RequestMessage{
		ConferenceRequest: &h245.ConferenceRequest{MakeMeChair: there},
	}})
	for {
		m := hears[h323.Control](&chair.phone).Message
		if m.Response != nil && m.Response.ConferenceResponse != nil {
			if m.Response.ConferenceResponse.MakeMeChairResponse.GrantedChairToken == nil {
				t.Error("the chair is denied")
			}
			break
		}
	}
	asks.call.SendControl(&h245.MultimediaSystemControlMessage{Indication: &h245.IndicationMessage{
		ConferenceIndication: &h245.ConferenceIndication{RequestForFloor: there},
	}})
	for {
		m := hears[h323.Control](&chair.phone).Message
		if m.Indication == nil || m.Indication.ConferenceIndication == nil {
			continue
		}
		if f := m.Indication.ConferenceIndication.FloorRequested; f != nil {
			if f.TerminalNumber != 2 {
				t.Errorf("terminal %d asks", f.TerminalNumber)
			}
			return
		}
	}
}
