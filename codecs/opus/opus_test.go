package opus

import (
	"errors"
	"math"
	"testing"

	"parley/codecs"

	"github.com/thesyncim/gopus"
)

func pair(t testing.TB, fmtp string) (codecs.Encoder, codecs.Decoder) {
	t.Helper()
	f := codecs.Format{Name: "opus", ClockRate: 48000, Channels: 2, Fmtp: fmtp}
	e, err := Codec().NewEncoder(f)
	if err != nil {
		t.Fatal(err)
	}
	d, err := Codec().NewDecoder(f)
	if err != nil {
		t.Fatal(err)
	}
	return e, d
}

// voice is 20 ms of something with a pitch and formants that move, as the SILK
// layer expects of speech.
func voice(pcm []int16, frame int) {
	for i := range pcm {
		t := float64(frame*frameSamples+i) / SampleRate
		pitch := 2 * math.Pi * (140*t + 2*math.Sin(3*t))
		var v float64
		for h := 1.0; h <= 20; h++ {
			v += math.Sin(h*pitch) / h * (1 + math.Cos(h/3+4*t))
		}
		pcm[i] = int16(3000 * v * (0.6 + 0.4*math.Sin(8*t)))
	}
}

func tone(pcm []int16, frame int, hz float64) {
	for i := range pcm {
		pcm[i] = int16(10000 * math.Sin(2*math.Pi*hz*float64(frame*frameSamples+i)/SampleRate))
	}
}

// share returns how much of pcm's power lies at hz.
func share(pcm []int16, hz float64) float64 {
	var s, c, all float64
	for i, v := range pcm {
		sin, cos := math.Sincos(2 * math.Pi * hz * float64(i) / SampleRate)
		s, c, all = s+float64(v)*sin, c+float64(v)*cos, all+float64(v)*float64(v)
	}
	return 2 * (s*s + c*c) / float64(len(pcm)) / max(all, 1)
}

func energy(pcm []int16) (e float64) {
	for _, v := range pcm {
		e += float64(v) * float64(v)
	}
	return e / float64(len(pcm))
}

func TestToneSurvives(t *testing.T) {
	e, d := pair(t, "useinbandfec=1")
	in, out := make([]int16, frameSamples), make([]int16, maxSamples)
	var payload []byte
	for f := range 50 {
		tone(in, f, 660)
		var err error
		if payload, err = e.Encode(payload[:0], in); err != nil {
			t.Fatal(err)
		}
		n, err := d.Decode(out, payload)
		if n != frameSamples || err != nil {
			t.Fatal(n, err)
		}
		if f >= 10 {
			if got := share(out[:n], 660); got < 0.97 {
				t.Fatalf("frame %d: %.3f of the power is the tone's", f, got)
			}
		}
	}
}

// The bit rate is the fmtp's, and at low ones the bandwidth stays at wide-band.
func TestBitrate(t *testing.T) {
	simulation(t)
	for _, tt := range []struct {
		fmtp    string
		bitrate float64
	}{
		{"", 32000},
		{"maxaveragebitrate=20000", 20000},
		{"maxaveragebitrate=16000;useinbandfec=1", 16000},
		{"maxaveragebitrate=64000", 64000},
		{"cbr=1;maxaveragebitrate=24000", 24000},
	} {
		e, _ := pair(t, tt.fmtp)
		in := make([]int16, frameSamples)
		var octets int
		var widest gopus.Bandwidth
		const frames = 100
		for f := range frames {
			voice(in, f)
			payload, err := e.Encode(nil, in)
			if err != nil {
				t.Fatal(err)
			}
			octets += len(payload)
			widest = max(widest, gopus.ParseTOC(payload[0]).Bandwidth)
		}
		if got := float64(octets*8) * 50 / frames; got > 1.15*tt.bitrate || got < 0.5*tt.bitrate {
			t.Errorf("%q: %.0f bit/s, want about %.0f", tt.fmtp, got, tt.bitrate)
		}
		if tt.bitrate <= widebandBitrate && widest > gopus.BandwidthWideband {
			t.Errorf("%q: bandwidth %v", tt.fmtp, widest)
		}
	}
}

