package bridge

import (
	"bytes"
	"errors"
	"io"
	"net"
	"net/netip"
	"testing"

	"parley/conference"
	"parley/h323"
	"parley/h323/h225"
	"parley/h323/internal/capture"
	"parley/h323/q931"
	"parley/h323/tpkt"
	"parley/qos/rtp"
)

// The SETUP that scanners send to every public port is refused and counted when it
// comes from elsewhere.
func TestScanner(t *testing.T) {
	data := scannersSetup(t)
	packet, err := tpkt.NewReader(bytes.NewReader(data)).ReadPacket()
	if err != nil {
		t.Fatal(err)
	}
	_, info := capture.Message(t, packet)
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

func scannersSetup(t *testing.T) []byte {
	t.Helper()
	data := capture.File(t, "ghost-call-setup.bin")
	if data == nil {
		t.Skip("no corpora")
	}
	return data
}

// A SETUP that is not admitted, here since the conference of who names nobody is
// not there, is answered with its end, and costs neither a conference nor a seat, a
// port or a goroutine.
func TestRefusedCostsNothing(t *testing.T) {
	data := scannersSetup(t)
	ports := rtp.PortRange{Low: 43210, High: 43217}
	s := newSite(t, Config{Ports: ports, DefaultConference: "nowhere"}, conference.Settings{ID: "a"})
	for range 3 {
		c, err := net.Dial("tcp4", s.Addresses()[0].String())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := c.Write(data); err != nil {
			t.Fatal(err)
		}
		r := tpkt.NewReader(c)
		p, err := r.ReadPacket()
		if err != nil {
			t.Fatal(err)
		}
		var m q931.Message
		if err := m.Unmarshal(p); err != nil || m.Type != q931.ReleaseComplete {
			t.Errorf("answered with %v, %v", m.Type, err)
		}
		if _, err := r.ReadPacket(); !errors.Is(err, io.EOF) {
			t.Errorf("the connection stays: %v", err)
		}
		_ = c.Close()
	}
	if all := s.bridge.Conferences(); len(all) != 1 || len(all[0].Roster().Members) != 0 {
		t.Errorf("%d conferences, %+v", len(all), all[0].Roster())
	}
	st := s.Stats()
	if st.Refused != 3 || st.Calls != 0 || st.Answered != 0 || st.Signalling.Active != 0 || st.Signalling.Refused != 3 {
		t.Errorf("%+v", st)
	}
	for port := ports.Low; port <= ports.High; port++ {
		c, err := net.ListenUDP("udp4", net.UDPAddrFromAddrPort(netip.AddrPortFrom(netip.MustParseAddr("127.0.0.1"), port)))
		if err != nil {
			t.Errorf("port %d: %v", port, err)
			continue
		}
		_ = c.Close()
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
