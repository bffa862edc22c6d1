package config

import (
	"net/netip"

	"parley/multicast"
	"parley/qos/rtp"
)

// checkLayers returns the groups that follow a stream's, which are its own too.
func (s *Stream) checkLayers(r *report, key string, group netip.AddrPort) []netip.AddrPort {
	if s.Layers < 0 || s.Layers > rtp.MaxLayers {
		r.add(key+".layers", "must be from 1 to %d, not %d", rtp.MaxLayers, s.Layers)
		return nil
	}
	if s.Layers > 1 && s.Crypto != "" {
		r.add(key+".layers", "cannot be encrypted under one key; take layers or crypto away")
	}
	layers, err := multicast.Layers(group, s.Layers, false)
	if err != nil {
		r.add(key+".layers", "%v", err)
	}
	return layers
}
