package gatekeeper_test

import (
	"sync"
	"testing"

	"parley/h323"
	"parley/h323/authentication"
	"parley/h323/gatekeeper"
	"parley/h323/h225"
)

// proofs are what the messages of a call say of their senders.
type proofs struct {
	mu  sync.Mutex
	all map[string][]authentication.Claim // by message, with the direction
}

func (p *proofs) watch(cfg *h323.Config) {
	cfg.Trace = func(m *h323.Traced) {
		s, ok := m.Message.(*h323.Signalling)
		if !ok || s.Information == nil {
			return
		}
		c, ok := authentication.Signalling(s.Information)
		if !ok {
			return
		}
		name := "got " + m.Name
		if m.Sent {
			name = "sent " + m.Name
		}
		p.mu.Lock()
		defer p.mu.Unlock()
		if p.all == nil {
			p.all = map[string][]authentication.Claim{}
		}
		p.all[name] = authentication.Claims(c)
	}
}

func (p *proofs) check(t *testing.T, name, sender, receiver string) {
	t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	claims, ok := p.all[name]
	if !ok {
		t.Errorf("no %s among %v", name, p.all)
		return
	}
	if len(claims) != 1 || claims[0].Method != authentication.HMACSHA196 || claims[0].Sender != sender || claims[0].Receiver != receiver {
		t.Errorf("%s: %+v", name, claims)
	}
}

// In routed mode each hop of the signalling is signed by its two ends, where the
// registration was (H.235.1 procedure I).
func TestSignedCall(t *testing.T) {
	g, at := exchange(t, true, func(c *gatekeeper.Config) {
		for i := range c.Users { // which demands the signatures
			c.Users[i].Methods = []authentication.Method{authentication.HMACSHA196}
		}
	})
	var ofA, ofB proofs
	a, b := newPhone(t, "anna", at, h323.Modes{}, ofA.watch), newPhone(t, "4711", at, h323.Modes{}, ofB.watch)
	c, err := a.endpoint.Dial(t.Context(), h323.Target{Text: "4711"}, a)
	if err != nil {
		t.Fatal(err)
	}
	await[h323.Connected](a)
	await[h323.Connected](b)
	c.Release(nil)
	await[h323.Released](a)
	await[h323.Released](b)
	idA, idB := string(a.client.Status().Endpoint), string(b.client.Status().Endpoint)
	ofA.check(t, "sent setup", idA, "parley")
	ofB.check(t, "got setup", "parley", idB)
	ofB.check(t, "sent connect", idB, "parley")
	ofA.check(t, "got connect", "parley", idA)
	ofA.check(t, "sent releaseComplete", idA, "parley")
	ofB.check(t, "got releaseComplete", "parley", idB)
	if s := g.Stats(); s.Unauthentic != 0 {
		t.Errorf("%+v", s)
	}
}

// A confirmed registration is signed for the identifier that it gives: by that an
// endpoint of H323Plus looks for its name.
func TestSignedRegistration(t *testing.T) {
	type registration struct {
		id     h225.EndpointIdentifier
		claims []authentication.Claim
	}
	confirmed := make(chan registration, 8)
	_, at := exchange(t, true, func(c *gatekeeper.Config) {
		for i := range c.Users {
			c.Users[i].Methods = []authentication.Method{authentication.HMACSHA196}
		}
		c.Trace = func(m *h323.Traced) {
			r, ok := m.Message.(*h225.RasMessage)
			if !ok || !m.Sent || r.RegistrationConfirm == nil {
				return
			}
			carrier, _ := authentication.RAS(r)
			confirmed <- registration{r.RegistrationConfirm.EndpointIdentifier, authentication.Claims(carrier)}
		}
	})
	newPhone(t, "anna", at, h323.Modes{})
	r := <-confirmed // it is told after it is sent
	if len(r.claims) != 1 || r.claims[0].Sender != "parley" || r.claims[0].Receiver != string(r.id) {
		t.Errorf("%+v", r)
	}
}
