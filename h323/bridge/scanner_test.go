package bridge

import (
	"bytes"
	"errors"
	"net/netip"
	"testing"

	"parley/conference"
	"parley/h323"
	"parley/h323/h225"
	"parley/h323/internal/capture"
	"parley/h323/per"
	"parley/h323/q931"
	"parley/h323/tpkt"
)

// The SETUP that scanners send to every public port is refused before it costs
// anything, and counted.
func TestScanner(t *testing.T) {
	data := capture.File(t, "ghost-call-setup.bin")
	if data == nil {
		t.Skip("no corpora")
	}
	packet, err := tpkt.NewReader(bytes.NewReader(data)).ReadPacket()
	if err != nil {
		t.Fatal(err)
	}
	var m q931.Message
	if err := m.Unmarshal(packet); err != nil {
		t.Fatal(err)
	}
	user, err := m.UserInformation()
	if err != nil {
		t.Fatal(err)
	}
	var info h225.H323UserInformation
	if _, err := per.Unmarshal(user, &info); err != nil {
		t.Fatal(err)
	}
	setup := info.H323UUPDU.H323MessageBody.Setup
	s := newSite(t, Config{DefaultConference: "a"}, conference.Settings{ID: "a"})
	inv := &h323.Invitation{Remote: netip.MustParseAddrPort("192.0.2.66:40000"), Setup: setup, Conference: setup.ConferenceID}
	if err := s.admit(inv); !errors.Is(err, errScan) {
		t.Errorf("from elsewhere: %v", err)
	}
	if st := s.Stats(); st.Refused != 1 {
		t.Errorf("%+v", st)
	}
	inv.Remote = netip.MustParseAddrPort("127.0.0.1:40000")
	if err := s.admit(inv); err != nil {
		t.Errorf("from this machine: %v", err)
	}
}

func TestIsScan(t *testing.T) {
	to := func(text string) *h225.TransportAddress {
		a := h225.TransportAddressOf(netip.MustParseAddrPort(text))
		return &a
	}
	for _, tt := range []struct {
		name, from string
		setup      h225.SetupUUIE
		want       bool
	}{
		{"a terminal", "198.51.100.7:3000", h225.SetupUUIE{DestCallSignalAddress: to("192.0.2.1:1720")}, false},
		{"no address", "198.51.100.7:3000", h225.SetupUUIE{}, false},
		{"to the caller's own machine", "198.51.100.7:3000", h225.SetupUUIE{DestCallSignalAddress: to("127.0.0.1:1720")}, true},
		{"on one machine", "127.0.0.1:3000", h225.SetupUUIE{DestCallSignalAddress: to("127.0.0.1:1720")}, false},
		{"with Asterisk's every 256th conference identifier", "198.51.100.7:3000", h225.SetupUUIE{
			ConferenceID: h225.ConferenceIdentifier{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15},
		}, false},
	} {
		inv := &h323.Invitation{Remote: netip.MustParseAddrPort(tt.from), Setup: &tt.setup}
		if got := isScan(inv); got != tt.want {
			t.Errorf("%s: %v", tt.name, got)
		}
	}
}
