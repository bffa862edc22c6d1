package api

import (
	"encoding/json"
	"net/http"
	"net/netip"
	"strings"
	"testing"

	"parley/multicast"
	"parley/qos/rtp"
)

// crowd is the group of the lobby.
type crowd struct{ asked *int }

func (c crowd) Members(id string, limit int) ([]multicast.GroupMembers, error) {
	if id != "lobby" {
		return nil, multicast.ErrNoGroup
	}
	*c.asked = limit
	return []multicast.GroupMembers{{Address: "239.1.1.1:5004", TTL: 15, Scope: multicast.ScopeSite, ListenOnly: true, Loops: 6, Audio: &multicast.SessionMembers{
		Group: netip.MustParseAddrPort("239.1.1.1:5004"), SSRC: 10,
		Stats: rtp.Stats{
			Members:    rtp.MemberStats{Members: 3, Senders: 1, Crowd: 1, CrowdOctets: 100, ReceptionOctets: 11},
			Receptions: rtp.ReceptionSummary{Reports: 1, Worst: 0.25, WorstReceiver: 7},
			Filtered:   1, BelowHopFloor: 2, Undecrypted: 3, Enhancements: 4, Collisions: 5,
		},
		Members: []rtp.Member{{
			SSRC: 7, Addr: netip.MustParseAddrPort("192.0.2.7:5005"), Sending: true,
			SDES:     rtp.SDES{CNAME: "ann@x", Name: "<Ann>", Email: "ann@example.net", Phone: "1", Location: "Rome", Tool: "t", Note: "n"},
			Extended: rtp.ExtendedReport{VoIP: &rtp.VoIPMetrics{RFactor: 80, MOSListening: 4}},
		}},
		Receptions: []rtp.Reception{{Receiver: 7, Stream: 10, Fraction: 0.25, Lost: 5}},
		Bridging: multicast.BridgeState{
			Identity: "128-2", Standby: true, Reason: "stands by", Changes: 1, Others: []multicast.OtherBridge{{Identity: "1-1", SSRC: 9, CNAME: "other"}},
		},
	}}}, nil
}

func TestGroups(t *testing.T) {
	h := newHouse(t, loopback, "", nil)
	asked := 0
	h.Server.deps.Groups = crowd{&asked}
	w := h.do(http.MethodGet, "/api/v1/conferences/lobby/groups?limit=5", "")
	if w.Code != http.StatusOK || asked != 5 {
		t.Fatalf("%d %s, asked for %d", w.Code, w.Body, asked)
	}
	var got struct{ Groups []Group }
	if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	s := got.Groups[0].Audio
	if s.Members != 3 || s.MemberOctets != 111 || s.Loss.Worst != 0.25 || s.Receptions[0].Lost != 5 || got.Groups[0].Video != nil {
		t.Errorf("%+v", s)
	}
	if g := got.Groups[0]; g.TTL != 15 || g.Scope != "site" || !g.ListenOnly || g.Loops != 6 {
		t.Errorf("%+v", g)
	}
	if s.Filtered != 1 || s.BelowFloor != 2 || s.Undecrypted != 3 || s.HigherLayers != 4 || s.Collisions != 5 {
		t.Errorf("%+v", s)
	}
	if b := s.Bridging; b.Identity != "128-2" || !b.Standby || b.Reason != "stands by" || len(b.Others) != 1 || b.Others[0].CNAME != "other" {
		t.Errorf("%+v", b)
	}
	if m := s.Sources[0]; m.Name != "<Ann>" || m.Email != "ann@example.net" || m.VoIP == nil || m.VoIP.MOS != 4 {
		t.Errorf("%+v", m)
	}
	if w := h.do(http.MethodGet, "/api/v1/conferences/board/groups", ""); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), `"groups":[]`) {
		t.Errorf("without a group: %d %s", w.Code, w.Body)
	}
	if w := h.do(http.MethodGet, "/api/v1/conferences/elsewhere/groups", ""); w.Code != http.StatusNotFound {
		t.Errorf("without a conference: %d", w.Code)
	}
	if w := h.do(http.MethodGet, "/api/v1/conferences/lobby/groups?limit=30000", ""); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("a limit beyond all: %d", w.Code)
	}
}
