package gatekeeper_test

import (
	"testing"
	"time"

	"parley/h323/authentication"
	"parley/h323/gatekeeper"
	"parley/h323/ras"
)

// An RRQ whose answer was lost is known again, though the host has become a
// member by it: its proof is good for one registration.
func TestRegistrationWhoseAnswerIsLost(t *testing.T) {
	meet(t, func(m *meeting) {
		g := m.gatekeeper(gkAddr, func(c *gatekeeper.Config) { c.Users = []gatekeeper.User{{Name: "anna", Password: "secret"}} })
		lost := false
		m.network.Lose(func(d ras.Datagram) bool {
			first := d.Local == gkAddr && !lost
			lost = lost || first
			return first
		})
		a := m.endpoint("anna", "10.0.1.1", func(c *ras.Config) {
			c.Credentials = ras.Credentials{User: "anna", Password: "secret", Methods: []authentication.Method{authentication.HMACSHA196}}
		})
		pass(4 * time.Second)
		m.state(a, ras.Registered)
		m.passed("registrationRequest", "registrationConfirm", "registrationRequest", "registrationConfirm")
		if s := g.Stats(); s.Duplicates != 1 || s.Registrations != 1 {
			t.Errorf("%+v", s)
		}
		m.close(a, g)
	})
}
