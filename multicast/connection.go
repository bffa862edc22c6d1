package multicast

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	"github.com/pion/sdp/v3"

	"parley/codecs"
)

// connection returns a medium's first group, its TTL and how many groups there are:
// "239.1.2.3/4/2", "ff15::1/2" (RFC 8866 5.7), of its own c= line or else the
// session's.
func connection(d *sdp.SessionDescription, m *sdp.MediaDescription) (group netip.Addr, ttl, count int, err error) {
	c := m.ConnectionInformation
	if c == nil {
		c = d.ConnectionInformation
	}
	if c == nil || c.Address == nil {
		return group, 0, 0, fmt.Errorf("no c= line: %w", codecs.ErrMalformed)
	}
	parts := strings.Split(c.Address.String(), "/")
	if group, err = netip.ParseAddr(parts[0]); err != nil {
		return group, 0, 0, fmt.Errorf("c= line: %w: %w", codecs.ErrMalformed, err)
	}
	// RFC 8866 has no zones, and no description chooses an interface of ours.
	group = group.Unmap().WithZone("")
	if !group.IsMulticast() {
		return group, 0, 0, fmt.Errorf("c= line: %v is not a multicast address: %w", group, codecs.ErrUnsupported)
	}
	numbers := parts[1:]
	if group.Is4() && len(numbers) > 0 { // IPv6 has no TTL there
		if ttl, err = strconv.Atoi(numbers[0]); err != nil || ttl < 0 || ttl > 255 {
			return group, 0, 0, fmt.Errorf("c= line: TTL %q is not within 0 and 255: %w", numbers[0], codecs.ErrMalformed)
		}
		numbers = numbers[1:]
	}
	count = 1
	if len(numbers) > 0 {
		if count, err = strconv.Atoi(numbers[0]); err != nil || count < 1 || count > maxGroupCount || len(numbers) > 1 {
			return group, 0, 0, fmt.Errorf("c= line: %q is no number of groups: %w", strings.Join(numbers, "/"), codecs.ErrMalformed)
		}
	}
	return group, ttl, count, nil
}
