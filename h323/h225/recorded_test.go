package h225_test

import (
	"bytes"
	"errors"
	"io"
	"path/filepath"
	"reflect"
	"testing"

	"github.com/google/go-cmp/cmp"

	"parley/h323/h225"
	"parley/h323/internal/capture"
	"parley/h323/per"
	"parley/h323/q931"
	"parley/h323/tpkt"
)

const (
	rasPort       = 1719
	signallingTCP = 1720
)

// recorded is what tshark counts in each capture, by alternative. Packets that
// carry nothing but tunnelled messages have an empty body.
var recorded = map[string]map[string]int{
	"h323.pcap": {
		"admissionConfirm":    1,
		"admissionRequest":    1,
		"alerting":            2,
		"callProceeding":      1,
		"connect":             1,
		"disengageRequest":    2,
		"gatekeeperConfirm":   1,
		"infoRequest":         2,
		"malformed":           2, // of one maker; to tshark too
		"registrationConfirm": 3,
		"registrationRequest": 4,
		"releaseComplete":     1,
		"setup":               2,
	},
	"captures/fast-start-asterisk16.pcapng": {
		"alerting":        1,
		"callProceeding":  1,
		"connect":         1,
		"empty":           4,
		"facility":        6,
		"progress":        1,
		"releaseComplete": 1,
		"setup":           1,
	},
	"captures/fast-start-video-h261.pcapng": {
		"callProceeding":  1,
		"connect":         1,
		"information":     1,
		"releaseComplete": 2,
		"setup":           1,
	},
	"captures/gatekeeper-h235-rejected.pcapng": {
		"gatekeeperConfirm":   2,
		"gatekeeperRequest":   2,
		"registrationReject":  2,
		"registrationRequest": 2,
	},
	"captures/gatekeeper-separate-h460-18.pcapng": {
		"admissionConfirm":         2,
		"admissionRequest":         2,
		"callProceeding":           2,
		"connect":                  2,
		"disengageConfirm":         2,
		"disengageRequest":         2,
		"facility":                 2,
		"gatekeeperConfirm":        2,
		"gatekeeperRequest":        2,
		"registrationConfirm":      3,
		"registrationRequest":      3,
		"releaseComplete":          3,
		"serviceControlIndication": 1,
		"serviceControlResponse":   1,
		"setup":                    2,
		"unregistrationConfirm":    1,
		"unregistrationRequest":    1,
	},
	"captures/h239-second-video.pcapng": {
		"alerting":        1,
		"callProceeding":  1,
		"connect":         1,
		"empty":           14,
		"releaseComplete": 2,
		"setup":           1,
	},
	"captures/h450-hold-transfer-emptytcs.pcapng": {
		"callProceeding":  2,
		"connect":         2,
		"empty":           44,
		"releaseComplete": 2,
		"setup":           2,
	},
	"captures/h460-17.pcapng": {
		"admissionConfirm":      2,
		"admissionRequest":      2,
		"callProceeding":        2,
		"connect":               2,
		"disengageConfirm":      2,
		"disengageRequest":      2,
		"empty":                 29,
		"gatekeeperConfirm":     1,
		"gatekeeperRequest":     1,
		"registrationConfirm":   3,
		"registrationRequest":   3,
		"releaseComplete":       3,
		"setup":                 2,
		"unregistrationRequest": 1,
	},
	"captures/parallel-h245-h264-h239.pcapng": {
		"alerting":        1,
		"callProceeding":  1,
		"connect":         1,
		"empty":           6,
		"releaseComplete": 2,
		"setup":           1,
	},
	"captures/slow-separate-h245.pcapng": {
		"callProceeding":  1,
		"connect":         1,
		"releaseComplete": 2,
		"setup":           1,
	},
	"captures/slow-tunnelled-asterisk16.pcapng": {
		"alerting":        1,
		"callProceeding":  1,
		"connect":         1,
		"empty":           8,
		"facility":        8,
		"releaseComplete": 1,
		"setup":           1,
	},
	"captures/slow-tunnelled-video-h261.pcapng": {
		"callProceeding":  1,
		"connect":         1,
		"empty":           10,
		"releaseComplete": 2,
		"setup":           1,
	},
}

