package wav

import (
	"bufio"
	"encoding/binary"
	"errors"
	"io"
	"math"

	"parley/codecs"
	"parley/codecs/g711"
)

// Reader reads the sound of a file, its channels mixed to one.
type Reader struct {
	r        *bufio.Reader
	format   uint16
	rate     int
	channels int
	size     int   // bytes of one sample
	left     int64 // bytes of sound that follow; -1: all
	block    []byte
	expand   *[256]int16 // of G.711
}

// NewReader reads a file up to its sound. Errors wrap codecs.ErrMalformed or
// codecs.ErrUnsupported, or are r's.
func NewReader(r io.Reader) (*Reader, error) {
	f := &Reader{r: bufio.NewReader(r)}
	var head [12]byte
	if _, err := io.ReadFull(f.r, head[:]); err != nil {
		return nil, f.cut(err, "header")
	}
	switch {
	case string(head[:4]) == "RF64" || string(head[:4]) == "BW64":
		return nil, unsupported("files of more than 4 GB (%s)", head[:4])
	case string(head[:4]) != "RIFF" || string(head[8:]) != "WAVE":
		return nil, malformed("no RIFF WAVE file")
	}
	for range maxChunks {
		var chunk [8]byte
		if _, err := io.ReadFull(f.r, chunk[:]); err != nil {
			return nil, f.cut(err, "chunk of sound")
		}
		size := int64(binary.LittleEndian.Uint32(chunk[4:]))
		switch string(chunk[:4]) {
		case "fmt ":
			if err := f.readFormat(size); err != nil {
				return nil, err
			}
			continue
		case "data":
			if f.channels == 0 {
				return nil, malformed("sound without a format")
			}
			// Writers that could not go back leave the size open.
			if f.left = size; size == 0 || size >= math.MaxUint32-maxOpenEnd {
				f.left = -1
			}
			f.block = make([]byte, blockFrames*f.channels*f.size)
			return f, nil
		}
		if _, err := io.CopyN(io.Discard, f.r, size+size&1); err != nil {
			return nil, f.cut(err, "chunk")
		}
	}
	return nil, malformed("more than %d chunks before the sound", maxChunks)
}

// maxOpenEnd is how far below the largest size one still means "open": some
// writers count the header in.
const maxOpenEnd = 64

func (f *Reader) cut(err error, what string) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return malformed("the file ends before its %s", what)
	}
	return err
}

// readFormat reads the format chunk, 16 bytes or 18 and what the format adds.
func (f *Reader) readFormat(size int64) error {
	var b [40]byte
	n := min(size, int64(len(b)))
	if n < 16 {
		return malformed("a format of %d bytes", size)
	}
	if _, err := io.ReadFull(f.r, b[:n]); err != nil {
		return f.cut(err, "format")
	}
	if _, err := io.CopyN(io.Discard, f.r, size-n+size&1); err != nil {
		return f.cut(err, "format")
	}
	f.format = binary.LittleEndian.Uint16(b[:])
	f.channels = int(binary.LittleEndian.Uint16(b[2:]))
	f.rate = int(binary.LittleEndian.Uint32(b[4:]))
	align, bits := int(binary.LittleEndian.Uint16(b[12:])), int(binary.LittleEndian.Uint16(b[14:]))
	if f.format == formatExtensible {
		if n < 26 {
			return malformed("an extensible format of %d bytes", size)
		}
		f.format = binary.LittleEndian.Uint16(b[24:])
	}
	f.size = (bits + 7) / 8
	switch {
	case f.channels < 1 || f.channels > maxChannels:
		channels := f.channels
		f.channels = 0
		return malformed("%d channels", channels)
	case align != f.channels*f.size:
		return malformed("blocks of %d bytes for %d channels of %d bits", align, f.channels, bits)
	case !codecs.Resamples(f.rate):
		return unsupported("%d Hz", f.rate)
	}
	switch {
	case f.format == formatPCM && f.size >= 1 && f.size <= 4:
	case f.format == formatFloat && (f.size == 4 || f.size == 8):
	case f.format == formatALaw && f.size == 1:
		return f.expandBy(g711.ALaw())
	case f.format == formatMuLaw && f.size == 1:
		return f.expandBy(g711.MuLaw())
	default:
		return unsupported("format %#x of %d bits", f.format, bits)
	}
	return nil
}

// expandBy takes the values of G.711's codes.
func (f *Reader) expandBy(c codecs.Codec) error {
	d, err := c.NewDecoder(c.Formats[0])
	if err != nil {
		return err
	}
	var codes [256]byte
	for i := range codes {
		codes[i] = byte(i)
	}
	f.expand = new([256]int16)
	_, err = d.Decode(f.expand[:], codes[:])
	return err
}

// SampleRate is the rate in Hz, of which codecs.Resamples holds.
func (f *Reader) SampleRate() int { return f.rate }

// Channels are those in the file.
func (f *Reader) Channels() int { return f.channels }

// Read reads up to len(dst) samples and returns how many; 0 and io.EOF at the end.
// A file that is cut off ends there.
func (f *Reader) Read(dst []int16) (int, error) {
	frame := f.channels * f.size
	want := int64(min(len(dst), blockFrames) * frame)
	if f.left >= 0 {
		want = min(want, f.left)
	}
	n, err := io.ReadFull(f.r, f.block[:want])
	if f.left >= 0 {
		f.left -= int64(n)
	}
	n /= frame
	for i := range n {
		dst[i] = f.mono(f.block[i*frame:])
	}
	switch {
	case n > 0:
		return n, nil // an error comes again
	case err == nil || errors.Is(err, io.ErrUnexpectedEOF):
		return 0, io.EOF
	}
	return 0, err
}

// mono mixes one sample of each channel.
func (f *Reader) mono(b []byte) int16 {
	sum := 0
	for c := range f.channels {
		sum += int(f.sample(b[c*f.size:]))
	}
	return int16(sum / f.channels)
}

// sample is one sample as 16 bits.
func (f *Reader) sample(b []byte) int16 {
	switch f.format {
	case formatALaw, formatMuLaw:
		return f.expand[b[0]]
	case formatFloat:
		v := float64(math.Float32frombits(binary.LittleEndian.Uint32(b)))
		if f.size == 8 {
			v = math.Float64frombits(binary.LittleEndian.Uint64(b))
		}
		if !(v > -1) { // not a number either
			return math.MinInt16
		}
		return int16(math.Round(min(v, 1) * math.MaxInt16))
	}
	if f.size == 1 {
		return (int16(b[0]) - 128) << 8 // 8 bits are unsigned
	}
	// The first two bytes of the highest value; what is below 16 bits is dropped.
	return int16(binary.LittleEndian.Uint16(b[f.size-2:]))
}
