package multicast

import (
	"errors"
	"fmt"
	"io"
	"net/netip"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/pion/sdp/v3"

	"parley/codecs"
	"parley/codecs/h264"
	"parley/qos/rtp"
	"parley/qos/rtp/srtp"
)

// Reading is how descriptions are read.
type Reading struct {
	Codecs *codecs.Set
	// Key is that of encrypted media whose description does not tell theirs, as
	// where all may read it; nil: these are left out.
	Key *srtp.Crypto
}

// ReadSession reads an SDP file; see Reading.File.
func ReadSession(path string, set *codecs.Set) (g GroupConfig, left []error, err error) {
	return Reading{Codecs: set}.File(path)
}

// ParseSession parses a session description; see Reading.Parse.
func ParseSession(raw []byte, set *codecs.Set) (g GroupConfig, left []error, err error) {
	return Reading{Codecs: set}.Parse(raw)
}

// File reads a group from an SDP file (RFC 8866), as ffmpeg, VLC and session
// directories write it. The errors name the file, as do those of the media left
// out; see Parse.
func (r Reading) File(path string) (g GroupConfig, left []error, err error) {
	f, err := os.Open(path)
	if err != nil {
		return g, nil, err
	}
	defer f.Close()
	raw, err := io.ReadAll(io.LimitReader(f, MaxSDP+1)) // it may be a device
	if err == nil {
		g, left, err = r.Parse(raw)
	}
	if err != nil {
		return g, nil, fmt.Errorf("%s: %w", path, err)
	}
	for i := range left {
		left[i] = fmt.Errorf("%s: %w", path, left[i])
	}
	return g, left, nil
}

// Parse makes a group of a session description: its first audio and its first
// video medium that go to multicast addresses over RTP/AVP or, with a key,
// RTP/SAVP, with a codec that is known. left says of each other medium of sound or pictures why it was
// left out; when nothing remains, that is the error. All wrap
// codecs.ErrMalformed or codecs.ErrUnsupported and name the line.
func (r Reading) Parse(raw []byte) (g GroupConfig, left []error, err error) {
	if len(raw) > MaxSDP {
		return g, nil, fmt.Errorf("more than the %d bytes of a session description: %w", MaxSDP, codecs.ErrMalformed)
	}
	lines := splitLines(raw)
	d, err := unmarshal(lines)
	if err != nil {
		return g, nil, err
	}
	g.Name = strings.TrimSpace(string(d.SessionName))
	if g.Name == "-" || g.Name == "No Name" {
		g.Name = ""
	}
	media := lines.media()
	for i, m := range d.MediaDescriptions {
		kind := codecs.MediaAudio
		place := &g.Audio
		if m.MediaName.Media == "video" {
			kind, place = codecs.MediaVideo, &g.Video
		} else if m.MediaName.Media != "audio" {
			continue
		}
		if *place != nil {
			continue
		}
		found, ttl, err := parseMedia(d, m, kind, r.Key)
		if err == nil && len(found.usable(kind, r.Codecs)) == 0 {
			err = fmt.Errorf("no codec that parley knows among %s: %w", found.names(), codecs.ErrUnsupported)
		}
		if err == nil {
			*place = found
			if err = g.checkMedia(); err != nil {
				*place, err = nil, fmt.Errorf("%w: %w", err, codecs.ErrUnsupported)
			}
		}
		if err != nil {
			left = append(left, fmt.Errorf("%s: %w", lines.at(media, i), err))
			continue
		}
		g.TTL = max(g.TTL, ttl)
	}
	if g.Audio == nil && g.Video == nil {
		if len(left) == 0 {
			left = append(left, fmt.Errorf("no audio or video medium: %w", codecs.ErrUnsupported))
		}
		return g, nil, errors.Join(left...)
	}
	return g, left, nil
}

// parseMedia reads one medium, of which the session tells what it does not itself. The
// key is for one that tells none.
func parseMedia(d *sdp.SessionDescription, m *sdp.MediaDescription, kind codecs.Media, key *srtp.Crypto) (*MediaConfig, int, error) {
	secure, err := isSecure(m)
	if err != nil {
		return nil, 0, err
	}
	addr, ttl, count, err := connection(d, m)
	if err != nil {
		return nil, 0, err
	}
	port := m.MediaName.Port.Value
	if port < 1 || port > 65534 {
		return nil, 0, fmt.Errorf("port %d: %w", port, codecs.ErrMalformed)
	}
	media := &MediaConfig{Addr: netip.AddrPortFrom(addr, uint16(port))}
	if media.Crypto, err = readCrypto(m, secure, key); err != nil {
		return nil, 0, err
	}
	if err := media.readLayers(m, count); err != nil {
		return nil, 0, err
	}
	if media.Sources, err = readSources(d.Attributes, m.Attributes, addr); err != nil {
		return nil, 0, err
	}
	media.ListenOnly = media.Sources.Mode == rtp.FilterInclude || receiveOnly(d.Attributes, m.Attributes)
	if err := media.readFeedback(d.Attributes, m.Attributes); err != nil {
		return nil, 0, err
	}
	if err := media.readAttributes(m.Attributes); err != nil {
		return nil, 0, err
	}
	media.readBandwidth(append(bandwidthAbove(d), m.Bandwidth...))
	if err := media.readFormats(m, kind); err != nil {
		return nil, 0, err
	}
	return media, ttl, media.readParameterSets()
}

