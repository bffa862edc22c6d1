package ras

import (
	"context"
	"errors"
	"net/netip"
	"time"

	"parley/h323"
	"parley/h323/h225"
	"parley/h323/h460"
)

// ask performs a request, and waits for its answer or ctx.
func (c *Client) ask(ctx context.Context, m *h225.RasMessage, to netip.AddrPort) (*h225.RasMessage, error) {
	type result struct {
		reply *h225.RasMessage
		err   error
	}
	answered := make(chan result, 1)
	op := &operation{request: m, to: to, done: func(m *h225.RasMessage, err error) { answered <- result{m, err} }}
	if !c.begin(op) {
		return nil, ErrUnregistered
	}
	select {
	case r := <-answered:
		return r.reply, r.err
	case <-ctx.Done():
		c.mu.Lock()
		op.gone = true
		c.mu.Unlock()
		return nil, ctx.Err()
	}
}

func (c *Client) begin(op *operation) bool {
	c.mu.Lock()
	if !c.started {
		c.mu.Unlock()
		return false
	}
	c.endpoint.perform(time.Now(), op)
	c.mu.Unlock()
	c.act()
	return true
}

// SetAliases replaces the aliases, at once where the Client is registered. They
// must not be empty, nor change any more.
func (c *Client) SetAliases(aliases []h225.AliasAddress) {
	c.mu.Lock()
	c.cfg.Aliases = aliases
	if c.started {
		c.endpoint.rename(time.Now(), aliases)
	}
	c.mu.Unlock()
	c.act()
}

func (c *Client) aliases() []h225.AliasAddress {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.cfg.Aliases
}

// Admit is of h323.Gatekeeper: ARQ, for a call made or answered.
func (c *Client) Admit(ctx context.Context, a h323.Admission) (h323.Admitted, error) {
	if len(a.Calling) == 0 {
		a.Calling = c.aliases()
	}
	if got, refused, ok := c.unasked(a); refused != nil {
		return got, refused
	} else if ok {
		return got, nil
	}
	request := admissionRequest(a)
	secures := h460.FindIn(c.endpoint.cfg.Features, h460.TransportSecurity) != nil
	if secures {
		request.AdmissionRequest.FeatureSet = h460.Support(nil, h460.OfferTLS(netip.AddrPort{}))
	}
	reply, err := c.ask(ctx, request, netip.AddrPort{})
	switch {
	case err != nil && ctx.Err() != nil:
		// The gatekeeper may admit it yet: then it must hear that it is over.
		c.Disengage(h323.Disengagement{
			Call: a.Call, Conference: a.Conference, Reference: a.Reference, Answer: a.Answer, Reason: undefinedReason(),
		})
		return h323.Admitted{}, ctx.Err()
	case errors.Is(err, ErrUnregistered):
		status := c.Status()
		return h323.Admitted{}, refusal(nil, errors.New(status.Away()))
	case err != nil:
		return h323.Admitted{}, refusal(nil, err)
	}
	c.mu.Lock()
	now := time.Now()
	admitted, refused := admittedBy(reply, c.endpoint.endpointID)
	if secures && admitted.Confirm != nil {
		admitted.Secure, _ = h460.TLSAddress(admitted.Confirm.FeatureSet)
	}
	if refused != nil {
		c.mu.Unlock()
		return h323.Admitted{}, refused
	}
	c.endpoint.admitted(now, a, admitted)
	admitted, refused = c.endpoint.guard(now, a, admitted)
	c.mu.Unlock()
	if refused != nil {
		c.Disengage(h323.Disengagement{
			Call: a.Call, Conference: a.Conference, Reference: a.Reference, Answer: a.Answer, Reason: undefinedReason(),
		})
		return h323.Admitted{}, refused
	}
	c.act() // reports may be due
	return admitted, nil
}

// unasked admits a call by what the gatekeeper has granted before.
func (c *Client) unasked(a h323.Admission) (got h323.Admitted, refused *h323.Refusal, ok bool) {
	now := time.Now()
	c.mu.Lock()
	if c.started {
		got, ok = c.endpoint.unasked(now, a)
	}
	if ok {
		got, refused = c.endpoint.guard(now, a, got)
	}
	if refused != nil {
		delete(c.endpoint.calls, callKey{a.Call.GUID, a.Answer})
	}
	c.mu.Unlock()
	if ok {
		c.act()
	}
	return got, refused, ok
}

// Disengage is of h323.Gatekeeper: DRQ.
func (c *Client) Disengage(d h323.Disengagement) {
	c.begin(&operation{request: disengageRequest(d), done: func(*h225.RasMessage, error) {}})
}

// ChangeBandwidth is of h323.Gatekeeper: BRQ. A rejection that allows less is no
// error: it returns what is allowed (H.225.0 clause 7.12.3).
func (c *Client) ChangeBandwidth(ctx context.Context, call h225.CallIdentifier, bitRate int) (int, error) {
	if granted, ok := c.unaskedRate(call, bitRate); ok {
		return granted, nil
	}
	reply, err := c.ask(ctx, bandwidthRequest(call, bitRate), netip.AddrPort{})
	switch {
	case err != nil:
		return 0, err
	case reply.BandwidthReject != nil && reply.BandwidthReject.AllowedBandWidth == 0:
		return 0, &Rejection{reply}
	case reply.BandwidthReject != nil:
		return 100 * int(reply.BandwidthReject.AllowedBandWidth), nil
	}
	granted := 100 * int(reply.BandwidthConfirm.BandWidth)
	c.mu.Lock()
	c.endpoint.changed(call, granted)
	c.mu.Unlock()
	return granted, nil
}

func (c *Client) unaskedRate(call h225.CallIdentifier, bitRate int) (granted int, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.started {
		return 0, false
	}
	return c.endpoint.unaskedRate(call, bitRate)
}

// Locate asks for the address of call signalling of an alias by LRQ; at is the
// gatekeeper to ask, the own one where it is invalid.
func (c *Client) Locate(ctx context.Context, aliases []h225.AliasAddress, at netip.AddrPort) (netip.AddrPort, error) {
	canMap := true
	c.mu.Lock()
	if !c.started {
		c.mu.Unlock()
		return netip.AddrPort{}, ErrUnregistered
	}
	local := c.endpoint.local
	c.mu.Unlock()
	reply, err := c.ask(ctx, &h225.RasMessage{LocationRequest: &h225.LocationRequest{
		DestinationInfo: aliases, ReplyAddress: h225.TransportAddressOf(local), SourceInfo: c.aliases(), CanMapAlias: &canMap,
	}}, at)
	if err != nil {
		return netip.AddrPort{}, err
	}
	if reply.LocationConfirm == nil {
		return netip.AddrPort{}, &Rejection{reply}
	}
	to, _ := reply.LocationConfirm.CallSignalAddress.AddrPort()
	return to, nil
}

// IndicateResources tells whether there is room for more calls (RAI).
func (c *Client) IndicateResources(ctx context.Context, almostOut bool) error {
	reply, err := c.ask(ctx, &h225.RasMessage{ResourcesAvailableIndicate: &h225.ResourcesAvailableIndicate{
		ProtocolIdentifier: h225.Protocol, AlmostOutOfResources: almostOut, Protocols: protocolsOf(c.cfg.Type),
	}}, netip.AddrPort{})
	if err == nil && reply.ResourcesAvailableConfirm == nil {
		err = &Rejection{reply}
	}
	return err
}
