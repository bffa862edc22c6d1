package h323

import (
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"

	"parley/h323/h225"
)

const signallingPort = Port

// Port is that of call signalling (H.225.0 appendix IV).
const Port = 1720

// destination is what was dialled, read. It has a host, aliases, or both.
type destination struct {
	// host is a name or an address; "" where a gatekeeper has to know.
	host string
	addr netip.Addr // of host, where it is an address
	port uint16     // 0: not told
	// aliases are the called one's, at host.
	aliases []h225.AliasAddress
	// secure tells that call signalling has to go over TLS.
	secure bool
	// alias tells that host may as well be an alias: a word without dots.
	alias bool
}

var errDial = errors.New("h323: cannot be dialled")

// dialError does not repeat what was dialled, in which a PIN may stand.
func dialError(why string) error { return fmt.Errorf("%w: %s", errDial, why) }

// parseDestination reads what a human dials: host, host:port, [v6]:port,
// alias@host, host##room, digits, alias, and h323: URLs (H.323 annex O). With
// h323s: instead, which is H323Plus's, they ask for TLS.
func parseDestination(text string) (destination, error) {
	s := strings.TrimSpace(text)
	if len(s) > 512 { // url-ID takes no more
		return destination{}, dialError("too long")
	}
	if s == "" {
		return destination{}, dialError("empty")
	}
	if !isBMP(s) {
		return destination{}, dialError("a character that no alias can have")
	}
	if scheme, rest, ok := strings.Cut(s, ":"); ok {
		switch {
		case strings.EqualFold(scheme, "h323"):
			return parseURL(rest)
		case strings.EqualFold(scheme, "h323s"):
			d, err := parseURL(rest)
			d.secure = true
			return d, err
		}
	}
	if host, room, ok := strings.Cut(s, "##"); ok {
		return destinationAt(room, host)
	}
	if i := strings.LastIndexByte(s, '@'); i >= 0 {
		return destinationAt(s[:i], s[i+1:])
	}
	if number := digitsIn(s); number != "" {
		return destination{aliases: []h225.AliasAddress{{DialledDigits: number}}}, nil
	}
	var d destination
	if err := d.setHost(s); err != nil {
		return destination{}, err
	}
	if d.port == 0 && !d.addr.IsValid() && !strings.Contains(d.host, ".") && d.host != "localhost" {
		d.alias = true
		d.aliases = []h225.AliasAddress{{H323ID: d.host}}
	}
	return d, nil
}

// destinationAt reads an alias at a host.
func destinationAt(alias, host string) (destination, error) {
	var d destination
	if err := d.setHost(host); err != nil {
		return destination{}, err
	}
	a, err := aliasOf(alias)
	if err != nil {
		return destination{}, err
	}
	d.aliases = []h225.AliasAddress{a}
	return d, nil
}

// parseURL reads what follows "h323:": user, "@" host, or both, and parameters
// (H.323 annex O, clause O.5). The user alone is for the gatekeeper; many write
// an address alone, though.
func parseURL(rest string) (destination, error) {
	address := strings.TrimPrefix(rest, "//")
	// A semicolon may stand in the user; parameters follow the host. Without a
	// host all is the user.
	user, host := address, ""
	i := strings.LastIndexByte(address, '@')
	at := i >= 0
	if at {
		host, _, _ = strings.Cut(address[i+1:], ";")
		host, _, _ = strings.Cut(host, "?")
		user, address = address[:i], address[:i+1]+host
	} else if plain, _, _ := strings.Cut(address, ";"); isAddress(plain) {
		user, address = plain, plain
	} else if before, room, ok := strings.Cut(plain, "##"); ok && (isAddress(before) || strings.Contains(before, ".")) {
		// No URL of the standard, but what people make of "host##room". Digits alone
		// before are a number's.
		return destinationAt(room, before)
	}
	user, err := url.PathUnescape(user)
	if err != nil {
		return destination{}, dialError("the user is not well escaped")
	}
	switch {
	case address == "":
		return destination{}, dialError("the URL names nobody")
	case !at && isAddress(address):
		var d destination
		err := d.setHost(address)
		return d, err
	case at && user == "":
		var d destination
		err := d.setHost(host)
		return d, err
	}
	var d destination
	if at {
		if err := d.setHost(host); err != nil {
			return destination{}, err
		}
	}
	a, err := aliasOf(user)
	if err != nil {
		return destination{}, err
	}
	d.aliases = []h225.AliasAddress{a}
	if id := "h323:" + address; isIA5(id) {
		d.aliases = append(d.aliases, h225.AliasAddress{URLID: id})
	}
	return d, nil
}

