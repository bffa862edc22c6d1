package bridge

import (
	"context"

	"parley/conference"
	"parley/h323/h225"
	"parley/h323/ras"
)

// ring calls whom the caller has dialled, who is no conference, while the caller
// hears it ring.
func (c *call) ring() {
	c.line.Alert()
	caller := c.caller()
	ctx, cancel := context.WithTimeout(context.Background(), dialTimeout)
	c.work.Go(func() {
		select {
		case <-c.ending: // who hangs up gives the other call up too
			cancel()
		case <-ctx.Done():
		}
	})
	c.work.Go(func() {
		defer cancel()
		conf, err := c.server.bridge.Call(ctx, c.wanted.address, caller)
		c.post(func() { c.putThrough(conf, err) })
	})
}

// putThrough seats the caller where the other has answered.
func (c *call) putThrough(conf *conference.Conference, err error) {
	if err == nil {
		c.conference = conf
		err = c.join()
	}
	c.enter(err)
}

// caller is who calls, as whom it is put through to reads it.
func (c *call) caller() conference.Caller {
	v := c.line.Info().Invitation
	if v.Restricted {
		return conference.Caller{Name: anonymous}
	}
	caller := conference.Caller{Name: c.Info().Name, Number: numberOf(v.Calling)}
	if caller.Number == "" && len(v.Calling) > 0 {
		caller.Number = ras.AliasText(v.Calling[0])
	}
	return caller
}

// anonymous is who does not want to be known (RFC 3261 8.1.1.3).
const anonymous = "Anonymous"

// numberOf returns the number among aliases.
func numberOf(aliases []h225.AliasAddress) string {
	for i := range aliases {
		a := &aliases[i]
		switch {
		case a.DialledDigits != "":
			return a.DialledDigits
		case a.PartyNumber != nil:
			return ras.AliasText(*a)
		}
	}
	return ""
}
