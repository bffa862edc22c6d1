// Package wav reads and writes sound files (RIFF WAVE). It reads linear sound of
// 8 to 32 bits, floating point, and G.711, of any number of channels, as mono; it
// writes 16 bits mono.
package wav

import (
	"fmt"

	"parley/codecs"
)

// The formats of sound in a file (RFC 2361, and WAVE_FORMAT_EXTENSIBLE, whose
// first two bytes of the subformat are one of the others).
const (
	formatPCM        = 0x0001
	formatFloat      = 0x0003
	formatALaw       = 0x0006
	formatMuLaw      = 0x0007
	formatExtensible = 0xfffe
)

func malformed(format string, args ...any) error {
	return fmt.Errorf("wav: "+format+": %w", append(args, codecs.ErrMalformed)...)
}

func unsupported(format string, args ...any) error {
	return fmt.Errorf("wav: "+format+": %w", append(args, codecs.ErrUnsupported)...)
}