func TestParameters(t *testing.T) {
	for fmtp, want := range map[string]parameters{
		"":                                   {bitrate: 32000, bandwidth: gopus.BandwidthFullband},
		"minptime=10;useinbandfec=1":         {bitrate: 32000, bandwidth: gopus.BandwidthFullband, fec: true},
		"MaxAverageBitrate=48000; usedtx=1":  {bitrate: 48000, bandwidth: gopus.BandwidthFullband, dtx: true},
		"maxaveragebitrate=1":                {bitrate: minBitrate, bandwidth: gopus.BandwidthWideband},
		"maxaveragebitrate=999999999":        {bitrate: maxBitrate, bandwidth: gopus.BandwidthFullband},
		"maxaveragebitrate=-5;cbr=1":         {bitrate: 32000, bandwidth: gopus.BandwidthFullband, constant: true},
		"maxaveragebitrate=x;;=;usedtx":      {bitrate: 32000, bandwidth: gopus.BandwidthFullband},
		"maxplaybackrate=8000":               {bitrate: 32000, bandwidth: gopus.BandwidthNarrowband},
		"maxplaybackrate=16000":              {bitrate: 32000, bandwidth: gopus.BandwidthWideband},
		"maxplaybackrate=44100":              {bitrate: 32000, bandwidth: gopus.BandwidthSuperwideband},
		"maxplaybackrate=12000;stereo=1":     {bitrate: 32000, bandwidth: gopus.BandwidthMediumband},
		"maxplaybackrate=48000;useinbandfec": {bitrate: 32000, bandwidth: gopus.BandwidthFullband},
	} {
		if got := parseParameters(fmtp); got != want {
			t.Errorf("%q: %+v, want %+v", fmtp, got, want)
		}
	}
}

// A lost frame comes back from the copy in the packet after it, much nearer to
// what was said than concealment guesses.
func TestFECRestores(t *testing.T) {
	simulation(t)
	e, d := pair(t, "useinbandfec=1")
	e.(codecs.LossAware).SetExpectedLoss(20)
	whole := decodeVoice(t, e, d, false)
	e, d = pair(t, "useinbandfec=1")
	e.(codecs.LossAware).SetExpectedLoss(20)
	lossy := decodeVoice(t, e, d, true)
	if len(whole) != len(lossy) {
		t.Fatalf("%d samples without loss, %d with", len(whole), len(lossy))
	}
	var signal, noise float64
	for i, v := range whole {
		diff := float64(v) - float64(lossy[i])
		signal, noise = signal+float64(v)*float64(v), noise+diff*diff
	}
	if snr := 10 * math.Log10(signal/noise); snr < 6 {
		t.Errorf("%.1f dB between whole and restored speech", snr)
	}
}

// Copies are put in from the loss on that is worth them, and only for who wants
// them.
func TestCopiesFollowLoss(t *testing.T) {
	simulation(t)
	for _, tt := range []struct {
		fmtp   string
		loss   int
		copies bool
	}{
		{"useinbandfec=1", 0, false},
		{"useinbandfec=1", 1, false},
		{"useinbandfec=1", 2, true},
		{"useinbandfec=1", 30, true},
		{"", 30, false},
	} {
		e, _ := pair(t, tt.fmtp)
		e.(codecs.LossAware).SetExpectedLoss(tt.loss)
		in := make([]int16, frameSamples)
		copies := 0
		for f := range 50 {
			voice(in, f)
			payload, err := e.Encode(nil, in)
			if err != nil {
				t.Fatal(err)
			}
			if gopus.PacketHasLBRR(payload) {
				copies++
			}
		}
		if copies > 25 != tt.copies || copies > 0 != tt.copies {
			t.Errorf("%q at %d %%: %d of 50 packets carry copies", tt.fmtp, tt.loss, copies)
		}
	}
}

// decodeVoice encodes and decodes a second of speech; when lose is set every
// tenth packet is restored from the one behind it.
func decodeVoice(t *testing.T, e codecs.Encoder, d codecs.Decoder, lose bool) (pcm []int16) {
	t.Helper()
	in, out := make([]int16, frameSamples), make([]int16, maxSamples)
	copies := 0
	for f := range 50 {
		voice(in, f)
		payload, err := e.Encode(nil, in)
		if err != nil {
			t.Fatal(err)
		}
		if lose && f%10 == 5 {
			continue
		}
		if lose && f%10 == 6 {
			if gopus.PacketHasLBRR(payload) {
				copies++
			}
			n, err := d.(codecs.FECDecoder).DecodeFEC(out, payload, frameSamples)
			if n != frameSamples || err != nil {
				t.Fatal(n, err)
			}
			pcm = append(pcm, out[:n]...)
		}
		n, err := d.Decode(out, payload)
		if n != frameSamples || err != nil {
			t.Fatal(n, err)
		}
		pcm = append(pcm, out[:n]...)
	}
	if lose && copies < 4 {
		t.Errorf("%d of 5 packets carry a copy of the one before", copies)
	}
	return pcm
}

