package control

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"parley/h323/h245"
	"parley/h323/media"
	"parley/h323/per"
)

func inputMessage(u h245.UserInputIndication) *h245.MultimediaSystemControlMessage {
	return &h245.MultimediaSystemControlMessage{Indication: &h245.IndicationMessage{UserInput: &u}}
}

func TestUserInputReceived(t *testing.T) {
	digits, long, ms := "12#", strings.Repeat("1", maxUserInput+1), uint16(250)
	for name, c := range map[string]struct {
		u    h245.UserInputIndication
		want []UserInput
	}{
		"alphanumeric": {h245.UserInputIndication{Alphanumeric: &digits}, []UserInput{{Text: "12#"}}},
		"too long":     {h245.UserInputIndication{Alphanumeric: &long}, nil},
		"extended":     {h245.UserInputIndication{ExtendedAlphanumeric: &h245.ExtendedAlphanumeric{Alphanumeric: "A"}}, []UserInput{{Text: "A"}}},
		"signal":       {h245.UserInputIndication{Signal: &h245.UserInputSignal{SignalType: "5"}}, []UserInput{{Text: "5"}}},
		"with duration": {h245.UserInputIndication{Signal: &h245.UserInputSignal{SignalType: "*", Duration: &ms}},
			[]UserInput{{Text: "*", Duration: 250 * time.Millisecond}}},
		"update":         {h245.UserInputIndication{SignalUpdate: &h245.UserInputSignalUpdate{Duration: 300}}, nil},
		"by RTP as well": {h245.UserInputIndication{Signal: &h245.UserInputSignal{SignalType: "5", RTPPayloadIndication: null}}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			s := ready(t, true, manual)
			if got := s.answerTo(t, inputMessage(c.u)); len(got) != 0 {
				t.Errorf("answered %v", names(got))
			}
			if d := cmp.Diff(c.want, all[UserInput](s)); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestUserInputSent(t *testing.T) {
	noSignal := setOf(t, pcmu)
	noSignal.Signal = false
	for name, c := range map[string]struct {
		set  *media.Set
		text string
		want []string // s: signal, a: alphanumeric
	}{
		"signal":       {setOf(t, pcmu), "1#", []string{"s1", "s#"}},
		"text":         {setOf(t, pcmu), "hello", []string{"ahello"}},
		"alphanumeric": {noSignal, "1#", []string{"a1#"}},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSide(t, "a", 60, manual)
			s.Start(epoch)
			// Before the peer has told what it takes.
			if err := s.UserInput(c.text, 100*time.Millisecond); err != nil {
				t.Fatal(err)
			}
			s.flush(t, nil)
			s.sent = nil
			s.Receive(determineAck(true), epoch)
			s.Receive(setAck(1), epoch)
			s.Receive(setMessage(t, c.set, 1), epoch)
			s.flush(t, nil)
			var got []string
			for _, m := range s.sent {
				if m.Indication == nil || m.Indication.UserInput == nil {
					continue
				}
				if u := m.Indication.UserInput; u.Signal != nil {
					got = append(got, "s"+u.Signal.SignalType)
					if *u.Signal.Duration != 100 {
						t.Errorf("%d ms", *u.Signal.Duration)
					}
				} else {
					got = append(got, "a"+*u.Alphanumeric)
				}
			}
			if d := cmp.Diff(c.want, got); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestUserInputLimits(t *testing.T) {
	s := newSide(t, "a", 60, manual)
	for range maxQueuedInput {
		if err := s.UserInput("1", 0); err != nil {
			t.Fatal(err)
		}
	}
	for text, want := range map[string]error{"1": errInputQueue, "": errInputEmpty, strings.Repeat("1", maxUserInput+1): errInputLong} {
		if err := s.UserInput(text, 0); err != want { //nolint:errorlint // they are not wrapped
			t.Errorf("%q: %v", text, err)
		}
	}
}

func miscellaneous(n h245.LogicalChannelNumber, c h245.MiscellaneousCommandType) *h245.MultimediaSystemControlMessage {
	return &h245.MultimediaSystemControlMessage{Command: &h245.CommandMessage{
		MiscellaneousCommand: &h245.MiscellaneousCommand{LogicalChannelNumber: n, Type: c},
	}}
}

// Everything that is lost of a picture is made good by a whole one.
func TestFastUpdate(t *testing.T) {
	p := newPair(t, newSide(t, "a", 190, nil), newSide(t, "b", 50, nil)).start()
	p.forget()
	video := p.a.find(t, media.Receive, media.KindVideo, media.RoleMain)
	audio := p.a.find(t, media.Receive, media.KindAudio, media.RoleMain)
	p.a.FastUpdate(video.Number)
	p.a.FastUpdate(audio.Number)
	p.a.FastUpdate(999)
	p.run()
	if u := all[FastUpdate](p.b); len(u) != 1 || u[0].Channel.Number != video.Number || u[0].Channel.Direction != media.Send {
		t.Fatalf("%v", u)
	}
	picture := uint16(3)
	for _, c := range []h245.MiscellaneousCommandType{
		{VideoFastUpdateGOB: &h245.VideoFastUpdateGOB{NumberOfGOBs: 1}},
		{VideoFastUpdateMB: &h245.VideoFastUpdateMB{NumberOfMBs: 1}},
		{VideoBadMBs: &h245.VideoBadMBs{FirstMB: 1, NumberOfMBs: 1}},
		{LostPicture: []h245.PictureReference{{PictureNumber: &picture}}},
		{LostPartialPicture: &h245.LostPartialPicture{FirstMB: 1, NumberOfMBs: 1, PictureReference: h245.PictureReference{PictureNumber: &picture}}},
	} {
		p.forget()
		p.b.answerTo(t, miscellaneous(video.Number, c))
		if len(all[FastUpdate](p.b)) != 1 {
			name, _ := per.Alternative(&c)
			t.Errorf("%s: %v", name, p.b.events)
		}
	}
	// A freeze is about what the peer sends.
	p.forget()
	p.a.answerTo(t, miscellaneous(video.Number, h245.MiscellaneousCommandType{VideoFreezePicture: null}))
	if len(all[Freeze](p.a)) != 1 {
		t.Errorf("%v", p.a.events)
	}
}

func TestFlowControl(t *testing.T) {
	p := newPair(t, newSide(t, "a", 190, nil), newSide(t, "b", 50, nil)).start()
	p.forget()
	video := p.a.find(t, media.Receive, media.KindVideo, media.RoleMain)
	for _, rate := range []int{384000, 0, -1, 1 << 40} {
		p.a.LimitRate(video.Number, rate)
	}
	p.a.LimitRate(999, 1)
	whole := uint32(10)
	p.a.Transmit(&h245.MultimediaSystemControlMessage{Command: &h245.CommandMessage{FlowControlCommand: &h245.FlowControlCommand{
		Scope: h245.ChannelScope{WholeMultiplex: null}, Restriction: h245.FlowControlRestriction{MaximumBitRate: &whole},
	}}})
	p.run()
	var got []int
	for _, f := range all[FlowControl](p.b) {
		got = append(got, f.BitRate)
		if f.Channel.Number != video.Number && len(got) < 5 {
			t.Errorf("channel %d", f.Channel.Number)
		}
	}
	if d := cmp.Diff([]int{384000, 0, -1, maxRate * 100, 1000}, got); d != "" {
		t.Error(d)
	}
}

func TestRoundTrip(t *testing.T) {
	p := newPair(t, newSide(t, "a", 190, nil), newSide(t, "b", 50, nil)).start()
	p.a.RequestRoundTrip(p.now)
	p.a.flush(t, p.b)
	p.now = p.now.Add(30 * time.Millisecond)
	p.run()
	p.a.RequestRoundTrip(p.now)
	p.a.flush(t, nil) // lost
	p.a.Expire(p.now.Add(t105))
	p.a.flush(t, nil)
	if d := cmp.Diff([]RoundTrip{{30 * time.Millisecond}, {-1}}, all[RoundTrip](p.a)); d != "" {
		t.Error(d)
	}
}

func TestActivity(t *testing.T) {
	s := ready(t, true, manual)
	s.Receive(openRequest(t, 5, 1, capabilityOf(t, pcmu, 0, media.RoleMain)), epoch)
	for _, c := range []h245.MiscellaneousIndicationType{
		{LogicalChannelInactive: null}, {LogicalChannelActive: null}, {VideoIndicateReadyToActivate: null}, {MultipointConference: null},
	} {
		s.Receive(&h245.MultimediaSystemControlMessage{Indication: &h245.IndicationMessage{
			MiscellaneousIndication: &h245.MiscellaneousIndication{LogicalChannelNumber: 5, Type: c},
		}}, epoch)
	}
	s.flush(t, nil)
	var got []bool
	for _, a := range all[Activity](s) {
		got = append(got, a.Active)
	}
	if d := cmp.Diff([]bool{false, true, true}, got); d != "" || len(all[Other](s)) != 1 {
		t.Errorf("%v %s", s.events, d)
	}
}

// Each request is answered, or left to the owner.
func TestRequests(t *testing.T) {
	for name, c := range map[string]struct {
		r     h245.RequestMessage
		want  []string
		other bool
	}{
		"loop": {h245.RequestMessage{MaintenanceLoopRequest: &h245.MaintenanceLoopRequest{Type: h245.MaintenanceLoopType{SystemLoop: null}}},
			[]string{"response.maintenanceLoopReject"}, false},
		"delay": {h245.RequestMessage{RoundTripDelayRequest: &h245.RoundTripDelayRequest{SequenceNumber: 9}},
			[]string{"response.roundTripDelayResponse"}, false},
		"rate": {h245.RequestMessage{LogicalChannelRateRequest: &h245.LogicalChannelRateRequest{LogicalChannelNumber: 5}},
			[]string{"response.logicalChannelRateAcknowledge"}, false},
		"rate of nothing": {h245.RequestMessage{LogicalChannelRateRequest: &h245.LogicalChannelRateRequest{LogicalChannelNumber: 6}},
			[]string{"response.logicalChannelRateReject"}, false},
		"mode of communication": {h245.RequestMessage{CommunicationModeRequest: &h245.CommunicationModeRequest{}},
			[]string{"response.communicationModeResponse"}, false},
		"conference": {h245.RequestMessage{ConferenceRequest: &h245.ConferenceRequest{TerminalListRequest: null}}, []string{}, true},
		"multiplex": {h245.RequestMessage{RequestMultiplexEntry: &h245.RequestMultiplexEntry{EntryNumbers: []h245.MultiplexTableEntryNumber{1}}},
			[]string{"indication.functionNotUnderstood"}, false},
		"unknown": {h245.RequestMessage{Extension: per.Extension{{Index: 40, Data: []byte{1}}}},
			[]string{"indication.functionNotUnderstood"}, false},
		"generic": {h245.RequestMessage{GenericRequest: &h245.GenericMessage{MessageIdentifier: h245.CapabilityIdentifier{Standard: "0.0.8.999"}}},
			[]string{}, true},
	} {
		t.Run(name, func(t *testing.T) {
			s := ready(t, true, manual)
			s.Receive(openRequest(t, 5, 1, capabilityOf(t, pcmu, 0, media.RoleMain)), epoch)
			s.flush(t, nil)
			got := names(s.answerTo(t, &h245.MultimediaSystemControlMessage{Request: &c.r}))
			if d := cmp.Diff(c.want, got); d != "" {
				t.Error(d)
			}
			if (len(all[Other](s)) == 1) != c.other {
				t.Errorf("%v", s.events)
			}
		})
	}
}

func TestRequestMode(t *testing.T) {
	for _, accept := range []bool{true, false} {
		s := ready(t, true, manual)
		s.AnswerMode(true) // of nothing
		s.Receive(&h245.MultimediaSystemControlMessage{Request: &h245.RequestMessage{RequestMode: &h245.RequestMode{SequenceNumber: 4}}}, epoch)
		s.AnswerMode(accept)
		s.AnswerMode(accept)
		s.flush(t, nil)
		if len(all[ModeRequested](s)) != 1 || len(s.sent) != 1 {
			t.Fatalf("%v, %v", s.events, names(s.sent))
		}
		r := s.sent[0].Response
		if accept && (r.RequestModeAck == nil || r.RequestModeAck.SequenceNumber != 4) ||
			!accept && (r.RequestModeReject == nil || r.RequestModeReject.SequenceNumber != 4) {
			t.Errorf("%s", s.sent[0].Name())
		}
	}
}

func TestModeRequested(t *testing.T) {
	modes := []h245.ModeDescription{{{Type: h245.ModeElementType{AudioMode: &h245.AudioMode{G711Ulaw64k: null}}}}}
	for _, accept := range []bool{true, false} {
		p := newPair(t, newSide(t, "a", 190, nil), newSide(t, "b", 50, manual)).start()
		p.a.RequestMode(modes, p.now)
		p.run()
		p.b.AnswerMode(accept)
		p.run()
		if d := cmp.Diff([]ModeAnswered{{accept}}, all[ModeAnswered](p.a)); d != "" || len(all[ModeRequested](p.b)) != 1 {
			t.Error(d)
		}
		// T109.
		p.forget()
		p.a.RequestMode(modes, p.now)
		p.run()
		p.a.Expire(p.now.Add(t109))
		p.run()
		p.b.AnswerMode(true)
		p.run()
		if d := cmp.Diff([]ModeAnswered{{false}}, all[ModeAnswered](p.a)); d != "" || p.b.mode != nil {
			t.Error(d)
		}
	}
}

// The peer ends the session: everything closes, and nothing is done any more.
func TestEndOfPeer(t *testing.T) {
	p := newPair(t, newSide(t, "a", 190, nil), newSide(t, "b", 50, nil)).start()
	p.forget()
	end := &h245.MultimediaSystemControlMessage{Command: &h245.CommandMessage{EndSessionCommand: &h245.EndSessionCommand{Disconnect: null}}}
	if d := cmp.Diff([]string{"command.endSessionCommand"}, names(p.a.answerTo(t, end))); d != "" {
		t.Error(d)
	}
	if len(all[Closed](p.a)) != 4 || len(all[SessionEnded](p.a)) != 1 {
		t.Errorf("%v", p.a.events)
	}
	p.forget()
	p.a.Receive(end, p.now)
	p.a.End(p.now)
	p.a.Start(p.now)
	p.a.Close(media.Send, 1, p.now)
	p.a.SetCapabilities(nil, p.now)
	p.a.SetSending(nil, p.now)
	p.a.RequestPresentation(p.now)
	p.a.ForcePresentation(PresentationPeer)
	p.a.RequestRoundTrip(p.now)
	p.a.Transmit(end)
	p.a.Expire(p.now.Add(time.Hour))
	if err := p.a.Open(media.KindAudio, media.RoleMain, media.Capability{}, p.now); err == nil {
		t.Error("opened")
	}
	if err := p.a.UserInput("1", 0); err == nil {
		t.Error("sent")
	}
	if list := p.a.Take(); len(list) != 0 {
		t.Errorf("%v", list)
	}
}
