package rtp

import (
	"encoding/binary"
	"net/netip"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/pion/rtcp"

	"parley/codecs"
)

// corpus returns the folder of foreign samples, or "" where there is none:
// PARLEY_CORPORA, or shared/corpora beside a folder above this one.
func corpus(name string) string {
	if root := os.Getenv("PARLEY_CORPORA"); root != "" {
		return filepath.Join(root, name)
	}
	dir, err := os.Getwd()
	if err != nil {
		return ""
	}
	for dir != filepath.Dir(dir) {
		at := filepath.Join(dir, "shared", "corpora", name)
		if _, err := os.Stat(at); err == nil {
			return at
		}
		dir = filepath.Dir(dir)
	}
	return ""
}

// seeds adds own samples and all of the corpus to f.
func seeds(f *testing.F) {
	own := [][]byte{
		{},
		{0x80},
		append([]byte{0x80, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 7}, 1, 2, 3),
		append([]byte{0x8f, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 7}, 1, 2, 3),                      // CSRCs cut off
		append([]byte{0x90, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 7}, 0xbe, 0xde, 0xff, 0xff),       // extension too long
		append([]byte{0xa0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 7}, 1, 2, 0xff),                   // padding too long
		{0x81, 202, 0, 1, 0, 0, 0, 7},                                                       // SDES without end
		{0x80, 201, 0xff, 0xff, 0, 0, 0, 7},                                                 // length too long
		{0xa0, 201, 0, 1, 0, 0, 0, 200},                                                     // padding too long
		{0x9f, 200, 0, 1, 0, 0, 0, 7},                                                       // blocks cut off
		{0x80, 201, 0, 1, 0, 0, 0, 7, 0x81, 202, 0, 2, 0, 0, 0, 7, 1, 200, 'x', 0},          // item too long
		{0x80, 201, 0, 1, 0, 0, 0, 7, 0x84, 206, 0, 3, 0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0, 10}, // half a FIR
	}
	if b, err := rtcp.Marshal(append(named(7, "them"), &rtcp.Goodbye{Sources: []uint32{7}, Reason: "x"})); err == nil {
		own = append(own, b)
	}
	if b, err := rtcp.Marshal(append(named(7, "them"), &rtcp.ExtendedReport{SenderSSRC: 7, Reports: []rtcp.ReportBlock{
		&rtcp.ReceiverReferenceTimeReportBlock{NTPTimestamp: 1 << 40},
		&rtcp.DLRRReportBlock{Reports: []rtcp.DLRRReport{{SSRC: 0x0a, LastRR: 5, DLRR: 6}}},
		&rtcp.StatisticsSummaryReportBlock{SSRC: 0x0a, JitterReports: true},
		&rtcp.VoIPMetricsReportBlock{SSRC: 0x0a},
		&rtcp.LossRLEReportBlock{SSRC: 0x0a, Chunks: []rtcp.Chunk{1, 2}},
	}})); err == nil {
		own = append(own, b, b[:len(b)-4])
	}
	own = append(own,
		append([]byte{0x80, 201, 0, 1, 0, 0, 0, 7, 0x80, 209, 0, 6, 0, 0, 0, 7, 0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0, 0, 12, 2, 0, 100}, 0, 0, 3, 232),
		[]byte{0x80, 201, 0, 1, 0, 0, 0, 7, 0x80, 209, 0, 5, 0, 0, 0, 7, 0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0, 0, 12, 0, 0, 100}, // a block of no length
		[]byte{0x80, 201, 0, 1, 0, 0, 0, 7, 0x80, 207, 0, 2, 0, 0, 0, 7, 5, 0, 0, 9},                                        // an XR block too long
	)
	for _, b := range own {
		f.Add(b)
	}
	dir := corpus("rtp-rtcp-sdp")
	if dir == "" {
		return
	}
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		b, err := os.ReadFile(path)
		if err == nil && len(b) <= codecs.MaxPacket {
			f.Add(b)
		}
		return err
	})
	if err != nil {
		f.Fatal(err)
	}
}

// FuzzReceive feeds datagrams to both entrances of a unicast session and a
// group. Each may hold many packets, as [length][octets].
func FuzzReceive(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, role := range []func(*Config){nil, func(*Config) {}, distributes(FeedbackReflection), distributes(FeedbackSummary), obeys} {
			group := role != nil
			b := newBench(t, group, role)
			b.sent(Header{SequenceNumber: 1, CSRC: []uint32{1, 2}})
			feed(b, data)
			for rest := data; len(rest) > 2; {
				n := min(int(binary.BigEndian.Uint16(rest)), len(rest)-2)
				feed(b, rest[2:2+n])
				rest = rest[2+n:]
			}
			if len(b.m.sources) > maxMembersGroup || !group && len(b.m.sources) > maxMembersUnicast {
				t.Fatalf("%d sources", len(b.m.sources))
			}
			b.now = b.now.Add(time.Minute)
			b.m.expire(b.now)
			for _, a := range b.actions() {
				if a.kind != actReport {
					continue
				}
				if _, err := checkCompound(a.packet); err != nil {
					t.Fatalf("our own report: %v", err)
				}
			}
		}
	})
}

func distributes(model FeedbackModel) func(*Config) {
	return func(c *Config) { c.Feedback = &Feedback{Target: feedbackTarget, Distribute: true, Model: model} }
}

// obeys makes a member whose distribution source is the stranger.
func obeys(c *Config) { c.Feedback = &Feedback{Target: stranger, Model: FeedbackSummary} }

func feed(b *bench, data []byte) {
	var p codecs.Packet
	for _, from := range []netip.AddrPort{signalled, stranger} {
		if src := b.m.receiveRTP(b.now, from, data, &p); src != nil && len(p.Payload) > len(data) {
			b.t.Fatal("payload longer than its packet")
		}
		b.m.receiveRTCP(b.now, from, data)
		if b.m.feedback.Distribute {
			b.m.receiveFeedback(b.now, from, data)
		}
		b.now = b.now.Add(time.Millisecond)
	}
}

// FuzzHeader parses what marshal wrote.
func FuzzHeader(f *testing.F) {
	f.Add(uint8(111), true, uint16(65535), uint32(1<<31), uint32(7), uint8(3), []byte("payload"))
	f.Fuzz(func(t *testing.T, pt uint8, marker bool, seq uint16, stamp, ssrc uint32, csrcs uint8, payload []byte) {
		h := Header{PayloadType: pt & 0x7f, Marker: marker, SequenceNumber: seq, Timestamp: stamp, CSRC: make([]uint32, csrcs%20)}
		for i := range h.CSRC {
			h.CSRC[i] = ssrc + uint32(i)
		}
		var buf [codecs.MaxPacket]byte
		n, err := h.marshal(buf[:], ssrc, [][]byte{payload[:len(payload)/2], payload[len(payload)/2:]})
		if err != nil {
			if len(h.CSRC) <= maxCSRC && headerSize+4*len(h.CSRC)+len(payload) <= len(buf) {
				t.Fatal(err)
			}
			return
		}
		var p codecs.Packet
		csrc, err := unmarshal(&p, buf[:n], false)
		if err != nil {
			t.Fatal(err)
		}
		if p.PayloadType != h.PayloadType || p.Marker != marker || p.SequenceNumber != seq || p.Timestamp != stamp ||
			p.SSRC != ssrc || len(csrc) != 4*len(h.CSRC) || string(p.Payload) != string(payload) {
			t.Fatalf("%+v came back as %+v", h, p)
		}
	})
}
