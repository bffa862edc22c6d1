package comfortnoise

import (
	"errors"
	"testing"

	"parley/codecs"
)

func TestLevel(t *testing.T) {
	for _, tt := range []struct {
		payload []byte
		want    int
	}{
		{[]byte{0}, 0},
		{[]byte{78}, -78},
		{[]byte{127, 1, 2, 3}, -127},
		{[]byte{0x80 | 40}, -40},
	} {
		if got, err := Level(tt.payload); got != tt.want || err != nil {
			t.Errorf("Level(% x) = %d, %v; want %d", tt.payload, got, err, tt.want)
		}
	}
	if _, err := Level(nil); !errors.Is(err, codecs.ErrMalformed) {
		t.Errorf("empty payload: %v, want ErrMalformed", err)
	}
}
