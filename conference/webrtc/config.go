package webrtc

import (
	"fmt"
	"log/slog"
	"net/netip"
	"time"

	"parley/codecs"
	"parley/conference"
)

// Config is what a Server runs under.
type Config struct {
	// UDP is where the media of all browsers goes. An unspecified address
	// takes all interfaces; port 0 a free port.
	UDP netip.AddrPort
	// TCP is where browsers that cannot use UDP connect (RFC 6544); not
	// valid: nowhere.
	TCP netip.AddrPort
	// External are the addresses at which the world reaches UDP and TCP, when
	// they are not this machine's own: behind NAT, in a container. They are
	// offered beside the machine's own.
	External []netip.Addr
	// Origins are pages, beside this server's own, that may join:
	// "https://example.org". Compared exactly, but for case.
	Origins []string
	// ICEServers are STUN and TURN URLs that the page is told to use.
	ICEServers []string
	// ResumeWindow is how long a seat waits for a page that lost its
	// connection; 0: DefaultResumeWindow.
	ResumeWindow time.Duration
}

// Deps are the parts that a Server stands on.
type Deps struct {
	Bridge *conference.Bridge
	Codecs *codecs.Set
	Log    *slog.Logger
}

func (c *Config) validate() error {
	if !c.UDP.IsValid() {
		return fmt.Errorf("webrtc: no UDP address")
	}
	if c.ResumeWindow < 0 {
		return fmt.Errorf("webrtc: resume window %v is negative", c.ResumeWindow)
	}
	if c.ResumeWindow == 0 {
		c.ResumeWindow = DefaultResumeWindow
	}
	return nil
}
