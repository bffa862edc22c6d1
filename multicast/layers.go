package multicast

import (
	"fmt"
	"net/netip"

	"github.com/pion/sdp/v3"

	"parley/codecs"
	"parley/qos/rtp"
)

// Layers are the addresses of a session in n layers beyond its base: the groups that
// follow its own, on the same port or, where ports are counted, too, on every second
// one from it (RFC 8866 5.7, 5.14). Those beyond rtp.MaxLayers are left out. The
// error is that there are no such groups.
func Layers(base netip.AddrPort, n int, ports bool) ([]netip.AddrPort, error) {
	var out []netip.AddrPort
	addr, port := base.Addr(), int(base.Port())
	for i := 1; i < n; i++ {
		addr = addr.Next() // keeps the zone
		if ports {
			port += 2 // RTCP is between
		}
		if !addr.IsValid() || !addr.IsMulticast() || port > 65534 {
			return nil, fmt.Errorf("%d layers do not fit behind %v", n, base)
		}
		if len(out) < rtp.MaxLayers-1 {
			out = append(out, netip.AddrPortFrom(addr, uint16(port)))
		}
	}
	return out, nil
}

// readLayers takes the layers of a medium of count groups.
func (m *MediaConfig) readLayers(d *sdp.MediaDescription, count int) error {
	ports := 1
	if r := d.MediaName.Port.Range; r != nil {
		ports = *r
	}
	if ports > 1 && count > 1 && ports != count {
		return fmt.Errorf("%d ports for %d groups: %w", ports, count, codecs.ErrMalformed)
	}
	if m.Crypto != nil {
		return nil // one key for several layers of an SSRC would be one keystream
	}
	var err error
	if m.Layers, err = Layers(m.Addr, count, ports > 1); err != nil {
		return fmt.Errorf("%w: %w", codecs.ErrMalformed, err)
	}
	return nil
}

// checkLayers tells why the layers of a medium cannot be.
func (m *MediaConfig) checkLayers(kind codecs.Media) error {
	if len(m.Layers) == 0 {
		return nil
	}
	if len(m.Layers) >= rtp.MaxLayers {
		return fmt.Errorf("%v group %v has %d layers, more than %d", kind, m.Addr, len(m.Layers)+1, rtp.MaxLayers)
	}
	if m.Crypto != nil {
		return fmt.Errorf("%v group %v: layers cannot be encrypted under one key", kind, m.Addr)
	}
	for _, ports := range []bool{false, true} {
		want, err := Layers(m.Addr, len(m.Layers)+1, ports)
		if err == nil && fmt.Sprint(want) == fmt.Sprint(m.Layers) {
			return nil
		}
	}
	return fmt.Errorf("%v group %v: its layers do not follow it", kind, m.Addr)
}
