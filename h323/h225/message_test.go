package h225_test

import (
	"bytes"
	"encoding/hex"
	"testing"

	"github.com/google/go-cmp/cmp"

	"parley/h323/h225"
	"parley/h323/h235"
	"parley/h323/internal/capture"
	"parley/h323/per"
	"parley/h323/q931"
	"parley/h323/tpkt"
)

// to points to v, for what is optional.
func to[T any](v T) *T { return &v }

// terminal is an endpoint as it tells of itself.
func terminal() h225.EndpointType {
	return h225.EndpointType{
		Vendor: &h225.VendorIdentifier{
			Vendor:    h225.H221NonStandard{T35CountryCode: 0xb5, ManufacturerCode: 0x0101},
			ProductID: []byte("parley"),
			VersionID: []byte("1"),
		},
		Terminal: &h225.TerminalInfo{},
	}
}

func address(last byte, port uint16) h225.TransportAddress {
	return h225.TransportAddress{IPAddress: &h225.IPAddress{IP: [4]byte{192, 0, 2, last}, Port: port}}
}

func gatekeeperRequest() *h225.RasMessage {
	return &h225.RasMessage{GatekeeperRequest: &h225.GatekeeperRequest{
		RequestSeqNum:      1,
		ProtocolIdentifier: h225.Protocol,
		RASAddress:         address(1, 1719),
		EndpointType:       terminal(),
		EndpointAlias:      []h225.AliasAddress{{H323ID: "zoë"}, {DialledDigits: "42#"}, {URLID: "h323:zoe@example.org"}},
		SupportsAssignedGK: to(false),
	}}
}

func registrationRequest() *h225.RasMessage {
	password := h235.Hashed{AlgorithmOID: "1.2.840.113549.2.5", Hash: per.BitString{Bytes: make([]byte, 16), Length: 128}}
	return &h225.RasMessage{RegistrationRequest: &h225.RegistrationRequest{
		RequestSeqNum:      0xffff,
		ProtocolIdentifier: h225.Protocol,
		DiscoveryComplete:  true,
		CallSignalAddress:  []h225.TransportAddress{address(1, 1720)},
		RASAddress:         []h225.TransportAddress{address(1, 1719)},
		TerminalType:       terminal(),
		EndpointVendor:     *terminal().Vendor,
		TimeToLive:         to(h225.TimeToLive(300)),
		CryptoTokens: []h225.CryptoH323Token{{CryptoEPPwdHash: &h225.EPPwdHash{
			Alias: h225.AliasAddress{H323ID: "zoe"}, TimeStamp: 1, Token: password,
		}}},
		KeepAlive:          to(false),
		WillSupplyUUIEs:    to(false),
		MaintainConnection: to(true),
		SupportsAssignedGK: to(false),
	}}
}

func setup() *h225.H323UserInformation {
	id := h225.GloballyUniqueID{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}
	return &h225.H323UserInformation{H323UUPDU: h225.H323UUPDU{
		H323MessageBody: h225.MessageBody{Setup: &h225.SetupUUIE{
			ProtocolIdentifier:      h225.Protocol,
			SourceAddress:           []h225.AliasAddress{{H323ID: "zoe"}},
			SourceInfo:              terminal(),
			DestinationAddress:      []h225.AliasAddress{{DialledDigits: "42"}},
			DestCallSignalAddress:   to(address(2, 1720)),
			ConferenceID:            id,
			ConferenceGoal:          h225.ConferenceGoal{Create: &per.Null{}},
			CallType:                h225.CallType{PointToPoint: &per.Null{}},
			SourceCallSignalAddress: to(address(1, 1720)),
			CallIdentifier:          &h225.CallIdentifier{GUID: id},
			// G.711 mu-law there and back, as H.245 OpenLogicalChannel.
			FastStart: [][]byte{
				{0x00, 0x00, 0x65, 0x0c, 0x60, 0x13, 0x80, 0x0b, 0x0d, 0x00, 0x01, 0x00, 0xc0, 0x00, 0x02, 0x01, 0x23, 0x29, 0x00},
				{0x40, 0x00, 0x00, 0x06, 0x04, 0x01, 0x00, 0x4c, 0x60, 0x13, 0x80, 0x11, 0x1c, 0x00, 0x01, 0x00, 0xc0, 0x00, 0x02, 0x01, 0x23, 0x28, 0x00, 0xc0, 0x00, 0x02, 0x01, 0x23, 0x29},
			},
			MediaWaitForConnect: to(false),
			CanOverlapSend:      to(false),
			MultipleCalls:       to(false),
			MaintainConnection:  to(true),
		}},
		H245Tunnelling: to(true),
	}}
}

