package webrtc

import (
	"encoding/binary"
	"net"

	"golang.org/x/sys/unix"

	"parley/qos"
)

// markMessage returns the control messages that mark one packet. A socket of
// both families gets both: the kernel heeds the one of the destination's.
func markMessage(local net.IP, dscp qos.DSCP) []byte {
	v4 := controlMessage(unix.IPPROTO_IP, unix.IP_TOS, dscp)
	if local.To4() != nil {
		return v4
	}
	return append(v4, controlMessage(unix.IPPROTO_IPV6, unix.IPV6_TCLASS, dscp)...)
}

func controlMessage(level, kind int32, dscp qos.DSCP) []byte {
	b := make([]byte, unix.CmsgSpace(4))
	// struct cmsghdr is length (size_t), level and type (int), native order.
	size := unix.CmsgLen(0)
	if size == 16 {
		binary.NativeEndian.PutUint64(b, uint64(unix.CmsgLen(4)))
	} else {
		binary.NativeEndian.PutUint32(b, uint32(unix.CmsgLen(4)))
	}
	binary.NativeEndian.PutUint32(b[size-8:], uint32(level))
	binary.NativeEndian.PutUint32(b[size-4:], uint32(kind))
	binary.NativeEndian.PutUint32(b[size:], uint32(dscp)<<2)
	return b
}