// Concealment goes on with the sound, gives exactly what is asked for, and
// fades out over a long gap.
func TestConceal(t *testing.T) {
	e, d := pair(t, "")
	in, out := make([]int16, frameSamples), make([]int16, maxSamples)
	for f := range 20 {
		voice(in, f)
		payload, err := e.Encode(nil, in)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := d.Decode(out, payload); err != nil {
			t.Fatal(err)
		}
	}
	spoken := energy(out[:frameSamples])
	c := d.(codecs.Concealer)
	n, err := c.Conceal(out, frameSamples)
	if n != frameSamples || err != nil {
		t.Fatal(n, err)
	}
	if got := energy(out[:n]); got < spoken/30 {
		t.Errorf("the first concealed frame has %.0f, the one before %.0f", got, spoken)
	}
	for _, n := range []int{0, 1, 119, 120, 441, 960, 5760} {
		if got, err := c.Conceal(out, n); got != n || err != nil {
			t.Errorf("Conceal(%d) = %d, %v", n, got, err)
		}
	}
	for range 10 {
		_, _ = c.Conceal(out, frameSamples)
	}
	if got := energy(out[:frameSamples]); got > spoken/100 {
		t.Errorf("after 0.3 s of loss there is still %.0f of %.0f", got, spoken)
	}
	for _, n := range []int{-1, 5761} {
		if _, err := c.Conceal(make([]int16, 6000), n); err == nil {
			t.Errorf("Conceal(%d) is no error", n)
		}
	}
}

// With usedtx silence becomes packets of an octet or two, and each still lasts
// 20 ms.
func TestDTX(t *testing.T) {
	e, d := pair(t, "usedtx=1")
	in, out := make([]int16, frameSamples), make([]int16, maxSamples)
	tiny := 0
	for f := range 60 {
		clear(in)
		if f < 10 {
			voice(in, f)
		}
		payload, err := e.Encode(nil, in)
		if err != nil {
			t.Fatal(err)
		}
		if len(payload) <= 2 {
			tiny++
		}
		if n, err := d.Duration(payload); n != frameSamples || err != nil {
			t.Errorf("frame %d: Duration = %d, %v", f, n, err)
		}
		if n, err := d.Decode(out, payload); n != frameSamples || err != nil {
			t.Errorf("frame %d: Decode = %d, %v", f, n, err)
		}
	}
	if tiny < 20 {
		t.Errorf("%d of 60 packets are silence", tiny)
	}
}

// Foreign DTX and stereo packets; the TOC octets are RFC 6716 figure 2's.
func TestDuration(t *testing.T) {
	tests := []struct {
		name    string
		payload []byte
		want    int // 0: malformed
	}{
		{"empty", nil, 0},
		{"one octet, SILK NB 20 ms", []byte{1 << 3}, 960},
		{"one octet, SILK WB 60 ms", []byte{11 << 3}, 2880},
		{"one octet, hybrid FB 20 ms", []byte{15 << 3}, 960},
		{"one octet, CELT FB 20 ms stereo", []byte{31<<3 | 4}, 960},
		{"one octet, CELT NB 2.5 ms", []byte{16 << 3}, 120},
		{"code 1, two of 20 ms", []byte{1<<3 | 1}, 1920},
		{"code 1, two of 60 ms", []byte{3<<3 | 1}, 5760},
		{"code 3 without count", []byte{1<<3 | 3}, 0},
		{"code 3, none", []byte{1<<3 | 3, 0}, 0},
		{"code 3, one empty", []byte{1<<3 | 3, 1}, 960},
		{"code 3, six of 20 ms", []byte{1<<3 | 3, 6}, 5760},
		{"code 3, seven of 20 ms", []byte{1<<3 | 3, 7}, 0},
		{"code 3, 48 of 2.5 ms", []byte{16<<3 | 3, 48}, 5760},
		{"code 3, 49 of 2.5 ms", []byte{16<<3 | 3, 49}, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, d := pair(t, "")
			n, err := d.Duration(tt.payload)
			if n != tt.want || errors.Is(err, codecs.ErrMalformed) != (tt.want == 0) {
				t.Errorf("Duration = %d, %v; want %d", n, err, tt.want)
			}
			n, err = d.Decode(make([]int16, maxSamples), tt.payload)
			if n != tt.want || errors.Is(err, codecs.ErrMalformed) != (tt.want == 0) {
				t.Errorf("Decode = %d, %v; want %d", n, err, tt.want)
			}
		})
	}
}

