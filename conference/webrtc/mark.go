package webrtc

import (
	"encoding/binary"
	"maps"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"

	"parley/qos"
)

// markedConn is the UDP socket of all browsers. Sound, pictures, STUN and DTLS
// leave by the one socket, so the mark is set per packet: EF for sound and
// AF41 for all else (RFC 8837 5). Sound is known by its SSRC, which SRTP
// leaves in clear.
type markedConn struct {
	*net.UDPConn
	ef, af41 []byte // control messages

	mu    sync.Mutex                          // serializes changes of audio
	audio atomic.Pointer[map[uint32]struct{}] // never changed in place
}

func newMarkedConn(conn *net.UDPConn) *markedConn {
	c := &markedConn{UDPConn: conn}
	c.audio.Store(&map[uint32]struct{}{})
	local, _ := conn.LocalAddr().(*net.UDPAddr)
	c.ef, c.af41 = markMessage(local.IP, qos.DSCPEF), markMessage(local.IP, qos.DSCPAF41)
	return c
}

// addAudio and removeAudio tell which SSRCs are sound.
func (c *markedConn) addAudio(ssrc uint32) {
	c.changeAudio(func(m map[uint32]struct{}) { m[ssrc] = struct{}{} })
}

func (c *markedConn) removeAudio(ssrc uint32) {
	c.changeAudio(func(m map[uint32]struct{}) { delete(m, ssrc) })
}

func (c *markedConn) changeAudio(change func(map[uint32]struct{})) {
	c.mu.Lock()
	defer c.mu.Unlock()
	m := maps.Clone(*c.audio.Load())
	change(m)
	c.audio.Store(&m)
}

// mark returns the control messages for b.
func (c *markedConn) mark(b []byte) []byte {
	// RTP is told from STUN and DTLS by its first byte and from RTCP by its
	// second (RFC 7983 7, RFC 5761 4).
	if len(b) >= 12 && b[0]>>6 == 2 && (b[1] < 192 || b[1] > 223) {
		if _, ok := (*c.audio.Load())[binary.BigEndian.Uint32(b[8:])]; ok {
			return c.ef
		}
	}
	return c.af41
}

// ReadFromAddrPort implements ice.AddrPortReaderWriter.
func (c *markedConn) ReadFromAddrPort(b []byte) (int, netip.AddrPort, error) {
	return c.ReadFromUDPAddrPort(b)
}

// WriteToAddrPort implements ice.AddrPortReaderWriter.
func (c *markedConn) WriteToAddrPort(b []byte, addr netip.AddrPort) (int, error) {
	n, _, err := c.WriteMsgUDPAddrPort(b, c.mark(b), addr)
	return n, err
}

// WriteTo implements net.PacketConn.
func (c *markedConn) WriteTo(b []byte, addr net.Addr) (int, error) {
	udp, ok := addr.(*net.UDPAddr)
	if !ok {
		return c.UDPConn.WriteTo(b, addr)
	}
	return c.WriteToAddrPort(b, udp.AddrPort())
}
