package negotiation

import (
	"encoding/base64"
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	"github.com/pion/sdp/v3"

	"parley/codecs"
)

// Description is a peer's session description, taken apart.
type Description struct {
	// Streams are its m= lines, in order. An answer has as many.
	Streams []Stream
}

// Stream is one m= line.
type Stream struct {
	Media    string // "audio", "video" or whatever the peer wrote
	Proto    string
	Disabled bool // port 0: refused or ended (RFC 3264 6, 8.2)
	// Direction is the peer's. A connection address of 0.0.0.0, the old way
	// to hold (RFC 3264 8.4), has taken RecvOnly out of it.
	Direction Direction
	// RTP and RTCP are where the peer receives; not valid when it named a
	// host or nothing, and then to be learned from its packets.
	RTP, RTCP netip.AddrPort
	Mux       bool // a=rtcp-mux (RFC 5761)
	Mappings  []codecs.Mapping
	// PLI and FIR are the feedback messages that the peer understands
	// (RFC 4585 4.2, RFC 5104 7.1).
	PLI, FIR bool
	// TMMBR tells that the peer can be held to a rate (RFC 5104 7.1).
	TMMBR bool
	// MaxBitRate in bit/s is what the peer takes (b=TIAS, RFC 3890, or b=AS); 0:
	// it did not say.
	MaxBitRate int
	// ParameterSets are H.264 parameter sets by payload type
	// (RFC 6184 8.1, sprop-parameter-sets).
	ParameterSets map[uint8][][]byte

	mid     string
	formats []string
}

// Parse takes a session description apart. Its error wraps
// codecs.ErrMalformed.
func Parse(body []byte) (*Description, error) {
	if len(body) == 0 || len(body) > maxBody {
		return nil, fmt.Errorf("session description of %d bytes: %w", len(body), codecs.ErrMalformed)
	}
	var sd sdp.SessionDescription
	if err := sd.Unmarshal(body); err != nil {
		return nil, fmt.Errorf("session description: %w: %w", err, codecs.ErrMalformed)
	}
	if len(sd.MediaDescriptions) > maxStreams {
		return nil, fmt.Errorf("session description with %d m= lines: %w", len(sd.MediaDescriptions), codecs.ErrMalformed)
	}
	session := SendRecv
	for _, a := range sd.Attributes {
		if d, ok := parseDirection(a.Key); ok {
			session = d
		}
	}
	d := &Description{Streams: make([]Stream, 0, len(sd.MediaDescriptions))}
	for i, md := range sd.MediaDescriptions {
		s, err := parseStream(md, sd.ConnectionInformation, session)
		if err != nil {
			return nil, fmt.Errorf("m= line %d: %w", i+1, err)
		}
		d.Streams = append(d.Streams, s)
	}
	return d, nil
}

func parseStream(md *sdp.MediaDescription, session *sdp.ConnectionInformation, direction Direction) (Stream, error) {
	name := md.MediaName
	port := name.Port.Value
	switch {
	case port < 0 || port > 65535:
		return Stream{}, fmt.Errorf("port %d: %w", port, codecs.ErrMalformed)
	case len(name.Formats) > maxFormats:
		return Stream{}, fmt.Errorf("%d formats: %w", len(name.Formats), codecs.ErrMalformed)
	case len(md.Attributes) > maxAttributes:
		return Stream{}, fmt.Errorf("%d attributes: %w", len(md.Attributes), codecs.ErrMalformed)
	}
	s := Stream{
		Media:     name.Media,
		Proto:     strings.Join(name.Protos, "/"),
		Disabled:  port == 0,
		Direction: direction,
		formats:   name.Formats,
	}
	connection := md.ConnectionInformation
	if connection == nil {
		connection = session
	}
	addr, zero := connectionAddr(connection)
	if addr.IsValid() && !zero {
		s.RTP = netip.AddrPortFrom(addr, uint16(port))
		if port < 65535 {
			s.RTCP = netip.AddrPortFrom(addr, uint16(port)+1)
		}
	}
	s.parseAttributes(md.Attributes)
	s.parseBandwidth(md.Bandwidth)
	if zero {
		s.Direction &^= RecvOnly
	}
	if s.Mux {
		s.RTCP = s.RTP
	}
	if s.Disabled || !supportedProto(s.Proto) {
		return s, nil
	}
	var err error
	s.Mappings, err = mappings(name.Media, name.Formats, md.Attributes)
	return s, err
}

