package q931_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"parley/h323/q931"
)

// value is the content of an element.
type value interface{ Append([]byte) []byte }

func TestElementValues(t *testing.T) {
	notify := q931.RemoteHold
	for text, want := range map[string]value{
		"8893a5":       q931.BearerCapability{Capability: q931.UnrestrictedDigital, Rate: 0x13, Layer1: q931.LayerH221},
		"889886a5":     q931.BearerCapability{Capability: q931.UnrestrictedDigital, Rate: q931.Multirate, Multiplier: 6, Layer1: q931.LayerH221},
		"8090a3":       q931.BearerCapability{Capability: q931.Speech, Rate: q931.Rate64, Layer1: q931.G711A},
		"8090":         q931.BearerCapability{Capability: q931.Speech, Rate: q931.Rate64},
		"8091":         q931.Cause{Value: q931.UserBusy},
		"82e07e":       q931.Cause{Location: q931.PublicLocal, Value: q931.MandatoryElementMissing, Diagnostics: []byte{0x7e}},
		"0a":           q931.CallState{State: q931.Active},
		"8188":         q931.ProgressIndicator{Location: q931.PrivateLocal, Description: q931.InbandInformation},
		"f9":           notify,
		"81313233":     q931.PartyNumber{Plan: q931.E164, Digits: "123"},
		"1183313233":   q931.PartyNumber{Type: q931.InternationalNumber, Plan: q931.E164, Indicators: 1, Screening: q931.NetworkProvided, Digits: "123"},
		"00a0":         q931.PartyNumber{Indicators: 1, Presentation: q931.Restricted},
		"21008f393939": q931.PartyNumber{Type: q931.NationalNumber, Plan: q931.E164, Indicators: 2, Reason: q931.ForwardedAlways, Digits: "999"},
		"05aabb":       q931.UserUser{Discriminator: q931.ASN1, Data: []byte{0xaa, 0xbb}},
	} {
		data := unhex(t, text)
		got, err := read(want, data)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s: %s", text, d)
		}
		if d := cmp.Diff(data, want.Append(nil)); d != "" {
			t.Errorf("%s: %s", text, d)
		}
	}
}

// read parses data as a value of like's type.
func read(like value, data []byte) (value, error) {
	switch v := like.(type) {
	case q931.BearerCapability:
		err := v.Unmarshal(data)
		return v, err
	case q931.Cause:
		err := v.Unmarshal(data)
		return v, err
	case q931.CallState:
		err := v.Unmarshal(data)
		return v, err
	case q931.ProgressIndicator:
		err := v.Unmarshal(data)
		return v, err
	case q931.NotificationIndicator:
		err := v.Unmarshal(data)
		return v, err
	case q931.PartyNumber:
		err := v.Unmarshal(data)
		return v, err
	case q931.UserUser:
		err := v.Unmarshal(data)
		return v, err
	}
	return nil, errors.New("no such value")
}

// A cause may carry the recommendation it is from, which is skipped.
func TestCauseWithRecommendation(t *testing.T) {
	m := parse(t, "080200015a"+"0803"+"008090")
	c, ok := m.Cause()
	if !ok || c.Value != q931.NormalClearing {
		t.Errorf("%+v, %v", c, ok)
	}
}

func TestElementValuesMalformed(t *testing.T) {
	for name, err := range map[string]error{
		"bearer":       new(q931.BearerCapability).Unmarshal([]byte{0x88}),
		"multirate":    new(q931.BearerCapability).Unmarshal([]byte{0x88, 0x98}),
		"cause":        new(q931.Cause).Unmarshal([]byte{0x80}),
		"cause open":   new(q931.Cause).Unmarshal([]byte{0, 0}),
		"call state":   new(q931.CallState).Unmarshal(nil),
		"progress":     new(q931.ProgressIndicator).Unmarshal([]byte{0x80}),
		"notification": new(q931.NotificationIndicator).Unmarshal(nil),
		"number":       new(q931.PartyNumber).Unmarshal(nil),
		"number open":  new(q931.PartyNumber).Unmarshal([]byte("12")),
		"user-user":    new(q931.UserUser).Unmarshal(nil),
	} {
		if !errors.Is(err, q931.ErrMalformed) {
			t.Errorf("%s: %v, want ErrMalformed", name, err)
		}
	}
}