// What is encoded here was read by tshark without a finding.
func TestEncoding(t *testing.T) {
	for name, test := range map[string]struct {
		message any
		hex     string
	}{
		"gatekeeperRequest":   {gatekeeperRequest(), "02200000060008914a000700c000020106b722c0b5000101057061726c6579003100034002007a006f00eb0100750800160013683332333a7a6f65406578616d706c652e6f72671600400100"},
		"registrationRequest": {registrationRequest(), "0e00fffe060008914a0007800100c000020106b80100c000020106b722c0b5000101057061726c6579003106b5000101057061726c6579003134ab0002000340012b27010402007a006f00650000082a864886f70d0205008080000000000000000000000000000000000100010001800100"},
		"setup":               {setup(), "20b8060008914a0007014002007a006f006522c0b5000101057061726c65790031000100807500c000020206b8000102030405060708090a0b0c0d0e0f1000dd1d8000000700c000020106b811000102030405060708090a0b0c0d0e0f103302130000650c6013800b0d000100c00002012329001d400000060401004c601380111c000100c0000201232800c00002012329010001000100018010800180"},
	} {
		got, err := per.Marshal(test.message)
		if err != nil || hex.EncodeToString(got) != test.hex {
			t.Errorf("%s: %x, %v\nwant %s", name, got, err, test.hex)
		}
	}
}

func TestTypes(t *testing.T) {
	for _, v := range []any{
		h225.RasMessage{}, h225.H323UserInformation{},
		h235.DHSetExt{}, h235.KeySignedMaterial{}, h235.KeySyncMaterial{}, h235.ReturnSig{},
		h235.H235CertificateSignature{}, h235.H235Key{}, h235.ECGDSASignature{},
	} {
		if err := per.Check(v); err != nil {
			t.Error(err)
		}
	}
}

func TestVersion(t *testing.T) {
	for id, want := range map[h225.ProtocolIdentifier]int{
		h225.Protocol:         7,
		"0.0.8.2250.0.1":      1,
		"0.0.8.2250.0.8":      8,
		"0.0.8.2250.0":        0,
		"0.0.8.2250.0.7.1":    0,
		"0.0.8.2250.0.-1":     0,
		"0.0.8.2250.0.999999": 0,
		"0.0.8.245.0.7":       0,
		"":                    0,
	} {
		if got := h225.Version(id); got != want {
			t.Errorf("%q is version %d, want %d", id, got, want)
		}
	}
}

// Messages of other versions: an addition after ours is kept.
func TestLaterVersion(t *testing.T) {
	m := gatekeeperRequest()
	later := per.Extension{{Index: 14, Data: per.OpenType{1, 2, 3}}}
	m.GatekeeperRequest.Extension = later
	data, err := per.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	var got h225.RasMessage
	if _, err := per.Unmarshal(data, &got); err != nil {
		t.Fatal(err)
	}
	again, err := per.Marshal(&got)
	if err != nil || !bytes.Equal(again, data) {
		t.Errorf("%x, %v, want %x", again, err, data)
	}
	kept := false
	for _, a := range got.GatekeeperRequest.Extension {
		kept = kept || cmp.Equal(a, later[0])
	}
	if !kept {
		t.Errorf("kept %v", got.GatekeeperRequest.Extension)
	}
}

// The call that scanners send to every public port is a well-formed one.
func TestScannersSetup(t *testing.T) {
	data := capture.File(t, "ghost-call-setup.bin")
	if data == nil {
		t.Skip("no corpus")
	}
	packet, err := tpkt.NewReader(bytes.NewReader(data)).ReadPacket()
	if err != nil {
		t.Fatal(err)
	}
	m, u := capture.Message(t, packet)
	if m.Type != q931.Setup {
		t.Fatal(m.Type)
	}
	s := u.H323UUPDU.H323MessageBody.Setup
	if s == nil || h225.Version(s.ProtocolIdentifier) != 6 {
		t.Errorf("%+v", s)
	}
}

func FuzzRasMessage(f *testing.F) {
	for _, m := range []*h225.RasMessage{gatekeeperRequest(), registrationRequest()} {
		seed(f, m)
	}
	seedCorpus(f, "RasMessage")
	f.Fuzz(func(t *testing.T, data []byte) {
		roundTrip(t, data, new(h225.RasMessage), new(h225.RasMessage))
	})
}

func FuzzUserInformation(f *testing.F) {
	seed(f, setup())
	seedCorpus(f, "H323_UserInformation")
	f.Fuzz(func(t *testing.T, data []byte) {
		roundTrip(t, data, new(h225.H323UserInformation), new(h225.H323UserInformation))
	})
}

func seed(f *testing.F, message any) {
	data, err := per.Marshal(message)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
}

// seedCorpus adds the corpus where there is one.
func seedCorpus(f *testing.F, name string) {
	for _, v := range capture.Vectors(f, name) {
		f.Add([]byte(v.Hex))
	}
}

// roundTrip checks that what was decoded is encoded to the same value.
func roundTrip(t *testing.T, data []byte, first, second any) {
	if _, err := per.Unmarshal(data, first); err != nil {
		return
	}
	again, err := per.Marshal(first)
	if err != nil {
		t.Fatalf("decoded, but not encoded: %v", err)
	}
	// Its length forms may be longer than data, and so the limits are wider.
	if _, err := (per.Limits{Memory: 1 << 30}).Unmarshal(again, second); err != nil {
		t.Fatalf("encoded, but not decoded: %v\n%x", err, again)
	}
	if d := cmp.Diff(values(t, first), values(t, second)); d != "" {
		t.Fatal(d)
	}
}

func BenchmarkUnmarshalSetup(b *testing.B) {
	data, err := per.Marshal(setup())
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		var u h225.H323UserInformation
		if _, err := per.Unmarshal(data, &u); err != nil {
			b.Fatal(err)
		}
	}
}
