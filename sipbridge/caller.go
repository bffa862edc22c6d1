package sipbridge

import (
	"net/netip"
	"strings"

	"github.com/emiago/sipgo/sip"

	"parley/conference"
)

// anonymous is who does not want to be known (RFC 3261 8.1.1.3, RFC 3323 4.1.1.3).
const anonymous = "Anonymous"

// callerOf is who sends an INVITE, as whom it is put through to reads it.
func callerOf(req *sip.Request) conference.Caller {
	from := req.From()
	if isPrivate(req) || from.Address.Host == "anonymous.invalid" {
		return conference.Caller{Name: anonymous}
	}
	user, _, _ := strings.Cut(from.Address.User, ";")
	caller := conference.Caller{Name: unquoted(from.DisplayName), Number: unescape(user)}
	if caller.Name == "" && caller.Number == "" {
		caller.Name = from.Address.Host
	}
	return caller
}

// isPrivate reports whether the sender asks not to be shown (RFC 3323 4.2, RFC
// 3325 9.3).
func isPrivate(req *sip.Request) bool {
	for _, h := range req.GetHeaders("Privacy") {
		for value := range strings.SplitSeq(h.Value(), ";") {
			switch strings.ToLower(strings.TrimSpace(value)) {
			case "id", "user", "header":
				return true
			}
		}
	}
	return false
}

// localOf is our end of a call that a conference makes: the conference, or who
// waits to be put through. Its host is ours, so that calling back comes here.
func localOf(conf *conference.Conference, host netip.Addr) nameAddr {
	name, user := conf.Settings().Title, conf.Settings().ID
	if caller, private := conf.Caller(); private {
		name, user = caller.Name, caller.Number
	}
	if user == "" {
		user = strings.ToLower(anonymous)
	}
	return nameAddr{quotable(name), sip.Uri{Scheme: "sip", User: escapeUser(user), Host: uriHost(host)}}
}

// quotable writes text so that it can stand between quotes (RFC 3261 25.1:
// quoted-pair).
func quotable(text string) string { return strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(text) }

// unquoted undoes quotable.
func unquoted(text string) string {
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		if text[i] == '\\' && i+1 < len(text) {
			i++
		}
		b.WriteByte(text[i])
	}
	return b.String()
}
