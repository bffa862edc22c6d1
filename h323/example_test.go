package h323_test

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"sync"

	"parley/codecs"
	"parley/h323"
	"parley/h323/media"
)

// echo is the owner of one call: it sends back what it hears.
type echo struct {
	conn *net.UDPConn

	mu sync.Mutex
	to netip.AddrPort // where the peer wants to hear us
}

func newEcho(local netip.Addr) (*echo, error) {
	conn, err := net.ListenUDP("udp", net.UDPAddrFromAddrPort(netip.AddrPortFrom(local, 0)))
	if err != nil {
		return nil, err
	}
	e := &echo{conn: conn}
	go e.run()
	return e, nil
}

// run sends each packet back, until the socket is closed.
func (e *echo) run() {
	packet := make([]byte, 1500)
	for {
		n, _, err := e.conn.ReadFromUDPAddrPort(packet)
		if err != nil {
			return
		}
		e.mu.Lock()
		to := e.to
		e.mu.Unlock()
		if to.IsValid() {
			_, _ = e.conn.WriteToUDPAddrPort(packet[:n], to) // the next packet may get through
		}
	}
}

// Local tells where this side hears; both directions of the session share it.
func (e *echo) Local(*h323.Call, *media.Channel) (media.Addresses, error) {
	rtp := e.conn.LocalAddr().(*net.UDPAddr).AddrPort()
	return media.Addresses{RTP: rtp, RTCP: netip.AddrPortFrom(rtp.Addr(), rtp.Port()+1)}, nil
}

// Event follows the call.
func (e *echo) Event(_ *h323.Call, event h323.Event) {
	switch event := event.(type) {
	case h323.ChannelOpened:
		if event.Channel.Direction == media.Send {
			e.mu.Lock()
			e.to = event.Channel.Remote.RTP
			e.mu.Unlock()
		}
	case h323.Released:
		_ = e.conn.Close()
	}
}

// The endpoint alone: it answers a call and sends the sound back.
func Example() {
	local := netip.MustParseAddr("127.0.0.1")
	g711, _ := media.NewCapability(codecs.Format{Name: "PCMU", ClockRate: 8000, Channels: 1}, 0)
	sound := &media.Set{Capabilities: []media.Capability{g711}}

	answering, err := h323.New(h323.Config{
		Listen:  []netip.AddrPort{netip.AddrPortFrom(local, 0)}, // as a rule port 1720
		Name:    "echo",
		Receive: sound, Send: sound,
		Incoming: func(c *h323.Call) {
			e, err := newEcho(local)
			if err != nil {
				c.Release(&h323.Refusal{Cause: 47, Text: err.Error()}) // resource unavailable
				return
			}
			c.SetOwner(e)
			c.Answer()
		},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	if err := answering.Start(context.Background()); err != nil {
		fmt.Println(err)
		return
	}

	// Somebody calls, says a word, and hears it again.
	calling, err := h323.New(h323.Config{Name: "caller", Receive: sound})
	if err != nil {
		fmt.Println(err)
		return
	}
	who := newCaller(local)
	call, err := calling.Dial(context.Background(), h323.Target{Text: answering.Addresses()[0].String()}, who)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("heard:", who.say("hello"))
	call.Release(nil)

	_ = calling.Close(context.Background())
	_ = answering.Close(context.Background())
	// Output: heard: hello
}

// caller speaks into a call.
type caller struct {
	conn *net.UDPConn
	to   chan netip.AddrPort
}

func newCaller(local netip.Addr) *caller {
	conn, err := net.ListenUDP("udp", net.UDPAddrFromAddrPort(netip.AddrPortFrom(local, 0)))
	if err != nil {
		panic(err)
	}
	return &caller{conn: conn, to: make(chan netip.AddrPort, 1)}
}

func (c *caller) Local(*h323.Call, *media.Channel) (media.Addresses, error) {
	rtp := c.conn.LocalAddr().(*net.UDPAddr).AddrPort()
	return media.Addresses{RTP: rtp, RTCP: netip.AddrPortFrom(rtp.Addr(), rtp.Port()+1)}, nil
}

func (c *caller) Event(_ *h323.Call, event h323.Event) {
	if o, ok := event.(h323.ChannelOpened); ok && o.Channel.Direction == media.Send {
		c.to <- o.Channel.Remote.RTP
	}
}

// say sends a word and returns what comes back.
func (c *caller) say(word string) string {
	defer func() { _ = c.conn.Close() }()
	if _, err := c.conn.WriteToUDPAddrPort([]byte(word), <-c.to); err != nil {
		return err.Error()
	}
	heard := make([]byte, 1500)
	n, _, err := c.conn.ReadFromUDPAddrPort(heard)
	if err != nil {
		return err.Error()
	}
	return string(heard[:n])
}