func TestForeignFormats(t *testing.T) {
	for _, f := range []codecs.Format{
		{Name: "opus", ClockRate: 48000, Channels: 1},
		{Name: "opus", ClockRate: 16000, Channels: 2},
		{Name: "PCMU", ClockRate: 48000, Channels: 2},
	} {
		if _, err := Codec().NewEncoder(f); !errors.Is(err, codecs.ErrUnsupported) {
			t.Errorf("NewEncoder(%v): %v", f, err)
		}
		if _, err := Codec().NewDecoder(f); !errors.Is(err, codecs.ErrUnsupported) {
			t.Errorf("NewDecoder(%v): %v", f, err)
		}
	}
	e, _ := pair(t, "")
	if _, err := e.Encode(nil, make([]int16, 480)); err == nil {
		t.Error("a frame of 10 ms is encoded")
	}
}

// Encoding and decoding take no memory. Two parts of gopus do: a frame that
// carries a copy of the one before takes a few blocks of 5 kB, and a concealed
// frame some scratch. Their counts are held here so that a rise is noticed.
func TestAllocations(t *testing.T) {
	simulation(t)
	for _, tt := range []struct {
		name string
		loss int // expected, in percent
		lose bool
		want float64
	}{
		{"no loss", 0, false, 0},
		{"copies", 10, false, 6},
		{"concealed", 0, true, 12},
	} {
		t.Run(tt.name, func(t *testing.T) {
			e, d := pair(t, "useinbandfec=1")
			e.(codecs.LossAware).SetExpectedLoss(tt.loss)
			in, out := make([]int16, frameSamples), make([]int16, maxSamples)
			payload := make([]byte, 0, maxPayload)
			frame := 0
			var failed error
			step := func() {
				voice(in, frame)
				frame++
				if payload, failed = e.Encode(payload[:0], in); failed != nil {
					return
				}
				if _, failed = d.Decode(out, payload); failed == nil && tt.lose {
					_, failed = d.(codecs.Concealer).Conceal(out, frameSamples)
				}
			}
			for range 50 {
				step() // scratch memory grows to its size
			}
			if n := testing.AllocsPerRun(100, step); n > tt.want || failed != nil {
				t.Errorf("%v allocations a frame, want at most %v; %v", n, tt.want, failed)
			}
		})
	}
}

// FuzzDecode feeds whatever: nothing panics, what is decoded lasts what
// Duration says, and errors are ErrMalformed.
func FuzzDecode(f *testing.F) {
	e, _ := pair(f, "useinbandfec=1")
	in := make([]int16, frameSamples)
	for frame := range 6 {
		voice(in, frame)
		payload, err := e.Encode(nil, in)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(payload)
		f.Add(payload[:len(payload)/2])
	}
	f.Add([]byte{})
	f.Add([]byte{0xF8})
	f.Add([]byte{0xFB, 0xC3, 0xFF, 0x01})
	f.Add([]byte{0x0B, 0x06, 1, 2, 3, 4, 5, 6})
	f.Fuzz(func(t *testing.T, payload []byte) {
		_, d := pair(t, "")
		out := make([]int16, maxSamples)
		for range 2 {
			want, werr := d.Duration(payload)
			n, err := d.Decode(out, payload)
			switch {
			case err != nil && !errors.Is(err, codecs.ErrMalformed):
				t.Fatalf("Decode: %v", err)
			case err == nil && (werr != nil || n != want):
				t.Fatalf("Decode = %d, Duration = %d, %v", n, want, werr)
			}
			if n, err := d.(codecs.FECDecoder).DecodeFEC(out, payload, 960); err == nil && n != 960 {
				t.Fatalf("DecodeFEC = %d", n)
			}
			if n, err := d.(codecs.Concealer).Conceal(out, 960); err != nil || n != 960 {
				t.Fatalf("Conceal = %d, %v", n, err)
			}
		}
	})
}

func BenchmarkEncode(b *testing.B) {
	for _, fmtp := range []string{"useinbandfec=0", "useinbandfec=1"} {
		b.Run(fmtp, func(b *testing.B) {
			e, _ := pair(b, fmtp)
			in, payload := make([]int16, frameSamples), make([]byte, 0, maxPayload)
			voice(in, 7)
			b.ReportAllocs()
			for b.Loop() {
				payload, _ = e.Encode(payload[:0], in)
			}
		})
	}
}

func BenchmarkDecode(b *testing.B) {
	e, d := pair(b, "useinbandfec=1")
	in, out := make([]int16, frameSamples), make([]int16, maxSamples)
	var payload []byte
	for f := range 10 {
		voice(in, f)
		payload, _ = e.Encode(payload[:0], in)
	}
	b.ReportAllocs()
	for b.Loop() {
		_, _ = d.Decode(out, payload)
	}
}

// simulation marks a long test on one goroutine. A short run, as the one under
// the race detector is, leaves it out: there is nothing to race with.
func simulation(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("a simulation, left out of short runs")
	}
}
