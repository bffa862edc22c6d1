package sipbridge

import (
	"fmt"
	"net/url"
	"strings"

	"github.com/emiago/sipgo/sip"

	"parley/conference/lobby"
)

// target is whom a Request-URI names: a conference, and perhaps the PIN.
type target struct{ conference, pin string }

// targetOf reads sip:ID@host. The PIN may stand in the user part
// (sip:ID;pin=1234@host, which phones keep in their address book) or among the
// URI's parameters (sip:ID@host;pin=1234).
func targetOf(uri *sip.Uri) target {
	user, params, _ := strings.Cut(uri.User, ";")
	t := target{conference: unescape(user)}
	for param := range strings.SplitSeq(params, ";") {
		if key, value, _ := strings.Cut(param, "="); strings.EqualFold(key, "pin") {
			t.pin = unescape(value)
		}
	}
	if t.pin == "" {
		pin, _ := uri.UriParams.Get("pin")
		t.pin = unescape(pin)
	}
	if len(t.pin) > lobby.MaxDigits {
		t.pin = t.pin[:lobby.MaxDigits]
	}
	return t
}

// unescape undoes %HH (RFC 3261 19.1.2); what is not well escaped stays.
func unescape(s string) string {
	if u, err := url.PathUnescape(s); err == nil {
		return u
	}
	return s
}

// escapeUser writes a conference id as the user part of a URI (RFC 3261 25.1).
func escapeUser(id string) string {
	const unreserved = "-_.!~*'()&=+$,;?/"
	var b strings.Builder
	for i := range len(id) {
		c := id[i]
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', strings.IndexByte(unreserved, c) >= 0:
			b.WriteByte(c)
		default:
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}
