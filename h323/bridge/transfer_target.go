package bridge

import (
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"parley/h323"
	"parley/h323/h225"
	"parley/h323/h450"
	"parley/h323/ras"
)

// destination is where a transfer leads. One of replaces, conference, address and
// target is set.
type destination struct {
	replaces   *call       // a consultation call to here
	conference string      // id of one of this bridge
	pin        string      // of it, as far as it was told
	address    string      // of another wire, as package conference dials it
	target     h323.Target // called by H.323
}

// transferTarget decides whom a peer may have called, at this side's expense
// and in its name. The rule:
//
//   - The consultation call of an identity that was given here.
//   - A number or name that is in the directory for calls from the peer's
//     address: a route that allows it, or an endpoint that is registered.
//   - A conference of this bridge, for the other end of a call of two.
//   - An address, alone or with a name, which the peer could call itself: its
//     own, or a private one where the peer's is private. Names that are dialled
//     digits are not called there: a gateway would take them for a telephone
//     number, from a caller that it trusts.
//
// The error is an h450.ErrorCode.
func (c *call) transferTarget(e h323.TransferRequested) (destination, error) {
	var at location
	for i := range e.To[:min(len(e.To), maxAliases)] {
		if t := e.To[i].TransportID; t != nil {
			if a, ok := t.AddrPort(); ok && !at.address.IsValid() {
				at.address = a
			}
			continue
		}
		if text := ras.AliasText(e.To[i]); text != "" {
			at.names = append(at.names, text)
		}
	}
	for _, name := range at.names {
		if d, ok := c.directed(name); ok {
			return d, nil
		}
	}
	if !at.address.IsValid() && len(at.names) == 1 {
		at = literal(at.names[0])
	}
	if !at.address.IsValid() || c.isHere(&at) {
		if d, err := c.homeTarget(at.names, e.Identity); err == nil || !at.address.IsValid() {
			return d, err
		}
	}
	return c.addressTarget(at)
}

// directed looks a name up in the directory.
func (c *call) directed(name string) (destination, bool) {
	where, ok := c.server.bridge.Locate(name, c.source)
	if at := literal(name); !ok && c.isHere(&at) && len(at.names) == 1 { // name@here
		where, ok = c.server.bridge.Locate(at.names[0], c.source)
	}
	switch {
	case !ok:
		return destination{}, false
	case isURL(where):
		return destination{target: h323.Target{Text: where}}, true
	}
	return destination{address: where}, true
}

// homeTarget finds who is meant among what is here: a call by its identity, or a
// conference.
func (c *call) homeTarget(names []string, id h450.CallIdentity) (destination, error) {
	for _, text := range names {
		name, pin := dialled(text)
		found, err := c.server.bridge.Resolve(name)
		if err != nil {
			continue
		}
		if id.Empty() {
			return destination{conference: found, pin: pin}, nil
		}
		// One of the same peer: an identity of four digits may be guessed, and would
		// bring others into a conference that asks them for a PIN.
		if other := c.server.claim(id); other != nil && other != c && other.peer() == c.peer() {
			return destination{replaces: other}, nil
		}
		return destination{}, h450.UnrecognizedCallIdentity
	}
	return destination{}, h450.InvalidReroutingNumber
}

// peer is the host of signalling, for any goroutine.
func (c *call) peer() netip.Addr { return c.line.Info().Remote.Addr().Unmap().WithZone("") }

// addressTarget is an address that the peer could call itself.
func (c *call) addressTarget(at location) (destination, error) {
	host := at.address.Addr().Unmap()
	switch {
	case !at.address.IsValid() || at.address.Port() == 0 || host.IsUnspecified() || host.IsMulticast():
		return destination{}, h450.InvalidReroutingNumber
	case host != c.source && !(isInside(host) && isInside(c.source)):
		return destination{}, h450.RejectedByNetwork
	}
	callable := slices.DeleteFunc(slices.Clone(at.names), isNumber)
	if len(callable) == 0 && len(at.names) > 0 {
		return destination{}, h450.RejectedByNetwork
	}
	if at.sip != "" {
		return destination{address: at.sip}, nil
	}
	var aliases []h225.AliasAddress
	for _, name := range callable {
		aliases = append(aliases, ras.AliasOf(name))
	}
	return destination{target: h323.Target{Address: netip.AddrPortFrom(host, at.address.Port()), Aliases: aliases}}, nil
}

