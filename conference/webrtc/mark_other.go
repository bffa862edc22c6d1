//go:build !linux

package webrtc

import (
	"net"

	"parley/qos"
)

// markMessage returns nil: packets are marked only on Linux so far.
func markMessage(net.IP, qos.DSCP) []byte { return nil }
