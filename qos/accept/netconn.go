package accept

import "net"

// NetConn returns the connection beneath, for what only it can do.
func (c *conn) NetConn() net.Conn { return c.Conn }
