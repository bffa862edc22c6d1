// Package capture reads recorded calls and their messages, for tests.
package capture

import (
	"errors"
	"io"
	"io/fs"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"parley/h323/pcap"
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
	for _, s := range packets(t, path) {
		if s.TCP {
			key := [2]netip.AddrPort{s.From, s.To}
			expected, open := next[key]
			if !open {
				expected = s.Sequence
			}
			skip := int(int32(expected - s.Sequence))
			if skip < 0 || skip >= len(s.Data) {
				continue
			}
			next[key] = s.Sequence + uint32(len(s.Data))
			s.Data = s.Data[skip:]
		}
		all = append(all, s)
	}
	return all
}

// Segment is what one packet carries over UDP or TCP.
type Segment = pcap.Packet

// packets reads a file.
func packets(t testing.TB, path string) []Segment {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var all []Segment
	for r := pcap.NewReader(f); ; {
		p, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		if len(p.Data) > 0 {
			all = append(all, p)
		}
	}
	if len(all) == 0 {
		t.Fatalf("%s has no packets", path)
	}
	return all
}

// Stream is one direction of a TCP connection.
type Stream struct {
	From, To netip.AddrPort
	Data     []byte
}
