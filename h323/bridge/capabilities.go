package bridge

import (
	"slices"

	"parley/codecs"
	"parley/conference"
	"parley/h323"
	"parley/h323/encryption"
	"parley/h323/media"
)

// capabilities are what a conference allows and H.323 can carry: the same both
// ways, since nothing is transcoded but sound. A conference that is not known
// yet allows all.
func (s *Server) capabilities(id string) (receive, send *media.Set) {
	formats := s.codecs.Formats
	for _, c := range s.bridge.Conferences() {
		if c.Settings().ID == id {
			formats = c.Formats
		}
	}
	set := capabilitySet(formats, s.cfg.VideoRate)
	if s.cfg.Encryption != h323.EncryptionOff {
		// Which of them is used is for the endpoint to say, by the key exchange.
		for _, oid := range encryption.DH2048.Algorithms() {
			set.Encryption = append(set.Encryption, string(oid))
		}
	}
	other := *set
	return set, &other
}

func capabilitySet(formats func(codecs.Media) []codecs.Format, videoRate int) *media.Set {
	set := &media.Set{Signal: true, Alphanumeric: true, TelephoneEvent: true, TelephoneEventPayloadType: eventPayloadType, ComfortNoise: true}
	for _, f := range formats(codecs.MediaAudio) {
		if c, ok := media.NewCapability(f, 0); ok {
			if isSampled(f) {
				c.Frames = maxReceived
			}
			set.Capabilities = append(set.Capabilities, c)
		}
	}
	var slides []media.Capability
	for _, f := range formats(codecs.MediaVideo) {
		if c, ok := media.NewCapability(f, videoRate); ok {
			set.Capabilities = append(set.Capabilities, c)
			c.Role = media.RolePresentation
			slides = append(slides, c)
			if c.Format.Is("H264") && !slices.ContainsFunc(slides, func(s media.Capability) bool { return s.Role == media.RoleLive }) {
				// One is enough to say that a second camera is taken, in any codec.
				c.Role = media.RoleLive
				slides = append(slides, c)
			}
		}
	}
	for _, f := range h224Formats() {
		if c, ok := media.NewCapability(f, 0); ok {
			set.Capabilities = append(set.Capabilities, c)
		}
	}
	set.H239 = len(slides) > 0
	set.Capabilities = append(set.Capabilities, slides...)
	return set
}

const (
	// eventPayloadType is that of telephone-event (RFC 4733), as most use it.
	eventPayloadType = 101
	// maxReceived is the longest packet of G.711 and G.722 that is taken, in
	// ms; some send 60.
	maxReceived = 60
)

// isSampled reports whether H.245 counts packets of f in milliseconds.
func isSampled(f codecs.Format) bool { return f.Is("PCMU") || f.Is("PCMA") || f.Is("G722") }

// spelt is f as the conference calls it, so that all who listen to it share one
// encode.
func spelt(conf *conference.Conference, f codecs.Format) codecs.Format {
	if conf == nil {
		return f
	}
	for _, own := range conf.Formats(codecs.MediaAudio) {
		if own.Is(f.Name) && own.ClockRate == f.ClockRate && own.Channels == f.Channels {
			return own
		}
	}
	return f
}
