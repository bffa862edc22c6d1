//go:build meeting

package meeting

import (
	"bytes"
	"context"
	"encoding/binary"
	"net/netip"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"parley/cmd/parley/meeting/internal/lab"
	"parley/codecs"
	"parley/codecs/elementary"
)

// viewer is a member of a group on the second host that only looks: it keeps the
// pictures of each SSRC, apart, as a file of H.264.
type viewer struct {
	mu   sync.Mutex
	seen map[uint32]*seen
}

// seen is what came under one SSRC.
type seen struct {
	file        bytes.Buffer
	writer      *elementary.Writer
	first, last time.Time
}

func viewGroup(t *testing.T, group string) *viewer {
	t.Helper()
	v := &viewer{seen: make(map[uint32]*seen)}
	eachPacket(t, netip.MustParseAddrPort(group), func(_ netip.Addr, b []byte) { v.look(t, b, time.Now()) })
	return v
}

func (v *viewer) look(t *testing.T, b []byte, now time.Time) {
	if len(b) < 12 || b[0]>>4 != 8 || len(b) < 12+4*int(b[0]&15) { // version 2, no padding, no extension
		t.Errorf("the group got what is no picture: % x", b[:min(len(b), 12)])
		return
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	ssrc := binary.BigEndian.Uint32(b[8:])
	s := v.seen[ssrc]
	if s == nil {
		s = &seen{first: now}
		s.writer, _ = elementary.New(&s.file, codecs.Format{Name: "H264", ClockRate: 90000})
		v.seen[ssrc] = s
	}
	s.last = now
	if err := s.writer.Write(&codecs.Packet{
		SequenceNumber: binary.BigEndian.Uint16(b[2:]), Timestamp: binary.BigEndian.Uint32(b[4:]), Marker: b[1]&0x80 != 0, Payload: b[12+4*int(b[0]&15):],
	}); err != nil {
		t.Error(err)
	}
}

// streams are those that were sent lately.
func (v *viewer) streams(since time.Time) (out []uint32) {
	v.mu.Lock()
	defer v.mu.Unlock()
	for ssrc, s := range v.seen {
		if s.last.After(since) {
			out = append(out, ssrc)
		}
	}
	return out
}

// awaitAnother waits until so many pictures came under another SSRC than one, and
// returns it, and when the first came.
func (v *viewer) awaitAnother(ctx context.Context, t *testing.T, than uint32, pictures uint64) (ssrc uint32, first time.Time) {
	t.Helper()
	poll(ctx, t, "no pictures of another sender", func() bool {
		v.mu.Lock()
		defer v.mu.Unlock()
		for other, s := range v.seen {
			if other != than && s.writer.Pictures() >= pictures {
				ssrc, first = other, s.first
			}
		}
		return ssrc != 0
	})
	return ssrc, first
}

// judge has ffmpeg decode one stream, and finds the bars in it.
func (v *viewer) judge(ctx context.Context, t *testing.T, ssrc uint32) {
	t.Helper()
	dir := t.TempDir()
	path := filepath.Join(dir, "seen.h264")
	v.mu.Lock()
	text := v.seen[ssrc].file.String()
	v.mu.Unlock()
	write(t, path, text)
	player := lab.Start(t, nil, "ffmpeg", "-hide_banner", "-nostdin", "-loglevel", "level+info", "-i", path, "-fps_mode", "passthrough", filepath.Join(dir, "picture-%03d.png"))
	awaitExit(ctx, t, player)
	checkDecoded(t, player.Output(), dir)
}
