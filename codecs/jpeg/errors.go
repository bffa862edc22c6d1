package jpeg

import (
	"fmt"

	"parley/codecs"
)

// One value each, since a storm of garbage must not cost an allocation each.
var (
	errShort   = fmt.Errorf("jpeg: payload cut off: %w", codecs.ErrMalformed)
	errQuality = fmt.Errorf("jpeg: quality 0: %w", codecs.ErrMalformed)
)
