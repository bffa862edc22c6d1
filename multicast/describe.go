package multicast

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/pion/sdp/v3"

	"parley/codecs"
	"parley/qos/rtp"
)

// ErrNoGroup is returned for a conference that no group takes part in.
var ErrNoGroup = errors.New("multicast: no group takes part in this conference")

// Session describes one group to those who want to join it: ffmpeg, VLC,
// GStreamer, a session directory.
type Session struct {
	Name    string // of the session
	Address string // as in the roster
	SDP     []byte // RFC 8866
	// Identity is the GroupConfig's or, without one, Address.
	Identity string

	// Group, of sound if it has any, Interface and TTL are how it is reached;
	// Source is from where parley sends, unspecified where there is no way.
	Group     netip.Addr
	Interface string // empty: the system's choice
	// MoreInterfaces are those on which it is as well.
	MoreInterfaces []string
	TTL            int
	Source         netip.Addr
}

// SDP returns a description of each group of a conference, in the order of the
// configuration. The error is ErrNoGroup when there is none.
//
// With bridgeOnly, a description admits no sender but parley
// (a=source-filter, RFC 4570). Players such as ffmpeg, which expect a single
// sender and mistake all others in the group for the same, need that; they do
// not hear the group's own members then, whom parley does not repeat.
func (s *Server) SDP(conferenceID string, bridgeOnly bool) ([]Session, error) {
	var out []Session
	for _, g := range s.joined() {
		if g.cfg.Conference != conferenceID {
			continue
		}
		session, err := s.describe(g, bridgeOnly)
		if err != nil {
			return nil, err
		}
		out = append(out, session)
	}
	if len(out) == 0 {
		return nil, ErrNoGroup
	}
	return out, nil
}

func (s *Server) describe(g *Group, bridgeOnly bool) (Session, error) {
	name := oneLine(cmp.Or(g.conf.Settings().Title, g.cfg.Name, g.cfg.Conference))
	source := rtp.GroupSource(g.cfg.first().Addr(), g.cfg.Interface)
	identity := cmp.Or(g.cfg.Identity, g.info.Address)
	id := sessionID(source, g.cfg.Conference, identity, bridgeOnly)
	d := sdp.SessionDescription{
		Origin: sdp.Origin{
			Username: "-", SessionID: id,
			NetworkType: "IN", AddressType: addressType(source), UnicastAddress: source.String(),
		},
		SessionName:      sdp.SessionName(name),
		TimeDescriptions: []sdp.TimeDescription{{}}, // t=0 0: permanent (RFC 8866 5.9)
	}
	if s.cfg.Tool != "" {
		d.Attributes = append(d.Attributes, sdp.NewAttribute("tool", oneLine(s.cfg.Tool)))
	}
	if m := g.cfg.Audio; m != nil {
		d.MediaDescriptions = append(d.MediaDescriptions, g.cfg.describe(codecs.MediaAudio, m, g.deps.Codecs, bridgeOnly))
	}
	if m := g.cfg.Video; m != nil {
		d.MediaDescriptions = append(d.MediaDescriptions, g.cfg.describe(codecs.MediaVideo, m, g.deps.Codecs, bridgeOnly))
	}
	raw, err := d.Marshal()
	if err == nil {
		d.Origin.SessionVersion = s.editions.version(id, raw)
		raw, err = d.Marshal()
	}
	if err != nil {
		return Session{}, fmt.Errorf("multicast: describe %s: %w", g.info.Address, err)
	}
	return Session{
		Name: name, Address: g.info.Address, SDP: raw, Identity: identity,
		Group: g.cfg.first().Addr().Unmap(), Interface: g.cfg.Interface, MoreInterfaces: g.cfg.MoreInterfaces, TTL: g.cfg.ttl(), Source: source,
	}, nil
}

