package gatekeeper

import (
	"net/netip"
	"time"

	"parley/h323/authentication"
	"parley/h323/h225"
	"parley/h323/per"
	"parley/h323/ras"
)

// zone is the gatekeeper's machine: all endpoints, calls and searches of its zone
// (H.323, zone). It appends what it wants to out; the caller takes it with
// take.
type zone struct {
	cfg Config
	// own is our address of RAS toward another, for LRQs.
	own    func(netip.AddrPort) netip.AddrPort
	users  map[string]*user // by folded name and alias
	proofs map[*Neighbour]proof

	endpoints map[h225.EndpointIdentifier]*endpoint
	aliases   map[string]*endpoint         // by folded alias
	addresses map[netip.AddrPort]*endpoint // by address of call signalling
	gateways  map[*endpoint]struct{}       // that have prefixes
	sources   map[netip.Addr]int           // registrations of each
	calls     map[h225.GloballyUniqueID]*call
	granted   map[h225.GloballyUniqueID]time.Time // located for others, until when
	lookups   map[uint64]*lookup
	lookupID  uint64
	searching map[netip.Addr]int // lookups of each source
	strange   int                // lookups that are a stranger's
	bandwidth int                // granted, in units of 100 bit/s

	transactions *ras.Transactions[query]
	// Apart, so that a flood of strangers pushes nothing of the others out.
	strangers, members attention
	lines              *ras.Pace // of the log
	unsaid             int       // refusals that it does not name
	unsaidSince        time.Time
	swept              time.Time
	stats              Stats

	out []action
}

// request is one that came in, with what is known of its sender.
type request struct {
	datagram ras.Datagram
	key      ras.RequestKey
	answers  *ras.Answers // that know it
	message  *h225.RasMessage
	seq      h225.RequestSeqNum
	// signer signs the answer, for receiver; nil: it is not signed.
	signer   *authentication.Signer
	receiver string
	proved   bool
	method   authentication.Method // by which
	user     *user
	arrived  time.Time
	why      string // it is refused, in words for the log
	told     bool   // by the log
}

// Actions of the zone.
type (
	action interface{ action() }
	// transmit sends a message; message is nil where it is one sent before.
	transmit struct {
		datagram ras.Datagram
		message  *h225.RasMessage
	}
	// locate asks the Directory; located takes its answer.
	locate struct {
		id      uint64
		aliases []h225.AliasAddress
		caller  Caller
	}
	// changed tells of a registration.
	changed struct {
		registration Registration
		gone         bool
	}
	// dropped tells this process's endpoint that a call ends.
	dropped struct{ drop func() }
	// hangUp ends the signalling of a routed call.
	hangUp struct{ id h225.GloballyUniqueID }
	// service tells of an SCI.
	service struct {
		from h225.EndpointIdentifier
		sci  *h225.ServiceControlIndication
	}
	// received tells of a message, for a trace.
	received struct {
		datagram ras.Datagram
		message  *h225.RasMessage
	}
	// refused tells the log why, where the peer is not told.
	refused struct {
		from netip.AddrPort
		name string
		why  string
	}
	// leftOut is for the log too: of refusals that it does not name.
	leftOut struct{ refusals int }
)

func (transmit) action() {}
func (locate) action()   {}
func (changed) action()  {}
func (service) action()  {}
func (hangUp) action()   {}
func (dropped) action()  {}
func (received) action() {}
func (refused) action()  {}
func (leftOut) action()  {}

func newZone(cfg Config, own func(netip.AddrPort) netip.AddrPort) *zone {
	z := &zone{
		cfg: cfg, own: own, users: usersOf(cfg.Users, string(cfg.Identifier)),
		endpoints:    map[h225.EndpointIdentifier]*endpoint{},
		aliases:      map[string]*endpoint{},
		addresses:    map[netip.AddrPort]*endpoint{},
		gateways:     map[*endpoint]struct{}{},
		sources:      map[netip.Addr]int{},
		calls:        map[h225.GloballyUniqueID]*call{},
		lookups:      map[uint64]*lookup{},
		searching:    map[netip.Addr]int{},
		granted:      map[h225.GloballyUniqueID]time.Time{},
		transactions: ras.NewTransactions[query](uint16(cfg.Random())),
		strangers:    attention{ras.NewAnswers(), ras.NewPace(rate, burst)},
		members:      attention{ras.NewAnswers(), ras.NewPace(rate, burst)},
		lines:        ras.NewPace(lineRate, lineBurst),
		proofs:       map[*Neighbour]proof{},
	}
	for i := range z.cfg.Neighbours {
		n := &z.cfg.Neighbours[i]
		z.proofs[n] = proofBy(string(cfg.Identifier), n.Password, []authentication.Method{authentication.HMACSHA196})
	}
	return z
}

