package bridge

import (
	"context"
	"net/netip"
	"slices"
	"strings"
	"unicode"

	"parley/conference"
	"parley/h323"
	"parley/h323/h225"
	"parley/h323/h450"
	"parley/h323/ras"
)

// transferring is where a call stands with transfers that its peer asks for.
type transferring struct {
	cancel context.CancelFunc // of the call being made; nil: none
	tried  int                // by this call, and by those in whose place it was called
}

// transferRequested: the peer wants its place to be taken by another, whom this
// side is to call into the same conference (H.450.2, transferred endpoint).
func (c *call) transferRequested(e h323.TransferRequested) {
	target, err := c.transferTarget(e.To)
	switch t := &c.transfer; {
	case c.seat.Load() == nil, t.cancel != nil:
		err = h450.InvalidCallState
	case t.tried >= maxTransfers:
		err = h450.RejectedByNetwork
	}
	if err != nil {
		c.logger().Info("H.323 transfer refused", "error", err)
		c.line.AnswerTransfer(err)
		return
	}
	c.transfer.tried++
	target.Transfer = &h323.Transfer{Identity: e.Identity, From: c.line.Info().Invitation.Calling}
	if !c.line.Info().Incoming {
		target.Transfer.From = c.line.Info().Invitation.Called
	}
	ctx, cancel := context.WithTimeout(context.Background(), dialTimeout)
	c.transfer.cancel = cancel
	conf, tried := c.conference, c.transfer.tried
	c.logger().Info("H.323 transfer", "to", target.Text, "address", target.Address)
	c.server.work.Go(func() {
		defer cancel()
		_, err := c.server.call(ctx, target, conf, tried)
		c.server.dialDone(err)
		c.post(func() { c.transferDone(err) })
	})
}

// transferDone: who was called has answered, or not.
func (c *call) transferDone(err error) {
	c.transfer.cancel = nil
	if err != nil {
		c.logger().Info("H.323 transfer failed", "error", err)
		c.line.AnswerTransfer(h450.EstablishmentFailure)
		return
	}
	c.line.AnswerTransfer(nil) // the end of this call follows
}

// peerChanged: the peer was transferred, or is a transferred call's other end.
func (c *call) peerChanged(e h323.PeerChanged) {
	switch n := e.Number; {
	case e.Info != "":
		c.peerName = e.Info
	case n != nil && len(n.DestinationAddress) > 0:
		c.peerName = ras.AliasText(n.DestinationAddress[0])
	default:
		return
	}
	c.updateInfo()
}

// endTransfer gives up the call being made, where this one was not ended by its
// peer: who hangs up on asking has asked all the same.
func (c *call) endTransfer(cause conference.Cause) {
	if c.transfer.cancel != nil && cause.Code != conference.CauseLeft {
		c.transfer.cancel()
	}
}

// transferTarget decides whom a peer may have called, at this side's expense
// and in its name. The rule:
//
//   - A number or name that is in the directory for calls from the peer's
//     address: a route that allows it, or an endpoint that is registered.
//   - An address, alone or with a name, which the peer could call itself: its
//     own, or a private one where the peer's is private. Names that are dialled
//     digits are not called there: a gateway would take them for a telephone
//     number, from a caller that it trusts.
//
// The error is an h450.ErrorCode.
func (c *call) transferTarget(to []h225.AliasAddress) (h323.Target, error) {
	var address netip.AddrPort
	var names []h225.AliasAddress
	for i := range to[:min(len(to), maxAliases)] {
		if t := to[i].TransportID; t != nil {
			if a, ok := t.AddrPort(); ok && !address.IsValid() {
				address = a
			}
			continue
		}
		text := ras.AliasText(to[i])
		if where, ok := c.server.bridge.Locate(text, c.source); ok {
			if len(where) > 5 && strings.EqualFold(where[:5], "h323:") {
				return h323.Target{Text: where}, nil
			}
			return h323.Target{}, h450.RejectedByNetwork // no call of H.323
		}
		if text != "" {
			names = append(names, to[i])
		}
	}
	if !address.IsValid() && len(names) == 1 {
		var ok bool
		if address, names, ok = literal(ras.AliasText(names[0])); !ok {
			return h323.Target{}, h450.InvalidReroutingNumber
		}
	}
	host := address.Addr().Unmap()
	switch {
	case !address.IsValid() || address.Port() == 0 || host.IsUnspecified() || host.IsMulticast():
		return h323.Target{}, h450.InvalidReroutingNumber
	case host != c.source && !(isInside(host) && isInside(c.source)):
		return h323.Target{}, h450.RejectedByNetwork
	}
	callable := slices.DeleteFunc(slices.Clone(names), func(a h225.AliasAddress) bool { return isNumber(ras.AliasText(a)) })
	if len(callable) == 0 && len(names) > 0 {
		return h323.Target{}, h450.RejectedByNetwork
	}
	return h323.Target{Address: address, Aliases: callable}, nil
}

// isNumber reports whether a gateway may take a name for a telephone number, however
// it is written: "+49 30 1234", "tel:0049-30-1234".
func isNumber(name string) bool {
	if i := strings.LastIndexByte(name, ':'); i >= 0 {
		name = name[i+1:]
	}
	name, _, _ = strings.Cut(name, "@")
	return strings.ContainsAny(name, "0123456789") && !strings.ContainsFunc(name, unicode.IsLetter)
}

// literal reads a name that has an address in it, as people dial: "192.0.2.1",
// "room@192.0.2.1:1720". Names of hosts are not looked up for a peer.
func literal(text string) (netip.AddrPort, []h225.AliasAddress, bool) {
	if len(text) >= 5 && strings.EqualFold(text[:5], "h323:") {
		text = text[5:]
	}
	name, host, named := strings.Cut(text, "@")
	if !named {
		name, host = "", text
	}
	var names []h225.AliasAddress
	if name != "" {
		names = []h225.AliasAddress{ras.AliasOf(name)}
	}
	if a, err := netip.ParseAddrPort(host); err == nil {
		return a, names, true
	}
	a, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return netip.AddrPortFrom(a, signallingPort), names, err == nil
}

const signallingPort = 1720

// isInside reports whether an address is of a private network.
func isInside(a netip.Addr) bool { return a.IsPrivate() || a.IsLinkLocalUnicast() }
