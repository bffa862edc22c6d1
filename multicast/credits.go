package multicast

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"parley/conference"
	"parley/qos/rtp"
)

// credits tells a group by SDES who they are that parley's mix stands for
// (RFC 3550 7.3): each participant's name under the CSRC by which it is heard.
// The group's own members tell it themselves.
type credits struct {
	group *Group
	told  map[conference.SourceID]credit
}

// credit is what was told of a source.
type credit struct {
	csrc uint32
	sdes rtp.SDES
}

// run goes on until ctx or the conference ends.
func (c *credits) run(ctx context.Context) {
	for {
		roster, watch := c.group.conf.Watch()
		c.reset(roster)
		err := c.watch(ctx, watch)
		watch.Close()
		if !errors.Is(err, conference.ErrSlow) {
			return
		}
	}
}

// watch takes in events until there are no more.
func (c *credits) watch(ctx context.Context, watch *conference.Watch) error {
	for {
		event, err := watch.Next(ctx)
		if err != nil {
			return err
		}
		switch event.Kind {
		case conference.EventJoined, conference.EventLeft,
			conference.EventSourceAdded, conference.EventSourceRemoved, conference.EventSourceUpdated:
			c.reset(c.group.conf.Roster())
		}
	}
}

// reset makes what is told equal to a roster.
func (c *credits) reset(r conference.Roster) {
	here := make(map[conference.SourceID]bool)
	own := c.group.seat.Load().ID()
	for i := range r.Members {
		m := &r.Members[i]
		for j := range m.Sources {
			if s := &m.Sources[j]; m.ID != own {
				here[s.ID] = true
				c.tell(m, s)
			}
		}
	}
	for id, e := range c.told {
		if !here[id] {
			c.describe(e.csrc, rtp.SDES{})
			delete(c.told, id)
		}
	}
}

func (c *credits) tell(m *conference.Member, s *conference.SourceState) {
	csrc, relayed := c.group.csrc(s.ID)
	if m.Wire == conference.WireMulticast && !relayed {
		return // the group itself, or a member of which nothing is known yet
	}
	// Who has no CNAME of its own is given one by parley's, which is unique.
	sdes := rtp.SDES{
		CNAME: cmp.Or(s.CNAME, fmt.Sprintf("%d@%s", s.ID, c.group.cname)),
		Name:  cmp.Or(s.Name, m.Name),
	}
	now := credit{csrc, sdes}
	before, known := c.told[s.ID]
	if known && before == now {
		return
	}
	if known && before.csrc != csrc {
		c.describe(before.csrc, rtp.SDES{})
	}
	c.told[s.ID] = now
	c.describe(csrc, sdes)
}

func (c *credits) describe(csrc uint32, sdes rtp.SDES) {
	if a := c.group.audio; a != nil {
		a.session.DescribeContributor(csrc, sdes)
	}
	if v := c.group.video; v != nil {
		v.session.DescribeContributor(csrc, sdes)
	}
}

// csrc is under which CSRC a source of the conference is heard in groups;
// relayed tells that it is a member of one.
func (g *Group) csrc(id conference.SourceID) (csrc uint32, relayed bool) {
	for _, p := range g.paths {
		p.mu.RLock()
		o := p.origins[id]
		p.mu.RUnlock()
		if o != nil {
			return o.ssrc, true
		}
	}
	return uint32(id), false
}
