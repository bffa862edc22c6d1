package accept

import (
	"net/netip"
	"slices"
)

// strangers are connections of which nothing is known yet.
type strangers struct {
	n, arrived uint64
	bySource   map[netip.Addr][]*conn // as they came
}

func (s *strangers) add(c *conn) {
	s.n++
	s.arrived++
	c.arrived = s.arrived
	s.bySource[c.source] = append(s.bySource[c.source], c)
}

func (s *strangers) remove(c *conn) {
	if c.arrived == 0 {
		return
	}
	s.n--
	c.arrived = 0
	rest := slices.DeleteFunc(s.bySource[c.source], func(o *conn) bool { return o == c })
	if len(rest) == 0 {
		delete(s.bySource, c.source)
		return
	}
	s.bySource[c.source] = rest
}

// first returns what came first of the source that has most; nil: there is none.
func (s *strangers) first() (first *conn) {
	most := 0
	for _, all := range s.bySource {
		if n := len(all); n > most || n == most && all[0].arrived < first.arrived {
			first, most = all[0], n
		}
	}
	return first
}
