package api

import (
	"context"
	"errors"
	"net/http"
	"net/netip"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"parley/multicast"
	"parley/multicast/allocation"
	"parley/multicast/madcap"
)

// Leases is the addresses of groups that the bridge has chosen, for itself and
// for others.
type Leases interface {
	// Leases are all, by id.
	Leases() []Lease
	// Open has a group at a chosen address take part in a conference.
	// allocation.ErrNone, multicast.ErrTooMany and what codecs says of codecs.
	Open(conferenceID string, o GroupOrder) (OpenedGroup, error)
	// CloseGroup ends one that Open has opened. multicast.ErrNoGroup.
	CloseGroup(conferenceID string, at netip.AddrPort) error
}

// LeaseStats is a snapshot of Leases.
type LeaseStats struct {
	Groups  int           // of this bridge, whose address was chosen
	Clashes int           // groups of this bridge in which others announce a session as well
	Moved   uint64        // that gave way to others
	MADCAP  *madcap.Stats // nil: off
}

// LeaseKind says whose addresses they are.
type LeaseKind string

// The kinds.
const (
	LeaseGroup  LeaseKind = "group"  // of this bridge
	LeaseMADCAP LeaseKind = "madcap" // of a program that asked for them
	LeaseNamed  LeaseKind = "named"  // of this bridge, by the configuration; listed with a clash alone
)

// Lease is addresses that somebody has.
type Lease struct {
	ID        string     `json:"id" doc:"Of madcap: what the program chose, in hexadecimal."`
	Kind      LeaseKind  `json:"kind" enum:"group,madcap,named"`
	Holder    string     `json:"holder" doc:"The conference, or the program's host."`
	Addresses []string   `json:"addresses" nullable:"false" example:"239.255.17.4" doc:"Each one address, or the first and the last of several."`
	Granted   time.Time  `json:"granted,omitzero" doc:"Missing: named by the configuration."`
	Start     time.Time  `json:"start,omitzero"`
	End       *time.Time `json:"end,omitempty" doc:"Missing: with the group."`
	Over      bool       `json:"over" doc:"The time is over; the addresses are kept a little longer."`
	Clash     string     `json:"clash,omitempty" doc:"Another session that is announced at this address, and from where."`
}

// Leased is all leases.
type Leased struct {
	Leases []Lease `json:"leases" nullable:"false"`
}

// GroupOrder is a group that is to be opened.
type GroupOrder struct {
	Name  string `json:"name,omitempty" maxLength:"128" doc:"In the roster; empty: the address."`
	Audio string `json:"audio,omitempty" maxLength:"64" example:"PCMU" doc:"Codec of sound; empty: none."`
	Video string `json:"video,omitempty" maxLength:"64" example:"H264" doc:"Codec of pictures; empty: none."`
	IPv6  bool   `json:"ipv6,omitempty"`
	TTL   int    `json:"ttl,omitempty" minimum:"0" maximum:"255" doc:"At most what multicast.scope and multicast.max_ttl allow; 0: multicast.ttl."`
}

// OpenedGroup is a group that was opened.
type OpenedGroup struct {
	Conference string `json:"conference"`
	Audio      string `json:"audio,omitempty" example:"239.255.17.4:5004"`
	Video      string `json:"video,omitempty" example:"239.255.17.4:5006"`
	TTL        int    `json:"ttl"`
}

type leasesOutput struct{ Body Leased }

type openGroupInput struct {
	ID   string `path:"id" maxLength:"64" example:"lobby" doc:"Of the conference."`
	Body GroupOrder
}

type openGroupOutput struct{ Body OpenedGroup }

type closeGroupInput struct {
	ID    string `path:"id" maxLength:"64" example:"lobby" doc:"Of the conference."`
	Group string `path:"group" maxLength:"64" example:"239.255.17.4:5004" doc:"Address and port of its sound or pictures, or the address alone."`
}

func (s *Server) leaseRoutes(api huma.API) {
	huma.Register(api, s.operation(api, huma.Operation{
		OperationID: "list-leases", Method: http.MethodGet, Path: "/multicast/leases",
		Summary: "List leased group addresses", Description: "Those that were chosen for groups of this bridge, and those that programs have by MADCAP (RFC 2730).",
		Errors: []int{http.StatusNotImplemented},
	}), func(context.Context, *struct{}) (*leasesOutput, error) {
		if s.deps.Leases == nil {
			return nil, noDirectory()
		}
		return &leasesOutput{Body: Leased{s.deps.Leases.Leases()}}, nil
	})
	huma.Register(api, s.operation(api, huma.Operation{
		OperationID: "open-group", Method: http.MethodPost, Path: "/conferences/{id}/groups",
		Summary:     "Open a multicast group at an address that is chosen",
		Description: "One that nobody announces and that is leased to nobody. It takes part until it is closed, removed by a host, or the bridge ends.",
		Errors:      []int{http.StatusNotFound, http.StatusConflict, http.StatusNotImplemented},
	}), func(_ context.Context, in *openGroupInput) (*openGroupOutput, error) {
		if s.deps.Leases == nil {
			return nil, noDirectory()
		}
		if _, err := s.find(in.ID); err != nil {
			return nil, err
		}
		opened, err := s.deps.Leases.Open(in.ID, in.Body)
		if errors.Is(err, allocation.ErrNone) {
			return nil, huma.Error409Conflict("no address is free: see multicast.allocation.ranges")
		}
		if err != nil {
			return nil, sessionProblem(err)
		}
		return &openGroupOutput{Body: opened}, nil
	})
	huma.Register(api, s.operation(api, huma.Operation{
		OperationID: "close-group", Method: http.MethodDelete, Path: "/conferences/{id}/groups/{group}",
		Summary: "Close a multicast group that was opened by the API", DefaultStatus: http.StatusNoContent,
		Errors: []int{http.StatusNotFound, http.StatusNotImplemented},
	}), func(_ context.Context, in *closeGroupInput) (*struct{}, error) {
		if s.deps.Leases == nil {
			return nil, noDirectory()
		}
		if _, err := s.find(in.ID); err != nil {
			return nil, err
		}
		at, err := netip.ParseAddrPort(in.Group)
		if addr, bare := netip.ParseAddr(in.Group); bare == nil { // as leases are listed
			at, err = netip.AddrPortFrom(addr, 0), nil
		}
		if err != nil {
			return nil, huma.Error404NotFound("a group is ADDRESS:PORT, or its ADDRESS, not " + strconv.Quote(in.Group))
		}
		err = s.deps.Leases.CloseGroup(in.ID, at)
		if errors.Is(err, multicast.ErrNoGroup) {
			return nil, huma.Error404NotFound("the API has opened no such group in this conference; those of the configuration stay until they are taken out of it")
		}
		return nil, problem(err)
	})
}
