package video

import (
	"bytes"
	"encoding/binary"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"parley/codecs"
	"parley/codecs/h261"
	"parley/codecs/h263"
)

// recording is RTP packets that an encoder sent: five pictures, of which the
// first and the fourth are key frames.
type recording struct {
	format  codecs.Format
	packets []*codecs.Packet
}

// record reads packets framed as in RFC 4571.
func record(t *testing.T, format codecs.Format, file string) (r recording) {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("../../../codecs", file))
	if err != nil {
		t.Fatal(err)
	}
	r.format = format
	for len(b) > 0 {
		p := b[2 : 2+binary.BigEndian.Uint16(b)]
		b = b[2+len(p):]
		if len(p) > codecs.MaxPacket {
			continue
		}
		r.packets = append(r.packets, &codecs.Packet{
			SequenceNumber: binary.BigEndian.Uint16(p[2:]), Timestamp: binary.BigEndian.Uint32(p[4:]),
			SSRC: 1, Marker: p[1]&0x80 != 0, Payload: p[12:],
		})
	}
	return r
}

// picture returns the packets of one picture.
func (r recording) picture(n int) (out []*codecs.Packet) {
	for i, p := range r.packets {
		if i > 0 && p.Timestamp != r.packets[i-1].Timestamp {
			n--
		}
		if n == 0 {
			out = append(out, p)
		}
	}
	return out
}

// play sends packets.
func play(sw *Switch, id SourceID, packets []*codecs.Packet) {
	for _, p := range packets {
		live := *p
		live.Arrival = time.Now()
		sw.Forward(id, &live)
	}
	synctest.Wait()
}

// same reports whether ps are packets as they were sent, one by one.
func same(ps []got, sent []*codecs.Packet) bool {
	if len(ps) != len(sent) {
		return false
	}
	for i := range ps {
		if !bytes.Equal(ps[i].payload, sent[i].Payload) || ps[i].Marker != sent[i].Marker || ps[i].SequenceNumber != ps[0].SequenceNumber+uint16(i) {
			return false
		}
	}
	return true
}

// What encoders of H.261 and H.263 send is shown from the beginning of a key
// frame on, to who was there and to who comes late to a source that cannot be
// asked.
func TestOldCodecs(t *testing.T) {
	h261, old, plus := h261.Codec(), h263.Codec(), h263.Plus()
	set := codecs.NewSet(h261, old, plus)
	for file, codec := range map[string]codecs.Codec{
		"h261/testdata/ffmpeg.rtp":            h261,
		"h261/testdata/gstreamer.rtp":         h261,
		"h263/testdata/ffmpeg-rfc2190.rtp":    old,
		"h263/testdata/ffmpeg-rfc4629.rtp":    plus,
		"h263/testdata/gstreamer-rfc4629.rtp": plus,
	} {
		t.Run(file, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := record(t, codec.Formats[0], file)
				sw := New(set)
				defer sw.Close()
				sw.SetSource(1, SourceConfig{Format: r.format, RequestKeyframe: func() bool { return false }})
				var first, late screen
				sw.AddSink(first.config(r.format))
				synctest.Wait()
				play(sw, 1, r.picture(2)) // nothing to begin with
				play(sw, 1, r.picture(3))
				play(sw, 1, r.picture(4))
				want := append(r.picture(3), r.picture(4)...)
				if ps := first.take(); !same(ps, want) || !ps[0].Keyframe {
					t.Errorf("%d packets, want %d from the key frame on", len(ps), len(want))
				}
				sw.AddSink(late.config(r.format))
				pass(time.Second)
				if ps := late.take(); !same(ps, want) || !ps[0].Keyframe {
					t.Errorf("late: %d packets, want %d from the key frame on", len(ps), len(want))
				}
			})
		})
	}
}

// The rest of a key frame whose header was lost is not one.
func TestKeyFrameWithoutItsHeader(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := record(t, h261.Codec().Formats[0], "h261/testdata/ffmpeg.rtp")
		sw := New(codecs.NewSet(h261.Codec()))
		defer sw.Close()
		sw.SetSource(1, SourceConfig{Format: r.format, RequestKeyframe: func() bool { return false }})
		var first, late screen
		sw.AddSink(first.config(r.format))
		synctest.Wait()
		play(sw, 1, r.picture(0)[1:])
		sw.AddSink(late.config(r.format))
		pass(time.Second)
		play(sw, 1, r.picture(1))
		if n := len(first.take()) + len(late.take()); n != 0 {
			t.Errorf("%d packets are shown", n)
		}
	})
}

// A source that never sends a key frame, asked or not, is shown after a while
// from any picture on, where its pictures mend themselves.
func TestSourceWithoutKeyframes(t *testing.T) {
	for _, askable := range []bool{true, false} {
		synctest.Test(t, func(t *testing.T) {
			r := record(t, h261.Codec().Formats[0], "h261/testdata/ffmpeg.rtp")
			sw := New(codecs.NewSet(h261.Codec()))
			defer sw.Close()
			sw.SetSource(1, SourceConfig{Format: r.format, RequestKeyframe: func() bool { return askable }})
			var s screen
			sw.AddSink(s.config(r.format))
			synctest.Wait()
			begun := time.Now()
			next := r.picture(1)
			for time.Since(begun) < mendingTime {
				play(sw, 1, next)
				if n := len(s.take()); n != 0 {
					t.Fatalf("%d packets after %v", n, time.Since(begun))
				}
				pass(100 * time.Millisecond)
			}
			play(sw, 1, next)
			if ps := s.take(); !same(ps, next) || !ps[0].Keyframe {
				t.Errorf("askable %v: %d packets after %v", askable, len(ps), time.Since(begun))
			}
		})
	}
}

// Others do not mend: H.264 and VP8 are awaited for ever.
func TestKeyframeIsAwaited(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sw := New(testSet())
		defer sw.Close()
		c := &camera{sw: sw, id: 1, format: formatVP8}
		sw.SetSource(1, c.config(true))
		var s screen
		sw.AddSink(s.config(formatVP8))
		synctest.Wait()
		pass(2 * mendingTime)
		for begun := time.Now(); time.Since(begun) < 2*mendingTime; {
			c.shoot(false)
		}
		if n := len(s.take()); n != 0 {
			t.Errorf("%d packets without a key frame", n)
		}
	})
}
