package multicast

import (
	"crypto/sha256"
	"hash/fnv"
	"math"
	"net/netip"
	"sync"
	"time"
)

// editions numbers the descriptions of sessions (RFC 8866 5.2): a session's id
// stays the same, also after a restart, and its version rises with the content.
type editions struct {
	now func() time.Time

	mu   sync.Mutex
	last map[uint64]edition // by session id
}

type edition struct {
	version uint64
	content [sha256.Size]byte // of the description without its version
}

func newEditions() *editions {
	return &editions{now: time.Now, last: make(map[uint64]edition)}
}

// version returns the number of this content. Numbers are seconds, so that they
// do not fall when parley starts anew.
func (e *editions) version(id uint64, content []byte) uint64 {
	e.mu.Lock()
	defer e.mu.Unlock()
	old, sum := e.last[id], sha256.Sum256(content)
	if old.version == 0 && len(e.last) >= maxEditions {
		e.forgetLocked()
	}
	if old.version == 0 || old.content != sum {
		old = edition{max(old.version+1, uint64(e.now().Unix())), sum}
		e.last[id] = old
	}
	return old.version
}

// forgetLocked drops the description that did not change for longest. Where its
// session still is, the next one has a higher number without being another, which
// costs who hears of it a look.
func (e *editions) forgetLocked() {
	var oldest uint64
	least := uint64(math.MaxUint64)
	for id, one := range e.last {
		if one.version < least {
			oldest, least = id, one.version
		}
	}
	delete(e.last, oldest)
}

// sessionID is the same for the same group, by its identity or address, of the
// same conference on the same host. It fits a float64, as which some programs read numbers.
func sessionID(source netip.Addr, conference, group string, bridgeOnly bool) uint64 {
	h := fnv.New64a()
	for _, part := range []string{source.String(), conference, group} {
		_, _ = h.Write(append([]byte(part), 0)) // a hash takes all
	}
	if bridgeOnly {
		_, _ = h.Write([]byte{1}) // another description, with versions of its own
	}
	return h.Sum64() >> 11
}
