package recorder

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"parley/codecs"
	"parley/codecs/builtin"
	"parley/codecs/wav"
	"parley/conference"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// party speaks a tone, of which hear is told, and shows pictures.
type party struct {
	hz   float64
	at   int
	hear func(*codecs.Frame)
}

func (p *party) Info() conference.Info                    { return conference.Info{Name: "party"} }
func (p *party) Audio() conference.AudioPort              { return p }
func (p *party) Video() conference.VideoPort              { return p }
func (p *party) Disconnect(conference.Cause)              {}
func (p *party) WriteFrame(*codecs.Frame)                 {}
func (p *party) Forward(*conference.VideoPacket)          {}
func (p *party) RequestKeyframe(conference.SourceID) bool { return false }
func (p *party) show(seat *conference.Seat, f codecs.Format) {
	seat.UpdateSource(seat.Source(), conference.SourceInfo{VideoFormat: f, Name: "camera", Address: "192.0.2.1:5004"})
}

func (p *party) ReadFrame(dst *codecs.Frame) bool {
	for i := range dst {
		dst[i] = int16(6000 * math.Sin(2*math.Pi*p.hz*float64(p.at+i)/codecs.SampleRate))
	}
	p.at += len(dst)
	if p.hear != nil {
		p.hear(dst)
	}
	return true
}

// room is a conference for the time of a test.
func room(t *testing.T) *conference.Conference {
	t.Helper()
	b, err := conference.NewBridge(conference.BridgeConfig{Codecs: builtin.Set(), Conferences: []conference.Settings{{ID: "room"}}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithCancel(context.Background())
		cancel() // the parties do not leave by themselves
		if err := b.Close(ctx); err != nil && !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	})
	c, err := b.Open("room")
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func seat(t *testing.T, c *conference.Conference, p conference.Participant) *conference.Seat {
	t.Helper()
	s, err := c.Join(p)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func start(t *testing.T, c *conference.Conference, cfg Config) *Recorder {
	t.Helper()
	r, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Join(c); err != nil {
		t.Fatal(err)
	}
	return r
}

// pass lets time pass.
func pass(d time.Duration) {
	timer := time.NewTimer(d)
	<-timer.C
	synctest.Wait()
}

// frequency is that of a file's sound.
func frequency(t *testing.T, path string) float64 {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r, err := wav.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	var count, samples int
	var last int16
	block := make([]int16, 1000)
	for {
		n, err := r.Read(block)
		for _, s := range block[:n] {
			if last < 0 && s >= 0 {
				count++
			}
			if last = s; s != 0 || samples > 0 {
				samples++
			}
		}
		if errors.Is(err, io.EOF) {
			return float64(count) / float64(samples) * float64(r.SampleRate())
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

func TestRecordsSoundVoicesAndPictures(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := room(t)
		dir := filepath.Join(t.TempDir(), "new")
		r := start(t, c, Config{Sound: filepath.Join(dir, "sound.wav"), Folder: dir, Voices: true})
		pass(time.Second)
		p := &party{hz: 500, hear: func(f *codecs.Frame) { r.HearVoice(7, f) }}
		s := seat(t, c, p)
		format := codecs.Format{Name: "H264", ClockRate: 90000, Fmtp: "packetization-mode=1;profile-level-id=f40034"}
		p.show(s, format)
		synctest.Wait()
		for i, payload := range [][]byte{{0x67, 1, 2, 3, 4}, {0x68, 2}, {0x65, 0x88, 3}, {0x41, 0x9a, 4}} {
			s.Forward(s.Source(), &codecs.Packet{
				SequenceNumber: uint16(i), Timestamp: uint32(max(0, i-2)) * 6000, Marker: i >= 2, Payload: payload, Arrival: time.Now(),
			})
		}
		pass(2 * time.Second)
		files, err := r.Close()
		if err != nil {
			t.Fatal(err)
		}
		if len(files) != 3 {
			t.Fatalf("%d files: %+v", len(files), files)
		}
		sound, voice, picture := files[0], files[1], files[2]
		if sound.Kind != KindSound || sound.Length < 2950*time.Millisecond || sound.Length > 3050*time.Millisecond {
			t.Errorf("sound: %+v", sound)
		}
		if voice.Kind != KindVoice || voice.Voice != 7 || voice.Begins < 950*time.Millisecond || voice.Length < 1950*time.Millisecond {
			t.Errorf("voice: %+v", voice)
		}
		for _, f := range files[:2] {
			if got := frequency(t, f.Path); math.Abs(got-500) > 10 {
				t.Errorf("%s sounds at %.1f Hz", f.Kind, got)
			}
		}
		if picture.Pictures != 2 || picture.Format != format || picture.Address != "192.0.2.1:5004" || picture.Name != "camera" {
			t.Errorf("picture: %+v", picture)
		}
		got, err := os.ReadFile(picture.Path)
		if err != nil {
			t.Fatal(err)
		}
		if want := []byte("\x00\x00\x00\x01\x65\x88\x03\x00\x00\x00\x01\x41\x9a\x04"); !bytes.HasSuffix(got, want) {
			t.Errorf("picture: %x", got)
		}
	})
}

// TestPicturesInOrderAndWhole has packets of H.264 overtake each other, and one be
// lost: what comes then is left out up to the next key frame, and counted.
func TestPicturesInOrderAndWhole(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := room(t)
		r := start(t, c, Config{Folder: t.TempDir()})
		p := new(party)
		s := seat(t, c, p)
		p.show(s, codecs.Format{Name: "H264", ClockRate: 90000, Fmtp: "packetization-mode=1;profile-level-id=42e01f"})
		synctest.Wait()
		for _, n := range []byte{0, 2, 1, 3, 5, 4, 9, 6, 7} { // two packets a picture; 8 is lost
			payload := []byte{0x41, 0x80 | n} // a slice that begins a picture, or
			if n == 0 {
				payload[0] = 0x65
			}
			if n%2 == 1 {
				payload[1] = 0x40 | n // goes on
			}
			s.Forward(s.Source(), &codecs.Packet{SequenceNumber: uint16(n), Timestamp: uint32(n/2) * 6000, Marker: n%2 == 1, Payload: payload})
		}
		for n := uint16(10); n < 80; n++ {
			payload := []byte{0x41, 0x80}
			if n == 20 {
				payload[0] = 0x65
			}
			s.Forward(s.Source(), &codecs.Packet{SequenceNumber: n, Timestamp: uint32(n) * 6000, Marker: true, Payload: payload})
		}
		pass(time.Second)
		files, err := r.Close()
		if err != nil || len(files) != 1 {
			t.Fatalf("%v: %+v", err, files)
		}
		if f := files[0]; f.Pictures != 4+60 || f.Omitted != 1+10 || f.Lost != 1 || f.Packets != 79 {
			t.Errorf("%+v", f)
		}
		got, err := os.ReadFile(files[0].Path)
		if err != nil {
			t.Fatal(err)
		}
		var want []byte
		for n := range byte(8) {
			want = append(want, 0, 0, 0, 1, 0x41, 0x80|n)
			if n == 0 {
				want[4] = 0x65
			}
			if n%2 == 1 {
				want[len(want)-1] = 0x40 | n
			}
		}
		if !bytes.HasPrefix(got, append(want, 0, 0, 0, 1, 0x65)) {
			t.Errorf("it begins with %x", got[:min(len(got), len(want)+5)])
		}
	})
}

func TestSilenceBetweenIsKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := room(t)
		dir := t.TempDir()
		r := start(t, c, Config{Folder: dir, Voices: true})
		var frame codecs.Frame
		frame[0] = 1
		for range 2 {
			r.HearVoice(1, &frame)
			pass(time.Second)
		}
		files, err := r.Close()
		if err != nil || len(files) != 1 {
			t.Fatalf("%v: %+v", err, files)
		}
		if d := files[0].Length; d < 1000*time.Millisecond || d > 1060*time.Millisecond {
			t.Errorf("two frames a second apart last %v", d)
		}
	})
}

