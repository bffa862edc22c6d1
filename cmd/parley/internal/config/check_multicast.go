package config

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"parley/codecs"
	"parley/multicast"
	"parley/qos/rtp"
	"parley/qos/rtp/srtp"
)

// checkGroups checks all multicast sessions. A socket can join a group and
// port once in a process, whatever conference it is for.
func (c *Config) checkGroups(r *report, set *codecs.Set, folder string) {
	if c.Multicast.TTL < 1 || c.Multicast.TTL > 255 {
		r.add("multicast.ttl", "must be from 1 (this network) to 255, not %d", c.Multicast.TTL)
	}
	switch multicast.Bridging(c.Multicast.Bridging) {
	case multicast.BridgingElect, multicast.BridgingAlways, multicast.BridgingNever:
	default:
		r.add("multicast.bridging", "must be elect, always or never, not %s", quote(c.Multicast.Bridging))
	}
	if p := c.Multicast.BridgingPriority; p < 1 || p > 255 {
		r.add("multicast.bridging_priority", "must be from 1, the first to carry, to 255, not %d", p)
	}
	c.Multicast.checkScope(r)
	checkInterfaces(r, "multicast", c.Multicast.Enabled, c.Multicast.Interface, c.Multicast.MoreInterfaces)
	taken := new(claims)
	for i := range c.Conferences {
		for j := range c.Conferences[i].Multicast {
			g := &c.Conferences[i].Multicast[j]
			key := at(at("conferences", i)+".multicast", j)
			checkInterfaces(r, key, c.Multicast.Enabled, g.Interface, g.MoreInterfaces)
			g.check(r, claimant{key, c.Conferences[i].ID}, set, folder, taken)
			g.checkScope(r, key, c.Multicast.Policy())
			g.checkZones(r, key, &c.Multicast)
		}
	}
	for i := range c.Multicast.Sessions {
		s, key := &c.Multicast.Sessions[i], at("multicast.sessions", i)
		base := folder
		if i >= r.sessions {
			base = "" // of the command line: the working directory's
		}
		s.File = checkSDP(r, claimant{key + ".file", s.Conference}, s.File, base, false, set, taken)
		if s.Conference == "" || !c.reachable(s.Conference) {
			r.add(key+".conference", "%s is not declared in conferences%s", quote(s.Conference), didYouMean(nearest(s.Conference, c.ids())))
		}
	}
}

func (g *Group) check(r *report, who claimant, set *codecs.Set, folder string, taken *claims) {
	key := who.key
	if g.TTL < 0 || g.TTL > 255 {
		r.add(key+".ttl", "must be from 1 to 255, or 0 for multicast.ttl")
	}
	if g.HopFloor < 0 || g.HopFloor > 255 {
		r.add(key+".hop_floor", "must be from 1 to 255, or 0 for packets from anywhere, not %d", g.HopFloor)
	}
	if g.VideoStreams != "active" && g.VideoStreams != "all" {
		r.add(key+".video_streams", "must be active or all, not %s", quote(g.VideoStreams))
	}
	if g.SDP != "" {
		if g.Audio.Group != "" || g.Video.Group != "" {
			r.add(key+".sdp", "describes the session; take audio and video away")
		}
		if len(g.Sources.Include)+len(g.Sources.Exclude) > 0 {
			r.add(key+".sources", "are said by the SDP file (a=source-filter); take them away")
		}
		g.SDP = checkSDP(r, claimant{key + ".sdp", who.conference}, g.SDP, folder, g.ListenOnly, set, taken)
		return
	}
	if g.Audio.Group == "" && g.Video.Group == "" {
		r.add(key, "has neither audio.group nor video.group nor sdp")
	}
	g.checkSources(r, key+".sources")
	g.checkAuto(r, key)
	g.Audio.check(r, claimant{key + ".audio", who.conference}, set, codecs.MediaAudio, g, taken)
	g.Video.check(r, claimant{key + ".video", who.conference}, set, codecs.MediaVideo, g, taken)
}

