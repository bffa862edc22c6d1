package config

import (
	"testing"

	"parley/codecs"
)

// A codec that is named without a payload type gets its static one.
func TestStaticPayloadType(t *testing.T) {
	for pt := range uint8(96) {
		m, ok := codecs.StaticMapping(pt)
		if !ok || m.Format.Is("CN") { // which is no codec of a group
			continue
		}
		if got := StaticPayloadType(m.Format.String()); got != int(pt) {
			t.Errorf("%v: %d, want %d", m.Format, got, pt)
		}
	}
	for _, name := range []string{"H264", "VP8", "H263-1998", "opus"} {
		if got := StaticPayloadType(name); got != 96 {
			t.Errorf("%s: %d", name, got)
		}
	}
}