func (z *zone) take() []action {
	out := z.out
	z.out = nil
	return out
}

func (z *zone) emit(a action) { z.out = append(z.out, a) }

// receive takes a datagram; its Local is an address to answer from.
func (z *zone) receive(now time.Time, d ras.Datagram) {
	z.stats.Received++
	paid, other := z.attentionTo(d.Remote.Addr())
	if !paid.pace.Allow(now, d.Remote.Addr()) {
		z.stats.OverLimit++
		return
	}
	m := new(h225.RasMessage)
	if _, err := per.Unmarshal(d.Data, m); err != nil {
		// Not even a number to answer: H.225.0 has no answer to noise.
		z.stats.Malformed++
		return
	}
	if z.cfg.Trace != nil {
		z.emit(received{d, m})
	}
	if !d.Group {
		if q, _, ok := z.transactions.Match(d.Remote.Addr(), m); ok {
			z.answered(now, d, m, q)
			return
		}
	}
	n, ok := m.SequenceNumber()
	_, asks := ras.PatienceOf(m)
	indicates := m.InfoRequestResponse != nil || len(m.Extension) > 0
	switch {
	case !asks && !indicates,
		// The group is for those who look for a gatekeeper or an endpoint.
		d.Group && m.GatekeeperRequest == nil && m.LocationRequest == nil:
		z.stats.Unexpected++
		return
	case !ok:
		n = 1
	}
	key := paid.answers.Key(d, n)
	// The host may have registered since, by this very request.
	data, duplicate := other.answers.Find(now, other.answers.Key(d, n))
	if !duplicate {
		data, duplicate = paid.answers.Begin(now, key)
	}
	if duplicate {
		z.stats.Duplicates++
		if data != nil {
			z.emit(transmit{datagram: ras.Datagram{Local: d.Local, Remote: d.Remote, Tunnel: d.Tunnel, Data: data}})
		}
		return
	}
	z.asked(now, &request{datagram: d, key: key, message: m, seq: n, arrived: now, answers: paid.answers})
}

// attention is what is kept of hosts, whoever they are.
type attention struct {
	answers *ras.Answers
	pace    *ras.Pace
}

// attentionTo is what a host gets, and what the other kind of hosts.
func (z *zone) attentionTo(host netip.Addr) (paid, other *attention) {
	if z.sources[ras.Source(host)] > 0 || z.neighbourAt(host) != nil {
		return &z.members, &z.strangers
	}
	return &z.strangers, &z.members
}

// asked answers a request, unless the answer takes time.
func (z *zone) asked(now time.Time, r *request) {
	var reply *h225.RasMessage
	switch m := r.message; {
	case m.GatekeeperRequest != nil:
		reply = z.discover(now, r, m.GatekeeperRequest)
	case m.RegistrationRequest != nil:
		reply = z.register(now, r, m.RegistrationRequest)
	case m.UnregistrationRequest != nil:
		reply = z.unregister(now, r, m.UnregistrationRequest)
	case m.AdmissionRequest != nil:
		reply = z.admit(now, r, m.AdmissionRequest)
	case m.BandwidthRequest != nil:
		reply = z.changeBandwidth(now, r, m.BandwidthRequest)
	case m.DisengageRequest != nil:
		reply = z.disengage(now, r, m.DisengageRequest)
	case m.LocationRequest != nil:
		reply = z.location(now, r, m.LocationRequest)
	case m.InfoRequestResponse != nil:
		reply = z.informed(now, r, m.InfoRequestResponse)
	case m.ResourcesAvailableIndicate != nil:
		reply = z.resources(now, r, m.ResourcesAvailableIndicate)
	case m.ServiceControlIndication != nil:
		reply = z.serviceControl(now, r, m.ServiceControlIndication)
	default:
		reply = ras.NotUnderstood(m, r.datagram.Data)
	}
	if reply != nil {
		z.reply(now, r, reply)
	}
}

