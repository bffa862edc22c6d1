package leg

import (
	"context"
	"log/slog"
	"net/netip"
	"testing"

	"parley/qos/rtp"
)

// Shared ports are given up for others until a session uses them.
func TestSharedPorts(t *testing.T) {
	host := netip.MustParseAddr("127.0.0.1")
	m, err := rtp.ListenMultiplex(rtp.MultiplexConfig{Addr: host})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := m.Close(); err != nil {
			t.Error(err)
		}
	})
	open := func(l *Leg) (port uint16, shared bool) {
		t.Helper()
		if port, _, err = l.Open(host, rtp.PortRange{}, 0); err != nil {
			t.Fatal(err)
		}
		return port, l.Shared()
	}
	share := func(l *Leg) uint16 {
		t.Helper()
		port, _, _, shared, err := l.OpenShared(m, 0)
		if err != nil || !shared {
			t.Fatal(shared, err)
		}
		return port
	}
	audio := NewAudio(AudioConfig{Totals: new(Totals), Log: slog.New(slog.DiscardHandler), Ready: func() bool { return true }})
	defer audio.Close(context.Background())
	if port := share(audio.Leg); port != m.LocalRTP().Port() {
		t.Errorf("port %d is shared", port)
	}
	if port, shared := open(audio.Leg); shared || port == m.LocalRTP().Port() || m.Stats().Sessions != 0 {
		t.Errorf("port %d, shared %v, %d places", port, shared, m.Stats().Sessions)
	}
	video := NewVideo(VideoConfig{Totals: new(Totals), Log: slog.New(slog.DiscardHandler)})
	defer video.Close(context.Background())
	share(video.Leg)
	if err := video.Apply(VideoTerms{Terms: Terms{Active: true}}); err != nil {
		t.Fatal(err)
	}
	if port, shared := open(video.Leg); !shared || port != m.LocalRTP().Port() {
		t.Errorf("port %d in use, shared %v", port, shared)
	}
}
