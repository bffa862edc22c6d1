package rtp

import (
	"encoding/binary"
	"hash/maphash"
	"reflect"
)

// table maps keys to small values by open addressing. It holds no pointer, so
// that tens of thousands of entries cost the garbage collector nothing, and
// tells how many octets it takes. The hash is seeded: SSRCs come from anybody,
// who must not be able to choose those that collide.
type table[V any] struct {
	slots []slot[V] // a power of two of them, at most 3/4 in use
	used  int
	seed  maphash.Seed
}

type slot[V any] struct {
	key   uint64 // 0: free
	value V
}

// tableStart is the number of slots of a table that is not empty.
const tableStart = 16

func (t *table[V]) len() int { return t.used }

// octets is the memory that the table takes.
func (t *table[V]) octets() int {
	return len(t.slots) * int(reflect.TypeFor[slot[V]]().Size())
}

// home is the slot in which key belongs.
func (t *table[V]) home(key uint64) int {
	var b [8]byte
	binary.NativeEndian.PutUint64(b[:], key)
	return int(maphash.Bytes(t.seed, b[:]) & uint64(len(t.slots)-1))
}

// find is the slot of key, or the free one where it would go.
func (t *table[V]) find(key uint64) int {
	i := t.home(key)
	for t.slots[i].key != 0 && t.slots[i].key != key {
		i = (i + 1) & (len(t.slots) - 1)
	}
	return i
}

// get returns what key, which is not 0, stands for; nil: nothing. The pointer
// is valid until the table changes.
func (t *table[V]) get(key uint64) *V {
	if t.used == 0 {
		return nil
	}
	if i := t.find(key); t.slots[i].key == key {
		return &t.slots[i].value
	}
	return nil
}

// put returns what key stands for, entered as zero where it is new.
func (t *table[V]) put(key uint64) *V {
	if v := t.get(key); v != nil {
		return v
	}
	if 4*(t.used+1) > 3*len(t.slots) {
		t.resize(max(tableStart, 2*len(t.slots)))
	}
	i := t.find(key)
	t.slots[i].key = key
	t.used++
	return &t.slots[i].value
}

func (t *table[V]) resize(n int) {
	old := t.slots
	if old == nil {
		t.seed = maphash.MakeSeed()
	}
	t.slots = make([]slot[V], n)
	for i := range old {
		if old[i].key != 0 {
			t.slots[t.find(old[i].key)] = old[i]
		}
	}
}

func (t *table[V]) remove(key uint64) {
	if t.used == 0 {
		return
	}
	if i := t.find(key); t.slots[i].key == key {
		t.removeAt(i)
	}
}

// removeAt frees a slot and moves up those that had to stand behind it.
func (t *table[V]) removeAt(i int) {
	mask := len(t.slots) - 1
	for j := (i + 1) & mask; t.slots[j].key != 0; j = (j + 1) & mask {
		// j may move to i unless its home lies after i, up to j.
		if home := t.home(t.slots[j].key); (j-home)&mask >= (j-i)&mask {
			t.slots[i] = t.slots[j]
			i = j
		}
	}
	t.slots[i] = slot[V]{}
	t.used--
}

// sweep removes what keep refuses, and gives memory back that is not needed
// any more. keep may see an entry twice.
func (t *table[V]) sweep(keep func(key uint64, v *V) bool) {
	for i := 0; i < len(t.slots); {
		s := &t.slots[i]
		if s.key != 0 && !keep(s.key, &s.value) {
			t.removeAt(i) // which may move another one here
			continue
		}
		i++
	}
	switch n := len(t.slots); {
	case t.used == 0:
		t.slots = nil
	case n > tableStart && 8*t.used < n:
		t.resize(n / 4)
	}
}

// each calls see for every entry.
func (t *table[V]) each(see func(key uint64, v *V)) {
	for i := range t.slots {
		if s := &t.slots[i]; s.key != 0 {
			see(s.key, &s.value)
		}
	}
}
