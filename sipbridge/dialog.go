package sipbridge

import (
	"errors"
	"net"
	"net/netip"
	"strconv"
	"strings"

	"github.com/emiago/sipgo/sip"
)

// dialog is the state of RFC 3261 12: who talks to whom, in which order, and
// by which way. It is owned by its call's goroutine.
type dialog struct {
	callID              string
	localTag, remoteTag string
	local, remote       nameAddr // without tags
	target              sip.Uri  // the peer's Contact
	routes              []string // Route values, in order
	localCSeq           uint32
	remoteCSeq          uint32 // of the last request received
	hasRemoteCSeq       bool

	listener *listener
	contact  string // our Contact, as a header value
	network  string // "UDP" or "TCP"
	// destination is where requests go: the next hop's host:port.
	destination string
}

// nameAddr is a From or To value.
type nameAddr struct {
	name string
	uri  sip.Uri
}

// key is by which requests find their dialog: our tag is unique alone, the
// Call-ID guards against a guess.
func dialogKey(callID, localTag string) string { return callID + "\x00" + localTag }

// newInboundDialog is the dialog that a 2xx to req will make (RFC 3261
// 12.1.1) with our tag.
func newInboundDialog(req *sip.Request, tag string, l *listener, contact string) *dialog {
	from, to := req.From(), req.To()
	d := &dialog{
		callID:        req.CallID().Value(),
		localTag:      tag,
		remoteTag:     tagOf(from.Params),
		local:         nameAddr{to.DisplayName, to.Address},
		remote:        nameAddr{from.DisplayName, from.Address},
		target:        req.Contact().Address,
		localCSeq:     1,
		remoteCSeq:    req.CSeq().SeqNo,
		hasRemoteCSeq: true,
		listener:      l,
		contact:       contact,
		network:       req.Transport(),
	}
	for _, h := range req.GetHeaders("Record-Route") {
		d.routes = append(d.routes, h.Value())
	}
	d.route(req.Source())
	return d
}

// route settles where requests go. Without a proxy in between, that is where
// the peer's INVITE came from: behind NAT its Contact is not reachable, and
// over TCP the open connection is to be used (RFC 5626 4.2, 18.2.2 of RFC
// 3261 for the same reason in responses).
func (d *dialog) route(source string) {
	if len(d.routes) == 0 {
		d.destination = source
		return
	}
	var uri sip.Uri
	var params sip.HeaderParams
	if _, err := sip.ParseAddressValue(d.routes[0], &uri, &params); err != nil || uri.Host == "" {
		d.destination = source
		return
	}
	port := uri.Port
	if port == 0 {
		port = 5060
	}
	d.destination = net.JoinHostPort(strings.Trim(uri.Host, "[]"), strconv.Itoa(port))
}

var errStaleRequest = errors.New("request out of order")

// receive checks a request's place in the order (RFC 3261 12.2.2).
func (d *dialog) receive(req *sip.Request) error {
	n := req.CSeq().SeqNo
	if d.hasRemoteCSeq && n <= d.remoteCSeq {
		return errStaleRequest
	}
	d.remoteCSeq, d.hasRemoteCSeq = n, true
	return nil
}

// refresh takes the target of a target refresh request (RFC 3261 12.2.2).
func (d *dialog) refresh(req *sip.Request) {
	if c := req.Contact(); c != nil && c.Address.Host != "" {
		d.target = c.Address
		d.network = req.Transport()
		d.route(req.Source())
	}
}

// request builds a request within the dialog with the next CSeq (RFC 3261
// 12.2.1.1).
func (d *dialog) request(method sip.RequestMethod) *sip.Request {
	d.localCSeq++
	return d.requestWith(method, d.localCSeq)
}

// ack builds the ACK for a 2xx to the INVITE of that CSeq (RFC 3261
// 13.2.2.4).
func (d *dialog) ack(cseq uint32) *sip.Request { return d.requestWith(sip.ACK, cseq) }

func (d *dialog) requestWith(method sip.RequestMethod, cseq uint32) *sip.Request {
	req := sip.NewRequest(method, *d.target.Clone())
	req.Recipient.Headers = nil
	from := &sip.FromHeader{DisplayName: d.local.name, Address: d.local.uri}
	from.Params.Add("tag", d.localTag)
	to := &sip.ToHeader{DisplayName: d.remote.name, Address: d.remote.uri}
	if d.remoteTag != "" {
		to.Params.Add("tag", d.remoteTag)
	}
	callID := sip.CallIDHeader(d.callID)
	forwards := sip.MaxForwardsHeader(70)
	req.AppendHeader(d.via())
	req.AppendHeader(from)
	req.AppendHeader(to)
	req.AppendHeader(&callID)
	req.AppendHeader(&sip.CSeqHeader{SeqNo: cseq, MethodName: method})
	req.AppendHeader(&forwards)
	for _, r := range d.routes {
		req.AppendHeader(sip.NewHeader("Route", r))
	}
	req.AppendHeader(sip.NewHeader("Contact", d.contact))
	req.AppendHeader(sip.NewHeader("User-Agent", d.listener.server.cfg.UserAgent))
	req.SetBody(nil)
	req.SetTransport(d.network)
	if d.destination != "" {
		req.SetDestination(d.destination)
	}
	d.listener.bind(req)
	return req
}

// via is a new transaction's Via. Host and port are set here, since sipgo
// would take the socket's, which may be the unspecified address.
func (d *dialog) via() *sip.ViaHeader {
	host, port := d.listener.advertised(d.peerAddr())
	v := &sip.ViaHeader{
		ProtocolName: "SIP", ProtocolVersion: "2.0", Transport: d.network,
		Host: uriHost(host), Port: port, Params: sip.NewParams(),
	}
	v.Params.Add("branch", sip.GenerateBranchN(16))
	v.Params.Add("rport", "") // RFC 3581
	return v
}

// peerAddr is the next hop's address, not valid for a host name.
func (d *dialog) peerAddr() netip.Addr {
	host, _, err := net.SplitHostPort(d.destination)
	if err != nil {
		return netip.Addr{}
	}
	addr, err := netip.ParseAddr(host)
	if err != nil {
		return netip.Addr{}
	}
	return addr.Unmap()
}

// uriHost writes an address as URIs and Via want it: IPv6 in brackets.
func uriHost(addr netip.Addr) string {
	if addr.Is6() && !addr.Is4In6() {
		return "[" + addr.WithZone("").String() + "]"
	}
	return addr.Unmap().String()
}
