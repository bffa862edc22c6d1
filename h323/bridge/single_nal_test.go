package bridge

import (
	"bytes"
	"context"
	"encoding/binary"
	"log/slog"
	"net"
	"net/netip"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"parley/codecs"
	"parley/qos/rtp"
	"parley/qos/rtp/leg"
)

// rail is a stream of pictures to a socket of the test's.
type rail struct {
	t      *testing.T
	video  *leg.Video
	socket *net.UDPConn
	to     netip.AddrPort
	begun  bool
	last   uint16 // sequence number
}

func newRail(t *testing.T) *rail {
	t.Helper()
	socket, err := net.ListenUDP("udp", net.UDPAddrFromAddrPort(netip.MustParseAddrPort("127.0.0.1:0")))
	if err != nil {
		t.Fatal(err)
	}
	r := &rail{t: t, socket: socket, to: socket.LocalAddr().(*net.UDPAddr).AddrPort()}
	r.video = leg.NewVideo(leg.VideoConfig{
		Totals: &leg.Totals{}, Log: slog.New(slog.DiscardHandler), Ready: always, Changed: stray,
		Picture: func(*codecs.Packet) {}, Requested: func() {},
	})
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		r.video.Close(ctx)
		_ = socket.Close()
	})
	if _, _, err := r.video.Open(netip.MustParseAddr("127.0.0.1"), rtp.PortRange{}, 0); err != nil {
		t.Fatal(err)
	}
	return r
}

// agree makes f what the receiver takes.
func (r *rail) agree(f codecs.Format) {
	r.t.Helper()
	if err := r.video.Apply(leg.VideoTerms{
		Terms: leg.Terms{Active: true, Remote: r.to, CNAME: "test"},
		Send:  []codecs.Mapping{{PayloadType: 97, Format: f}},
	}); err != nil {
		r.t.Fatal(err)
	}
}

// arrived is what a receiver sees of a packet.
type arrived struct {
	Step    int // of the sequence number, from the one before; of the first 0
	Marker  bool
	Payload []byte
}

// receives returns n packets.
func (r *rail) receives(n int) (all []arrived) {
	r.t.Helper()
	buf := make([]byte, 1<<16)
	_ = r.socket.SetReadDeadline(time.Now().Add(patience))
	for len(all) < n {
		size, _, err := r.socket.ReadFromUDPAddrPort(buf)
		if err != nil {
			r.t.Fatalf("%d packets of %d: %v", len(all), n, err)
		}
		head := 12 + 4*int(buf[0]&15)
		if size < head || buf[1]&0x7f != 97 {
			continue
		}
		seq := binary.BigEndian.Uint16(buf[2:])
		a := arrived{Step: int(seq - r.last), Marker: buf[1]&0x80 != 0, Payload: bytes.Clone(buf[head:size])}
		if !r.begun {
			a.Step = 0
		}
		r.begun, r.last = true, seq
		all = append(all, a)
	}
	return all
}

// fragments are the FU-A (RFC 6184 5.8) of a NAL unit, of size octets each.
func fragments(unit []byte, size int) (out [][]byte) {
	indicator, kind := unit[0]&0xe0|28, unit[0]&0x1f
	for rest, flag := unit[1:], byte(0x80); len(rest) > 0; flag = 0 {
		n := min(size, len(rest))
		if n == len(rest) {
			flag |= 0x40
		}
		out = append(out, append([]byte{indicator, flag | kind}, rest[:n]...))
		rest = rest[n:]
	}
	return out
}

// To who takes packetization mode 0, each packet is one NAL unit: fragments are
// put together, aggregates are taken apart, the picture's last packet alone has the
// marker, and what is lost on the way in leaves one gap and no half of a unit.
func TestSingleNAL(t *testing.T) {
	r := newRail(t)
	mode0 := formatH264.WithParam("packetization-mode", "0")
	r.agree(mode0)
	var s singleNAL
	sequence := uint16(65530)
	send := func(marker bool, payload []byte) {
		s.send(r.video, &leg.Picture{Format: formatH264, SequenceNumber: sequence, Marker: marker, Payload: payload}, 1)
		sequence++
	}
	sps, pps := []byte{0x67, 1, 2}, []byte{0x68, 3}
	idr := append([]byte{0x65}, bytes.Repeat([]byte{7}, 5000)...)
	slice := append([]byte{0x41}, bytes.Repeat([]byte{9}, 3000)...)
	stap := []byte{0x78, 0, 3, 0x67, 1, 2, 0, 2, 0x68, 3}

	send(false, stap)
	for i, f := range fragments(idr, 1200) {
		send(i == 4, f)
	}
	send(true, slice[:100])
	lossy := fragments(slice, 1200)
	send(false, lossy[0])
	sequence++ // lost
	send(true, lossy[2])
	for i, f := range fragments(slice, 1200) {
		send(i == 2, f)
	}
	want := []arrived{
		{0, false, sps}, {1, false, pps}, {1, true, idr}, {1, true, slice[:100]}, {2, true, slice},
	}
	if d := cmp.Diff(want, r.receives(len(want))); d != "" {
		t.Error(d)
	}
	// A unit that no datagram holds is left out, and missed.
	for _, f := range fragments(append([]byte{0x65}, make([]byte, maxReassembled+1)...), 1200) {
		send(false, f)
	}
	send(true, pps)
	if got := r.receives(1)[0]; !bytes.Equal(got.Payload, pps) || got.Step != 2 {
		t.Errorf("% x, %d packets after a unit that is too long", got.Payload, got.Step)
	}

	// The same source in a channel of mode 1 passes as it is.
	r.agree(formatH264)
	s.send(r.video, &leg.Picture{Format: formatH264, SequenceNumber: 7, Payload: stap}, 2)
	if got := r.receives(1)[0]; !bytes.Equal(got.Payload, stap) {
		t.Errorf("% x in mode 1", got.Payload)
	}
}

// Aggregates that lie about their lengths give what is whole, and no more.
func TestSplit(t *testing.T) {
	for name, tt := range map[string]struct {
		payload []byte
		want    [][]byte
	}{
		"empty":       {[]byte{0x78}, nil},
		"whole":       {[]byte{0x78, 0, 1, 0x67, 0, 2, 0x68, 3}, [][]byte{{0x67}, {0x68, 3}}},
		"cut":         {[]byte{0x78, 0, 1, 0x67, 0, 3, 0x68, 3}, [][]byte{{0x67}}},
		"cut length":  {[]byte{0x78, 0, 1, 0x67, 0}, [][]byte{{0x67}}},
		"length of 0": {[]byte{0x78, 0, 0, 0, 1, 0x67}, nil},
		"longest":     {[]byte{0x78, 0xff, 0xff, 0x67}, nil},
	} {
		if d := cmp.Diff(tt.want, split(tt.payload)); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
}
