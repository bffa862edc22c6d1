package config

import (
	"errors"
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	"github.com/pion/sdp/v3"

	"parley/codecs"
)

// checkGroups checks all multicast sessions. A socket can join a group and
// port once in a process, whatever conference it is for.
func (c *Config) checkGroups(r *report, set *codecs.Set, folder string) {
	if c.Multicast.TTL < 1 || c.Multicast.TTL > 255 {
		r.add("multicast.ttl", "must be from 1 (this network) to 255, not %d", c.Multicast.TTL)
	}
	taken := make(map[netip.AddrPort]string)
	for i := range c.Conferences {
		for j := range c.Conferences[i].Multicast {
			g := &c.Conferences[i].Multicast[j]
			g.check(r, at(at("conferences", i)+".multicast", j), set, folder, taken)
		}
	}
	for i := range c.Multicast.Sessions {
		s, key := &c.Multicast.Sessions[i], at("multicast.sessions", i)
		base := folder
		if i >= r.sessions {
			base = "" // of the command line: the working directory's
		}
		s.File = checkSDP(r, key+".file", s.File, base)
		if s.Conference == "" || !c.reachable(s.Conference) {
			r.add(key+".conference", "%s is not declared in conferences%s", quote(s.Conference), didYouMean(nearest(s.Conference, c.ids())))
		}
	}
}

func (g *Group) check(r *report, key string, set *codecs.Set, folder string, taken map[netip.AddrPort]string) {
	if g.TTL < 0 || g.TTL > 255 {
		r.add(key+".ttl", "must be from 1 to 255, or 0 for multicast.ttl")
	}
	if g.VideoStreams != "active" && g.VideoStreams != "all" {
		r.add(key+".video_streams", "must be active or all, not %s", quote(g.VideoStreams))
	}
	if g.SDP != "" {
		if g.Audio.Group != "" || g.Video.Group != "" {
			r.add(key+".sdp", "describes the session; take audio and video away")
		}
		g.SDP = checkSDP(r, key+".sdp", g.SDP, folder)
		return
	}
	if g.Audio.Group == "" && g.Video.Group == "" {
		r.add(key, "has neither audio.group nor video.group nor sdp")
	}
	g.Audio.check(r, key+".audio", set, codecs.MediaAudio, taken)
	g.Video.check(r, key+".video", set, codecs.MediaVideo, taken)
}

func (s *Stream) check(r *report, key string, set *codecs.Set, media codecs.Media, taken map[netip.AddrPort]string) {
	if s.Group == "" {
		if s.Codec != "" {
			r.add(key+".group", "is missing, though a codec is given")
		}
		return
	}
	if group, err := ParseGroup(s.Group); err != nil {
		r.add(key+".group", "%v", err)
	} else if first := claim(taken, group, key); first != "" {
		r.add(key+".group", "%s and the port above it, of RTCP, are already those of %s", group, first)
	}
	if f, err := lookup(set, s.Codec); err != nil {
		r.add(key+".codec", "%s", err)
	} else if f.Media() != media {
		r.add(key+".codec", "%s is no %s codec", s.Codec, media)
	}
	if s.PayloadType < 0 || s.PayloadType > 127 || (s.PayloadType >= 64 && s.PayloadType <= 95) {
		// RFC 5761 4: 64 to 95 look like RTCP.
		r.add(key+".payload_type", "must be from 0 to 63 or 96 to 127, not %d", s.PayloadType)
	}
}

// claim takes a group's RTP and RTCP port, or says who has one of them.
func claim(taken map[netip.AddrPort]string, group netip.AddrPort, key string) string {
	rtcp := netip.AddrPortFrom(group.Addr(), group.Port()+1)
	for _, a := range []netip.AddrPort{group, rtcp} {
		if first, ok := taken[a]; ok {
			return first
		}
	}
	taken[group], taken[rtcp] = key, key
	return ""
}

// lookup finds a codec by "name[/rate[/channels]]".
func lookup(set *codecs.Set, text string) (codecs.Format, error) {
	parts := strings.Split(text, "/")
	var known []string
	for _, m := range []codecs.Media{codecs.MediaAudio, codecs.MediaVideo} {
		for _, f := range set.Formats(m) {
			if !f.Is(parts[0]) {
				known = append(known, f.Name)
				continue
			}
			return withRate(set, f, text, parts[1:])
		}
	}
	return codecs.Format{}, fmt.Errorf("no codec %s%s", quote(text), didYouMean(nearest(parts[0], known)))
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
func (s *Stream) Format(set *codecs.Set) (codecs.Format, error) { return lookup(set, s.Codec) }

// checkSDP reads an SDP file only to find out now that it cannot be used.
// What its media are is the multicast wire's business.
func checkSDP(r *report, key, file, folder string) string {
	if file == "" {
		r.add(key, "is missing")
		return file
	}
	path := within(folder, file)
	data, err := readFile(path, maxSDPSize)
	if err != nil {
		r.add(key, "%s: %s", path, fileError(err))
		return path
	}
	var d sdp.SessionDescription
	if err := d.Unmarshal(data); err != nil {
		r.add(key, "%s is no session description: %v", path, err)
	} else if len(d.MediaDescriptions) == 0 {
		r.add(key, "%s describes no media", path)
	}
	return path
}