// isSecure reports whether a medium's transport is SRTP.
func isSecure(m *sdp.MediaDescription) (bool, error) {
	switch got := strings.Join(m.MediaName.Protos, "/"); got {
	case "RTP/AVP", "RTP/AVPF":
		return false, nil
	case "RTP/SAVP", "RTP/SAVPF":
		return true, nil
	default:
		return false, fmt.Errorf("transport %s is none of RTP/AVP, RTP/AVPF, RTP/SAVP and RTP/SAVPF: %w", got, codecs.ErrUnsupported)
	}
}

// bandwidthAbove is what the session says of the bandwidth of each medium: b=AS only
// where there is but one, since it is of all of them (RFC 8866 5.8).
func bandwidthAbove(d *sdp.SessionDescription) []sdp.Bandwidth {
	if len(d.MediaDescriptions) == 1 {
		return slices.Clone(d.Bandwidth)
	}
	return slices.DeleteFunc(slices.Clone(d.Bandwidth), func(b sdp.Bandwidth) bool { return b.Type == bandwidthAS })
}

// readAttributes takes what is of no other part.
func (m *MediaConfig) readAttributes(list []sdp.Attribute) (err error) {
	for _, a := range list {
		switch {
		case a.Key == "ptime":
			m.PacketTime = packetTime(a.Value)
		case a.Key == "rtcp" && m.Feedback == nil: // else it names the target
			if m.RTCP, err = rtcpAddr(a.Value, m.Addr.Addr()); err != nil {
				return err
			}
		}
	}
	return nil
}

// readFormats takes what is sent, by payload type.
func (m *MediaConfig) readFormats(d *sdp.MediaDescription, kind codecs.Media) (err error) {
	var rtpmaps, fmtps []string
	for _, a := range d.Attributes {
		switch a.Key {
		case "rtpmap":
			rtpmaps = append(rtpmaps, a.Value)
		case "fmtp":
			fmtps = append(fmtps, a.Value)
		}
	}
	if m.Formats, err = codecs.ParseMappings(kind, d.MediaName.Formats, rtpmaps, fmtps); err != nil {
		return err
	}
	if len(m.Formats) == 0 {
		return fmt.Errorf("no known codec among %v: %w", d.MediaName.Formats, codecs.ErrUnsupported)
	}
	return nil
}

// receiveOnly reports whether others are asked to listen only (RFC 8866 6.7.1).
// What a medium says of itself holds before what the session says.
func receiveOnly(levels ...[]sdp.Attribute) bool {
	for _, level := range slices.Backward(levels) {
		for _, a := range level {
			switch a.Key {
			case "recvonly":
				return true
			case "sendrecv", "sendonly", "inactive":
				return false
			}
		}
	}
	return false
}

// readParameterSets takes what H.264 parameter sets are told, and the profile
// from them where ffmpeg does not tell it.
func (m *MediaConfig) readParameterSets() error {
	for i, f := range m.Formats {
		text, ok := f.Format.Param("sprop-parameter-sets")
		if !ok || !f.Format.Is("H264") {
			continue
		}
		sets, err := h264.ParseSprop(text)
		if err != nil {
			return err
		}
		m.ParameterSets = sets
		if _, told := f.Format.Param("profile-level-id"); told {
			return nil
		}
		for _, unit := range sets {
			if id, ok := h264.ProfileLevelID(unit); ok {
				m.Formats[i].Format = f.Format.WithParam("profile-level-id", id)
			}
		}
		return nil
	}
	return nil
}

// packetTime parses a=ptime (RFC 8866 6.4), in milliseconds, of which AES67 8.1
// has fractions. What is none, or no less than is sent anyway, is left to us: it is
// but a recommendation.
func packetTime(value string) time.Duration {
	ms, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
	if err != nil || !(ms > 0 && ms < 20) { // not a number is neither
		return 0
	}
	// 0.12 is written for 0.125, and 0.33 for a third.
	return max(time.Duration(ms*float64(time.Millisecond)), MinPacketTime)
}

// rtcpAddr parses a=rtcp (RFC 3605): a port, or a port with an address.
func rtcpAddr(value string, group netip.Addr) (netip.AddrPort, error) {
	fields := strings.Fields(value)
	if len(fields) == 0 {
		return netip.AddrPort{}, fmt.Errorf("a=rtcp without a port: %w", codecs.ErrMalformed)
	}
	port, err := strconv.ParseUint(fields[0], 10, 16)
	if err != nil || port == 0 {
		return netip.AddrPort{}, fmt.Errorf("a=rtcp port %q: %w", fields[0], codecs.ErrMalformed)
	}
	if len(fields) >= 4 {
		if group, err = netip.ParseAddr(fields[3]); err != nil || !group.IsMulticast() {
			return netip.AddrPort{}, fmt.Errorf("a=rtcp address %q: %w", fields[3], codecs.ErrMalformed)
		}
		group = group.Unmap().WithZone("")
	}
	return netip.AddrPortFrom(group, uint16(port)), nil
}
