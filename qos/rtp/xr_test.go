package rtp

import (
	"testing"
	"time"

	"github.com/pion/rtcp"
)

func TestExtendedReports(t *testing.T) {
	b := newBench(t, true, nil)
	b.run(nat, 7, 1, 4)
	b.sent(Header{SequenceNumber: 9})
	asked := b.m.ntp(b.now)
	b.rtcp(nat, &rtcp.ReceiverReport{SSRC: 7}, rtcp.NewCNAMESourceDescription(7, "them"), &rtcp.ExtendedReport{
		SenderSSRC: 7,
		Reports: []rtcp.ReportBlock{
			&rtcp.LossRLEReportBlock{SSRC: 0x0a, BeginSeq: 1, EndSeq: 9, Chunks: []rtcp.Chunk{0x4001, 0}},
			&rtcp.UnknownReportBlock{XRHeader: rtcp.XRHeader{BlockType: 99}, Bytes: []byte{1, 2, 3, 4}},
			&rtcp.ReceiverReferenceTimeReportBlock{NTPTimestamp: asked},
			&rtcp.StatisticsSummaryReportBlock{
				LossReports: true, JitterReports: true, TTLorHopLimit: rtcp.ToHIPv4, SSRC: 0x0a, BeginSeq: 1, EndSeq: 9,
				LostPackets: 3, DupPackets: 5, MinJitter: 1, MaxJitter: 9, MeanJitter: 4, DevJitter: 2,
				MinTTLOrHL: 60, MaxTTLOrHL: 64, MeanTTLOrHL: 62, DevTTLOrHL: 1,
			},
			&rtcp.VoIPMetricsReportBlock{
				SSRC: 0x0a, LossRate: 64, DiscardRate: 128, BurstDensity: 32, BurstDuration: 40, GapDuration: 2000,
				RoundTripDelay: 25, EndSystemDelay: 60, SignalLevel: 236, NoiseLevel: 196, Gmin: 16,
				RFactor: 82, MOSLQ: 41, MOSCQ: 127, JBNominal: 40,
			},
		},
	})
	got := b.m.sources[7].Extended()
	if got.Statistics == nil || got.VoIP == nil || !got.At.Equal(b.now) {
		t.Fatalf("%+v", got)
	}
	want := StatisticsSummary{
		Stream: 0x0a, First: 1, Last: 9, Lost: 3, JitterMin: 1, JitterMax: 9, JitterMean: 4, JitterDev: 2,
		TTLMin: 60, TTLMax: 64, TTLMean: 62, TTLDev: 1,
	}
	if *got.Statistics != want {
		t.Errorf("statistics %+v, want %+v", *got.Statistics, want)
	}
	voip := VoIPMetrics{
		Stream: 0x0a, Lost: 0.25, Discarded: 0.5, BurstDensity: 0.125, BurstDuration: 40 * time.Millisecond,
		GapDuration: 2 * time.Second, RoundTrip: 25 * time.Millisecond, EndSystemDelay: 60 * time.Millisecond,
		SignalLevel: -20, NoiseLevel: -60, RFactor: 82, MOSListening: 4.1, JitterBuffer: 40 * time.Millisecond,
	}
	if *got.VoIP != voip {
		t.Errorf("VoIP metrics %+v, want %+v", *got.VoIP, voip)
	}
	// The reference time is answered once.
	b.now = b.now.Add(time.Second)
	answers := 0
	for range 2 {
		for _, p := range b.compound() {
			x, ok := p.(*rtcp.ExtendedReport)
			if !ok {
				continue
			}
			answers++
			r := x.Reports[0].(*rtcp.DLRRReportBlock).Reports
			if len(r) != 1 || r[0].SSRC != 7 || r[0].LastRR != uint32(asked>>16) || r[0].DLRR < 1<<16 {
				t.Errorf("answer %+v", r)
			}
		}
	}
	if answers != 1 {
		t.Errorf("%d answers", answers)
	}
}

func TestExtendedRoundTrip(t *testing.T) {
	b := newBench(t, false, nil)
	b.run(signalled, 7, 1, 4)
	asked := uint32(b.m.ntp(b.now) >> 16)
	b.now = b.now.Add(150 * time.Millisecond)
	b.rtcp(signalled, &rtcp.ReceiverReport{SSRC: 7}, &rtcp.ExtendedReport{SenderSSRC: 7, Reports: []rtcp.ReportBlock{
		&rtcp.DLRRReportBlock{Reports: []rtcp.DLRRReport{{SSRC: 0x0a, LastRR: asked, DLRR: 65536 / 10}}},
	}})
	if rtt := b.m.snapshot().Sources[7].RoundTrip; rtt < 49*time.Millisecond || rtt > 51*time.Millisecond {
		t.Errorf("round trip %v", rtt)
	}
}

// A host that asks under many SSRCs takes no answer from those who ask under one.
func TestReferencesAreFair(t *testing.T) {
	b := newBench(t, true, nil)
	ask := func(host, ssrc int) {
		b.rtcp(hostOf(host), append(named(uint32(ssrc), "x"), &rtcp.ExtendedReport{SenderSSRC: uint32(ssrc), Reports: []rtcp.ReportBlock{
			&rtcp.ReceiverReferenceTimeReportBlock{NTPTimestamp: uint64(ssrc) << 16},
		}})...)
	}
	for i := range 4 * maxReferences {
		ask(1, 1000+i)
	}
	for i := range 5 {
		ask(2+i, 2000+i)
	}
	for i := range 4 * maxReferences {
		ask(1, 3000+i)
	}
	b.now = b.now.Add(time.Second)
	answered := make(map[uint32]bool)
	for _, p := range b.compound() {
		if x, ok := p.(*rtcp.ExtendedReport); ok {
			for _, r := range x.Reports[0].(*rtcp.DLRRReportBlock).Reports {
				answered[r.SSRC] = r.LastRR == r.SSRC && r.DLRR >= 1<<16
			}
		}
	}
	for i := range uint32(5) {
		if !answered[2000+i] {
			t.Errorf("host %d is not answered: %v", i, answered)
		}
	}
	if len(answered) != maxReferences {
		t.Errorf("%d answers", len(answered))
	}
}
