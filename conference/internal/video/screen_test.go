package video

import (
	"encoding/binary"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"parley/codecs"
	"parley/codecs/h264"
	"parley/codecs/vp8"
)

// got is a packet that a sink received.
type got struct {
	Packet
	payload []byte
	at      time.Time
}

// screen is a sink that keeps what it gets.
type screen struct {
	mu      sync.Mutex
	packets []got
	missing [][]Missing
	gate    chan struct{} // when not nil, each packet waits for it
}

func (s *screen) config(formats ...codecs.Format) SinkConfig {
	return SinkConfig{Formats: formats,
		Forward: func(p *Packet) {
			if s.gate != nil {
				<-s.gate
			}
			s.mu.Lock()
			defer s.mu.Unlock()
			payload := append(append([]byte(nil), p.Head...), p.Payload...)
			s.packets = append(s.packets, got{*p, payload, time.Now()})
		},
		MissingChanged: func(m []Missing) {
			s.mu.Lock()
			defer s.mu.Unlock()
			s.missing = append(s.missing, m)
		},
	}
}

// take returns what came since the last call.
func (s *screen) take() []got {
	synctest.Wait()
	s.mu.Lock()
	defer s.mu.Unlock()
	out := s.packets
	s.packets = nil
	return out
}

// decoder checks one stream as a strict receiver does.
type decoder struct {
	started bool
	last    got
	source  SourceID
	sets    bool // parameter sets came since the source changed
	picture int  // last VP8 picture id
	tl0     int
	changes int
}

// feed reports each breach of: the stream and each new source begin with a key
// frame, with parameter sets for H.264; sequence numbers go up by one;
// timestamps never fall, stay the same within a picture and are apart between
// pictures; VP8 picture ids and TL0PICIDX go up by one per picture.
func (d *decoder) feed(t *testing.T, ps []got) {
	t.Helper()
	for _, p := range ps {
		changed := !d.started || p.Source != d.source
		if changed && !p.Keyframe {
			t.Fatalf("source %d begins without a key frame", p.Source)
		}
		if d.started {
			if p.SequenceNumber != d.last.SequenceNumber+1 {
				t.Fatalf("sequence number %d after %d", p.SequenceNumber, d.last.SequenceNumber)
			}
			diff := int32(p.Timestamp - d.last.Timestamp)
			if changed && !d.last.Marker {
				t.Fatal("source changed within a picture")
			}
			if diff < 0 || (diff == 0) == (d.last.Marker || changed) {
				t.Fatalf("timestamp advance %d (marker %v, changed %v)", diff, d.last.Marker, changed)
			}
		}
		if changed {
			d.sets = false
			d.changes++
		}
		d.codec(t, p, changed)
		d.started, d.last, d.source = true, p, p.Source
	}
}

func (d *decoder) codec(t *testing.T, p got, changed bool) {
	t.Helper()
	if p.Format.Is("H264") {
		info := h264.Inspect(p.payload)
		d.sets = d.sets || info.ParameterSets
		if info.FrameStart && !d.sets {
			t.Fatal("H.264 picture before parameter sets")
		}
		return
	}
	var v vp8.Descriptor
	n, err := v.Unmarshal(p.payload)
	if err != nil {
		t.Fatal(err)
	}
	info := v.Inspect(p.payload[n:])
	if changed && !info.Keyframe {
		t.Fatal("VP8 source begins without a key frame")
	}
	if info.FrameStart {
		if d.picture > 0 && (int(v.PictureID) != (d.picture+1)&0x7fff || int(v.TL0PICIDX) != (d.tl0+1)&0xff) {
			t.Fatalf("picture id %d after %d, TL0PICIDX %d after %d", v.PictureID, d.picture, v.TL0PICIDX, d.tl0)
		}
		d.picture, d.tl0 = int(v.PictureID), int(v.TL0PICIDX)
	} else if int(v.PictureID) != d.picture {
		t.Fatalf("picture id %d within %d", v.PictureID, d.picture)
	}
}

func serials(ps []got) []uint32 {
	var out []uint32
	for _, p := range ps {
		if n := len(p.payload); n >= 4 && h264.TypeOf(p.payload) != h264.NALSTAPA {
			out = append(out, binary.BigEndian.Uint32(p.payload[n-4:]))
		}
	}
	return out
}
