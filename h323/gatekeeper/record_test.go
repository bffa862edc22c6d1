package gatekeeper_test

import (
	"encoding/binary"
	"flag"
	"os"
	"sync"
	"testing"
	"time"

	"parley/h323/ras"
)

// recordTo names a pcap file for all that passes in the meetings.
var recordTo = flag.String("record", "", "write all RAS of the tests to this pcap file")

var (
	recordMu   sync.Mutex
	recordFile *os.File
)

// record writes a datagram as raw IPv4 and UDP.
func record(t *testing.T, d ras.Datagram) {
	if *recordTo == "" {
		return
	}
	recordMu.Lock()
	defer recordMu.Unlock()
	if recordFile == nil {
		f, err := os.Create(*recordTo)
		if err != nil {
			t.Fatal(err)
		}
		recordFile = f
		header := binary.LittleEndian.AppendUint32(nil, 0xa1b2c3d4)
		header = binary.LittleEndian.AppendUint32(header, 2|4<<16)
		header = append(header, make([]byte, 8)...)
		header = binary.LittleEndian.AppendUint32(header, 65535)
		f.Write(binary.LittleEndian.AppendUint32(header, 101)) //nolint:errcheck // for eyes only
	}
	n := 28 + len(d.Data)
	ip := make([]byte, 28, n)
	ip[0], ip[8], ip[9] = 0x45, 64, 17
	binary.BigEndian.PutUint16(ip[2:], uint16(n))
	copy(ip[12:], d.Local.Addr().AsSlice())
	copy(ip[16:], d.Remote.Addr().AsSlice())
	binary.BigEndian.PutUint16(ip[20:], d.Local.Port())
	binary.BigEndian.PutUint16(ip[22:], d.Remote.Port())
	binary.BigEndian.PutUint16(ip[24:], uint16(8+len(d.Data)))
	now := time.Now()
	p := binary.LittleEndian.AppendUint32(nil, uint32(now.Unix()))
	p = binary.LittleEndian.AppendUint32(p, uint32(now.Nanosecond()/1000))
	p = binary.LittleEndian.AppendUint32(p, uint32(n))
	p = binary.LittleEndian.AppendUint32(p, uint32(n))
	recordFile.Write(append(append(p, ip...), d.Data...)) //nolint:errcheck // for eyes only
}
