package main

import (
	"cmp"
	"log/slog"
	"net/netip"

	"parley/cmd/parley/internal/config"
	"parley/codecs"
	"parley/conference"
	"parley/conference/webrtc"
	"parley/h323"
	"parley/h323/bridge"
	"parley/multicast"
	"parley/qos"
	"parley/qos/rtp"
	"parley/qos/rtp/srtp"
	"parley/sipbridge"
)

// What each part is configured with. The Config has been checked, so that
// addresses and marks are known to be readable.

func bridgeConfig(cfg *config.Config, set *codecs.Set, log *slog.Logger) conference.BridgeConfig {
	b := conference.BridgeConfig{Codecs: set, Log: log, OnDemand: cfg.Policy.OnDemand}
	for _, c := range cfg.Conferences {
		b.Conferences = append(b.Conferences, conference.Settings{
			ID: c.ID, Title: c.Title, PIN: c.PIN, Codecs: c.Codecs, MaxParticipants: c.MaxParticipants, Numbers: c.Numbers,
		})
	}
	return b
}

// multicastConfig joins the groups of the conferences and of SDP files.
func multicastConfig(cfg *config.Config, set *codecs.Set, log *slog.Logger) (multicast.Config, error) {
	m := multicast.Config{AudioDSCP: dscp(cfg.DSCP.Audio), VideoDSCP: dscp(cfg.DSCP.Video), Tool: "parley " + version()}
	m.Policy = cfg.Multicast.Policy()
	who := cfg.Multicast.SDES
	m.SDES = rtp.SDES{Name: who.Name, Email: who.Email, Phone: who.Phone, Location: who.Location, Note: who.Note}
	m.HideParticipants = !who.Participants
	m.Bridging, m.BridgingPriority = multicast.Bridging(cfg.Multicast.Bridging), uint8(cfg.Multicast.BridgingPriority)
	for _, c := range cfg.Conferences {
		for _, g := range c.Multicast {
			group, err := groupConfig(cfg, &g, set, log)
			if err != nil {
				return m, err
			}
			group.Conference = c.ID
			m.Groups = append(m.Groups, group)
		}
	}
	for _, s := range cfg.Multicast.Sessions {
		group, err := groupConfig(cfg, &config.Group{SDP: s.File, VideoStreams: string(multicast.VideoActive)}, set, log)
		if err != nil {
			return m, err
		}
		group.Conference = s.Conference
		m.Groups = append(m.Groups, group)
	}
	return m, nil
}

func groupConfig(cfg *config.Config, g *config.Group, set *codecs.Set, log *slog.Logger) (multicast.GroupConfig, error) {
	var out multicast.GroupConfig
	if g.SDP != "" {
		var left []error
		var err error
		if out, left, err = multicast.ReadSession(g.SDP, set); err != nil {
			return out, err
		}
		for _, why := range left {
			log.Warn("medium of an SDP file left out", "error", why)
		}
	} else {
		out.Audio, out.Video = mediaConfig(&g.Audio, set), mediaConfig(&g.Video, set)
		for _, m := range out.Media() {
			m.Sources, _ = g.Sources.Filter(m.Addr.Addr()) // it has been checked
		}
	}
	if g.ListenOnly {
		out.ListenOnly()
	}
	if g.Name != "" {
		out.Name = g.Name
	}
	out.Interface, out.MoreInterfaces, out.HopFloor = g.Interface, g.MoreInterfaces, g.HopFloor
	if out.Interface == "" {
		out.Interface = zone(out)
	}
	if out.Interface == "" {
		out.Interface, out.MoreInterfaces = cfg.Multicast.Interface, cfg.Multicast.MoreInterfaces
	}
	if g.TTL != 0 {
		out.TTL = g.TTL
	} else if out.TTL == 0 { // an SDP file may say one
		out.TTL = cfg.Multicast.TTL
	}
	if most := cfg.Multicast.Policy().MostOf(&out); out.TTL > most {
		// Of an SDP file or multicast.ttl: a group's own has been checked.
		log.Warn("multicast group is sent no further than its scope allows", "group", g.Name, "ttl", most, "wanted", out.TTL)
		out.TTL = most
	}
	out.VideoStreams, out.Optional = multicast.VideoStreams(g.VideoStreams), g.Optional
	return out, nil
}

// zone is the interface that a group's address says; empty: none.
func zone(g multicast.GroupConfig) string {
	for _, m := range g.Media() {
		if m.Addr.Addr().Zone() != "" {
			return m.Addr.Addr().Zone()
		}
	}
	return ""
}

