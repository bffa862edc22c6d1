package conference_test

import (
	"log/slog"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"parley/codecs"
	"parley/codecs/l16"
	"parley/conference"
)

// resilient is an encoder of L16 that keeps what loss it was told of.
type resilient struct {
	codecs.Encoder
	told *atomic.Int32
}

func (r resilient) SetExpectedLoss(percent int) { r.told.Store(int32(percent)) }

// listener hears L16 and reports loss.
type listener struct {
	port
	loss atomic.Int32 // per thousand
	seat *conference.Seat
}

func (l *listener) Info() conference.Info         { return conference.Info{Name: "listener"} }
func (l *listener) Audio() conference.AudioPort   { return l }
func (l *listener) Video() conference.VideoPort   { return nil }
func (l *listener) Disconnect(c conference.Cause) { l.seat.Leave(c) }
func (l *listener) AudioFormat() codecs.Format {
	return codecs.Format{Name: "L16", ClockRate: 48000, Channels: 1}
}
func (l *listener) WritePayload(*codecs.Payload) {}
func (l *listener) Quality() conference.Quality {
	return conference.Quality{RemoteLossFraction: float64(l.loss.Load()) / 1000}
}

// What a listener reports lost reaches the encoder that serves it.
func TestReportedLossReachesTheEncoder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var told atomic.Int32
		codec := l16.Codec()
		newEncoder := codec.NewEncoder
		codec.NewEncoder = func(f codecs.Format) (codecs.Encoder, error) {
			e, err := newEncoder(f)
			return resilient{e, &told}, err
		}
		b, err := conference.NewBridge(conference.BridgeConfig{
			Codecs: codecs.NewSet(codec), Log: slog.New(slog.DiscardHandler),
			Conferences: []conference.Settings{{ID: "room"}},
		})
		if err != nil {
			t.Fatal(err)
		}
		room, err := b.Open("room")
		if err != nil {
			t.Fatal(err)
		}
		l := new(listener)
		if l.seat, err = room.Join(l); err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct{ perThousand, percent int32 }{{0, 0}, {71, 8}, {0, 0}} {
			l.loss.Store(c.perThousand)
			<-time.After(7 * time.Second)
			synctest.Wait()
			if got := told.Load(); got != c.percent {
				t.Errorf("%d per thousand reported: the encoder works against %d %%", c.perThousand, got)
			}
		}
		if err := b.Close(t.Context()); err != nil {
			t.Error(err)
		}
	})
}