// reply signs and sends an answer, and keeps it for duplicates.
func (z *zone) reply(now time.Time, r *request, m *h225.RasMessage) {
	if rcf := m.RegistrationConfirm; rcf != nil {
		// By H.235.1 generalID names the receiver: by what this very message gives
		// it. H323Plus takes it for forged otherwise.
		r.receiver = string(rcf.EndpointIdentifier)
	}
	data, err := ras.Sign(now, m, r.signer, r.receiver)
	// Over a connection, the answer hits nobody but who asked.
	forged := !r.proved && !r.datagram.Tunnel
	for _, shorten := range [...]func(*h225.RasMessage){withoutExtras, withoutNames} {
		if err == nil && forged && amplifies(r.datagram.Data, data) {
			shorten(m)
			data, err = per.Marshal(m)
		}
	}
	switch {
	case err != nil:
		r.why = ras.Name(m) + ": " + err.Error()
		z.tellRefused(r, nil)
		return
	case forged && amplifies(r.datagram.Data, data):
		z.stats.Amplifying++
		return
	}
	if m.RequestInProgress == nil {
		r.answers.Keep(r.key, data)
	}
	z.emit(transmit{ras.Datagram{Local: r.datagram.Local, Remote: z.replyTo(r), Tunnel: r.datagram.Tunnel, Data: data}, m})
}

// replyTo is where the answer goes. A message may name an address for answers;
// of another host than it came from, it is only believed of a neighbour, whose
// LRQs may be another's that it passed on (H.225.0 clause 7.13.1).
func (z *zone) replyTo(r *request) netip.AddrPort {
	from := r.datagram.Remote
	var told []h225.TransportAddress
	switch m := r.message; {
	case r.datagram.Tunnel,
		m.GatekeeperRequest != nil && z.traversable(m.GatekeeperRequest.FeatureSet),
		m.RegistrationRequest != nil && z.traversable(m.RegistrationRequest.FeatureSet):
		return from // what it tells is of its own network (H.460.18)
	case m.GatekeeperRequest != nil:
		told = []h225.TransportAddress{m.GatekeeperRequest.RASAddress}
	case m.RegistrationRequest != nil:
		told = m.RegistrationRequest.RASAddress
	case m.LocationRequest != nil:
		told = []h225.TransportAddress{m.LocationRequest.ReplyAddress}
	}
	for i, t := range told {
		to, ok := t.AddrPort()
		if !ok || to.Port() == 0 || i == maxAddresses {
			continue
		}
		if to.Addr() == from.Addr() {
			return to
		}
		if r.message.LocationRequest != nil && !r.datagram.Group && z.neighbourAt(from.Addr()) != nil && callable(to) {
			return to
		}
	}
	return from
}

// amplifies tells whether an answer would hit who did not ask harder than who
// forges the question could.
func amplifies(request, answer []byte) bool {
	return headers+len(answer) > growth*(headers+len(request))
}

// withoutNames leaves out whose answer it is.
func withoutNames(m *h225.RasMessage) {
	switch {
	case m.GatekeeperConfirm != nil:
		m.GatekeeperConfirm.GatekeeperIdentifier = ""
	case m.GatekeeperReject != nil:
		m.GatekeeperReject.GatekeeperIdentifier = ""
	case m.RegistrationConfirm != nil:
		m.RegistrationConfirm.GatekeeperIdentifier = ""
	case m.RegistrationReject != nil:
		m.RegistrationReject.GatekeeperIdentifier = ""
	}
}

// withoutExtras leaves out what an answer can do without.
func withoutExtras(m *h225.RasMessage) {
	switch {
	case m.GatekeeperConfirm != nil:
		m.GatekeeperConfirm.AlternateGatekeeper, m.GatekeeperConfirm.FeatureSet = nil, nil
	case m.RegistrationConfirm != nil:
		c := m.RegistrationConfirm
		c.AlternateGatekeeper, c.FeatureSet, c.TerminalAlias, c.PreGrantedARQ = nil, nil, nil, nil
	case m.RegistrationReject != nil:
		m.RegistrationReject.AltGKInfo = nil
	case m.AdmissionConfirm != nil:
		m.AdmissionConfirm.FeatureSet = nil
	case m.LocationConfirm != nil:
		m.LocationConfirm.FeatureSet = nil
	}
}

