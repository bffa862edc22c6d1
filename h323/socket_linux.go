package h323

import (
	"time"

	"golang.org/x/sys/unix"
)

// setOptions marks what is sent (RFC 2474 clause 3) and bounds how long it may
// stay unacknowledged (RFC 5482), for which keep-alives do not run.
func setOptions(fd uintptr, v6 bool, octet int) error {
	s := int(fd)
	_ = unix.SetsockoptInt(s, unix.IPPROTO_TCP, unix.TCP_USER_TIMEOUT, int(unacknowledged/time.Millisecond)) // a help, no need
	if octet == 0 {
		return nil
	}
	if !v6 {
		return unix.SetsockoptInt(s, unix.IPPROTO_IP, unix.IP_TOS, octet)
	}
	return unix.SetsockoptInt(s, unix.IPPROTO_IPV6, unix.IPV6_TCLASS, octet)
}
