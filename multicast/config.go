package multicast

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"strings"
	"time"

	"parley/codecs"
	"parley/conference"
	"parley/qos"
	"parley/qos/rtp"
	"parley/qos/rtp/srtp"
)

// GroupConfig is one multicast session that takes part in a conference: an
// audio group, a video group, or both.
type GroupConfig struct {
	Conference string // id of the conference that it takes part in
	Name       string // roster name; empty: the first group's address
	// Identity tells its descriptions from those of the conference's other groups
	// through changes of address; empty: the addresses do.
	Identity  string
	Audio     *MediaConfig
	Video     *MediaConfig
	Interface string // name; empty: the system's choice
	// MoreInterfaces are those on which the groups are joined, and sent to, as
	// well. Members on one do not hear those on another by parley.
	MoreInterfaces []string
	TTL            int // IPv4 TTL or IPv6 hop limit, 1 to 255; 0: DefaultTTL
	// HopFloor is the least TTL or hop limit with which packets may arrive
	// (RFC 5082); 0: any.
	HopFloor int
	// VideoStreams is how many pictures the group is sent.
	VideoStreams VideoStreams
	// Optional turns a failure to join into a warning: a default that may be
	// impossible on a machine without multicast.
	Optional bool
}

// VideoStreams chooses the pictures that a group is sent.
type VideoStreams string

// The choices. Players that know only an SDP take one stream in a session, so
// that a group of players wants VideoActive.
const (
	VideoAll    VideoStreams = "all"    // every source's, each under an SSRC of its own
	VideoActive VideoStreams = "active" // one stream: the active speaker's
)

// MediaConfig is one group address and what is spoken there.
type MediaConfig struct {
	Addr netip.AddrPort // RTP; RTCP is on the next port unless RTCP is set
	RTCP netip.AddrPort
	// Layers are the further groups of a session in layers, as Layers makes them.
	// parley sends to Addr alone, and takes of each sender the lowest layer.
	Layers []netip.AddrPort
	// Feedback is how members' RTCP goes in a group of one source (RFC 5760):
	// parley is that source, or a member. Nil: they send to the group.
	Feedback *rtp.Feedback
	// Formats are what is received, by payload type. The first is what parley
	// sends.
	Formats []codecs.Mapping
	// PacketTime is how long a packet of linear sound (L16, L24) that is sent
	// lasts: 1 ms for AES67. 0: as long as fits a packet, at most 20 ms. Other
	// encodings are sent in packets of 20 ms. What is received may last any
	// time.
	PacketTime time.Duration
	// Crypto encrypts the medium by SRTP, for all members under one key; nil:
	// it goes in the clear.
	Crypto *srtp.Crypto
	// Bandwidth is what one that sends takes in kbit/s, with all headers (b=AS);
	// 0: what sound of the first of Formats does, DefaultVideoBandwidth for
	// pictures. RTCP takes 5 % of it, or RTCPBandwidth where that is not nil.
	Bandwidth     int
	RTCPBandwidth *rtp.RTCPBandwidth
	// Sources says whose packets are taken. A source-specific group that includes
	// nobody is one in which parley alone sends.
	Sources rtp.SourceFilter
	// ListenOnly sends nothing there, unless parley is one of the sources that
	// are included.
	ListenOnly bool
	// ParameterSets are H.264 parameter sets told out of band.
	ParameterSets [][]byte
}

// Config is what a Server runs under.
type Config struct {
	Groups    []GroupConfig
	Policy    Policy
	AudioDSCP qos.DSCP
	VideoDSCP qos.DSCP
	// Tool is what parley calls itself in SDES.
	Tool string
	// CNAME is parley's canonical name (RFC 7022); empty: a random one.
	CNAME string
	// SDES is what else parley tells of itself to groups. An empty Name: the
	// title of the conference. CNAME and Tool are those above.
	SDES rtp.SDES
	// HideParticipants keeps the names of a conference's participants from its
	// groups, which are else told whom parley's sound and pictures are of.
	HideParticipants bool
	// KeyframeInterval is how often a group is sent a fresh key frame: members
	// of a group cannot all ask for one. 0: DefaultKeyframeInterval.
	KeyframeInterval time.Duration
	// Bridging and its Priority, of which the lowest wins, decide who carries
	// where another bridge joins the same groups. Empty and 0: BridgingElect and
	// DefaultBridgingPriority.
	Bridging         Bridging
	BridgingPriority uint8
}

