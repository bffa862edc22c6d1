package gatekeeper

import (
	"net/netip"
	"slices"
	"strings"
	"time"

	"parley/h323/h225"
	"parley/h323/h235"
	"parley/h323/per"
	"parley/h323/ras"
)

// user is a User with what was seen of it.
type user struct {
	User
	replay *h235.Replay
}

func usersOf(all []User) map[string]*user {
	users := map[string]*user{}
	for _, u := range all {
		known := &user{User: u, replay: ras.NewReplay()}
		users[folded(u.Name)] = known
		for _, a := range u.Aliases {
			users[folded(a)] = known
		}
	}
	return users
}

// may tells whether the user's endpoints may have an alias.
func (u *user) may(alias string) bool {
	if len(u.Aliases) == 0 || folded(alias) == folded(u.Name) {
		return true
	}
	return slices.ContainsFunc(u.Aliases, func(a string) bool { return folded(a) == folded(alias) })
}

// prove looks for the password of u in a request, and has the answer signed by
// the same. Its result is empty, or why not.
func (z *zone) prove(now time.Time, r *request, u *user, e *endpoint) (why string) {
	why = "not signed"
	for _, p := range ras.Proofs(r.message) {
		switch {
		case len(u.Methods) > 0 && !slices.Contains(u.Methods, p.Method):
			why = "signed by a method not allowed"
			continue
		case !z.sentBy(p.Sender, u, e):
			why = "signed by another"
			continue
		case p.Receiver != "" && folded(p.Receiver) != folded(string(z.cfg.Identifier)):
			why = "signed for another gatekeeper"
			continue
		}
		if err := p.Verify(now, r.datagram.Data, u.Password, u.replay); err != nil {
			return err.Error()
		}
		r.proved, r.user = true, u
		if p.Method == ras.HMACSHA1 {
			r.signed = ras.Credentials{Method: ras.HMACSHA1, User: string(z.cfg.Identifier), Password: u.Password}
			r.receiver = p.Sender
		}
		return ""
	}
	return why
}

// sentBy tells whether a token's sender is the user: by name, alias, or what was
// given at registration (H.235.1 clause 7).
func (z *zone) sentBy(sender string, u *user, e *endpoint) bool {
	if e != nil && (sender == string(e.id) || z.aliases[folded(sender)] == e) {
		return true
	}
	return z.users[folded(sender)] == u
}

// known finds the registered endpoint that a request is of, and proves it. Where
// there is no password, the address it registered from must do.
func (z *zone) known(now time.Time, r *request, id h225.EndpointIdentifier) (e *endpoint, why string) {
	e = z.endpoints[trimmed(id)]
	if e == nil {
		return nil, "not registered"
	}
	if e.user != nil {
		if why := z.prove(now, r, e.user, e); why != "" {
			z.stats.Unauthentic++
			z.emit(refused{r.datagram.Remote, ras.Name(r.message), why})
			return nil, why
		}
	} else if e.source.Addr() != r.datagram.Remote.Addr() {
		z.stats.Unauthentic++
		return nil, "from another address"
	}
	e.seen(now)
	return e, ""
}

// trimmed is an identifier without the zeros with which some stacks fill it up.
func trimmed(id h225.EndpointIdentifier) h225.EndpointIdentifier {
	return h225.EndpointIdentifier(strings.TrimRight(string(id), "\x00"))
}

// neighbourAt returns the neighbour of an address.
func (z *zone) neighbourAt(a netip.Addr) *Neighbour {
	for i := range z.cfg.Neighbours {
		if z.cfg.Neighbours[i].Address.Addr() == a {
			return &z.cfg.Neighbours[i]
		}
	}
	return nil
}

// ofNeighbour judges a neighbour's signature.
func (z *zone) ofNeighbour(now time.Time, d ras.Datagram, m *h225.RasMessage, n *Neighbour) bool {
	if n.Password == "" {
		return true
	}
	for _, p := range ras.Proofs(m) {
		if p.Method == ras.HMACSHA1 {
			return p.Verify(now, d.Data, n.Password, z.replays[n]) == nil
		}
	}
	return false
}

// allows tells whether the algorithm is one of a method that the user may prove
// the password by.
func (u *user) allows(oid per.OID) bool {
	method := ras.PasswordHash
	if oid == h235.OIDHMACSHA196 {
		method = ras.HMACSHA1
	}
	return len(u.Methods) == 0 || slices.Contains(u.Methods, method)
}

// userOf returns the user to whom one of the aliases belongs.
func (z *zone) userOf(aliases []h225.AliasAddress) *user {
	for _, a := range aliases[:min(len(aliases), maxAliases)] {
		if u := z.users[folded(ras.AliasText(a))]; u != nil {
			return u
		}
	}
	return nil
}

// told is one of our addresses as others know it.
func (z *zone) told(a netip.AddrPort) netip.AddrPort { return z.cfg.told(a) }
