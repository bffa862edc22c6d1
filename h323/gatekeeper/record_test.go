package gatekeeper_test

import (
	"encoding/binary"
	"flag"
	"io"
	"os"
	"sync"
	"testing"
	"time"

	"parley/h323/ras"
)

// recordTo names a pcap file for all that passes in the meetings.
var recordTo = flag.String("record", "", "write all RAS of the tests to this pcap file")

var (
	recordMu sync.Mutex
	recorded *pcap
)

// record keeps a datagram in the file that the flag names.
func record(t *testing.T, d ras.Datagram) {
	if *recordTo == "" {
		return
	}
	recordMu.Lock()
	defer recordMu.Unlock()
	if recorded == nil {
		f, err := os.Create(*recordTo)
		if err != nil {
			t.Fatal(err)
		}
		recorded = newPcap(f)
	}
	if err := recorded.write(d); err != nil {
		t.Error(err)
	}
}

// pcap is a capture of raw IP.
type pcap struct {
	mu  sync.Mutex
	out io.Writer
	err error
}

func newPcap(out io.Writer) *pcap {
	header := binary.LittleEndian.AppendUint32(nil, 0xa1b2c3d4)
	header = binary.LittleEndian.AppendUint32(header, 2|4<<16)
	header = append(header, make([]byte, 8)...)
	header = binary.LittleEndian.AppendUint32(header, 65535)
	_, err := out.Write(binary.LittleEndian.AppendUint32(header, 101))
	return &pcap{out: out, err: err}
}

// checksum is UDP's over v6 (RFC 8200 8.1).
func checksum(d ras.Datagram, udp []byte) uint16 {
	sum := uint32(17 + len(udp))
	from, to := d.Local.Addr().As16(), d.Remote.Addr().As16()
	for _, part := range [][]byte{from[:], to[:], udp} {
		for i, b := range part {
			sum += uint32(b) << (8 * (1 - i&1))
		}
	}
	for sum > 0xffff {
		sum = sum&0xffff + sum>>16
	}
	return ^uint16(sum)
}

// write adds a datagram, with its sender as Local.
func (p *pcap) write(d ras.Datagram) error {
	var ip []byte
	udp := binary.BigEndian.AppendUint16(nil, d.Local.Port())
	udp = binary.BigEndian.AppendUint16(udp, d.Remote.Port())
	udp = binary.BigEndian.AppendUint16(udp, uint16(8+len(d.Data)))
	udp = append(append(udp, 0, 0), d.Data...)
	const protocol, hops = 17, 64
	if d.Remote.Addr().Is4() {
		ip = make([]byte, 12)
		ip[0], ip[8], ip[9] = 0x45, hops, protocol
		binary.BigEndian.PutUint16(ip[2:], uint16(20+len(udp)))
	} else {
		ip = make([]byte, 8)
		ip[0], ip[6], ip[7] = 0x60, protocol, hops
		binary.BigEndian.PutUint16(ip[4:], uint16(len(udp)))
		binary.BigEndian.PutUint16(udp[6:], checksum(d, udp)) // which v6 cannot do without
	}
	ip = append(append(append(ip, d.Local.Addr().AsSlice()...), d.Remote.Addr().AsSlice()...), udp...)
	now := time.Now()
	packet := binary.LittleEndian.AppendUint32(nil, uint32(now.Unix()))
	packet = binary.LittleEndian.AppendUint32(packet, uint32(now.Nanosecond()/1000))
	packet = binary.LittleEndian.AppendUint32(packet, uint32(len(ip)))
	packet = binary.LittleEndian.AppendUint32(packet, uint32(len(ip)))
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.err == nil {
		_, p.err = p.out.Write(append(packet, ip...))
	}
	return p.err
}