// isAddress reports whether s is an address, with or without a port.
func isAddress(s string) bool {
	if _, err := netip.ParseAddrPort(s); err == nil {
		return true
	}
	_, err := netip.ParseAddr(strings.TrimSuffix(strings.TrimPrefix(s, "["), "]"))
	return err == nil
}

// setHost reads host, host:port, an IPv6 address with or without brackets.
func (d *destination) setHost(s string) error {
	if a, err := netip.ParseAddr(s); err == nil {
		d.host, d.addr = s, a.Unmap()
		return d.checkAddr()
	}
	host, port := s, ""
	switch i := strings.LastIndexByte(s, ':'); {
	case strings.HasPrefix(s, "["):
		end := strings.IndexByte(s, ']')
		if end < 0 {
			return dialError("the bracket is not closed")
		}
		host, port = s[1:end], s[end+1:]
		if port != "" && !strings.HasPrefix(port, ":") {
			return dialError("something follows the bracket")
		}
		port = strings.TrimPrefix(port, ":")
		a, err := netip.ParseAddr(host)
		if err != nil || !a.Is6() {
			return dialError("no IPv6 address is in the brackets")
		}
	case i >= 0:
		host, port = s[:i], s[i+1:]
		if port == "" {
			return dialError("no port follows the colon")
		}
	}
	if port != "" {
		n, err := strconv.ParseUint(port, 10, 16)
		if err != nil || n == 0 {
			return dialError("the port is no number from 1 to 65535")
		}
		d.port = uint16(n)
	}
	d.host = host
	if a, err := netip.ParseAddr(host); err == nil {
		d.addr = a.Unmap()
		return d.checkAddr()
	}
	if !isHostName(host) {
		return dialError("no such host name can be")
	}
	return nil
}

func (d *destination) checkAddr() error {
	if d.addr.IsUnspecified() || d.addr.IsMulticast() {
		return dialError("no host has this address")
	}
	return nil
}

// isHostName takes what DNS may have, and internationalised names as they are.
func isHostName(s string) bool {
	if s == "" || len(s) > 253 || s[0] == '.' || s[0] == '-' {
		return false
	}
	for _, r := range s {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '.', r == '-', r == '_', r >= 0x80:
		default:
			return false
		}
	}
	return true
}

// aliasOf returns an alias of the kind that its text has.
func aliasOf(s string) (h225.AliasAddress, error) {
	s = strings.TrimSpace(s)
	switch n := utf8.RuneCountInString(s); {
	case s == "":
		return h225.AliasAddress{}, dialError("the name is empty")
	case !isBMP(s): // it was escaped
		return h225.AliasAddress{}, dialError("a character that no alias can have")
	case isDialled(s):
		return h225.AliasAddress{DialledDigits: s}, nil
	case n > 256: // h323-ID takes no more
		return h225.AliasAddress{}, dialError("the name is too long")
	}
	return h225.AliasAddress{H323ID: s}, nil
}

// isDialled reports whether s can be dialledDigits.
func isDialled(s string) bool {
	return s != "" && len(s) <= 128 && strings.Trim(s, "0123456789#*,") == ""
}

// digitsIn returns the digits of a number as it is written, with what is there
// for the eye left out; "" where it is none.
func digitsIn(s string) string {
	if !strings.ContainsAny(s, "0123456789") {
		return ""
	}
	s = strings.TrimPrefix(s, "+")
	s = strings.Map(func(r rune) rune {
		if strings.ContainsRune(" -()/", r) {
			return -1
		}
		return r
	}, s)
	if !isDialled(s) {
		return ""
	}
	return s
}

// isBMP reports whether s can be an h323-ID, a BMPString.
func isBMP(s string) bool {
	return utf8.ValidString(s) && strings.IndexFunc(s, func(r rune) bool { return r > 0xffff }) < 0
}

func isIA5(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return len(s) <= 512
}
