package player

import (
	"context"
	"errors"
	"io"
	"math"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"parley/codecs"
	"parley/codecs/builtin"
	"parley/conference"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// tone is a sine that ends, and then fails with err or ends.
type tone struct {
	rate    int
	at, end int
	err     error
}

const hz = 500

func (s *tone) SampleRate() int { return s.rate }

func (s *tone) Read(dst []int16) (int, error) {
	n := min(len(dst), s.end-s.at)
	for i := range n {
		dst[i] = int16(8000 * math.Sin(2*math.Pi*hz*float64(s.at+i)/float64(s.rate)))
	}
	s.at += n
	switch {
	case n > 0:
		return n, nil
	case s.err != nil:
		return 0, s.err
	}
	return 0, io.EOF
}

// ear is a Participant that keeps what it hears.
type ear struct{ heard []int16 }

func (e *ear) Info() conference.Info              { return conference.Info{Name: "ear"} }
func (e *ear) Audio() conference.AudioPort        { return e }
func (e *ear) Video() conference.VideoPort        { return nil }
func (e *ear) Disconnect(conference.Cause)        {}
func (e *ear) ReadFrame(*codecs.Frame) bool       { return false }
func (e *ear) WriteFrame(mix *codecs.Frame)       { e.heard = append(e.heard, mix[:]...) }
func (e *ear) crossings() (count, first, end int) { return crossings(e.heard) }

// crossings counts how often a sound rises through zero, from where it begins to
// where it ends.
func crossings(pcm []int16) (count, first, end int) {
	loud := func(s int16) bool { return s > 500 || s < -500 }
	first = slices.IndexFunc(pcm, loud)
	if first < 0 {
		return 0, 0, 0
	}
	for i := first + 1; i < len(pcm); i++ {
		if loud(pcm[i]) {
			end = i
		}
		if pcm[i-1] < 0 && pcm[i] >= 0 {
			count++
		}
	}
	return count, first, end
}

func play(t *testing.T, s *tone) (*Player, *ear, error) {
	t.Helper()
	b, err := conference.NewBridge(conference.BridgeConfig{Codecs: builtin.Set(), Conferences: []conference.Settings{{ID: "room"}}})
	if err != nil {
		t.Fatal(err)
	}
	c, err := b.Open("room")
	if err != nil {
		t.Fatal(err)
	}
	e := new(ear)
	seat, err := c.Join(e)
	if err != nil {
		t.Fatal(err)
	}
	p, err := New("player", s)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Join(c); err != nil {
		t.Fatal(err)
	}
	<-p.Done()
	err = p.Close()
	seat.Leave(conference.Cause{Code: conference.CauseLeft})
	if err := b.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
	return p, e, err
}

func TestPlaysToTheEnd(t *testing.T) {
	for _, rate := range []int{8000, 44100, 48000, 96000} {
		synctest.Test(t, func(t *testing.T) {
			p, e, err := play(t, &tone{rate: rate, end: 2 * rate})
			if err != nil {
				t.Fatal(err)
			}
			if d := p.Played(); d < 2*time.Second || d > 2040*time.Millisecond || p.Late() != 0 {
				t.Errorf("%d Hz: %v were played, %v late", rate, d, p.Late())
			}
			count, first, end := e.crossings()
			length := float64(end-first) / codecs.SampleRate
			if got := float64(count) / length; math.Abs(got-hz) > 5 || length < 1.9 || length > 2.03 {
				t.Errorf("%d Hz: heard %.1f Hz for %.2f s", rate, got, length)
			}
		})
	}
}

func TestTellsThatTheSoundBroke(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		broken := errors.New("broken")
		p, _, err := play(t, &tone{rate: 16000, end: 1600, err: broken})
		if !errors.Is(err, broken) || p.Played() != 100*time.Millisecond {
			t.Errorf("%v after %v", err, p.Played())
		}
	})
}

func TestEndsWhileNobodyListens(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, err := conference.NewBridge(conference.BridgeConfig{Codecs: builtin.Set(), Conferences: []conference.Settings{{ID: "room", MaxParticipants: 1}}})
		if err != nil {
			t.Fatal(err)
		}
		defer func() {
			if err := b.Close(context.Background()); err != nil {
				t.Error(err)
			}
		}()
		c, err := b.Open("room")
		if err != nil {
			t.Fatal(err)
		}
		first, second := &tone{rate: 8000, end: 1 << 30}, &tone{rate: 8000, end: 1 << 30}
		p, err := New("first", first)
		if err == nil {
			err = p.Join(c)
		}
		if err != nil {
			t.Fatal(err)
		}
		q, err := New("second", second)
		if err == nil {
			err = q.Join(c)
		}
		if !errors.Is(err, conference.ErrFull) {
			t.Errorf("a second one in a place for one: %v", err)
		}
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	})
}
