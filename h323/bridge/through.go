package bridge

import (
	"context"

	"parley/conference"
)

// ring calls whom the caller has dialled, who is no conference, while the caller
// hears it ring.
func (c *call) ring() {
	c.line.Alert()
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
		conf, err := c.server.bridge.Call(ctx, c.wanted.address)
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
