package multicast

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	"github.com/pion/sdp/v3"

	"parley/codecs"
	"parley/qos/rtp"
)

// readFeedback takes where the members of a group of one source send their RTCP
// (RFC 5760 10): a=rtcp-unicast with the model, a=rtcp with the target; without
// an address there, the source that a=source-filter names (RFC 4570).
func (m *MediaConfig) readFeedback(session, attributes []sdp.Attribute) error {
	model, told := attribute(attributes, "rtcp-unicast")
	if !told {
		if model, told = attribute(session, "rtcp-unicast"); !told {
			return nil
		}
	}
	f := &rtp.Feedback{Model: rtp.FeedbackModel(strings.TrimSpace(model))}
	if f.Model != rtp.FeedbackReflection && f.Model != rtp.FeedbackSummary {
		return fmt.Errorf("a=rtcp-unicast model %q: %w", model, codecs.ErrUnsupported)
	}
	f.Source = m.onlySource()
	host, port := f.Source, m.Addr.Port()+1
	if value, ok := attribute(attributes, "rtcp"); ok {
		fields := strings.Fields(value)
		if n, err := strconv.ParseUint(strings.Join(fields[:min(1, len(fields))], ""), 10, 16); err == nil && n != 0 {
			port = uint16(n)
		}
		if len(fields) >= 4 {
			a, err := netip.ParseAddr(fields[3])
			if err != nil {
				return fmt.Errorf("a=rtcp address %q: %w", fields[3], codecs.ErrMalformed)
			}
			host = a.Unmap().WithZone("")
		}
	}
	if !host.IsValid() || host.IsMulticast() || host.IsUnspecified() {
		return fmt.Errorf("a=rtcp-unicast without an address in a=rtcp or a=source-filter: %w", codecs.ErrMalformed)
	}
	f.Target = netip.AddrPortFrom(host, port)
	m.Feedback, m.RTCP = f, netip.AddrPort{}
	return nil
}

// attribute is the value of the first of that key.
func attribute(list []sdp.Attribute, key string) (string, bool) {
	for _, a := range list {
		if a.Key == key {
			return a.Value, true
		}
	}
	return "", false
}
