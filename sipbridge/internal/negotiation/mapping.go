package negotiation

import (
	"github.com/pion/sdp/v3"

	"parley/codecs"
)

// mappings are the formats of an m= line.
func mappings(media string, formats []string, attributes []sdp.Attribute) ([]codecs.Mapping, error) {
	kind := codecs.MediaAudio
	switch media {
	case "audio":
	case "video":
		kind = codecs.MediaVideo
	default:
		return nil, nil
	}
	var rtpmaps, fmtps []string
	for _, a := range attributes {
		switch a.Key {
		case "rtpmap":
			rtpmaps = append(rtpmaps, a.Value)
		case "fmtp":
			fmtps = append(fmtps, a.Value)
		}
	}
	return codecs.ParseMappings(kind, formats, rtpmaps, fmtps)
}

// attributes are the attributes that describe m.
func attributes(m codecs.Mapping) []string {
	out := []string{"rtpmap:" + m.RTPMap()}
	if fmtp, ok := m.FmtpValue(); ok {
		out = append(out, "fmtp:"+fmtp)
	}
	return out
}

// eventsFormat is what digits arrive in: the sixteen keys of RFC 4733 3.2.
func eventsFormat(rate int) codecs.Format {
	return codecs.Format{Name: "telephone-event", ClockRate: rate, Channels: 1, Fmtp: "0-15"}
}