func (s *Stream) parseAttributes(attributes []sdp.Attribute) {
	for _, a := range attributes {
		if d, ok := parseDirection(a.Key); ok {
			s.Direction = d
			continue
		}
		switch a.Key {
		case "mid":
			s.mid = token(a.Value)
		case "rtcp-mux":
			s.Mux = true
		case "rtcp":
			s.parseRTCP(a.Value)
		case "rtcp-fb":
			_, feedback, _ := strings.Cut(a.Value, " ")
			s.PLI = s.PLI || strings.HasPrefix(feedback, "nack pli")
			s.FIR = s.FIR || strings.HasPrefix(feedback, "ccm fir")
			s.TMMBR = s.TMMBR || strings.HasPrefix(feedback, "ccm tmmbr")
		case "fmtp":
			s.parseParameterSets(a.Value)
		}
	}
}

// parseBandwidth reads b= lines. TIAS counts before AS, which includes the headers
// of packets.
func (s *Stream) parseBandwidth(lines []sdp.Bandwidth) {
	const most = 1 << 40
	for _, b := range lines {
		switch {
		case b.Experimental:
		case b.Type == "TIAS" && b.Bandwidth < most:
			s.MaxBitRate = int(b.Bandwidth)
			return
		case b.Type == "AS" && b.Bandwidth < most/1000:
			s.MaxBitRate = 1000 * int(b.Bandwidth)
		}
	}
}

// parseRTCP reads "port [IN IP4 address]" (RFC 3605 2.1). What it cannot read
// it leaves at the default, the port above RTP's.
func (s *Stream) parseRTCP(value string) {
	fields := strings.Fields(value)
	if len(fields) == 0 || !s.RTP.IsValid() {
		return
	}
	port, err := strconv.ParseUint(fields[0], 10, 16)
	if err != nil || port == 0 {
		return
	}
	addr := s.RTP.Addr()
	if len(fields) == 4 {
		if a, err := netip.ParseAddr(fields[3]); err == nil && !a.IsUnspecified() {
			addr = a.Unmap()
		}
	}
	s.RTCP = netip.AddrPortFrom(addr, uint16(port))
}

// parseParameterSets keeps the NAL units of sprop-parameter-sets. Which of
// them are of use is the codec's to say.
func (s *Stream) parseParameterSets(value string) {
	format, params, _ := strings.Cut(value, " ")
	pt, err := strconv.ParseUint(format, 10, 7)
	if err != nil {
		return
	}
	for param := range strings.SplitSeq(params, ";") {
		key, list, _ := strings.Cut(strings.TrimSpace(param), "=")
		if !strings.EqualFold(key, "sprop-parameter-sets") {
			continue
		}
		for set := range strings.SplitSeq(list, ",") {
			unit, err := base64.StdEncoding.DecodeString(set)
			if err != nil || len(unit) == 0 || len(unit) > maxParameterSetBytes ||
				len(s.ParameterSets[uint8(pt)]) == maxParameterSets {
				continue
			}
			if s.ParameterSets == nil {
				s.ParameterSets = make(map[uint8][][]byte)
			}
			s.ParameterSets[uint8(pt)] = append(s.ParameterSets[uint8(pt)], unit)
		}
	}
}

// connectionAddr returns the address of a c= line, and whether it is the
// unspecified one. A host name is not looked up: the answer would be delayed
// by a stranger's name server.
func connectionAddr(c *sdp.ConnectionInformation) (addr netip.Addr, zero bool) {
	if c == nil || c.Address == nil {
		return netip.Addr{}, false
	}
	addr, err := netip.ParseAddr(c.Address.Address)
	if err != nil || addr.IsMulticast() {
		return netip.Addr{}, false
	}
	addr = addr.Unmap().WithZone("")
	return addr, addr.IsUnspecified()
}

// supportedProto: plain RTP, with or without the feedback profile.
func supportedProto(proto string) bool { return proto == "RTP/AVP" || proto == "RTP/AVPF" }

// token returns s if it may be repeated in an answer as it is.
func token(s string) string {
	for _, r := range s {
		if r <= ' ' || r > '~' {
			return ""
		}
	}
	if len(s) > 32 {
		return ""
	}
	return s
}
