// Package capture reads recorded calls, for tests.
package capture

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// Corpus is the folder of recorded H.323 below PARLEY_CORPORA, or below the
// folder shared/corpora beside the repository; "" where there is none.
func Corpus(t testing.TB) string {
	t.Helper()
	dir := os.Getenv("PARLEY_CORPORA")
	if dir != "" {
		return existing(filepath.Join(dir, "h323"))
	}
	up, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for ; up != filepath.Dir(up); up = filepath.Dir(up) {
		if dir := existing(filepath.Join(up, "shared", "corpora", "h323")); dir != "" {
			return dir
		}
	}
	return ""
}

func existing(dir string) string {
	if _, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) {
		return ""
	}
	return dir
}

// frame is one packet of a capture, without its link layer.
type frame []byte

// Read reads the UDP datagrams and TCP streams of a file of pcap or pcapng whose
// links are Ethernet, cooked Linux, or raw IP.
func Read(t testing.TB, path string) (datagrams []Segment, streams []*Stream) {
	t.Helper()
	for _, s := range Segments(t, path) {
		if !s.TCP {
			datagrams = append(datagrams, s)
			continue
		}
		i := slices.IndexFunc(streams, func(st *Stream) bool { return st.From == s.From && st.To == s.To })
		if i < 0 {
			i, streams = len(streams), append(streams, &Stream{From: s.From, To: s.To})
		}
		streams[i].Data = append(streams[i].Data, s.Data...)
	}
	return datagrams, streams
}

// Segments reads the same packet by packet. Of TCP, what was sent again is left
// out; a gap ends the stream.
func Segments(t testing.TB, path string) []Segment {
	t.Helper()
	next := map[[2]netip.AddrPort]uint32{}
	var all []Segment
	for i, f := range frames(t, path) {
		s, ok := f.transport()
		if !ok || len(s.Data) == 0 {
			continue
		}
		s.Number = i + 1
		if s.TCP {
			key := [2]netip.AddrPort{s.From, s.To}
			expected, open := next[key]
			if !open {
				expected = s.sequence
			}
			skip := int(int32(expected - s.sequence))
			if skip < 0 || skip >= len(s.Data) {
				continue
			}
			next[key] = s.sequence + uint32(len(s.Data))
			s.Data = s.Data[skip:]
		}
		all = append(all, s)
	}
	return all
}

// frames reads the packets of a file.
func frames(t testing.TB, path string) []frame {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if len(data) < 24 {
		t.Fatalf("%s: %d octets", path, len(data))
	}
	var frames []frame
	switch binary.LittleEndian.Uint32(data) {
	case 0xa1b2c3d4, 0xa1b23c4d:
		frames, err = readPcap(data, binary.LittleEndian)
	case 0xd4c3b2a1, 0x4d3cb2a1:
		frames, err = readPcap(data, binary.BigEndian)
	case 0x0a0d0d0a:
		frames, err = readPcapng(data)
	default:
		err = errors.New("no capture")
	}
	if err != nil || len(frames) == 0 {
		t.Fatalf("%s: %d frames, %v", path, len(frames), err)
	}
	return frames
}

func readPcap(data []byte, order binary.ByteOrder) ([]frame, error) {
	link := order.Uint32(data[20:]) & 0xffff
	var frames []frame
	for data = data[24:]; len(data) >= 16; {
		n := int(order.Uint32(data[8:]))
		if len(data) < 16+n {
			return nil, errors.New("cut record")
		}
		f, err := network(link, data[16:16+n])
		if err != nil {
			return nil, err
		}
		frames, data = append(frames, f), data[16+n:]
	}
	return frames, nil
}

// readPcapng reads sections, interfaces and enhanced packets.
func readPcapng(data []byte) ([]frame, error) {
	var order binary.ByteOrder = binary.LittleEndian
	var links []uint32
	var frames []frame
	for len(data) >= 12 {
		kind := order.Uint32(data)
		if kind == 0x0a0d0d0a {
			links, order = nil, binary.LittleEndian
			if binary.LittleEndian.Uint32(data[8:]) != 0x1a2b3c4d {
				order = binary.BigEndian
			}
		}
		n := int(order.Uint32(data[4:]))
		if n < 12 || n > len(data) {
			return nil, fmt.Errorf("block of %d octets", n)
		}
		body := data[8 : n-4]
		switch kind {
		case 1:
			links = append(links, uint32(order.Uint16(body)))
		case 6:
			f, err := network(links[order.Uint32(body)], body[20:20+order.Uint32(body[12:])])
			if err != nil {
				return nil, err
			}
			frames = append(frames, f)
		}
		data = data[n:]
	}
	return frames, nil
}

// network cuts the link layer off.
func network(link uint32, data []byte) (frame, error) {
	cut := map[uint32]int{1: 14, 101: 0, 113: 16, 228: 0, 229: 0, 276: 20}
	n, ok := cut[link]
	if !ok || len(data) < n {
		return nil, fmt.Errorf("link type %d, %d octets", link, len(data))
	}
	return data[n:], nil
}

// Segment is what one packet carries over UDP or TCP.
type Segment struct {
	// Number of the packet in the file, from 1.
	Number   int
	TCP      bool
	From, To netip.AddrPort
	Data     []byte
	sequence uint32
}

// transport reads IP and UDP or TCP; not ok is anything else.
func (f frame) transport() (s Segment, ok bool) {
	if len(f) < 20 {
		return s, false
	}
	var from, to netip.Addr
	var protocol byte
	var body []byte
	switch f[0] >> 4 {
	case 4:
		from, _ = netip.AddrFromSlice(f[12:16])
		to, _ = netip.AddrFromSlice(f[16:20])
		protocol, body = f[9], f[int(f[0]&15)*4:binary.BigEndian.Uint16(f[2:])]
	case 6:
		from, _ = netip.AddrFromSlice(f[8:24])
		to, _ = netip.AddrFromSlice(f[24:40])
		protocol, body = f[6], f[40:40+binary.BigEndian.Uint16(f[4:])]
	default:
		return s, false
	}
	if len(body) < 8 {
		return s, false
	}
	s.From = netip.AddrPortFrom(from, binary.BigEndian.Uint16(body))
	s.To = netip.AddrPortFrom(to, binary.BigEndian.Uint16(body[2:]))
	switch protocol {
	case 6:
		s.TCP, s.sequence, s.Data = true, binary.BigEndian.Uint32(body[4:]), body[int(body[12]>>4)*4:]
	case 17:
		s.Data = body[8:]
	default:
		return s, false
	}
	return s, true
}

// Stream is one direction of a TCP connection.
type Stream struct {
	From, To netip.AddrPort
	Data     []byte
}