func TestFilesAreNotReplacedUnasked(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.wav")
	if err := os.WriteFile(path, []byte("precious"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := New(Config{Sound: path}); !errors.Is(err, fs.ErrExist) {
		t.Errorf("an existing file: %v", err)
	}
	if b, err := os.ReadFile(path); err != nil || string(b) != "precious" {
		t.Errorf("it holds %q now, %v", b, err)
	}
	r, err := New(Config{Sound: path, Replace: true})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.Close(); err != nil {
		t.Error(err)
	}
	picture := filepath.Join(t.TempDir(), "picture-1.ivf")
	if err := os.WriteFile(picture, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := New(Config{Folder: filepath.Dir(picture)}); !errors.Is(err, fs.ErrExist) {
		t.Errorf("a folder with pictures: %v", err)
	}
	if _, err := New(Config{Folder: filepath.Join(path, "sub")}); !errors.Is(err, syscall.ENOTDIR) {
		t.Errorf("a folder within a file: %v", err)
	}
}

func TestFullDiskEndsTheRecording(t *testing.T) {
	const full = "/dev/full"
	if _, err := os.Stat(full); err != nil {
		t.Skip("no ", full)
	}
	synctest.Test(t, func(t *testing.T) {
		c := room(t)
		dir := t.TempDir()
		r := start(t, c, Config{Folder: dir, Voices: true, Replace: true})
		if err := os.Symlink(full, filepath.Join(dir, "voice-1.wav")); err != nil {
			t.Fatal(err)
		}
		r.HearVoice(1, new(codecs.Frame))
		<-r.Failed()
		if _, err := r.Close(); !errors.Is(err, syscall.ENOSPC) {
			t.Errorf("got %v", err)
		}
	})
}