func (s *Stream) check(r *report, who claimant, set *codecs.Set, media codecs.Media, g *Group, taken *claims) {
	key := who.key
	if s.Group == "" {
		if s.Codec != "" {
			r.add(key+".group", "is missing, though a codec is given")
		}
		if s.Crypto != "" {
			r.add(key+".group", "is missing, though a key is given")
		}
		return
	}
	if _, auto, err := ParseAuto(s.Group); auto {
		if err != nil {
			r.add(key+".group", "%v", err)
		}
		if s.Layers < 0 || s.Layers > 1 {
			r.add(key+".layers", "need a group that is named: one address is chosen")
		}
	} else if group, err := ParseGroup(s.Group); err != nil {
		r.add(key+".group", "%v", err)
	} else {
		m := multicast.MediaConfig{Addr: group, Layers: s.checkLayers(r, key, group), ListenOnly: g.ListenOnly}
		m.Sources, _ = g.Sources.Filter(group.Addr()) // that has been checked
		taken.claim(r, key+".group", who, "", multicast.GroupConfig{Audio: &m})
	}
	if f, err := lookup(set, s.Codec, true); err != nil {
		r.add(key+".codec", "%s", err)
	} else if f.Media() != media {
		r.add(key+".codec", "%s is no %s codec", s.Codec, media)
	} else if s.PacketTime != 0 && !f.Is("L16") && !f.Is("L24") {
		r.add(key+".packet_time", "is for L16 and L24; packets of %s are of 20 ms", s.Codec)
	}
	s.Feedback.check(r, key+".feedback")
	if g.ListenOnly && s.Feedback.Listen != "" {
		r.add(key+".feedback.listen", "is for a group in which parley alone sends, not for one with listen_only")
	}
	if s.PacketTime != 0 && (s.PacketTime < multicast.MinPacketTime || s.PacketTime > codecs.FrameDuration) {
		r.add(key+".packet_time", "must be from %v to %v, or 0 for as long as fits a packet", multicast.MinPacketTime, codecs.FrameDuration)
	}
	if s.Bandwidth < 0 || s.Bandwidth > multicast.MaxBandwidth {
		r.add(key+".bandwidth", "must be from 1 to %d kbit/s, or 0 for that of the codec, not %d", multicast.MaxBandwidth, s.Bandwidth)
	}
	if s.Crypto != "" {
		// The error repeats nothing of the key.
		if _, err := srtp.Parse(s.Crypto); err != nil {
			r.add(key+".crypto", "must be as in a=crypto of SDP, SUITE inline:KEY: %v", err)
		}
	}
	if s.PayloadType < 0 || s.PayloadType > 127 || (s.PayloadType >= 64 && s.PayloadType <= 95) {
		// RFC 5761 4: 64 to 95 look like RTCP.
		r.add(key+".payload_type", "must be from 0 to 63 or 96 to 127, not %d", s.PayloadType)
	}
}

func (f *Feedback) check(r *report, key string) {
	switch f.Model {
	case "", string(rtp.FeedbackReflection), string(rtp.FeedbackSummary):
	default:
		r.add(key+".model", "must be reflection or rsi, not %s", quote(f.Model))
	}
	if f.Listen == "" {
		return
	}
	a, err := netip.ParseAddrPort(f.Listen)
	switch {
	case err != nil || a.Port() == 0:
		r.add(key+".listen", "must be an address of this host and a port, such as 192.0.2.1:5007, not %s", quote(f.Listen))
	case a.Addr().IsMulticast() || a.Addr().IsUnspecified():
		// Members are told it.
		r.add(key+".listen", "must be the address by which members reach this host, not %s", a.Addr())
	}
}

// claimant is a key that names a group, and the conference that the group is of.
type claimant struct{ key, conference string }

// claims are groups, and whose each is.
type claims []claim

type claim struct {
	claimant
	group multicast.GroupConfig
}

// claim takes a group, or says who has an address of it; file begins that, where one
// tells the group.
func (c *claims) claim(r *report, key string, who claimant, file string, g multicast.GroupConfig) {
	for i := range *c {
		first := &(*c)[i]
		if both, ok := g.Overlap(first.group); ok {
			r.add(key, "%s%s is already that of %s: %s", file, both.At, first.key, both.Reason(first.conference == who.conference))
			return
		}
	}
	*c = append(*c, claim{who, g})
}

