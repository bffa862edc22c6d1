package h460

import (
	"bytes"
	"encoding/hex"
	"errors"
	"net/netip"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"parley/h323/h225"
	"parley/h323/h245"
	"parley/h323/internal/capture"
	"parley/h323/per"
)

func ptr[T any](v T) *T { return &v }

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// Messages of calls between other programs.
const (
	recordedSCI      = "852b00800000010000000140001200004000010018007f00001406b800d065f78264e3f1118258a5cf21bb4951"
	recordedFacility = "08020000621c007e0027052680060008914a00076260301100d065f78264e3f1118258a5cf21bb49510100010002800180"
	recordedSetup    = "080219780504038893a5280573696d42007e00ca0520b8060008914a000701400300730069006d004222c00900003d1048333233506c75732073696d706c6500001a312e32382e30202848333233706c75732076312e32382e302900000001400300730069006d0041007f00001406b800d065f78264e3f1118259a5cf21bb495100bd0fa00807007f000001be901100d065f78264e3f1118258a5cf21bb4951010001001f1c0031003100310033003600380031003700330039005f0065006e0064007001000100070120656e2d75730901400013000000000102800100"
	recordedCaller   = "71201e60070008834c1200010201001610d065f78264e3f1118258a5cf21bb4951"
	recordedCalled   = "71202060070008834c1200010202001610d065f78264e3f1118258a5cf21bb49510020"
	recordedOLC      = "038000640c201380188d0001007f000014040100800b300080b080018001fc00400440210220070008834c1300010100160a0a007f0000140400001200070008834c130001"
	recordedAck      = "22c0006406a0135c00007f000001138b007f000001138c010100100120070008834c1300010100160205fc"
	recorded17       = "08020000621c007e00750528100100108101806b014000110000400001006012c0f5e6060008914a00070001400300730069006d004208004c006100620047004b1a003100330039003200300038003900380030005f0065006e006400701e8b82020012010001800501400060a001000e1001080a2b060104018185420006"
)

// The identifier of the recorded call.
var call = h225.GloballyUniqueID{0xd0, 0x65, 0xf7, 0x82, 0x64, 0xe3, 0xf1, 0x11, 0x82, 0x58, 0xa5, 0xcf, 0x21, 0xbb, 0x49, 0x51}

