package config

import (
	"errors"
	"net/netip"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"parley/multicast/allocation"
)

// Auto is a group whose address is chosen when it is opened.
type Auto struct {
	IPv6 bool
	Port uint16 // 0: the usual one of the medium
}

// ParseAuto reads "auto" or "auto6", and behind it perhaps ":PORT". Not ok: it is
// something else.
func ParseAuto(text string) (a Auto, ok bool, err error) {
	word, port, ported := strings.Cut(text, ":")
	switch word {
	case "auto":
	case "auto6":
		a.IPv6 = true
	default:
		return a, false, nil
	}
	if ported {
		n, err := strconv.ParseUint(port, 10, 16)
		if err != nil || n == 0 || n == 65535 {
			return a, true, errors.New("port must be from 1 to 65534") // RTCP takes the next
		}
		a.Port = uint16(n)
	}
	return a, true, nil
}

// Ports of groups whose address is chosen and that name none.
const (
	AutoAudioPort = 5004 // RFC 3551 8
	AutoVideoPort = 5006
)

// AutoStream is what s.Group says of a choice; not ok: it names an address, or
// nothing.
func (s *Stream) AutoStream(usual uint16) (Auto, bool) {
	a, ok, err := ParseAuto(s.Group)
	if a.Port == 0 {
		a.Port = usual
	}
	return a, ok && err == nil
}

// NewStream is one of this group and codec, with the codec's payload type.
func NewStream(group, codec string) Stream {
	return Stream{Group: group, Codec: codec, PayloadType: StaticPayloadType(codec)}
}

// checkAuto checks sound and pictures that share a chosen address.
func (g *Group) checkAuto(r *report, key string) {
	a, audio := g.Audio.AutoStream(AutoAudioPort)
	v, video := g.Video.AutoStream(AutoVideoPort)
	if audio && video && a.IPv6 == v.IPv6 && a.Port <= v.Port+1 && v.Port <= a.Port+1 {
		r.add(key+".video.group", "has a port of audio.group or its RTCP: they share the address")
	}
}

// checkAllocation checks from where addresses are chosen, and to whom they are
// leased.
func (c *Config) checkAllocation(r *report, folder string) {
	const key = "multicast.allocation"
	a := &c.Multicast.Allocation
	for i, text := range a.Ranges {
		p, err := netip.ParsePrefix(text)
		if err == nil {
			err = allocation.CheckRange(p)
		} else {
			err = errors.New("must be a range of groups, such as 239.255.0.0/16 or ff15::/16")
		}
		if err != nil {
			r.add(at(key+".ranges", i), "%s: %v", quote(text), err)
		}
	}
	if a.State != "" {
		a.State = within(folder, a.State)
		if info, err := os.Stat(a.State); err == nil && info.IsDir() {
			r.add(key+".state", "must be a file; %s is a folder", a.State)
		} else if _, err := os.Stat(filepath.Dir(a.State)); err != nil {
			r.add(key+".state", "there is no folder %s to keep it in", filepath.Dir(a.State))
		} else if err := allocation.CheckFile(a.State); err != nil {
			r.add(key+".state", "%v", err)
		}
	}
	for i := range c.Conferences {
		for j := range c.Conferences[i].Multicast {
			g := &c.Conferences[i].Multicast[j]
			place := at(at("conferences", i)+".multicast", j)
			for name, s := range map[string]*Stream{".audio.group": &g.Audio, ".video.group": &g.Video} {
				if auto, ok := s.AutoStream(1); ok && !a.has(auto.IPv6) {
					r.add(place+name, "has no range to choose from: %s.ranges", key)
				}
			}
		}
	}
	if c.Multicast.MADCAP.Enabled {
		c.Multicast.MADCAP.check(r, a)
	}
}

// has reports whether there is a range of a family.
func (a *Allocation) has(v6 bool) bool {
	for _, text := range a.Ranges {
		if p, err := netip.ParsePrefix(text); err == nil && p.Addr().Is6() == v6 {
			return true
		}
	}
	return false
}

func (m *MADCAP) check(r *report, a *Allocation) {
	const key = "multicast.madcap"
	if a.State == "" {
		r.add("multicast.allocation.state", "is needed by multicast.madcap: a file in which leases outlast a restart")
	}
	if len(a.Ranges) == 0 {
		r.add("multicast.allocation.ranges", "is needed by multicast.madcap: what it leases")
	}
	for name, d := range map[string]time.Duration{".max_lease": m.MaxLease, ".extra": m.Extra, ".clock_skew": m.ClockSkew} {
		if d < time.Second || d > maxLease {
			r.add(key+name, "must be from 1s to %v, not %v", maxLease, d)
		}
	}
	if m.MaxLeases < 1 || m.MaxLeases > maxLeases {
		r.add(key+".max_leases", "must be from 1 to %d, not %d", maxLeases, m.MaxLeases)
	}
	if m.MaxPerClient < 1 || m.MaxPerClient > maxLeases {
		r.add(key+".max_per_client", "must be from 1 to %d, not %d", maxLeases, m.MaxPerClient)
	}
	if m.TTL < 1 || m.TTL > 255 {
		r.add(key+".ttl", "must be from 1 to 255, not %d", m.TTL)
	}
}