// isHere reports whether an address is where this side takes calls, as the peer
// knows it. The port for SIP is not known here: there the host alone says it,
// unless it is the peer's too.
func (c *call) isHere(at *location) bool {
	if !at.address.IsValid() {
		return false
	}
	local := c.line.Info().Local
	host := at.address.Addr().Unmap().WithZone("")
	if host != local.Addr().Unmap().WithZone("") && host != c.server.cfg.External {
		return false
	}
	if at.sip != "" {
		return host != c.source
	}
	return at.address.Port() == local.Port()
}

// isNumber reports whether a gateway may take a name for a telephone number, however
// it is written: "+49 30 1234", "tel:0049-30-1234", "0049;phone-context=+49". Letters
// that are dialled or stand for a pause (A to D, P, W, X) make none a name.
func isNumber(name string) bool {
	name, _, _ = strings.Cut(name, ";")
	name, _, _ = strings.Cut(name, "@")
	return slices.ContainsFunc(strings.Split(name, ":"), func(part string) bool {
		first, _ := utf8.DecodeRuneInString(part)
		return strings.ContainsAny(part, "0123456789") && !unicode.IsLetter(first) &&
			!strings.ContainsFunc(part, func(r rune) bool { return unicode.IsLetter(r) && !strings.ContainsRune("abcdpwxABCDPWX", r) })
	})
}

// location is what a name says that has an address in it.
type location struct {
	address netip.AddrPort // not valid: it has none
	names   []string       // at address
	sip     string         // the address as a SIP URI; empty: it is one of H.323
}

// literal reads a name that has an address in it, as people dial: "192.0.2.1",
// "room@192.0.2.1:1720", "192.0.2.1##room", "sip:ann@192.0.2.1". Names of hosts are
// not looked up for a peer.
func literal(text string) location {
	l := location{names: []string{text}}
	rest, port := text, uint16(h323Port)
	scheme, after, ok := strings.Cut(text, ":")
	switch {
	case ok && strings.EqualFold(scheme, "h323"):
		rest = after
	case ok && strings.EqualFold(scheme, "sip"):
		rest, port = after, sipPort
		l.sip = scheme
	}
	name, host, named := strings.Cut(rest, "@")
	if !named {
		name, host = "", rest
		if before, room, ok := strings.Cut(rest, "##"); ok && l.sip == "" {
			name, host = room, before
		}
	}
	host, _, _ = strings.Cut(host, ";")
	a, err := netip.ParseAddrPort(host)
	if err != nil {
		addr, err := netip.ParseAddr(strings.Trim(host, "[]"))
		if err != nil {
			return location{names: []string{text}}
		}
		a = netip.AddrPortFrom(addr, port)
	}
	l.address, l.names = a, nil
	if name != "" {
		l.names = []string{name}
	}
	if l.sip != "" { // written anew, so that nothing else is in it
		if u, err := url.PathUnescape(name); err == nil && name != "" {
			name, l.names[0] = u, u // what is judged is what is called
		}
		if strings.ContainsAny(name, "@:") {
			return location{names: []string{text}}
		}
		l.sip = "sip:" + a.String()
		if name != "" {
			l.sip = "sip:" + url.PathEscape(name) + "@" + a.String()
		}
	}
	return l
}

const (
	h323Port = 1720
	sipPort  = 5060
)

// isInside reports whether an address is of a private network.
func isInside(a netip.Addr) bool { return a.IsPrivate() || a.IsLinkLocalUnicast() }
