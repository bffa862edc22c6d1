package election

import (
	"fmt"
	"hash/fnv"
	"strconv"
	"strings"
)

// Tag names one conference of one bridge.
type Tag uint64

// NewTag is that of a conference.
func NewTag(id Identity, conference string) Tag {
	h := fnv.New64a()
	_, _ = fmt.Fprintf(h, "%016x %s", uint64(id), conference) // a hash takes all
	return Tag(h.Sum64())
}

// hostSuffix is how the host part of a CNAME ends that tells a Tag.
const hostSuffix = ".parley"

// Host is the host part of the CNAMEs by which calls of the conference are known.
func (t Tag) Host() string { return fmt.Sprintf("%016x%s", uint64(t), hostSuffix) }

// TagOf reads the Tag of a CNAME; not ok: it has none.
func TagOf(cname string) (t Tag, ok bool) {
	_, host, _ := strings.Cut(cname, "@")
	digits, found := strings.CutSuffix(host, hostSuffix)
	n, err := strconv.ParseUint(digits, 16, 64)
	return Tag(n), found && len(digits) == 16 && err == nil
}
