package signalling

import (
	"net/netip"
	"testing"
	"time"

	"parley/h323/h225"
	"parley/h323/per"
	"parley/h323/q931"
)

// FuzzMachine gives both sides random messages, orders and times: whatever comes,
// a machine ends once, says nothing after its end, and every message encodes.
func FuzzMachine(f *testing.F) {
	f.Add([]byte{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11})
	f.Add([]byte{0x20, 0x41, 0x62, 0x83, 0xa4, 0xc5, 0xe6, 0x07, 0x28, 0x49})
	f.Add([]byte{0, 9, 1, 10, 2, 11, 3, 12, 4, 13, 5, 14, 6, 15, 7, 16, 8, 17, 255, 254, 253})
	f.Fuzz(func(t *testing.T, script []byte) {
		now := epoch
		setup := newSetup()
		setup.FastStart = [][]byte{{1}}
		caller := Outgoing(config(7))
		caller.Dial(setup, nil, nil, now)
		machines := []*Machine{caller, Incoming(config(7), caller.Take()[0].(Transmit).Message, now)}
		ended := [2]bool{}
		for i := 0; i < len(script) && i < 200; i++ {
			which := int(script[i]) & 1
			m := machines[which]
			if order := script[i] >> 1; order < 16 {
				command(m, order, now)
			} else {
				m.Receive(message(script[i:]), now)
			}
			now = now.Add(time.Duration(script[i]) * time.Second / 4)
			m.Expire(now)
			m.Flush()
			for _, o := range m.Take() {
				if ended[which] {
					t.Fatalf("%T after the end", o)
				}
				switch o := o.(type) {
				case Released:
					ended[which] = true
				case Transmit:
					if _, err := per.Marshal(o.Message.Info); err != nil {
						t.Fatalf("%v: %v", o.Message.Type, err)
					}
				}
			}
			if ended[which] != (m.State() == q931.Null) {
				t.Fatalf("state %d, ended %v", m.State(), ended[which])
			}
		}
	})
}

func command(m *Machine, order byte, now time.Time) {
	switch order {
	case 0:
		m.Proceed()
	case 1:
		m.Alert()
	case 2:
		m.Progress()
	case 3:
		m.Answer()
	case 4:
		m.Collect(now)
	case 5:
		m.Digits("5", now)
	case 6:
		m.AnswerFast([][]byte{{1}})
	case 7:
		m.RefuseFast()
	case 8:
		m.Tunnel([]byte{1})
	case 9:
		m.Service([]byte{1})
	case 10:
		m.Enquire()
	case 11:
		m.StartControl()
	case 12:
		m.Forward([]h225.AliasAddress{{H323ID: "a"}}, netip.AddrPort{}, true)
	case 13:
		m.Release(Release{Cause: q931.NormalClearing})
	case 14:
		m.Lost(Release{Cause: q931.NetworkOutOfOrder})
	}
}

// message makes one out of octets: any type, with or without a body.
func message(script []byte) *Message {
	types := []q931.MessageType{
		q931.CallProceeding, q931.Alerting, q931.Progress, q931.Connect, q931.SetupAcknowledge,
		q931.Information, q931.Facility, q931.Notify, q931.Status, q931.StatusEnquiry,
		q931.ReleaseComplete, q931.Setup, q931.Release, q931.MessageType(0x33),
	}
	pick := func(i int) byte {
		if i < len(script) {
			return script[i]
		}
		return 0
	}
	m := &Message{Message: &q931.Message{CallReference: 7, Type: types[int(pick(1))%len(types)]}}
	if pick(2)&1 != 0 {
		return m
	}
	flag := pick(2)&2 != 0
	b := pick(2)
	body := h225.MessageBody{Empty: &per.Null{}}
	if b&4 != 0 {
		body = h225.MessageBody{Connect: &h225.ConnectUUIE{ProtocolIdentifier: h225.Protocol, FastStart: [][]byte{{1}}}}
	} else if b&8 != 0 {
		body = h225.MessageBody{Facility: &h225.FacilityUUIE{
			ProtocolIdentifier: h225.Protocol, Reason: h225.FacilityReason{CallForwarded: &per.Null{}},
			AlternativeAliasAddress: []h225.AliasAddress{{H323ID: "b"}},
		}}
	}
	m.Info = &h225.H323UserInformation{H323UUPDU: h225.H323UUPDU{H323MessageBody: body, H245Tunnelling: &flag}}
	if b&16 != 0 {
		m.Info.H323UUPDU.H245Control = [][]byte{{1, 2}}
	}
	return m
}
