package config

// checkZones checks the interfaces of groups of link scope, which are others on each
// link (RFC 4007).
func (g *Group) checkZones(r *report, key string, m *Multicast) {
	named, more := g.Interface, g.MoreInterfaces
	for _, s := range []struct{ key, group string }{{key + ".audio.group", g.Audio.Group}, {key + ".video.group", g.Video.Group}} {
		group, err := ParseGroup(s.group)
		if err != nil {
			continue // told, or there is none
		}
		switch zone := group.Addr().Zone(); {
		case zone != "" && named != "" && zone != named:
			r.add(s.key, "is on the interface %s by its zone, but %s.interface is %s", quote(zone), key, quote(named))
		case zone != "":
			checkInterface(r, s.key, m.Enabled, zone)
			named = zone
		}
		if named == "" {
			named, more = m.Interface, m.MoreInterfaces
		}
		if !group.Addr().IsLinkLocalMulticast() && !group.Addr().IsInterfaceLocalMulticast() || group.Addr().Is4() {
			continue
		}
		switch {
		case named == "":
			r.add(s.key, "%s is of link scope: give its interface, as in [%s%%eth0]:%d", group.Addr(), group.Addr(), group.Port())
		case len(more) > 0:
			r.add(s.key, "%s is of link scope, where each interface has another group of that address: take more_interfaces away", group.Addr())
		}
	}
}
