package gatekeeper

import (
	"errors"
	"net/netip"
	"slices"
	"strings"
	"time"

	"parley/h323/authentication"
	"parley/h323/h225"
	"parley/h323/ras"
)

// user is a User with what proves it.
type user struct {
	User
	proof
	// association protects the call signalling of the user's endpoints in routed
	// mode; nil: H.235.1 is not for the user.
	association *authentication.Association
}

// proof is a password's two sides.
type proof struct {
	signer   *authentication.Signer // nil: there is no password
	verifier *authentication.Verifier
}

// proofBy signs as the gatekeeper of that identifier, and verifies what is for
// it. Whose token may be taken, Password of the verifier says.
func proofBy(identifier, password string, methods []authentication.Method) proof {
	if password == "" {
		return proof{}
	}
	return proof{
		&authentication.Signer{Methods: []authentication.Method{authentication.HMACSHA196}, Name: identifier, Password: password},
		&authentication.Verifier{
			Methods: methods, Receivers: []string{identifier},
			Password: func(authentication.Claim) (account, word string, ok bool) { return "", password, true },
		},
	}
}

func usersOf(all []User, identifier string) map[string]*user {
	users := map[string]*user{}
	for _, u := range all {
		known := &user{User: u}
		known.proof = proofBy(identifier, u.Password, known.methods())
		if slices.Contains(known.methods(), authentication.HMACSHA196) {
			known.association = authentication.NewAssociation(u.Password, []string{identifier}, append([]string{u.Name}, u.Aliases...))
		}
		users[folded(u.Name)] = known
		for _, a := range u.Aliases {
			users[folded(a)] = known
		}
	}
	return users
}

// methods are those by which the password may be proved, the strongest first.
func (u *user) methods() []authentication.Method {
	if len(u.Methods) == 0 {
		return authentication.Methods()
	}
	return u.Methods
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
	sender := ""
	u.verifier.Password = func(c authentication.Claim) (account, password string, ok bool) {
		sender = c.Sender
		return u.Name, u.User.Password, z.sentBy(c.Sender, u, e)
	}
	verified, err := u.verifier.VerifyRAS(r.datagram.Data, r.message, now)
	if errors.Is(err, authentication.ErrSender) {
		return err.Error() + " " + quotedText(sender)
	}
	if err != nil {
		return err.Error()
	}
	r.proved, r.user = true, u
	if verified.Method == authentication.HMACSHA196 {
		r.signer, r.receiver = u.signer, verified.Sender
	}
	r.method = verified.Method
	return ""
}

// sentBy tells whether a token's sender is the user: by name, alias, or what was
// given at registration (H.235.1); the first version names none.
func (z *zone) sentBy(sender string, u *user, e *endpoint) bool {
	if sender == "" || e != nil && (sender == string(e.id) || z.aliases[folded(sender)] == e) {
		return true
	}
	return z.users[folded(sender)] == u
}

// known finds the registered endpoint that a request is of, and proves it. Where
// there is no password, the address it registered from must do.
func (z *zone) known(now time.Time, r *request, id h225.EndpointIdentifier) (e *endpoint, why string) {
	e = z.endpoints[trimmed(id)]
	switch {
	case e == nil:
		return nil, "not registered"
	case e.elsewhere(r):
		z.stats.Unauthentic++
		return nil, "not registered this way"
	}
	if e.user != nil {
		if why := z.prove(now, r, e.user, e); why != "" {
			z.stats.Unauthentic++
			r.why = "user " + e.user.Name + ": " + why
			z.tellRefused(r, nil)
			return nil, why
		}
	} else if e.source.Addr() != r.datagram.Remote.Addr() {
		z.stats.Unauthentic++
		return nil, "from another address"
	}
	e.seen(now)
	e.heard = true
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
	_, err := z.proofs[n].verifier.VerifyRAS(d.Data, m, now)
	return err == nil
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

// told is the address of ours that a request came to, as its sender reaches it.
func (z *zone) told(r *request) netip.AddrPort {
	return z.cfg.told(r.datagram.Local, r.datagram.Remote.Addr())
}

// signal is where the sender of a request signals calls in routed mode.
func (z *zone) signal(r *request) netip.AddrPort {
	return z.cfg.signal(r.datagram.Local.Addr(), r.datagram.Remote.Addr())
}
