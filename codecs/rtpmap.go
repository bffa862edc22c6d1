package codecs

import (
	"fmt"
	"strconv"
	"strings"
)

// StaticMapping returns the Mapping that RFC 3551 section 6 assigns to a
// payload type below 96, and that is so usable without an rtpmap. It names
// formats too that no codec here knows, so that what a session has can be told.
func StaticMapping(payloadType uint8) (Mapping, bool) {
	if int(payloadType) >= len(staticFormats) || staticFormats[payloadType].IsZero() {
		return Mapping{}, false
	}
	return Mapping{PayloadType: payloadType, Format: staticFormats[payloadType]}, true
}

// staticFormats are tables 4 and 5 of RFC 3551, by payload type. 2 was G721, and
// is reserved since.
var staticFormats = [...]Format{
	0:  {Name: "PCMU", ClockRate: 8000, Channels: 1},
	3:  {Name: "GSM", ClockRate: 8000, Channels: 1},
	4:  {Name: "G723", ClockRate: 8000, Channels: 1},
	5:  {Name: "DVI4", ClockRate: 8000, Channels: 1},
	6:  {Name: "DVI4", ClockRate: 16000, Channels: 1},
	7:  {Name: "LPC", ClockRate: 8000, Channels: 1},
	8:  {Name: "PCMA", ClockRate: 8000, Channels: 1},
	9:  {Name: "G722", ClockRate: 8000, Channels: 1},
	10: {Name: "L16", ClockRate: 44100, Channels: 2},
	11: {Name: "L16", ClockRate: 44100, Channels: 1},
	12: {Name: "QCELP", ClockRate: 8000, Channels: 1},
	13: {Name: "CN", ClockRate: 8000, Channels: 1},
	14: {Name: "MPA", ClockRate: 90000, Channels: 1},
	15: {Name: "G728", ClockRate: 8000, Channels: 1},
	16: {Name: "DVI4", ClockRate: 11025, Channels: 1},
	17: {Name: "DVI4", ClockRate: 22050, Channels: 1},
	18: {Name: "G729", ClockRate: 8000, Channels: 1},
	25: {Name: "CelB", ClockRate: 90000},
	26: {Name: "JPEG", ClockRate: 90000},
	28: {Name: "nv", ClockRate: 90000},
	31: {Name: "H261", ClockRate: 90000},
	32: {Name: "MPV", ClockRate: 90000},
	33: {Name: "MP2T", ClockRate: 90000},
	34: {Name: "H263", ClockRate: 90000},
}

// ParseRTPMap parses the value of an a=rtpmap attribute (RFC 8866 6.6),
// "96 opus/48000/2", in a media description of kind m, which is MediaAudio or
// MediaVideo. Audio without a channel count has one channel. The error wraps
// ErrMalformed.
func ParseRTPMap(m Media, value string) (Mapping, error) {
	first, encoding, _ := strings.Cut(strings.TrimSpace(value), " ")
	pt, err := parsePayloadType(first)
	if err != nil {
		return Mapping{}, err
	}
	malformed := func(what string) (Mapping, error) {
		return Mapping{}, fmt.Errorf("codecs: rtpmap %.80q: %s: %w", value, what, ErrMalformed)
	}
	name, rest, ok := strings.Cut(strings.TrimSpace(encoding), "/")
	if !ok || !isToken(name) || len(name) > maxName {
		return malformed("encoding name")
	}
	clock, channels, hasChannels := strings.Cut(rest, "/")
	f := Format{Name: name}
	f.ClockRate, err = strconv.Atoi(clock)
	if err != nil || f.ClockRate <= 0 || f.ClockRate > maxClockRate {
		return malformed("clock rate")
	}
	if m == MediaAudio {
		f.Channels = 1
		if hasChannels {
			f.Channels, err = strconv.Atoi(channels)
			if err != nil || f.Channels <= 0 || f.Channels > maxChannels {
				return malformed("channels")
			}
		}
	}
	return Mapping{PayloadType: pt, Format: f.Canonical()}, nil
}

// isToken reports whether s is a token of RFC 8866 section 9.
func isToken(s string) bool {
	for i := range len(s) {
		c := s[i]
		if c <= ' ' || c >= 0x7f || strings.IndexByte(`"(),/:;<=>?@[\]`, c) >= 0 {
			return false
		}
	}
	return s != ""
}

// ParseMappings puts together the formats of one media description of kind m:
// payloadTypes are the numbers of its m= line, whose order is kept; rtpmaps
// and fmtps the values of its attributes, of which those for other payload
// types are ignored. A payload type that has neither an rtpmap nor a static
// assignment is left out: nothing is known of it. Of two rtpmaps for one
// payload type the first counts; several fmtps are joined. The error wraps
// ErrMalformed.
func ParseMappings(m Media, payloadTypes, rtpmaps, fmtps []string) ([]Mapping, error) {
	var known, listed [128]bool
	var formats [128]Format
	for _, value := range rtpmaps {
		mp, err := ParseRTPMap(m, value)
		if err != nil {
			return nil, err
		}
		if !known[mp.PayloadType] {
			known[mp.PayloadType], formats[mp.PayloadType] = true, mp.Format
		}
	}
	for pt := range uint8(96) {
		if mp, ok := StaticMapping(pt); ok && !known[pt] && mp.Format.Media() == m {
			known[pt], formats[pt] = true, mp.Format
		}
	}
	for _, value := range fmtps {
		pt, fmtp, err := ParseFmtp(value)
		if err != nil {
			return nil, err
		}
		if have := formats[pt].Fmtp; have != "" {
			if fmtp, err = CanonicalFmtp(have + ";" + fmtp); err != nil {
				return nil, err
			}
		}
		formats[pt].Fmtp = fmtp
	}
	var out []Mapping
	for _, s := range payloadTypes {
		pt, err := parsePayloadType(s)
		if err != nil {
			return nil, err
		}
		if known[pt] && !listed[pt] {
			listed[pt] = true
			out = append(out, Mapping{PayloadType: pt, Format: formats[pt]})
		}
	}
	return out, nil
}

// RTPMap returns the value of the Mapping's a=rtpmap attribute.
func (m Mapping) RTPMap() string {
	return strconv.Itoa(int(m.PayloadType)) + " " + m.Format.String()
}

// FmtpValue returns the value of the Mapping's a=fmtp attribute; false when
// there are no parameters and so no attribute.
func (m Mapping) FmtpValue() (string, bool) {
	if m.Format.Fmtp == "" {
		return "", false
	}
	fmtp := m.Format.Fmtp
	if f := m.Format; f.Is("H261") || f.Is("H263") || f.isH263Plus() {
		// RFC 4587 6.1.1 and RFC 4629 8.1 write them so; parsers of that age
		// compare letter by letter.
		fmtp = upperKeys(fmtp)
	}
	return strconv.Itoa(int(m.PayloadType)) + " " + fmtp, true
}

// upperKeys puts the names of a canonical parameter list in upper case.
func upperKeys(fmtp string) string {
	items := strings.Split(fmtp, ";")
	for i, item := range items {
		key, value, pair := strings.Cut(item, "=")
		if items[i] = strings.Map(upperLetter, key); pair {
			items[i] += "=" + value
		}
	}
	return strings.Join(items, ";")
}

// upperLetter is that of RFC 8866's alphabet: the capitals of others are not
// theirs alone.
func upperLetter(r rune) rune {
	if r >= 'a' && r <= 'z' {
		return r - 'a' + 'A'
	}
	return r
}
