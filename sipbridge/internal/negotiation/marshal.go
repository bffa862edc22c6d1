package negotiation

import (
	"fmt"
	"net/netip"
	"strings"
)

// marshal writes a description of lines (RFC 8866 5). The version rises with
// each one that differs from the last (RFC 3264 8); a mere refresh repeats it.
func (m *Machine) marshal(addr netip.Addr, lines []line) []byte {
	addr = addr.Unmap()
	family := "IP4"
	if addr.Is6() {
		family = "IP6"
	}
	var b strings.Builder
	fmt.Fprintf(&b, "s=parley\r\nc=IN %s %s\r\nt=0 0\r\n", family, addr)
	for i := range lines {
		lines[i].write(&b)
	}
	if b.String() != m.described {
		m.described = b.String()
		m.version++
	}
	return fmt.Appendf(nil, "v=0\r\no=- %d %d IN %s %s\r\n%s", m.id, m.version, family, addr, m.described)
}

func (l *line) write(b *strings.Builder) {
	if l.leg < 0 {
		// A refused stream repeats the offered formats, which mean nothing
		// (RFC 3264 6).
		formats := strings.Join(l.formats, " ")
		if formats == "" {
			formats = "0" // an own line that was refused; fmt is not optional
		}
		fmt.Fprintf(b, "m=%s 0 %s %s\r\n", l.media, l.proto, formats)
		l.writeMid(b)
		return
	}
	fmt.Fprintf(b, "m=%s %d %s", l.media, l.ports.RTP, l.proto)
	for _, m := range l.receive {
		fmt.Fprintf(b, " %d", m.PayloadType)
	}
	b.WriteString("\r\n")
	l.writeMid(b)
	for _, m := range l.receive {
		for _, a := range attributes(m) {
			fmt.Fprintf(b, "a=%s\r\n", a)
		}
	}
	if l.leg == 0 {
		b.WriteString("a=ptime:20\r\n")
	}
	if l.pli {
		b.WriteString("a=rtcp-fb:* nack pli\r\n")
	}
	if l.fir {
		b.WriteString("a=rtcp-fb:* ccm fir\r\n")
	}
	if l.tmmbr {
		b.WriteString("a=rtcp-fb:* ccm tmmbr\r\n")
	}
	switch {
	case l.mux:
		b.WriteString("a=rtcp-mux\r\n")
	case l.ports.RTCP != l.ports.RTP+1:
		fmt.Fprintf(b, "a=rtcp:%d\r\n", l.ports.RTCP) // RFC 3605
	}
	fmt.Fprintf(b, "a=%s\r\n", l.dir)
}

func (l *line) writeMid(b *strings.Builder) {
	if l.mid != "" {
		fmt.Fprintf(b, "a=mid:%s\r\n", l.mid)
	}
}
