package per

import "fmt"

// fragment is the unit of fragmentation (X.691 clause 11.9.3.8).
const fragment = 16 << 10

// size is the constraint on the count of a string's or list's units. hi is
// negative where there is no upper bound.
type size struct {
	lo, hi int
	ext    bool
}

var anySize = size{hi: -1} // never changed

// bounded tells whether the count is a constrained whole number: from 64K on,
// the upper bound has no part in the encoding (X.691 clause 11.9.4.1).
func (s size) bounded() bool { return s.hi >= 0 && s.hi < 64<<10 }

func (s size) fixed() bool { return s.bounded() && s.lo == s.hi }

func (s size) holds(n int) bool { return n >= s.lo && (s.hi < 0 || n <= s.hi) }

func (s size) String() string {
	if s.hi < 0 {
		return fmt.Sprintf("%d..", s.lo)
	}
	return fmt.Sprintf("%d..%d", s.lo, s.hi)
}
