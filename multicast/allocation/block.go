package allocation

import (
	"encoding/binary"
	"fmt"
	"net/netip"
)

// Block is Count contiguous addresses from First on.
type Block struct {
	First netip.Addr `json:"first"`
	Count int        `json:"count"`
}

// String is "239.255.1.2" or "239.255.1.2-239.255.1.5".
func (b Block) String() string {
	if b.Count <= 1 {
		return b.First.String()
	}
	return fmt.Sprintf("%v-%v", b.First, advance(b.First, b.Count-1))
}

// each calls f for every address until it returns false.
func (b Block) each(f func(netip.Addr) bool) bool {
	a := b.First
	for range b.Count {
		if !a.IsValid() || !f(a) {
			return false
		}
		a = a.Next()
	}
	return true
}

// Contains reports whether a is one of the addresses.
func (b Block) Contains(a netip.Addr) bool {
	return !b.each(func(own netip.Addr) bool { return own != a })
}

// advance is the address n after a, by its last 32 bits: a block does not cross
// them.
func advance(a netip.Addr, n int) netip.Addr {
	raw := a.AsSlice()
	low := raw[len(raw)-4:]
	binary.BigEndian.PutUint32(low, binary.BigEndian.Uint32(low)+uint32(n))
	out, _ := netip.AddrFromSlice(raw) // of its own length
	return out
}
