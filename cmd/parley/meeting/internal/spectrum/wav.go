package spectrum

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"os"
)

// ReadWAV returns the first channel of a 16-bit PCM file, full scale 1, and
// its rate. A file whose header was never completed (its writer was killed) is
// read to its end.
func ReadWAV(path string) (pcm []float64, rate int, err error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, 0, err
	}
	if len(raw) < 12 || string(raw[:4]) != "RIFF" || string(raw[8:12]) != "WAVE" {
		return nil, 0, fmt.Errorf("%s: not a WAV file", path)
	}
	channels := 0
	for rest := raw[12:]; len(rest) >= 8; {
		id, size := string(rest[:4]), int(binary.LittleEndian.Uint32(rest[4:8]))
		body := rest[8:]
		if size > len(body) || (id == "data" && size == 0) {
			size = len(body)
		}
		switch id {
		case "fmt ":
			if size < 16 || binary.LittleEndian.Uint16(body[14:]) != 16 {
				return nil, 0, fmt.Errorf("%s: not 16-bit PCM", path)
			}
			channels = int(binary.LittleEndian.Uint16(body[2:]))
			rate = int(binary.LittleEndian.Uint32(body[4:]))
		case "data":
			if channels == 0 {
				return nil, 0, errors.New("data before fmt")
			}
			for i := 0; i+2*channels <= size; i += 2 * channels {
				pcm = append(pcm, float64(int16(binary.LittleEndian.Uint16(body[i:])))/32768)
			}
			return pcm, rate, nil
		}
		size += size & 1
		rest = body[min(size, len(body)):]
	}
	return nil, 0, fmt.Errorf("%s: no sound", path)
}

// WriteTone writes seconds of a sine of f Hz at the level (dB relative to full
// scale) as a WAV file of 16-bit PCM.
func WriteTone(path string, rate, channels int, f, level, seconds float64) error {
	n := int(float64(rate) * seconds)
	data := make([]byte, 44, 44+2*channels*n)
	copy(data, "RIFF")
	copy(data[8:], "WAVEfmt ")
	le := binary.LittleEndian
	le.PutUint32(data[4:], uint32(36+2*channels*n))
	le.PutUint32(data[16:], 16)
	le.PutUint16(data[20:], 1)
	le.PutUint16(data[22:], uint16(channels))
	le.PutUint32(data[24:], uint32(rate))
	le.PutUint32(data[28:], uint32(rate*2*channels))
	le.PutUint16(data[32:], uint16(2*channels))
	le.PutUint16(data[34:], 16)
	copy(data[36:], "data")
	le.PutUint32(data[40:], uint32(2*channels*n))
	amplitude := 32767 * math.Pow(10, level/20)
	for i := range n {
		v := int16(math.Round(amplitude * math.Sin(2*math.Pi*f*float64(i)/float64(rate))))
		for range channels {
			data = le.AppendUint16(data, uint16(v))
		}
	}
	return os.WriteFile(path, data, 0o644)
}
