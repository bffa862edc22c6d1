package trace

import (
	"encoding/json"
	"testing"
	"time"

	"parley/h323"
	"parley/h323/h225"
	"parley/h323/h245"
	"parley/h323/per"
)

func message() *h323.Traced {
	return &h323.Traced{
		Time: time.Unix(1, 0), Sent: true, Protocol: "H.245", Name: "request.roundTripDelayRequest",
		Call: h225.CallIdentifier{GUID: h225.GloballyUniqueID{1, 2}},
		Message: &h245.MultimediaSystemControlMessage{Request: &h245.RequestMessage{
			RoundTripDelayRequest: &h245.RoundTripDelayRequest{SequenceNumber: 7},
		}},
	}
}

// Who asks for values gets them; who does not gets names.
func TestFeed(t *testing.T) {
	var f Feed
	f.Publish(message()) // to nobody
	names, values := f.Read(false), f.Read(true)
	f.Publish(message())
	got := <-names.Messages()
	if got.Name != "roundTripDelayRequest" || got.Value != nil || got.Call != "01020000000000000000000000000000" || !got.Sent {
		t.Errorf("%+v", got)
	}
	var value struct {
		Request struct {
			RoundTripDelayRequest struct{ SequenceNumber int }
		}
	}
	if err := json.Unmarshal((<-values.Messages()).Value, &value); err != nil || value.Request.RoundTripDelayRequest.SequenceNumber != 7 {
		t.Errorf("%+v, %v", value, err)
	}
	names.Close()
	names.Close()
	values.Close()
	f.Publish(message())
	select {
	case m := <-names.Messages():
		t.Errorf("after its end: %+v", m)
	default:
	}
}

// A reader that is too slow is told how much it missed, and holds up nobody.
func TestSlowReader(t *testing.T) {
	var f Feed
	r := f.Read(false)
	defer r.Close()
	for range maxWaiting + 5 {
		f.Publish(message())
	}
	for range maxWaiting {
		if m := <-r.Messages(); m.Missed != 0 {
			t.Fatalf("missed %d too early", m.Missed)
		}
	}
	f.Publish(message())
	if m := <-r.Messages(); m.Missed != 5 {
		t.Errorf("missed %d, want 5", m.Missed)
	}
}

func TestTooManyReaders(t *testing.T) {
	var f Feed
	for range maxReaders {
		defer f.Read(true).Close()
	}
	if r := f.Read(false); r != nil {
		t.Error("one too many")
	}
}

// Whatever cannot be encoded is shown by name alone.
func TestValueOfUnknown(t *testing.T) {
	for _, m := range []any{nil, 7, per.Null{}} {
		if got := valueOf(m); got != nil {
			t.Errorf("%v: %s", m, got)
		}
	}
}