// tick does what time asks for.
func (z *zone) tick(now time.Time) {
	again, lost := z.transactions.Due(now)
	for _, d := range again {
		z.emit(transmit{datagram: d})
	}
	for _, q := range lost {
		z.unanswered(now, q)
	}
	z.waitLookups(now)
	z.tellLeftOut(now)
	if now.Sub(z.swept) >= sweep {
		z.swept = now
		z.expire(now)
		z.expireCalls(now)
	}
}

// next returns when tick has something to do; zero: never.
func (z *zone) next() time.Time {
	next := z.transactions.Next()
	earlier := func(t time.Time) {
		if next.IsZero() || t.Before(next) {
			next = t
		}
	}
	for _, l := range z.lookups {
		earlier(l.due())
	}
	if z.unsaid > 0 {
		earlier(z.unsaidSince.Add(leftOutAfter))
	}
	if len(z.endpoints)+len(z.calls) > 0 {
		earlier(z.swept.Add(sweep))
	}
	return next
}

// ask sends a request of our own.
func (z *zone) ask(now time.Time, d ras.Datagram, m *h225.RasMessage, s *authentication.Signer, receiver string, q query) bool {
	n, err := z.transactions.Number()
	if err != nil {
		z.stats.OverLimit++
		return false
	}
	setNumber(m, n)
	q.seq = n
	data, err := ras.Sign(now, m, s, receiver)
	if err != nil {
		return false
	}
	d.Data = data
	p, _ := ras.PatienceOf(m)
	z.transactions.Begin(now, m, d, p, q)
	z.emit(transmit{d, m})
	return true
}

func setNumber(m *h225.RasMessage, n h225.RequestSeqNum) {
	switch {
	case m.LocationRequest != nil:
		m.LocationRequest.RequestSeqNum = n
	case m.UnregistrationRequest != nil:
		m.UnregistrationRequest.RequestSeqNum = n
	case m.DisengageRequest != nil:
		m.DisengageRequest.RequestSeqNum = n
	case m.InfoRequest != nil:
		m.InfoRequest.RequestSeqNum = n
	case m.ServiceControlIndication != nil:
		m.ServiceControlIndication.RequestSeqNum = n
	}
}

// query is what a request of ours is for.
type query struct {
	seq       h225.RequestSeqNum
	lookup    uint64                  // of an LRQ
	neighbour *Neighbour              // that was asked
	probe     h225.EndpointIdentifier // of an IRQ that asks whether it is still there
}

// answered takes an answer to a request of ours.
func (z *zone) answered(now time.Time, d ras.Datagram, m *h225.RasMessage, q query) {
	if m.RequestInProgress != nil {
		z.transactions.Extend(now, q.seq, time.Duration(m.RequestInProgress.Delay)*time.Millisecond)
		return
	}
	if q.neighbour != nil && !z.ofNeighbour(now, d, m, q.neighbour) {
		z.stats.Unauthentic++
		return
	}
	z.transactions.End(q.seq)
	switch {
	case q.neighbour != nil:
		z.neighbourAnswered(now, q, m)
	case q.probe != "" && m.InfoRequestResponse != nil:
		if e := z.endpoints[q.probe]; e != nil {
			e.seen(now)
			z.reported(now, e, m.InfoRequestResponse)
		}
	}
}

// unanswered is called where nobody did.
func (z *zone) unanswered(now time.Time, q query) {
	switch {
	case q.neighbour != nil:
		z.neighbourAnswered(now, q, nil)
	case q.probe != "":
		if e := z.endpoints[q.probe]; e != nil {
			z.remove(now, e)
		}
	}
}

// callable tells whether a host can be called at an address that it told.
func callable(a netip.AddrPort) bool {
	return a.IsValid() && a.Port() != 0 && !a.Addr().IsUnspecified() && !a.Addr().IsMulticast() &&
		a.Addr() != netip.AddrFrom4([4]byte{255, 255, 255, 255})
}
