package sipbridge

import (
	"strings"

	"github.com/emiago/sipgo/sip"
)

// once are the header fields that a request has exactly one of (RFC 3261
// 8.1.1, 20); the parser takes the last of several in silence.
var once = [...]string{"from", "to", "call-id", "cseq"}

// atMostOnce may be absent. Max-Forwards is absent from what RFC 2543 agents
// send.
var atMostOnce = [...]string{"content-length", "content-type", "max-forwards"}

// screen checks what sipgo's parser does not: that a request makes sense by
// RFC 3261 8.1.1 and 8.2. nil: it does. The torture messages of RFC 4475 show
// why each check is here.
func screen(req *sip.Request) *refusal {
	if req.SipVersion != "SIP/2.0" {
		return refuse(505, "Version Not Supported")
	}
	headers := req.Headers()
	if len(headers) > maxHeaders {
		return refuse(400, "Too Many Header Fields")
	}
	count := make(map[string]int, 16)
	for _, h := range headers {
		count[canonicalName(h.Name())]++
	}
	for _, name := range once {
		switch count[name] {
		case 0:
			return refuse(400, "Missing "+name)
		case 1:
		default:
			return refuse(400, "Repeated "+name)
		}
	}
	for _, name := range atMostOnce {
		if count[name] > 1 {
			return refuse(400, "Repeated "+name)
		}
	}
	if n := count["via"]; n == 0 || n > maxVia {
		return refuse(400, "Missing or Too Many Via")
	}
	if r := screenIdentity(req); r != nil {
		return r
	}
	if r := screenURI(req); r != nil {
		return r
	}
	return screenExtensions(req)
}

// screenIdentity checks what names dialog and transaction.
func screenIdentity(req *sip.Request) *refusal {
	cseq, from, to, id, via := req.CSeq(), req.From(), req.To(), req.CallID(), req.Via()
	if cseq == nil || from == nil || to == nil || id == nil || via == nil {
		return refuse(400, "Malformed Header Field")
	}
	// RFC 3261 8.1.1.5. The parser has turned the Request-Line's method, and it
	// alone, to upper case.
	if !strings.EqualFold(strings.TrimSpace(string(cseq.MethodName)), string(req.Method)) {
		return refuse(400, "CSeq Method Mismatch")
	}
	fromTag, toTag := tagOf(from.Params), tagOf(to.Params)
	if fromTag == "" {
		return refuse(400, "Missing From Tag") // RFC 3261 8.1.1.3
	}
	if len(*id) > maxIDLength || len(fromTag) > maxIDLength || len(toTag) > maxIDLength {
		return refuse(400, "Identifier Too Long")
	}
	if via.ProtocolName != "SIP" || via.Host == "" {
		return refuse(400, "Malformed Via")
	}
	return nil
}

func screenURI(req *sip.Request) *refusal {
	uri := &req.Recipient
	if uri.Scheme != "sip" && uri.Scheme != "sips" {
		return refuse(416, "Unsupported URI Scheme") // RFC 3261 8.2.2.1
	}
	// Header fields and method have no place in a Request-URI (19.1.1, table 1).
	if uri.Headers.Length() > 0 || uri.UriParams.Has("method") {
		return refuse(400, "Malformed Request-URI")
	}
	if uri.Host == "" || !repeatable(uri) {
		return refuse(400, "Malformed Request-URI")
	}
	if req.Method != sip.INVITE {
		return nil
	}
	contacts := req.GetHeaders("Contact")
	if len(contacts) != 1 {
		return refuse(400, "Missing or Repeated Contact") // RFC 3261 8.1.1.8
	}
	contact, from, to := req.Contact(), req.From(), req.To()
	if contact != nil {
		// White space before ";" is no part of a URI without brackets, but the
		// parser leaves it there.
		for _, uri := range []*sip.Uri{&contact.Address, &from.Address, &to.Address} {
			uri.Host = strings.TrimSpace(uri.Host)
		}
	}
	if contact == nil || contact.Address.Host == "" || !repeatable(&contact.Address) ||
		!repeatable(&from.Address) || !repeatable(&to.Address) ||
		(contact.Address.Scheme != "sip" && contact.Address.Scheme != "sips") {
		return refuse(400, "Malformed Contact")
	}
	if len(req.GetHeaders("Record-Route")) > maxRoutes {
		return refuse(400, "Too Many Record-Route")
	}
	return nil
}

// repeatable reports whether a URI of the peer can stand in a request of ours:
// no character of it would end it there (RFC 3261 25.1).
func repeatable(uri *sip.Uri) bool {
	for _, r := range uri.String() {
		if r <= ' ' || r == 0x7f || strings.ContainsRune("<>\"", r) {
			return false
		}
	}
	return true
}

// screenExtensions refuses what the peer insists on and is not here
// (RFC 3261 8.2.2.3). ACK and CANCEL are exempt.
func screenExtensions(req *sip.Request) *refusal {
	if req.Method == sip.ACK || req.Method == sip.CANCEL {
		return nil
	}
	var unsupported []string
	for _, h := range req.GetHeaders("Require") {
		for option := range strings.SplitSeq(h.Value(), ",") {
			if option = strings.TrimSpace(option); option != "" {
				unsupported = append(unsupported, option)
			}
		}
	}
	if len(unsupported) > 0 {
		return refuse(420, "Bad Extension", sip.NewHeader("Unsupported", strings.Join(unsupported, ", ")))
	}
	return nil
}

// screenBody checks that a body, if there is one, is a session description
// (RFC 3261 8.2.3).
func screenBody(req *sip.Request) *refusal {
	if len(req.Body()) == 0 {
		return nil
	}
	accept := sip.NewHeader("Accept", mediaSDP)
	if h := req.GetHeader("Content-Encoding"); h != nil && !strings.EqualFold(h.Value(), "identity") {
		return refuse(415, "Unsupported Content Encoding", sip.NewHeader("Accept-Encoding", "identity"))
	}
	contentType := req.ContentType()
	if contentType == nil || !isMediaType(contentType.Value(), mediaSDP) {
		return refuse(415, "Unsupported Media Type", accept)
	}
	return nil
}

const mediaSDP = "application/sdp"

// isMediaType compares the type and ignores parameters.
func isMediaType(value, want string) bool {
	name, _, _ := strings.Cut(value, ";")
	return strings.EqualFold(strings.TrimSpace(name), want)
}

// canonicalName brings a header field's name into its long form, lower case
// (RFC 3261 7.3.3).
func canonicalName(name string) string {
	name = strings.ToLower(name)
	switch name {
	case "v":
		return "via"
	case "f":
		return "from"
	case "t":
		return "to"
	case "i":
		return "call-id"
	case "l":
		return "content-length"
	case "c":
		return "content-type"
	case "m":
		return "contact"
	}
	return name
}

// tagOf returns the tag among the parameters of From or To. White space may
// surround it (RFC 3261 25.1, SEMI and EQUAL), which the parser leaves there.
func tagOf(params sip.HeaderParams) string {
	for _, p := range params {
		if strings.EqualFold(strings.TrimSpace(p.K), "tag") {
			return strings.TrimSpace(p.V)
		}
	}
	return ""
}
