package qos

import "net/netip"

// Public is the address by which a peer reaches this host: external, that of the
// address translation, and local where the peer is in our own network, or where
// external is not valid or not of their family. A peer that is not valid is
// outside. An external address of a private network is that of a host around a
// container, which peers of that network need too.
func Public(external, local, peer netip.Addr) netip.Addr {
	external, peer = external.Unmap(), peer.Unmap()
	switch {
	case !external.IsValid() || external.Is4() != local.Unmap().Is4():
		return local
	case peer.IsValid() && external.Is4() != peer.Is4():
		return local
	case peer.IsLoopback(), peer.IsLinkLocalUnicast(), peer.IsMulticast():
		return local
	case peer.IsPrivate() && !external.IsPrivate():
		return local
	}
	return external
}
