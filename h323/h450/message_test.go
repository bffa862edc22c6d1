package h450

import (
	"bytes"
	"encoding/hex"
	"reflect"
	"testing"

	"github.com/google/go-cmp/cmp"

	"parley/h323/h225"
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

func name(id string) EndpointAddress {
	return EndpointAddress{DestinationAddress: []h225.AliasAddress{{H323ID: id}}}
}

func invoke(id uint16, o Operation, argument string) ROS {
	b, err := hex.DecodeString(argument)
	if err != nil {
		panic(err)
	}
	i := &Invoke{InvokeID: id, Opcode: local(int64(o))}
	if len(b) > 0 {
		i.Argument = b
	}
	return ROS{Invoke: i}
}

func service(r ...ROS) *SupplementaryService {
	return &SupplementaryService{ServiceApdu: ServiceApdus{ROSApdus: r}}
}

// recorded are all of a call with hold and transfer that another program made,
// as another dissector read them.
var recorded = []struct {
	octets string
	want   *SupplementaryService
}{
	{"0001000001000165", service(invoke(1, HoldNotific, ""))},
	{"0001000002000166", service(invoke(2, RetrieveNotific, ""))},
	{"0001100003000109160800028107007f00002106b8400300730069006d0043",
		service(invoke(3, CallTransferInitiate, "0800028107007f00002106b8400300730069006d0043"))},
	{"000110000100010a020400", service(invoke(1, CallTransferSetup, "0400"))},
	{"0001800101000203ed", service(ROS{ReturnError: &ReturnError{InvokeID: 1, ErrorCode: local(1005)}})},
	{"0001800103000203ed", service(ROS{ReturnError: &ReturnError{InvokeID: 3, ErrorCode: local(1005)}})},
}

func TestRecorded(t *testing.T) {
	for _, r := range recorded {
		octets := unhex(t, r.octets)
		got, err := Unmarshal(octets)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(r.want, got); d != "" {
			t.Errorf("%s: %s", r.octets, d)
		}
		if again, err := got.Marshal(); err != nil || !bytes.Equal(again, octets) {
			t.Errorf("%s: %x, %v", r.octets, again, err)
		}
		for i := range octets {
			if _, err := Unmarshal(octets[:i]); err == nil {
				t.Errorf("%s: no error at %d", r.octets, i)
			}
		}
	}
	var arg CTInitiateArg
	if _, err := per.Unmarshal(unhex(t, "0800028107007f00002106b8400300730069006d0043"), &arg); err != nil {
		t.Fatal(err)
	}
	want := CTInitiateArg{CallIdentity: " ", ReroutingNumber: EndpointAddress{DestinationAddress: []h225.AliasAddress{
		{TransportID: &h225.TransportAddress{IPAddress: &h225.IPAddress{IP: [4]byte{127, 0, 0, 33}, Port: 1720}}},
		{H323ID: "simC"},
	}}}
	if d := cmp.Diff(want, arg); d != "" {
		t.Error(d)
	}
	if !arg.CallIdentity.Empty() || CallIdentity("1").Empty() {
		t.Error("a call identity of a space is an empty one, and one of a digit is not")
	}
}

// arguments are values of all types, with the encodings that another dissector
// read as these values.
func arguments() map[string]any {
	ext := MixedExtensions{{Extension: &Extension{ExtensionID: "1.2.3", ExtensionArgument: per.OpenType{1, 2}}}}
	transferExt := &ArgumentExtension{ExtensionSeq: []Extension{{ExtensionID: "1.2.3", ExtensionArgument: per.OpenType{1, 2}}}}
	return map[string]any{
		"CTInitiateArg":         &CTInitiateArg{CallIdentity: "42", ReroutingNumber: name("simC"), ArgumentExtension: transferExt},
		"CTSetupArg":            &CTSetupArg{CallIdentity: "", TransferringNumber: ptr(name("simA"))},
		"CTIdentifyRes":         &CTIdentifyRes{CallIdentity: "1234", ReroutingNumber: name("simC")},
		"CTUpdateArg":           &CTUpdateArg{RedirectionNumber: name("simB"), RedirectionInfo: "Bob", BasicCallInfoElements: []byte{0x1e, 2, 0x81, 0x88}},
		"SubaddressTransferArg": &SubaddressTransferArg{RedirectionSubaddress: PartySubaddress{NSAPSubaddress: []byte{1, 2, 3}}},
		"CTCompleteArg":         &CTCompleteArg{EndDesignation: SecondaryEnd, RedirectionNumber: name("simB"), CallStatus: ptr(Alerting)},
		"CTActiveArg":           &CTActiveArg{ConnectedAddress: name("simC"), ConnectedInfo: "Carol"},
		"HoldArg":               &HoldArg{ExtensionArg: ext},
		"MWIActivateArg": &MWIActivateArg{
			ServedUserNr: name("simB"), BasicService: Videotelephony, MsgCentreID: &MsgCentreID{NumericString: "4711"},
			NbOfMessages: ptr(uint16(3)), OriginatingNr: ptr(name("simA")), Timestamp: "20240101120000Z",
			Priority: ptr(uint8(9)), ExtensionArg: ext,
		},
		"MWIDeactivateArg":  &MWIDeactivateArg{ServedUserNr: name("simB"), BasicService: Speech, CallbackReq: ptr(true)},
		"MWIInterrogateArg": &MWIInterrogateArg{ServedUserNr: name("simB"), MsgCentreID: &MsgCentreID{Integer: ptr(uint16(7))}},
		"MWIInterrogateRes": &MWIInterrogateRes{{BasicService: Telephony, NbOfMessages: ptr(uint16(1))}},
	}
}

func TestArguments(t *testing.T) {
	for name, want := range map[string]string{
		"CTInitiateArg":         "50530001400300730069006d00430001022a03020102",
		"CTSetupArg":            "4001400300730069006d0041",
		"CTIdentifyRes":         "2023450001400300730069006d0043",
		"CTUpdateArg":           "6001400300730069006d0042040042006f0062041e028188",
		"SubaddressTransferArg": "1100010203",
		"CTCompleteArg":         "120001400300730069006d004240",
		"CTActiveArg":           "2001400300730069006d004308004300610072006f006c",
		"HoldArg":               "400100022a03020102",
		"MWIActivateArg":        "7e0001400300730069006d00422230582200030001400300730069006d00416032303234303130313132303030305a900100022a03020102",
		"MWIDeactivateArg":      "2001400300730069006d004206",
		"MWIInterrogateArg":     "4001400300730069006d0042000007",
		"MWIInterrogateRes":     "0080800001",
	} {
		v := arguments()[name]
		octets, err := per.Marshal(v)
		if err != nil || hex.EncodeToString(octets) != want {
			t.Errorf("%s: %x, %v, want %s", name, octets, err, want)
		}
		got := reflect.New(reflect.TypeOf(v).Elem()).Interface()
		if _, err := per.Unmarshal(unhex(t, want), got); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if d := cmp.Diff(v, got); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
}

func TestNames(t *testing.T) {
	for s, want := range map[BasicService]string{AllServices: "allServices", Email: "email", ServiceUnknown: "serviceUnknown", 39: "futureReserve8"} {
		if s.String() != want {
			t.Errorf("%d: %s, want %s", s, s, want)
		}
	}
	if CallTransferInitiate.String() != "callTransferInitiate" || Operation(3).String() != "operation 3" {
		t.Error(CallTransferInitiate, Operation(3))
	}
	if NotAvailable.Error() != "h450: not available" || ErrorCode(4711).Error() != "h450: error 4711" {
		t.Error(NotAvailable, ErrorCode(4711))
	}
}
