package q931_test

import (
	"bytes"
	"encoding/hex"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"parley/h323/internal/capture"
	"parley/h323/q931"
)

func unhex(t testing.TB, text string) []byte {
	t.Helper()
	data, err := hex.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func parse(t *testing.T, text string) q931.Message {
	t.Helper()
	var m q931.Message
	if err := m.Unmarshal(unhex(t, text)); err != nil {
		t.Fatal(err)
	}
	return m
}

// setup is a SETUP with a bearer, a display, a called number and a user-user
// element, with sending complete among them.
const setup = "0802" + "0539" + "05" +
	"0403" + "8893a5" + // unrestricted digital, 64 kbit/s, H.221
	"2806" + "5061726c6579" +
	"a1" +
	"7004" + "81313233" +
	"7e0003" + "05aabb"

func TestMessage(t *testing.T) {
	m := parse(t, setup)
	want := q931.Message{
		CallReference: 0x539,
		Type:          q931.Setup,
		Elements: []q931.Element{
			{ID: q931.BearerCapabilityID, Data: []byte{0x88, 0x93, 0xa5}},
			{ID: q931.DisplayID, Data: []byte("Parley")},
			{ID: q931.SendingComplete},
			{ID: q931.CalledPartyNumber, Data: []byte("\x81123")},
			{ID: q931.UserUserID, Data: []byte{5, 0xaa, 0xbb}},
		},
	}
	if d := cmp.Diff(want, m); d != "" {
		t.Error(d)
	}
	again, err := m.Append(nil)
	if err != nil || hex.EncodeToString(again) != setup {
		t.Errorf("%x, %v\n%s", again, err, setup)
	}
	if info, err := m.UserInformation(); err != nil || !bytes.Equal(info, []byte{0xaa, 0xbb}) {
		t.Errorf("user information %x, %v", info, err)
	}
}

func TestMessageHeader(t *testing.T) {
	for text, want := range map[string]q931.Message{
		"0802800162": {CallReference: 1, FromDestination: true, Type: q931.Facility},
		"0802000075": {Type: q931.StatusEnquiry},
		"08017f7d":   {CallReference: 0x7f, Type: q931.Status},
		"0801ff7d":   {CallReference: 0x7f, FromDestination: true, Type: q931.Status},
		"08006e":     {Type: q931.Notify},
		"0802000133": {CallReference: 1, Type: 0x33}, // unknown, kept
	} {
		if d := cmp.Diff(want, parse(t, text)); d != "" {
			t.Errorf("%s: %s", text, d)
		}
	}
}

func TestMessageErrors(t *testing.T) {
	for text, want := range map[string]error{
		"":                   q931.ErrMalformed,
		"08":                 q931.ErrMalformed,
		"0802":               q931.ErrMalformed,
		"080200":             q931.ErrMalformed,
		"08020001":           q931.ErrMalformed,
		"080200010504":       q931.ErrMalformed,
		"08020001050403":     q931.ErrMalformed,
		"080200010504038893": q931.ErrMalformed,
		"08020001057e00":     q931.ErrMalformed,
		"08020001057e000205": q931.ErrMalformed,
		"0302000105":         q931.ErrUnsupported,
		"080300000105":       q931.ErrUnsupported,
	} {
		var m q931.Message
		if err := m.Unmarshal(unhex(t, text)); !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", text, err, want)
		}
	}
	many := append(unhex(t, "0802000105"), bytes.Repeat([]byte{0xa1}, 200)...)
	if err := new(q931.Message).Unmarshal(many); !errors.Is(err, q931.ErrLimit) {
		t.Errorf("200 elements: %v, want ErrLimit", err)
	}
}