// lookup finds a codec by "name[/rate[/channels]]". A group may have one that
// is not offered in calls.
func lookup(set *codecs.Set, text string, group bool) (codecs.Format, error) {
	parts := strings.Split(text, "/")
	var known []string
	for _, m := range []codecs.Media{codecs.MediaAudio, codecs.MediaVideo} {
		formats := set.Formats(m)
		if group {
			formats = append(formats, set.Unoffered(m)...)
		}
		for _, f := range formats {
			if !f.Is(parts[0]) {
				if !slices.Contains(known, f.Name) { // of several rates
					known = append(known, f.Name)
				}
				continue
			}
			return withRate(set, f, text, parts[1:])
		}
	}
	hint := didYouMean(nearest(parts[0], known))
	if hint == "" {
		hint = "; there are " + strings.Join(known, ", ")
	}
	return codecs.Format{}, fmt.Errorf("no codec %s%s", quote(text), hint)
}

// withRate narrows f to the rate and channels that were written behind its
// name, as in an rtpmap (RFC 8866 6.6).
func withRate(set *codecs.Set, f codecs.Format, text string, rest []string) (codecs.Format, error) {
	if len(rest) == 0 {
		return f, nil
	}
	rate, err := strconv.ParseUint(rest[0], 10, 31)
	channels := uint64(min(f.Channels, 1))
	if err == nil && len(rest) > 1 {
		channels, err = strconv.ParseUint(rest[1], 10, 8)
	}
	if err != nil || len(rest) > 2 {
		return codecs.Format{}, fmt.Errorf("must be NAME, NAME/RATE or NAME/RATE/CHANNELS, not %s", quote(text))
	}
	f.ClockRate, f.Channels = int(rate), int(channels)
	if set.Lookup(f) == nil {
		return codecs.Format{}, errors.New("no " + f.Name + " of that rate and number of channels: " + quote(text))
	}
	return f, nil
}

// Format returns what the stream's codec stands for in set.
func (s *Stream) Format(set *codecs.Set) (codecs.Format, error) { return lookup(set, s.Codec, true) }

// checkSDP reads an SDP file only to find out now that it cannot be used, by
// the multicast wire's own reading.
func checkSDP(r *report, who claimant, file, folder string, listenOnly bool, set *codecs.Set, taken *claims) string {
	key := who.key
	if file == "" {
		r.add(key, "is missing")
		return file
	}
	path := within(folder, file)
	g, _, err := multicast.ReadSession(path, set)
	if err == nil {
		if listenOnly {
			g.ListenOnly()
		}
		taken.claim(r, key, who, file+": ", g)
	} else {
		var pe *fs.PathError
		if errors.As(err, &pe) {
			r.add(key, "%s: %s", path, pe.Err)
		} else {
			r.add(key, "%s", strings.ReplaceAll(err.Error(), "\n", "; "))
		}
	}
	return path
}

// checkInterfaces checks a first interface and those beside it.
func checkInterfaces(r *report, key string, enabled bool, first string, more []string) {
	checkInterface(r, key+".interface", enabled, first)
	if len(more) > 0 && first == "" {
		r.add(key+".more_interfaces", "need a first one: give %s.interface, too", key)
	}
	seen := []string{first}
	for i, name := range more {
		checkInterface(r, at(key+".more_interfaces", i), enabled, name)
		if name == "" || slices.Contains(seen, name) {
			r.add(at(key+".more_interfaces", i), "%s is empty or named twice", quote(name))
		}
		seen = append(seen, name)
	}
	if len(seen) > rtp.MaxInterfaces {
		r.add(key+".more_interfaces", "are more than %d", rtp.MaxInterfaces-1)
	}
}

// checkInterface finds out whether a named interface is there. Without
// multicast it does not matter.
func checkInterface(r *report, key string, enabled bool, name string) {
	if !enabled {
		return
	}
	if err := CheckInterface(name); err != nil {
		r.add(key, "%v", err)
	}
}

// CheckInterface wants one that is there; "": any is. Where the system does not tell,
// the wire will.
func CheckInterface(name string) error {
	all, err := net.Interfaces()
	if name == "" || err != nil {
		return nil //nolint:nilerr // who uses it says so
	}
	names := make([]string, 0, len(all))
	for _, i := range all {
		if i.Name == name {
			return nil
		}
		names = append(names, i.Name)
	}
	return fmt.Errorf("there is no interface %s; this machine has %s", quote(name), strings.Join(names, ", "))
}