// Deps are the parts of the program that a Server stands on.
type Deps struct {
	Bridge *conference.Bridge
	Codecs *codecs.Set
	Log    *slog.Logger
	// Monitor hears each member by itself; nil: nobody does.
	Monitor Monitor
}

// Validate reports everything that makes a group impossible, all at once.
func (g GroupConfig) Validate(set *codecs.Set) error {
	var errs []error
	if g.Conference == "" {
		errs = append(errs, errors.New("no conference to take part in"))
	}
	if g.Audio == nil && g.Video == nil {
		errs = append(errs, errors.New("neither an audio nor a video group"))
	}
	if g.TTL < 0 || g.TTL > 255 {
		errs = append(errs, fmt.Errorf("TTL %d is not within 1 and 255", g.TTL))
	}
	if g.HopFloor < 0 || g.HopFloor > 255 {
		errs = append(errs, fmt.Errorf("hop floor %d is not within 0 and 255", g.HopFloor))
	}
	switch g.VideoStreams {
	case "", VideoAll, VideoActive:
	default:
		errs = append(errs, fmt.Errorf("video streams %q is neither %q nor %q", g.VideoStreams, VideoAll, VideoActive))
	}
	for _, name := range g.interfaces() {
		if _, err := net.InterfaceByName(name); err != nil {
			errs = append(errs, fmt.Errorf("interface %q: %w", name, err))
		}
	}
	errs = append(errs, g.Audio.validate(codecs.MediaAudio, set), g.Video.validate(codecs.MediaVideo, set), g.checkMedia())
	return errors.Join(errs...)
}

func (m *MediaConfig) validate(kind codecs.Media, set *codecs.Set) error {
	if m == nil {
		return nil
	}
	var errs []error
	if !m.Addr.Addr().IsMulticast() {
		errs = append(errs, fmt.Errorf("%v group %v is not a multicast address (224.0.0.0/4 or ff00::/8)", kind, m.Addr.Addr()))
	}
	if err := m.Sources.Check(m.Addr.Addr()); err != nil {
		errs = append(errs, fmt.Errorf("%v: %w", kind, err))
	}
	if err := m.checkLayers(kind); err != nil {
		errs = append(errs, err)
	}
	if m.Addr.Port() == 0 {
		errs = append(errs, fmt.Errorf("%v group %v has no port", kind, m.Addr.Addr()))
	}
	if m.PacketTime != 0 && (m.PacketTime < MinPacketTime || m.PacketTime > codecs.FrameDuration) {
		errs = append(errs, fmt.Errorf("%v group %v: packet time %v is not within %v and %v", kind, m.Addr, m.PacketTime, MinPacketTime, codecs.FrameDuration))
	}
	if m.Bandwidth < 0 || m.Bandwidth > MaxBandwidth {
		errs = append(errs, fmt.Errorf("%v group %v: bandwidth %d is not within 0 and %d kbit/s", kind, m.Addr, m.Bandwidth, MaxBandwidth))
	}
	if len(m.Formats) == 0 {
		errs = append(errs, fmt.Errorf("%v group %v has no codec", kind, m.Addr))
	}
	if len(m.Formats) > 0 && len(m.usable(kind, set)) == 0 {
		errs = append(errs, fmt.Errorf("%v group %v: no codec that is supported among %s", kind, m.Addr, m.names()))
	}
	if m.Addr.Port() == 65535 && !m.RTCP.IsValid() {
		errs = append(errs, fmt.Errorf("%v group %v leaves no port for RTCP, which is on the next", kind, m.Addr))
	}
	return errors.Join(errs...)
}

// names lists the Formats for a person.
func (m *MediaConfig) names() string {
	names := make([]string, 0, len(m.Formats))
	for _, f := range m.Formats {
		names = append(names, f.Format.String())
	}
	return strings.Join(names, ", ")
}

// usable are the Formats that can be received: first those of kind, of which
// the first is sent too, then comfort noise and events. Empty when there is
// none of kind.
func (m *MediaConfig) usable(kind codecs.Media, set *codecs.Set) []codecs.Mapping {
	var out, accompanying []codecs.Mapping
	for _, f := range m.Formats {
		switch {
		case f.Format.Media() == codecs.MediaEvent || f.Format.Is("CN"):
			accompanying = append(accompanying, f)
		case f.Format.Media() == kind && set.Lookup(f.Format) != nil:
			out = append(out, f)
		}
	}
	if len(out) == 0 || kind != codecs.MediaAudio {
		return out
	}
	return append(out, accompanying...)
}
