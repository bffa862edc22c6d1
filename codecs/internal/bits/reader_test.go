package bits

import "testing"

func TestReader(t *testing.T) {
	r := NewReader([]byte{0b1010_0101, 0xff, 0x0f, 0xf0}, 1, 3)
	if got := r.Left(); got != 28 {
		t.Errorf("%d bits left, want 28", got)
	}
	for i, step := range []struct {
		n    int
		want uint32
	}{{3, 0b010}, {1, 0}, {24, 0b101_11111111_00001111_11110}, {1, 0}} {
		if got := r.Peek(step.n); got != step.want {
			t.Errorf("step %d: peek at %b, want %b", i, got, step.want)
		}
		if r.Overrun() {
			t.Errorf("step %d: overrun", i)
		}
		if got := r.Read(step.n); got != step.want {
			t.Errorf("step %d: %b, want %b", i, got, step.want)
		}
	}
	if !r.Overrun() || r.Left() != -1 {
		t.Errorf("read past the end: overrun %v, %d left", r.Overrun(), r.Left())
	}
}

// What EBIT says to ignore is not seen.
func TestReaderHidesIgnoredBits(t *testing.T) {
	r := NewReader([]byte{0xff, 0xff}, 0, 5)
	if got := r.Peek(16); got != 0xffe0 {
		t.Errorf("%x, want ffe0", got)
	}
	r = NewReader(nil, 3, 7)
	if got := r.Read(24); got != 0 || !r.Overrun() {
		t.Errorf("%x of nothing, overrun %v", got, r.Overrun())
	}
}