// describe makes the media description of one side of the group. The first
// format is what parley sends. The key of an encrypted one is left out: who may
// read where a group is need not be who may hear it.
func (g GroupConfig) describe(kind codecs.Media, m *MediaConfig, set *codecs.Set, bridgeOnly bool) *sdp.MediaDescription {
	group := m.Addr.Addr().Unmap()
	address := group.WithZone("").String()
	if group.Is4() {
		address += "/" + strconv.Itoa(g.ttl()) // RFC 8866 5.7; IPv6 has none
	}
	port := sdp.RangedPort{Value: int(m.Addr.Port())}
	if count := len(m.Layers) + 1; count > 1 {
		address += "/" + strconv.Itoa(count)
		if m.Layers[0].Port() != m.Addr.Port() {
			port.Range = &count
		}
	}
	out := &sdp.MediaDescription{
		MediaName: sdp.MediaName{
			Media: kind.String(), Port: port, Protos: []string{"RTP", m.profile()},
		},
		ConnectionInformation: &sdp.ConnectionInformation{
			NetworkType: "IN", AddressType: addressType(group), Address: &sdp.Address{Address: address},
		},
	}
	add := func(key, value string) { out.Attributes = append(out.Attributes, sdp.NewAttribute(key, value)) }
	formats := m.usable(kind, set)
	out.Bandwidth = m.bandwidthLines(formats[0].Format)
	for _, f := range formats {
		out.MediaName.Formats = append(out.MediaName.Formats, strconv.Itoa(int(f.PayloadType)))
		add("rtpmap", f.RTPMap())
		f.Format = withoutParameterSets(f.Format)
		if value, ok := f.FmtpValue(); ok {
			add("fmtp", value)
		}
	}
	if kind == codecs.MediaAudio {
		if sampleSize(formats[0].Format) == 0 { // else it is split
			add("ptime", "20")
		} else if t := m.packetTime(formats[0].Format); t != 0 {
			// 0.12 and 0.33 are what AES67 8.1 has of 1/8 and 1/3 ms.
			hundredths := math.RoundToEven(float64(t) / float64(10*time.Microsecond))
			add("ptime", strconv.FormatFloat(hundredths/100, 'f', -1, 64))
		}
	}
	if f := m.Feedback; f != nil { // RFC 5760 10.1
		add("rtcp", fmt.Sprintf("%d IN %s %s", f.Target.Port(), addressType(f.Target.Addr()), f.Target.Addr().Unmap().WithZone("")))
		add("rtcp-unicast", string(f.Model))
	} else if value, ok := m.rtcpAttribute(); ok {
		add("rtcp", value)
	}
	if value, ok := g.sourceFilter(m, bridgeOnly); ok {
		add("source-filter", value)
	}
	return out
}

// withoutParameterSets drops what describes the pictures of another sender.
func withoutParameterSets(f codecs.Format) codecs.Format {
	var kept []string
	for item := range strings.SplitSeq(f.Fmtp, ";") {
		if !strings.HasPrefix(item, "sprop-parameter-sets") {
			kept = append(kept, item)
		}
	}
	f.Fmtp = strings.Join(kept, ";")
	return f
}

// rtcpAttribute is the value of a=rtcp (RFC 3605), which is needed where RTCP
// is not on the port after an even one (RFC 3550 11).
func (m *MediaConfig) rtcpAttribute() (string, bool) {
	rtp, rtcp := m.Addr, m.RTCP
	if !rtcp.IsValid() {
		rtcp = netip.AddrPortFrom(rtp.Addr(), rtp.Port()+1)
	}
	port := strconv.Itoa(int(rtcp.Port()))
	switch {
	case rtcp.Addr().Unmap() != rtp.Addr().Unmap():
		return port + " IN " + addressType(rtcp.Addr()) + " " + rtcp.Addr().Unmap().WithZone("").String(), true
	case rtcp.Port() != rtp.Port()+1 || rtp.Port()%2 != 0:
		return port, true
	}
	return "", false
}

// first is a group that packets go to.
func (g GroupConfig) first() netip.AddrPort { return g.Media()[0].Addr }

func addressType(a netip.Addr) string {
	if a.Unmap().Is4() {
		return "IP4"
	}
	return "IP6"
}

// oneLine keeps text within its line, and SDP's s= from being empty.
func oneLine(text string) string {
	text = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, text)
	if text == "" {
		return "-"
	}
	return text
}
