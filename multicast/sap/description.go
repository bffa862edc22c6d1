package sap

import (
	"bytes"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"parley/codecs"
)

// Description is what a directory shows of a session description (RFC 8866).
// Its texts are one line each, of printable characters.
type Description struct {
	// Owner, SessionID, Version and Address are of the o= line. All but Version
	// are who this session is, through all its versions.
	Owner     string
	SessionID string
	Version   uint64
	Address   string

	Title, Information, Tool string
	Media                    []Medium
	// Ends is when the last of its times is over; zero: never.
	Ends time.Time
}

// Medium is one m= line that goes to a group.
type Medium struct {
	Kind   string         // "audio", "video" ...
	Group  netip.AddrPort // of RTP
	Groups int            // contiguous groups of a layered session, at least 1
	// Sources are the hosts that alone are taken; none: all are.
	Sources  []netip.Addr
	TTL      int      // 0: none said, as with IPv6
	Protocol string   // "RTP/AVP"
	Formats  []string // "PCMU/8000", "H264/90000"; a number where no more is said
}

// octets is the memory that its texts and media take, at most.
func (d *Description) octets() int {
	n := 0
	for _, text := range []string{d.Owner, d.SessionID, d.Address, d.Title, d.Information, d.Tool} {
		n += len(text)
	}
	for i := range d.Media {
		m := &d.Media[i]
		n += mediumOctets + len(m.Kind) + len(m.Protocol) + len(m.Sources)*sourceOctets
		for j, f := range m.Formats {
			n += formatOctets
			if !slices.Contains(m.Formats[:j], f) { // else they share it
				n += len(f)
			}
		}
	}
	return n
}

// identity is what remains the same through a session's versions.
func (d *Description) identity() string {
	return d.Owner + "\x00" + d.SessionID + "\x00" + d.Address
}

// ParseDescription reads what a directory shows, and no more: media that parley
// cannot join are listed too. The error wraps codecs.ErrMalformed.
func ParseDescription(raw []byte) (Description, error) {
	var d Description
	p := parser{d: &d}
	for line := range bytes.SplitSeq(raw, []byte("\n")) {
		line = bytes.TrimRight(line, "\r")
		if len(line) < 2 || line[1] != '=' {
			continue // what is no line of a description says nothing
		}
		if err := p.line(line[0], string(line[2:])); err != nil {
			return Description{}, err
		}
	}
	p.endMedium()
	if d.SessionID == "" {
		return Description{}, fmt.Errorf("sap: description without o= line: %w", codecs.ErrMalformed)
	}
	d.Media = slices.Clip(d.Media)
	if !p.forever {
		d.Ends = p.ends // of repeated ones, of the last (RFC 8866 5.10)
	}
	return d, nil
}

// parser holds what the following lines refer to.
type parser struct {
	d             *Description
	session       connection // the c= line above all media
	medium        *Medium    // being read
	connection    connection // its own c= line
	port          uint16
	payloads      []string
	names         map[string]string // rtpmap by payload type
	filters       []string          // a=source-filter of the session
	mediumFilters []string          // and of the medium
	forever       bool
	ends          time.Time
}

type connection struct {
	group  netip.Addr
	ttl    int
	groups int
}

func (p *parser) line(kind byte, value string) error {
	switch kind {
	case 'o':
		return p.origin(value)
	case 's':
		p.d.Title = plain(value)
	case 'i':
		if p.medium == nil {
			p.d.Information = plain(value)
		}
	case 'c':
		if p.medium != nil {
			p.connection = parseConnection(value)
		} else {
			p.session = parseConnection(value)
		}
	case 't':
		p.times(value)
	case 'm':
		p.endMedium()
		p.beginMedium(value)
	case 'a':
		p.attribute(value)
	}
	return nil
}

// origin reads "jdoe 3724394400 3724394405 IN IP4 198.51.100.1" (RFC 8866 5.2).
func (p *parser) origin(value string) error {
	f := strings.Fields(value)
	if len(f) < 6 {
		return fmt.Errorf("sap: o= line of %d fields: %w", len(f), codecs.ErrMalformed)
	}
	if p.d.SessionID != "" {
		return nil
	}
	p.d.Owner, p.d.SessionID, p.d.Address = plain(f[0]), plain(f[1]), plain(f[5])
	p.d.Version, _ = strconv.ParseUint(f[2], 10, 64) // what is no number is no version
	return nil
}

