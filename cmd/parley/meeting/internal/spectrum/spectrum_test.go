package spectrum

import (
	"math"
	"path/filepath"
	"testing"
)

func TestMeasureTellsTonesFromFloor(t *testing.T) {
	path := filepath.Join(t.TempDir(), "tone.wav")
	if err := WriteTone(path, 8000, 2, 660, -18, 2); err != nil {
		t.Fatal(err)
	}
	pcm, rate, err := ReadWAV(path)
	if err != nil || rate != 8000 || len(pcm) != 16000 {
		t.Fatalf("ReadWAV: %d samples at %d Hz, %v", len(pcm), rate, err)
	}
	m := Measure(pcm, rate, 440, 660)
	if math.Abs(m.Tones[660]+18) > 0.5 {
		t.Errorf("660 Hz at %.2f dB, want -18", m.Tones[660])
	}
	if m.Tones[440] > -80 || m.Floor > -80 {
		t.Errorf("silence is not silent: %v", m)
	}
	if m = Measure(pcm, rate, 440); m.Floor < -19 || math.Abs(m.FloorAt-660) > 10 {
		t.Errorf("a tone that was not listed is not the floor: %v", m)
	}
}