func TestRecordedMessages(t *testing.T) {
	dir := corpus(t)
	for name, want := range recorded {
		t.Run(name, func(t *testing.T) {
			got := map[string]int{}
			datagrams, streams := capture.Read(t, filepath.Join(dir, name))
			for _, d := range datagrams {
				if d.From.Port() == rasPort || d.To.Port() == rasPort {
					got[checkRecorded(t, d.Data, new(h225.RasMessage))]++
				}
			}
			for _, s := range streams {
				if s.From.Port() == signallingTCP || s.To.Port() == signallingTCP {
					checkStream(t, s.Data, got)
				}
			}
			if d := cmp.Diff(want, got); d != "" {
				t.Errorf("(-tshark +got):\n%s", d)
			}
		})
	}
}

// checkStream reads the messages of one side of a call, and counts them in got.
func checkStream(t *testing.T, data []byte, got map[string]int) {
	t.Helper()
	for r := tpkt.NewReader(bytes.NewReader(data)); ; {
		packet, err := r.ReadPacket()
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return // the recording may end within a packet
		}
		if err != nil {
			t.Fatal(err)
		}
		if len(packet) == 0 {
			got["keep-alive"]++
			continue
		}
		var m q931.Message
		if err := m.Unmarshal(packet); err != nil {
			t.Fatal(err)
		}
		if again, err := m.Append(nil); err != nil || !bytes.Equal(again, packet) {
			t.Errorf("%v: %x, %v, want %x", m.Type, again, err, packet)
		}
		info, err := m.UserInformation()
		if err != nil {
			t.Fatal(err)
		}
		u := new(h225.H323UserInformation)
		got[checkRecorded(t, info, u)]++
		for _, ras := range carriedRAS(u) {
			got[checkRecorded(t, ras, new(h225.RasMessage))]++
		}
	}
}

// carriedRAS returns the RAS messages that H.460.17 carries in call signalling:
// feature 17, parameter 1.
func carriedRAS(u *h225.H323UserInformation) (all [][]byte) {
	is := func(id h225.GenericIdentifier, n uint16) bool { return id.Standard != nil && *id.Standard == n }
	for _, d := range u.H323UUPDU.GenericData {
		if !is(d.ID, 17) {
			continue
		}
		for _, p := range d.Parameters {
			if is(p.ID, 1) && p.Content != nil {
				all = append(all, p.Content.Raw)
			}
		}
	}
	return all
}

// checkRecorded decodes data into message, encodes it again, and returns the
// name of its alternative. Where a sender's extension bitmaps are shorter than
// the standard's, as one family of stacks has them, the values are compared.
func checkRecorded(t *testing.T, data []byte, message any) string {
	t.Helper()
	switch _, err := per.Unmarshal(data, message); {
	case errors.Is(err, per.ErrMalformed):
		return "malformed"
	case err != nil:
		t.Fatalf("%v\n%x", err, data)
	}
	value := values(t, message)
	again, err := per.Marshal(message)
	if err != nil {
		t.Fatal(err)
	}
	second := reflect.New(reflect.TypeOf(message).Elem()).Interface()
	if _, err := per.Unmarshal(again, second); err != nil {
		t.Fatalf("%v\n%x", err, again)
	}
	if d := cmp.Diff(value, values(t, second)); d != "" {
		t.Errorf("encoded again: %s", d)
	}
	body := value.(map[string]any)
	if pdu, ok := body["h323-uu-pdu"].(map[string]any); ok {
		body = pdu["h323-message-body"].(map[string]any)
	}
	for name := range body {
		return name
	}
	return ""
}
