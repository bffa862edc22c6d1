package api

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"time"

	"parley/codecs"
	"parley/multicast"
	"parley/multicast/allocation"
	"parley/multicast/madcap"
)

// book is a Leases with one of each kind.
type book struct{ ordered *GroupOrder }

func (b book) Leases() []Lease {
	end := time.Unix(100, 0).UTC()
	return []Lease{
		{ID: "lobby/1", Kind: LeaseGroup, Holder: "lobby", Addresses: []string{"239.255.1.1"}, Clash: "Talk, from 192.0.2.9"},
		{ID: "00ab", Kind: LeaseMADCAP, Holder: "192.0.2.7", Addresses: []string{"239.255.1.2-239.255.1.3"}, End: &end, Over: true},
	}
}

func (b book) Open(id string, o GroupOrder) (OpenedGroup, error) {
	switch *b.ordered = o; {
	case o.IPv6:
		return OpenedGroup{}, allocation.ErrNone
	case o.Audio == "":
		return OpenedGroup{}, fmt.Errorf("%w: nothing", codecs.ErrMalformed)
	}
	return OpenedGroup{Conference: id, Audio: "239.255.1.4:5004", TTL: 4}, nil
}

func (b book) CloseGroup(id string, at netip.AddrPort) error {
	if id != "lobby" || at != netip.MustParseAddrPort("239.255.1.4:5004") {
		return multicast.ErrNoGroup
	}
	return nil
}

func TestLeases(t *testing.T) {
	h := newHouse(t, loopback, "", nil)
	if w := h.do(http.MethodGet, "/api/v1/multicast/leases", ""); w.Code != http.StatusNotImplemented {
		t.Errorf("without multicast: %d", w.Code)
	}
	var ordered GroupOrder
	h.Server.deps.Leases = book{&ordered}
	w := h.do(http.MethodGet, "/api/v1/multicast/leases", "")
	var got Leased
	if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil || len(got.Leases) != 2 || !got.Leases[1].Over || got.Leases[0].End != nil || got.Leases[0].Clash == "" {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	for _, tt := range []struct {
		method, path, body string
		code               int
	}{
		{http.MethodPost, "/api/v1/conferences/lobby/groups", `{"audio":"PCMU","ipv6":true}`, http.StatusConflict},
		{http.MethodPost, "/api/v1/conferences/lobby/groups", `{}`, http.StatusConflict},
		{http.MethodPost, "/api/v1/conferences/lobby/groups", `{"audio":"PCMU","ttl":300}`, http.StatusUnprocessableEntity},
		{http.MethodPost, "/api/v1/conferences/elsewhere/groups", `{"audio":"PCMU"}`, http.StatusNotFound},
		{http.MethodDelete, "/api/v1/conferences/lobby/groups/239.255.1.4:5004", "", http.StatusNoContent},
		{http.MethodDelete, "/api/v1/conferences/lobby/groups/239.255.1.5:5004", "", http.StatusNotFound},
		{http.MethodPost, "/api/v1/conferences/lobby/groups", `{"audio":"PCMU","ttl":4}`, http.StatusOK},
		{http.MethodDelete, "/api/v1/conferences/lobby/groups/x", "", http.StatusNotFound},
		{http.MethodDelete, "/api/v1/conferences/elsewhere/groups/239.255.1.4:5004", "", http.StatusNotFound},
	} {
		if w := h.do(tt.method, tt.path, tt.body); w.Code != tt.code {
			t.Errorf("%s %s %s: %d %s", tt.method, tt.path, tt.body, w.Code, w.Body)
		}
	}
	if (ordered != GroupOrder{Audio: "PCMU", TTL: 4}) {
		t.Errorf("ordered %+v", ordered)
	}
}

func TestLeaseMetrics(t *testing.T) {
	h := newHouse(t, loopback, "", nil)
	h.Server.deps.Wires.Leases = func() LeaseStats {
		return LeaseStats{Groups: 2, Clashes: 1, Moved: 3, MADCAP: &madcap.Stats{Leases: 4, Refused: 5}}
	}
	h.http.Handler = h.Handler()
	text := h.do(http.MethodGet, "/metrics", "").Body.String()
	for _, line := range []string{"parley_multicast_chosen_groups 2", "parley_multicast_clashes 1", "parley_multicast_moved_groups_total 3", "parley_madcap_leases 4", "parley_madcap_refused_total 5"} {
		if !strings.Contains(text, "\n"+line+"\n") {
			t.Errorf("no %q", line)
		}
	}
}