// times reads "start stop" in seconds since 1900 (RFC 8866 5.9).
func (p *parser) times(value string) {
	const since1900 = 2208988800
	f := strings.Fields(value)
	if len(f) < 2 {
		return
	}
	stop, err := strconv.ParseInt(f[1], 10, 64)
	if err != nil || stop <= since1900 || stop > since1900<<2 {
		p.forever = true
		return
	}
	if end := time.Unix(stop-since1900, 0); end.After(p.ends) {
		p.ends = end
	}
}

// beginMedium reads "audio 49170/2 RTP/AVP 0 96" (RFC 8866 5.14).
func (p *parser) beginMedium(value string) {
	p.connection, p.payloads, p.names, p.port, p.mediumFilters = connection{}, nil, nil, 0, nil
	p.medium = new(Medium)
	f := strings.Fields(value)
	if len(f) < 3 {
		return
	}
	port, _, _ := strings.Cut(f[1], "/")
	if n, err := strconv.ParseUint(port, 10, 16); err == nil {
		p.port = uint16(n)
	}
	p.medium.Kind, p.medium.Protocol = plain(f[0]), plain(f[2])
	p.payloads = f[3:min(len(f), 3+maxFormats)]
}

// endMedium keeps the medium if it goes to a group.
func (p *parser) endMedium() {
	m := p.medium
	p.medium = nil
	if m == nil || p.port == 0 || len(p.d.Media) >= maxMedia {
		return
	}
	c := p.connection
	if !c.group.IsValid() {
		c = p.session
	}
	if !c.group.IsMulticast() {
		return
	}
	m.Group, m.TTL, m.Groups = netip.AddrPortFrom(c.group, p.port), c.ttl, c.groups
	m.Formats = make([]string, 0, len(p.payloads))
	if m.Sources = includedSources(p.mediumFilters, c.group); len(m.Sources) == 0 {
		m.Sources = includedSources(p.filters, c.group)
	}
	for _, payload := range p.payloads {
		name, told := p.names[payload]
		if pt, err := strconv.ParseUint(payload, 10, 7); err == nil && !told {
			if static, ok := codecs.StaticMapping(uint8(pt)); ok {
				name = static.RTPMap()
				_, name, _ = strings.Cut(name, " ")
			}
		}
		if name == "" {
			name = plain(payload)
		}
		m.Formats = append(m.Formats, name)
	}
	p.d.Media = append(p.d.Media, *m)
}

func (p *parser) attribute(value string) {
	key, value, _ := strings.Cut(value, ":")
	switch {
	case key == "tool" && p.medium == nil:
		p.d.Tool = plain(value)
	case key == "source-filter" && p.medium == nil && len(p.filters) < maxSources:
		p.filters = append(p.filters, value)
	case key == "source-filter" && p.medium != nil && len(p.mediumFilters) < maxSources:
		p.mediumFilters = append(p.mediumFilters, value)
	case key == "rtpmap" && p.medium != nil && len(p.names) < maxFormats:
		pt, name, _ := strings.Cut(value, " ")
		if p.names == nil {
			p.names = make(map[string]string)
		}
		p.names[pt] = plain(name) // once, for as many as name it
	}
}

// parseConnection reads "IN IP4 239.1.2.3/127/3": TTL and number of groups for
// IPv4, the number alone for IPv6 (RFC 8866 5.7).
func parseConnection(value string) connection {
	c := connection{groups: 1}
	f := strings.Fields(value)
	if len(f) < 3 {
		return c
	}
	parts := strings.Split(f[2], "/")
	addr, err := netip.ParseAddr(parts[0])
	if err != nil {
		return c
	}
	c.group = addr.Unmap().WithZone("") // which would be any text, and an interface of ours
	numbers := parts[1:]
	if c.group.Is4() && len(numbers) > 0 {
		if n, err := strconv.ParseUint(numbers[0], 10, 8); err == nil {
			c.ttl = int(n)
		}
		numbers = numbers[1:]
	}
	if len(numbers) > 0 {
		if n, err := strconv.ParseUint(numbers[0], 10, 8); err == nil && n > 0 {
			c.groups = int(n)
		}
	}
	return c
}

// plain is one line of printable characters: what a stranger announces must
// not speak to a terminal. It holds no more memory than it is long.
func plain(text string) string {
	if len(text) > maxText {
		text = strings.ToValidUTF8(text[:maxText], "")
	}
	text = strings.TrimSpace(strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return ' '
		}
		return r
	}, text))
	if len(text) > maxText {
		text = strings.ToValidUTF8(text[:maxText], "")
	}
	return strings.Clone(text)
}
