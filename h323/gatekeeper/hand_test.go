package gatekeeper_test

import (
	"net/netip"
	"testing/synctest"

	"parley/h323/h225"
	"parley/h323/internal/memory"
	"parley/h323/per"
	"parley/h323/ras"
)

// hand is an endpoint that says what it is told to.
type hand struct {
	*meeting
	link *memory.Link
	seq  h225.RequestSeqNum
}

func (m *meeting) hand(at string) *hand {
	return &hand{meeting: m, link: m.network.Open(netip.MustParseAddrPort(at))}
}

// number is the next request's.
func (h *hand) number() h225.RequestSeqNum {
	h.seq++
	return h.seq
}

// say sends a message to the gatekeeper.
func (h *hand) say(message h225.RasMessage) {
	h.Helper()
	data, err := per.Marshal(&message)
	if err != nil {
		h.Fatal(err)
	}
	if err := h.link.WriteDatagram(ras.Datagram{Remote: gkAddr, Data: data}); err != nil {
		h.Fatal(err)
	}
	synctest.Wait()
}

// hear waits for a message.
func (h *hand) hear() *h225.RasMessage {
	h.Helper()
	d, err := h.link.ReadDatagram()
	if err != nil {
		h.Fatal(err)
	}
	m := new(h225.RasMessage)
	if _, err := per.Unmarshal(d.Data, m); err != nil {
		h.Fatal(err)
	}
	return m
}

// ask sends a request, and waits for what comes.
func (h *hand) ask(message h225.RasMessage) *h225.RasMessage {
	h.Helper()
	h.say(message)
	return h.hear()
}

// register sends an RRQ; its answer is to be an RCF.
func (h *hand) register(change func(*h225.RegistrationRequest), aliases ...string) *h225.RegistrationConfirm {
	h.Helper()
	life := h225.TimeToLive(60)
	at := h.link.LocalAddr()
	rrq := &h225.RegistrationRequest{
		RequestSeqNum: h.number(), ProtocolIdentifier: h225.Protocol, TimeToLive: &life,
		CallSignalAddress: []h225.TransportAddress{h225.TransportAddressOf(netip.AddrPortFrom(at.Addr(), 1720))},
		RASAddress:        []h225.TransportAddress{h225.TransportAddressOf(at)},
		TerminalType:      h225.EndpointType{Terminal: &h225.TerminalInfo{}}, TerminalAlias: aliasesOf(aliases...),
	}
	if change != nil {
		change(rrq)
	}
	answer := h.ask(h225.RasMessage{RegistrationRequest: rrq})
	if answer.RegistrationConfirm == nil {
		h.Fatalf("no RCF: %s", ras.Name(answer))
	}
	return answer.RegistrationConfirm
}

func aliasesOf(names ...string) []h225.AliasAddress {
	var all []h225.AliasAddress
	for _, n := range names {
		all = append(all, ras.AliasOf(n))
	}
	return all
}

func textsOf(aliases []h225.AliasAddress) []string {
	var all []string
	for _, a := range aliases {
		all = append(all, ras.AliasText(a))
	}
	return all
}
