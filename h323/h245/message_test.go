package h245

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"parley/h323/per"
)

func TestTypesAreTagged(t *testing.T) {
	if err := per.Check(MultimediaSystemControlMessage{}); err != nil {
		t.Fatal(err)
	}
}

// The encodings are worked out by hand from X.691.
func TestMarshal(t *testing.T) {
	null := &per.Null{}
	for _, c := range []struct {
		want string
		m    MultimediaSystemControlMessage
	}{
		{"0100be401234", MultimediaSystemControlMessage{Request: &RequestMessage{
			MasterSlaveDetermination: &MasterSlaveDetermination{TerminalType: 190, StatusDeterminationNumber: 0x1234},
		}}},
		{"2080", MultimediaSystemControlMessage{Response: &ResponseMessage{
			MasterSlaveDeterminationAck: &MasterSlaveDeterminationAck{Decision: MasterSlaveDecision{Master: null}},
		}}},
		{"20a0", MultimediaSystemControlMessage{Response: &ResponseMessage{
			MasterSlaveDeterminationAck: &MasterSlaveDeterminationAck{Decision: MasterSlaveDecision{Slave: null}},
		}}},
		{"4a40", MultimediaSystemControlMessage{Command: &CommandMessage{
			EndSessionCommand: &EndSessionCommand{Disconnect: null},
		}}},
		{"090007", MultimediaSystemControlMessage{Request: &RequestMessage{
			RoundTripDelayRequest: &RoundTripDelayRequest{SequenceNumber: 7},
		}}},
		{"6d400135", MultimediaSystemControlMessage{Indication: &IndicationMessage{
			UserInput: &UserInputIndication{Alphanumeric: ptr("5")},
		}}},
	} {
		got, err := c.m.Marshal()
		if s := fmt.Sprintf("%x", got); err != nil || s != c.want {
			t.Errorf("%s, %v, want %s", s, err, c.want)
		}
		m, rest, err := Unmarshal(unhex(t, c.want))
		if err != nil || len(rest) != 0 {
			t.Errorf("%s: %d octets left, %v", c.want, len(rest), err)
		} else if d := cmp.Diff(&c.m, m); d != "" {
			t.Errorf("%s: %s", c.want, d)
		}
	}
}

func ptr[T any](v T) *T { return &v }

// A TPKT may carry several messages.
func TestUnmarshalLeavesTheRest(t *testing.T) {
	m, rest, err := Unmarshal(unhex(t, "2180010100be401234"))
	if err != nil || m.Response == nil || fmt.Sprintf("%x", rest) != "0100be401234" {
		t.Errorf("%+v, %x, %v", m, rest, err)
	}
}

// fullSet is a capability table as long as the standard allows.
func fullSet() *MultimediaSystemControlMessage {
	set := &TerminalCapabilitySet{SequenceNumber: 1, ProtocolIdentifier: ProtocolIdentifier}
	for i := range 256 {
		set.CapabilityTable = append(set.CapabilityTable, CapabilityTableEntry{
			CapabilityTableEntryNumber: CapabilityTableEntryNumber(i + 1),
			Capability: &Capability{ReceiveAudioCapability: &AudioCapability{
				GenericAudioCapability: &GenericCapability{
					CapabilityIdentifier: CapabilityIdentifier{Standard: "0.0.7.7221.1.0"},
					Collapsing: []GenericParameter{{
						ParameterIdentifier: ParameterIdentifier{Standard: ptr[uint8](1)},
						ParameterValue:      ParameterValue{UnsignedMin: ptr[uint16](2)},
					}},
				},
			}},
		})
	}
	return &MultimediaSystemControlMessage{Request: &RequestMessage{TerminalCapabilitySet: set}}
}

func TestFullCapabilityTable(t *testing.T) {
	small := fullSet()
	for i := range small.Request.TerminalCapabilitySet.CapabilityTable {
		// The entry that is shortest on the line.
		small.Request.TerminalCapabilitySet.CapabilityTable[i].Capability.ReceiveAudioCapability =
			&AudioCapability{G711Alaw64k: ptr[uint16](20)}
	}
	for _, m := range []*MultimediaSystemControlMessage{fullSet(), small} {
		b, err := m.Marshal()
		if err != nil {
			t.Fatal(err)
		}
		got, _, err := Unmarshal(b)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(m, got); d != "" {
			t.Error(d)
		}
	}
}

// A parameter may hold parameters without end; the stack may not.
func TestDepthIsBounded(t *testing.T) {
	m := &MultimediaSystemControlMessage{Indication: &IndicationMessage{
		GenericIndication: &GenericMessage{
			MessageIdentifier: CapabilityIdentifier{Standard: "0.0.8.239.2"},
			MessageContent: []GenericParameter{{
				ParameterIdentifier: ParameterIdentifier{Standard: ptr[uint8](1)},
				ParameterValue:      ParameterValue{Logical: &per.Null{}},
			}},
		},
	}}
	b, err := m.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	// The additions of a CHOICE are open types with their length in front.
	head, logical := b[3:len(b)-2], b[len(b)-2:]
	if want := []byte{0x00, 0x10}; !bytes.Equal(logical, want) {
		t.Fatalf("%x", b)
	}
	// One parameter 1 whose value is a list of one parameter.
	nested := func(n int) []byte {
		inner := slices.Concat(head, bytes.Repeat([]byte{0x00, 0x17, 0x01}, n), logical)
		length := []byte{0x80 | byte(len(inner)>>8), byte(len(inner))}
		return slices.Concat(b[:2], length, inner)
	}
	if _, _, err := Unmarshal(nested(3)); err != nil {
		t.Error(err)
	}
	if _, _, err := Unmarshal(nested(5000)); !errors.Is(err, per.ErrLimit) {
		t.Errorf("%v", err)
	}
}

// What a later version adds is kept and sent again.
func TestUnknownAdditionsAreKept(t *testing.T) {
	m := &MultimediaSystemControlMessage{Request: &RequestMessage{
		Extension: per.Extension{{Index: 40, Data: per.OpenType{1, 2, 3}}},
	}}
	b, err := m.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	got, _, err := Unmarshal(b)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(m, got); d != "" {
		t.Error(d)
	}
}

func TestName(t *testing.T) {
	for _, c := range []struct {
		want string
		m    MultimediaSystemControlMessage
	}{
		{"", MultimediaSystemControlMessage{}},
		{"request", MultimediaSystemControlMessage{Request: &RequestMessage{}}},
		{"command.endSessionCommand", MultimediaSystemControlMessage{Command: &CommandMessage{
			EndSessionCommand: &EndSessionCommand{}}}},
		{"indication.[30]", MultimediaSystemControlMessage{Indication: &IndicationMessage{
			Extension: per.Extension{{Index: 30, Data: per.OpenType{0}}}}}},
	} {
		if got := c.m.Name(); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}
