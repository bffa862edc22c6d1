package main

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"strings"
	"testing"
	"testing/synctest"

	"parley/h323"
	"parley/h323/gatekeeper"
	"parley/h323/h225"
	"parley/h323/per"
	"parley/h323/ras"
)

// lone is a gatekeeper of few words: it answers RRQs by reply, and nothing else.
type lone struct {
	reply   func(*h225.RegistrationRequest) *h225.RasMessage
	answers chan ras.Datagram
	closed  chan struct{}
}

var loneAt = netip.MustParseAddrPort("192.0.2.9:1719")

func (l *lone) ReadDatagram() (ras.Datagram, error) {
	select {
	case d := <-l.answers:
		return d, nil
	case <-l.closed:
		return ras.Datagram{}, net.ErrClosed
	}
}

func (l *lone) WriteDatagram(d ras.Datagram) error {
	var m h225.RasMessage
	if _, err := per.Unmarshal(d.Data, &m); err != nil || m.RegistrationRequest == nil {
		return err
	}
	if reply := l.reply(m.RegistrationRequest); reply != nil {
		data, err := per.Marshal(reply)
		if err != nil {
			return err
		}
		l.answers <- ras.Datagram{Remote: d.Remote, Data: data}
	}
	return nil
}

func (l *lone) LocalAddr() netip.AddrPort { return netip.MustParseAddrPort("192.0.2.1:5000") }
func (l *lone) Close() error              { close(l.closed); return nil }

func confirmed(r *h225.RegistrationRequest) *h225.RasMessage {
	return &h225.RasMessage{RegistrationConfirm: &h225.RegistrationConfirm{
		RequestSeqNum: r.RequestSeqNum, ProtocolIdentifier: h225.Protocol, EndpointIdentifier: "us",
	}}
}

func denied(r *h225.RegistrationRequest) *h225.RasMessage {
	return &h225.RasMessage{RegistrationReject: &h225.RegistrationReject{
		RequestSeqNum: r.RequestSeqNum, ProtocolIdentifier: h225.Protocol,
		RejectReason: h225.RegistrationRejectReason{SecurityDenial: &per.Null{}},
	}}
}

// Calls by address are made and taken though the gatekeeper is silent, or refuses
// the registration; names are refused in words that say why.
func TestLeaveWithoutTheGatekeeper(t *testing.T) {
	for name, try := range map[string]struct {
		reply func(*h225.RegistrationRequest) *h225.RasMessage
		text  string // of a name's refusal
	}{
		"silent":  {confirmed, "not registered at gatekeeper 192.0.2.9:1719: the gatekeeper does not answer"},
		"refuses": {denied, "not registered at gatekeeper 192.0.2.9:1719: registration: securityDenial"},
	} {
		for _, zoned := range []bool{false, true} {
			synctest.Test(t, func(t *testing.T) {
				answering := true
				link := &lone{answers: make(chan ras.Datagram, 8), closed: make(chan struct{})}
				link.reply = func(r *h225.RegistrationRequest) *h225.RasMessage {
					if answering {
						return try.reply(r)
					}
					return nil
				}
				client, err := ras.NewClient(ras.Config{
					Gatekeeper: loneAt, Link: link, Signal: []netip.AddrPort{netip.MustParseAddrPort("192.0.2.1:1720")},
					Aliases: []h225.AliasAddress{ras.AliasOf("parley")}, Type: h225.EndpointType{MCU: &h225.MCUInfo{}, MC: true},
				})
				if err != nil {
					t.Fatal(err)
				}
				if err := client.Start(t.Context()); err != nil {
					t.Fatal(err)
				}
				synctest.Wait()
				answering = false
				l := new(leave)
				l.client.Store(client)
				if zoned {
					zone, err := gatekeeper.New(gatekeeper.Config{Identifier: "own", Links: []ras.Link{
						&lone{closed: make(chan struct{})},
					}})
					if err != nil {
						t.Fatal(err)
					}
					if err := zone.Start(t.Context()); err != nil {
						t.Fatal(err)
					}
					defer zone.Close(context.Background())
					l.zone.Store(zone)
				}
				there := netip.MustParseAddrPort("192.0.2.2:1720")
				for i, answer := range []bool{false, true} {
					got, err := l.Admit(t.Context(), h323.Admission{
						Call: h225.CallIdentifier{GUID: h225.GloballyUniqueID{byte(i + 1)}}, Answer: answer,
						Called: []h225.AliasAddress{ras.AliasOf("anna")}, CalledAddr: there, CallingAddr: there,
					})
					if err != nil || !answer && got.Signal != there {
						t.Errorf("%s, zone %v: answer %v: %v, %v", name, zoned, answer, got.Signal, err)
					}
				}
				_, err = l.Admit(t.Context(), h323.Admission{Called: []h225.AliasAddress{ras.AliasOf("anna")}})
				var refused *h323.Refusal
				if !errors.As(err, &refused) || !strings.Contains(refused.Text, try.text) {
					t.Errorf("%s, zone %v: a name: %v", name, zoned, err)
				}
				ending, cancel := context.WithCancel(t.Context())
				cancel()
				_ = client.Close(ending) // nobody answers
			})
		}
	}
}