func mediaConfig(s *config.Stream, set *codecs.Set) *multicast.MediaConfig {
	if s.Group == "" {
		return nil
	}
	group, err := config.ParseGroup(s.Group)
	if err != nil {
		return nil // checked
	}
	format, err := s.Format(set)
	if err != nil {
		return nil // checked
	}
	m := &multicast.MediaConfig{
		Addr: group, PacketTime: s.PacketTime, Bandwidth: s.Bandwidth,
		Formats: []codecs.Mapping{{PayloadType: uint8(s.PayloadType), Format: format}},
	}
	m.Layers, _ = multicast.Layers(group, s.Layers, false) // it has been checked
	if s.Crypto != "" {
		if m.Crypto, err = srtp.Parse(s.Crypto); err != nil {
			return nil // checked
		}
	}
	if s.Feedback.Listen != "" {
		target, err := netip.ParseAddrPort(s.Feedback.Listen)
		if err != nil {
			return nil // checked
		}
		m.Feedback = &rtp.Feedback{Target: target, Distribute: true, Model: cmp.Or(rtp.FeedbackModel(s.Feedback.Model), rtp.FeedbackReflection)}
	}
	return m
}

func sipConfig(cfg *config.Config) sipbridge.Config {
	s := sipbridge.Config{
		External:  external(cfg),
		Ports:     rtp.PortRange{Low: uint16(cfg.RTP.Ports.Low), High: uint16(cfg.RTP.Ports.High)},
		UserAgent: "parley",

		Unanswered: cfg.RTP.Unanswered,
		AudioDSCP:  dscp(cfg.DSCP.Audio), VideoDSCP: dscp(cfg.DSCP.Video),
	}
	for _, l := range []struct{ network, text string }{{"udp", cfg.SIP.UDP}, {"tcp", cfg.SIP.TCP}} {
		if l.text != "" {
			s.Listen = append(s.Listen, sipbridge.Listen{Network: l.network, Addr: listen(l.text)})
		}
	}
	// Media goes where signalling is heard: a bridge on one address only must
	// not open its media on all others.
	if a := s.Listen[0].Addr.Addr(); !a.IsUnspecified() {
		s.MediaAddr = a
	}
	return s
}

// unnamed is where H.323 callers come to who name no conference; empty: they are
// asked for a number.
func unnamed(cfg *config.Config) string {
	if cfg.H323.AskNumber {
		return ""
	}
	return cfg.DefaultConference
}

func h323Config(cfg *config.Config) bridge.Config {
	c := &cfg.H323
	b := bridge.Config{
		External:          external(cfg),
		Ports:             rtp.PortRange{Low: uint16(cfg.RTP.Ports.Low), High: uint16(cfg.RTP.Ports.High)},
		H245Ports:         h323.PortRange{Low: uint16(c.H245Ports.Low), High: uint16(c.H245Ports.High)},
		Unanswered:        cfg.RTP.Unanswered,
		Name:              c.Name,
		Version:           version(),
		DefaultConference: unnamed(cfg),
		Modes:             h323.Modes{NoFastStart: !c.FastStart, NoTunnelling: !c.Tunnelling, EarlyH245: c.EarlyH245},
		ChairControl:      c.ChairControl,
		VideoRate:         1000 * c.VideoKbps,
		MaxCalls:          c.MaxCalls,
		SignalDSCP:        qos.DSCPCS3,
		AudioDSCP:         dscp(cfg.DSCP.Audio), VideoDSCP: dscp(cfg.DSCP.Video),
	}
	switch c.Encryption {
	case "offer":
		b.Encryption = h323.EncryptionOffer
	case "require":
		b.Encryption = h323.EncryptionRequire
	}
	if cfg.RunsGatekeeper() && c.Multiplex != "" {
		b.Multiplex = listen(c.Multiplex)
	}
	for _, text := range c.Listen {
		b.Listen = append(b.Listen, listenBoth(text)...)
	}
	for _, text := range c.TLS.Listen {
		b.TLS.Listen = append(b.TLS.Listen, listenBoth(text)...)
	}
	// Media goes where signalling is heard, as with SIP.
	if len(b.Listen) > 0 && !b.Listen[0].Addr().IsUnspecified() {
		b.MediaAddr = b.Listen[0].Addr()
	}
	return b
}

func webrtcConfig(cfg *config.Config) webrtc.Config {
	w := webrtc.Config{
		UDP: listen(cfg.WebRTC.UDP), Origins: cfg.WebRTC.Origins,
		ICEServers: cfg.WebRTC.ICEServers, ResumeWindow: cfg.WebRTC.Resume,
	}
	if cfg.WebRTC.TCP != "" {
		w.TCP = listen(cfg.WebRTC.TCP)
	}
	if a := external(cfg); a.IsValid() {
		w.External = []netip.Addr{a}
	}
	return w
}

// proxies are those whose word on who comes through them is taken.
func proxies(cfg *config.Config) []netip.Prefix {
	out := make([]netip.Prefix, 0, len(cfg.HTTP.TrustedProxies))
	for _, text := range cfg.HTTP.TrustedProxies {
		if p, err := config.ParseProxy(text); err == nil { // it has been checked
			out = append(out, p)
		}
	}
	return out
}

// external is the address that others see, or the invalid one.
func external(cfg *config.Config) netip.Addr {
	a, _ := netip.ParseAddr(cfg.ExternalAddress)
	return a
}

func listen(text string) netip.AddrPort {
	a, _ := config.ParseListen(text)
	return a
}

func dscp(text string) qos.DSCP {
	d, _ := config.ParseDSCP(text)
	return d
}
