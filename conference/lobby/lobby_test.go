package lobby

import (
	"math"
	"testing"
	"time"
)

var epoch = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

func TestPINEntry(t *testing.T) {
	tests := []struct {
		name, keys string
		want       []string
	}{
		{"full length", "1234", []string{"1234"}},
		{"ended early", "12#", []string{"12"}},
		{"started over", "19*1234", []string{"1234"}},
		{"nothing", "##", nil},
		{"letters are no digits", "1A2B34", []string{"1234"}},
		{"two tries", "11111234", []string{"1111", "1234"}},
	}
	for _, tt := range tests {
		e := newEntry(4, 0, epoch)
		var got []string
		for i := range len(tt.keys) {
			if pin, ok := e.press(tt.keys[i], epoch); ok {
				got = append(got, pin)
			}
		}
		if len(got) != len(tt.want) {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
			continue
		}
		for i := range got {
			if got[i] != tt.want[i] {
				t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
			}
		}
	}
	e := newEntry(4, 0, epoch)
	for try := 1; try <= MaxAttempts; try++ {
		if more := e.refuse(); more != (try < MaxAttempts) {
			t.Errorf("after wrong PIN %d another is allowed: %v", try, more)
		}
	}
	if e.expired(epoch.Add(Timeout-1)) || !e.expired(epoch.Add(Timeout)) {
		t.Error("expiry")
	}
	for range 2 * MaxDigits {
		e.press('9', epoch)
		e.length = 0
	}
	if len(e.digits) > MaxDigits {
		t.Errorf("%d digits kept", len(e.digits))
	}
}

// A number without known length is complete with '#' or after a pause.
func TestNumberEntry(t *testing.T) {
	e := newEntry(0, numberPause, epoch)
	for i := range 3 {
		if _, complete := e.press("123"[i], epoch.Add(time.Duration(i)*time.Second)); complete {
			t.Errorf("complete after %d digits", i+1)
		}
	}
	if digits, complete := e.paused(epoch.Add(2*time.Second + numberPause - 1)); complete {
		t.Errorf("complete too early: %q", digits)
	}
	if digits, complete := e.paused(epoch.Add(2*time.Second + numberPause)); !complete || digits != "123" {
		t.Errorf("after a pause: %q, %v", digits, complete)
	}
	if digits, complete := e.paused(epoch.Add(time.Minute)); complete {
		t.Errorf("complete without digits: %q", digits)
	}
	e.press('7', epoch)
	if digits, complete := e.press('#', epoch); !complete || digits != "7" {
		t.Errorf("ended: %q, %v", digits, complete)
	}
}

// The prompt is the two tones that it says, and no sample clips.
func TestTone(t *testing.T) {
	const rate = 8000
	var p tonePlayer
	p.play(pinTone())
	pcm := make([]int16, rate*350/1000)
	p.fill(pcm, rate, 1)
	power := func(samples []int16, hertz float64) float64 {
		var re, im float64
		for i, v := range samples {
			re += float64(v) * math.Cos(2*math.Pi*hertz*float64(i)/rate)
			im += float64(v) * math.Sin(2*math.Pi*hertz*float64(i)/rate)
		}
		return 10 * math.Log10((re*re+im*im)/float64(len(samples)*len(samples))+1e-9)
	}
	first, second := pcm[:rate*150/1000], pcm[rate*230/1000:]
	if d := power(first, 660) - power(first, 880); d < 20 {
		t.Errorf("first beep: 660 Hz is %.1f dB above 880 Hz", d)
	}
	if d := power(second, 880) - power(second, 660); d < 20 {
		t.Errorf("second beep: 880 Hz is %.1f dB above 660 Hz", d)
	}
	for _, v := range pcm {
		if v > toneLevel || v < -toneLevel {
			t.Fatalf("sample %d", v)
		}
	}
	for i := range pcm[:10] {
		if d := int(pcm[i+1]) - int(pcm[i]); d > 2000 || d < -2000 {
			t.Errorf("click of %d at the start", d)
		}
	}
}