func control(t testing.TB, octets []byte) *h245.MultimediaSystemControlMessage {
	t.Helper()
	m, _, err := h245.Unmarshal(octets)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestIncomingCallIndication(t *testing.T) {
	m := new(h225.RasMessage)
	if _, err := per.Unmarshal(unhex(t, recordedSCI), m); err != nil {
		t.Fatal(err)
	}
	got, err := Indicated(m.ServiceControlIndication)
	if err != nil {
		t.Fatal(err)
	}
	want := &IncomingCallIndication{
		CallSignallingAddress: h225.TransportAddressOf(netip.MustParseAddrPort("127.0.0.20:1720")),
		CallID:                h225.CallIdentifier{GUID: call},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	again := &h225.ServiceControlIndication{}
	for range 2 { // the second time in the place of the first
		if err := want.Indicate(again); err != nil {
			t.Fatal(err)
		}
	}
	if d := cmp.Diff(m.ServiceControlIndication.GenericData, again.GenericData); d != "" {
		t.Error(d)
	}
	// The client's FACILITY, but for what its maker adds.
	_, u := capture.Message(t, unhex(t, recordedFacility))
	facility := u.H323UUPDU.H323MessageBody.Facility
	facility.MultipleCalls, facility.MaintainConnection = nil, nil
	if d := cmp.Diff(facility, got.Facility("0.0.8.2250.0.7")); d != "" {
		t.Error(d)
	}
}

func TestIncomingCallIndicationMalformed(t *testing.T) {
	if _, err := Indicated(&h225.ServiceControlIndication{}); !errors.Is(err, ErrAbsent) {
		t.Errorf("none: %v", err)
	}
	for name, p := range map[string]h225.EnumeratedParameter{"no content": Flag(1), "another": Raw(3, []byte{1})} {
		m := &h225.ServiceControlIndication{GenericData: []h225.GenericData{Feature(SignallingTraversal, p)}}
		if _, err := Indicated(m); !errors.Is(err, ErrAbsent) {
			t.Errorf("%s: %v", name, err)
		}
	}
	m := &h225.ServiceControlIndication{GenericData: []h225.GenericData{Feature(SignallingTraversal, Raw(1, []byte{0, 1}))}}
	if _, err := Indicated(m); !errors.Is(err, per.ErrMalformed) {
		t.Errorf("cut: %v", err)
	}
}

func TestLRQKeepAlive(t *testing.T) {
	m := new(h225.ServiceControlResponse)
	if _, err := Announced(m); !errors.Is(err, ErrAbsent) {
		t.Errorf("none: %v", err)
	}
	want := &LRQKeepAliveData{LRQKeepAliveInterval: 19}
	if err := want.Announce(m); err != nil {
		t.Fatal(err)
	}
	got, err := Announced(m)
	if d := cmp.Diff(want, got); d != "" || err != nil {
		t.Error(d, err)
	}
	m.GenericData[0].Parameters[0] = Raw(2, nil)
	if _, err := Announced(m); !errors.Is(err, ErrAbsent) {
		t.Errorf("empty: %v", err)
	}
}

func TestConnectionIndication(t *testing.T) {
	for octets, called := range map[string]bool{recordedCaller: false, recordedCalled: true} {
		m := control(t, unhex(t, octets)).Indication.GenericIndication
		got, answers, err := ConnectionIndicated(m)
		if err != nil || got != call || answers != called {
			t.Errorf("%x, %v, %v", got, answers, err)
		}
		if d := cmp.Diff(m, ConnectionIndication(call, called)); d != "" {
			t.Error(d)
		}
	}
	for _, m := range []*h245.GenericMessage{
		{}, {MessageIdentifier: h245.CapabilityIdentifier{Standard: h245.H46018OID}},
		{MessageIdentifier: h245.CapabilityIdentifier{Standard: h245.H46018OID}, SubMessageIdentifier: ptr(uint8(1)),
			MessageContent: []h245.GenericParameter{{}, octets(1, []byte{1})}},
	} {
		if _, _, err := ConnectionIndicated(m); !errors.Is(err, ErrAbsent) {
			t.Errorf("%+v: %v", m, err)
		}
	}
}

func TestTraversalParameters(t *testing.T) {
	olc := control(t, unhex(t, recordedOLC)).Request.OpenLogicalChannel
	ack := control(t, unhex(t, recordedAck)).Response.OpenLogicalChannelAck
	for _, c := range []struct {
		recorded []h245.GenericMessage
		want     *TraversalParameters
	}{
		{olc.GenericInformation, &TraversalParameters{
			KeepAliveChannel:  h245.NewTransportAddress(netip.MustParseAddrPort("127.0.0.20:1024")),
			KeepAliveInterval: ptr(h225.TimeToLive(19)),
		}},
		{ack.GenericInformation, &TraversalParameters{KeepAlivePayloadType: ptr(uint8(127))}},
	} {
		got, err := Traversal(c.recorded)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(c.want, got); d != "" {
			t.Error(d)
		}
		m, err := got.Message()
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(&c.recorded[0], m); d != "" {
			t.Error(d)
		}
	}
	all := &TraversalParameters{
		MultiplexedMediaChannel:        h245.NewTransportAddress(netip.MustParseAddrPort("192.0.2.1:3000")),
		MultiplexedMediaControlChannel: h245.NewTransportAddress(netip.MustParseAddrPort("[2001:db8::1]:3001")),
		MultiplexID:                    ptr(uint32(0xfedcba98)),
		KeepAliveChannel:               h245.NewTransportAddress(netip.MustParseAddrPort("192.0.2.1:3000")),
		KeepAlivePayloadType:           ptr(uint8(96)),
		KeepAliveInterval:              ptr(h225.TimeToLive(20)),
	}
	m, err := all.Message()
	if err != nil {
		t.Fatal(err)
	}
	got, err := Traversal([]h245.GenericMessage{{}, *m})
	if d := cmp.Diff(all, got); d != "" || err != nil {
		t.Error(d, err)
	}
	m.MessageContent[0].ParameterValue.OctetString = []byte{0x40}
	if _, err := Traversal([]h245.GenericMessage{*m}); !errors.Is(err, per.ErrMalformed) {
		t.Errorf("cut: %v", err)
	}
	if _, err := Traversal([]h245.GenericMessage{{MessageIdentifier: m.MessageIdentifier}}); !errors.Is(err, ErrAbsent) {
		t.Errorf("without content: %v", err)
	}
}

func TestRole(t *testing.T) {
	_, u := capture.Message(t, unhex(t, recordedSetup))
	setup := u.H323UUPDU.H323MessageBody.Setup
	got, ok := RoleOf(FindInSetup(setup, MediaTraversal))
	if want := (Role{Multiplexed: true}); !ok || got != want {
		t.Errorf("%+v, %v", got, ok)
	}
	if _, ok := RoleOf(FindInSetup(setup, SignallingTraversal)); ok {
		t.Error("a feature that is not there")
	}
	for _, r := range []Role{{}, {Server: true}, {Multiplexed: true}, {true, true}} {
		set := Support(nil, Feature(SignallingTraversal))
		set = Support(set, Role{}.Feature())
		set = Support(set, r.Feature()) // in the place of the one before
		if len(set.SupportedFeatures) != 2 {
			t.Errorf("%d features", len(set.SupportedFeatures))
		}
		data, err := per.Marshal(set)
		if err != nil {
			t.Fatal(err)
		}
		read := new(h225.FeatureSet)
		if _, err := per.Unmarshal(data, read); err != nil {
			t.Fatal(err)
		}
		if got, ok := RoleOf(FindIn(read, MediaTraversal)); !ok || got != r {
			t.Errorf("%+v, %v, want %+v", got, ok, r)
		}
	}
	if FindIn(nil, 18) != nil || FindIn(&h225.FeatureSet{NeededFeatures: []h225.GenericData{Feature(9)}}, 9) == nil {
		t.Error("FindIn")
	}
}

func TestRASOverSignalling(t *testing.T) {
	_, u := capture.Message(t, unhex(t, recorded17))
	all := TunnelledRAS(u)
	if len(all) != 1 {
		t.Fatalf("%d messages", len(all))
	}
	m := new(h225.RasMessage)
	if _, err := per.Unmarshal(all[0], m); err != nil || m.RegistrationConfirm == nil {
		t.Fatalf("%v, %v", m, err)
	}
	if d := cmp.Diff(u, TunnelRAS(all[0])); d != "" {
		t.Error(d)
	}
	u.H323UUPDU.GenericData = append(u.H323UUPDU.GenericData, Feature(MediaTraversal, Raw(1, []byte{1})), Feature(RASOverSignalling, Flag(1)))
	for range 20 {
		u.H323UUPDU.GenericData = append(u.H323UUPDU.GenericData, Feature(RASOverSignalling, Raw(1, []byte{1})))
	}
	if n := len(TunnelledRAS(u)); n != maxTunnelled {
		t.Errorf("%d messages of 21", n)
	}
}

func TestMultiplex(t *testing.T) {
	packet := []byte{0x80, 0, 0, 1}
	data := append(AppendMultiplex(nil, 0x01020304), packet...)
	if want := []byte{1, 2, 3, 4, 0x80, 0, 0, 1}; !bytes.Equal(data, want) {
		t.Errorf("%x", data)
	}
	id, got, ok := CutMultiplex(data)
	if id != 0x01020304 || !bytes.Equal(got, packet) || !ok {
		t.Errorf("%x, %x, %v", id, got, ok)
	}
	if _, _, ok := CutMultiplex(data[:4]); ok {
		t.Error("an identifier without a packet")
	}
}

func TestKeepAlive(t *testing.T) {
	start := time.Unix(1700000000, 0)
	k := KeepAlive{PayloadType: 127, SSRC: 0x01020304, Interval: 19 * time.Second}
	var at []time.Duration
	now := start
	for range 5 {
		packet, next := k.Next(nil, now)
		if !IsKeepAlive(packet) || packet[1] != 0xff || !bytes.Equal(packet[8:], []byte{1, 2, 3, 4}) || packet[3] != byte(len(at)+1) {
			t.Errorf("%x", packet)
		}
		if early, same := k.Next(nil, next.Add(-1)); early != nil || same != next {
			t.Errorf("%x at %v, before it is due", early, next)
		}
		at = append(at, now.Sub(start))
		now = next
	}
	want := []time.Duration{0, 100 * time.Millisecond, 200 * time.Millisecond, 19200 * time.Millisecond, 38200 * time.Millisecond}
	if d := cmp.Diff(want, at); d != "" {
		t.Error(d)
	}
	k = KeepAlive{sent: 3}
	if _, next := k.Next(nil, start); next != start.Add(minInterval) {
		t.Errorf("next at %v", next)
	}
	if IsKeepAlive(make([]byte, 13)) || IsKeepAlive(nil) {
		t.Error("no keep-alive is one")
	}
}

// FuzzDecode: whatever a peer puts into the features, nothing panics, and what is
// read encodes again.
func FuzzDecode(f *testing.F) {
	f.Add(unhex(f, "007f00001406b800d065f78264e3f1118258a5cf21bb4951"))
	f.Add(unhex(f, "0a007f000014040012"))
	f.Add(unhex(f, "05fc"))
	f.Fuzz(func(t *testing.T, data []byte) {
		sci := &h225.ServiceControlIndication{GenericData: []h225.GenericData{Feature(SignallingTraversal, Raw(1, data))}}
		if i, err := Indicated(sci); err == nil {
			if err := i.Indicate(sci); err != nil {
				t.Errorf("%x: %v", data, err)
			}
		}
		scr := &h225.ServiceControlResponse{GenericData: []h225.GenericData{Feature(SignallingTraversal, Raw(2, data))}}
		if d, err := Announced(scr); err == nil {
			if err := d.Announce(scr); err != nil {
				t.Errorf("%x: %v", data, err)
			}
		}
		m := h245.GenericMessage{
			MessageIdentifier: h245.CapabilityIdentifier{Standard: h245.H46019OID},
			MessageContent:    []h245.GenericParameter{octets(1, data)},
		}
		if p, err := Traversal([]h245.GenericMessage{m}); err == nil {
			if _, err := p.Message(); err != nil {
				t.Errorf("%x: %v", data, err)
			}
		}
	})
}
