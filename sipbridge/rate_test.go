package sipbridge

import "testing"

// A peer that wants no picture at all is not one that takes any (RFC 5104 4.2.1.2).
func TestRateOfNothing(t *testing.T) {
	v := newVideoPort(&call{server: &Server{}})
	for asked, want := range map[int]int64{0: 1, 384_000: 384_000} {
		if v.RateLimited(0, asked); v.wished.Load() != want {
			t.Errorf("asked for %d: at most %d", asked, v.wished.Load())
		}
	}
}