func TestAppendErrors(t *testing.T) {
	prefix := []byte("kept")
	for name, m := range map[string]q931.Message{
		"reference":       {CallReference: 0x8000},
		"display":         {Elements: []q931.Element{{ID: q931.DisplayID, Data: make([]byte, 256)}}},
		"user-user":       {Elements: []q931.Element{{ID: q931.UserUserID, Data: make([]byte, 65536)}}},
		"single with any": {Elements: []q931.Element{{ID: q931.SendingComplete, Data: []byte{1}}}},
	} {
		got, err := m.Append(prefix)
		if !errors.Is(err, q931.ErrValue) || string(got) != "kept" {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
}

// Elements of other codesets are not taken for those of codeset 0, and a
// non-locking shift ends after one element.
func TestCodesets(t *testing.T) {
	const text = "0802000105" + "96" + "280141" + "280142" + "95" + "7e0143" + "90" + "7e00020544"
	// 0x95 has bit 4 set (locking off); 0x96 likewise.
	const shifts = "0802000105" + "9e" + "280141" + "280142" + "9d" + "7e0143" + "7e00020544"
	m := parse(t, shifts)
	if d, _ := m.Find(q931.DisplayID); string(d) != "B" {
		t.Errorf("display %q", d)
	}
	if u, err := m.UserInformation(); err != nil || string(u) != "D" {
		t.Errorf("user information %q, %v", u, err)
	}
	locked := parse(t, text)
	if d, ok := locked.Find(q931.DisplayID); ok {
		t.Errorf("display %q of codeset 6", d)
	}
	if u, err := locked.UserInformation(); err != nil || string(u) != "D" {
		t.Errorf("user information %q, %v", u, err)
	}
	for text, m := range map[string]q931.Message{shifts: m, text: locked} {
		if again, err := m.Append(nil); err != nil || hex.EncodeToString(again) != text {
			t.Errorf("%x, %v\n%s", again, err, text)
		}
	}
}

func TestPut(t *testing.T) {
	m := q931.Message{Type: q931.Connect}
	m.PutUserInformation([]byte{1})
	m.Put(q931.DisplayID, []byte("x"))
	m.Put(q931.BearerCapabilityID, []byte{0x88, 0x90})
	m.Put(q931.DisplayID, []byte("y"))
	m.Put(q931.SendingComplete, nil)
	var order []q931.ElementID
	for _, e := range m.Elements {
		order = append(order, e.ID)
	}
	want := []q931.ElementID{q931.SendingComplete, q931.BearerCapabilityID, q931.DisplayID, q931.UserUserID}
	if d := cmp.Diff(want, order); d != "" {
		t.Error(d)
	}
	if d, _ := m.Find(q931.DisplayID); string(d) != "y" {
		t.Errorf("display %q", d)
	}
	m.Delete(q931.DisplayID)
	if _, ok := m.Find(q931.DisplayID); ok {
		t.Error("display is still there")
	}
}

func TestUserInformationMissing(t *testing.T) {
	m := parse(t, "080200015a")
	if _, err := m.UserInformation(); !errors.Is(err, q931.ErrMalformed) {
		t.Error(err)
	}
	m = parse(t, "080200015a7e00020441")
	if _, err := m.UserInformation(); !errors.Is(err, q931.ErrUnsupported) {
		t.Error(err)
	}
}

func TestNames(t *testing.T) {
	for got, want := range map[string]string{
		q931.Setup.String():               "SETUP",
		q931.MessageType(0x33).String():   "message 0x33",
		q931.UserBusy.String():            "user busy",
		q931.CauseValue(77).String():      "cause 77",
		q931.Interworking.String():        "interworking, unspecified",
		q931.CauseValue(200).String():     "cause 200",
		q931.Text([]byte("\xb1Anna\x00")): "Anna",
		q931.Text([]byte("J\xfcrg")):      "Jürg",
		q931.Text([]byte("Émile")):        "Émile",
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// FuzzQ931 checks that what was read is written to octets that read the same.
func FuzzQ931(f *testing.F) {
	for _, text := range []string{setup, "0802800162", "08006e", "08020001059e2801419d7e0143967e0141"} {
		f.Add(unhex(f, text))
	}
	for _, v := range capture.Vectors(f, "H323_UserInformation") {
		f.Add([]byte(v.Q931))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var m, again q931.Message
		if m.Unmarshal(data) != nil {
			return
		}
		written, err := m.Append(nil)
		if err != nil {
			t.Fatal(err)
		}
		if err := again.Unmarshal(written); err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(m, again); d != "" {
			t.Fatal(d)
		}
		for _, e := range m.Elements {
			unmarshalAll(e.Data)
		}
	})
}

// unmarshalAll reads data as the content of any element, which must not panic.
func unmarshalAll(data []byte) {
	for _, v := range []interface{ Unmarshal([]byte) error }{
		new(q931.BearerCapability), new(q931.Cause), new(q931.CallState), new(q931.PartyNumber),
		new(q931.ProgressIndicator), new(q931.NotificationIndicator), new(q931.UserUser),
	} {
		_ = v.Unmarshal(data)
	}
	q931.Text(data)
}
