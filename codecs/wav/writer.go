package wav

import (
	"encoding/binary"
	"errors"
	"io"
	"math"
)

// headerSize is that of RIFF, fmt and data in bytes.
const headerSize = 44

// Writer writes 16 bits mono. Until Close, the header says that the sound goes on
// to the end of the file, so that one that was cut off can be played.
type Writer struct {
	w      io.WriteSeeker
	rate   int
	bytes  int64
	buffer []byte
}

// NewWriter writes a header to the beginning of w.
func NewWriter(w io.WriteSeeker, rate int) (*Writer, error) {
	f := &Writer{w: w, rate: rate}
	_, err := w.Write(f.header(math.MaxUint32 - headerSize))
	return f, err
}

// header is that of so many bytes of sound.
func (f *Writer) header(size int64) []byte {
	b := make([]byte, 0, headerSize)
	u16, u32 := binary.LittleEndian.AppendUint16, binary.LittleEndian.AppendUint32
	// A file of more than 4 GB has no place for its size.
	size = min(size, math.MaxUint32-headerSize)
	b = append(b, "RIFF"...)
	b = u32(b, uint32(headerSize-8+size))
	b = append(b, "WAVEfmt "...)
	b = u32(b, 16)
	b = u16(u16(b, formatPCM), 1)
	b = u32(u32(b, uint32(f.rate)), uint32(2*f.rate))
	b = u16(u16(b, 2), 16)
	b = append(b, "data"...)
	return u32(b, uint32(size))
}

// Write appends samples.
func (f *Writer) Write(samples []int16) error {
	f.buffer = f.buffer[:0]
	for _, s := range samples {
		f.buffer = binary.LittleEndian.AppendUint16(f.buffer, uint16(s))
	}
	n, err := f.w.Write(f.buffer)
	f.bytes += int64(n)
	return err
}

// Skip appends n samples of silence, as a hole that takes no room where the file
// system has such.
func (f *Writer) Skip(n int64) error {
	if n <= 0 {
		return nil
	}
	_, err := f.w.Seek(2*n, io.SeekCurrent)
	if err == nil {
		f.bytes += 2 * n
	}
	return err
}

// Samples is how many were written.
func (f *Writer) Samples() int64 { return f.bytes / 2 }

// Close completes the header. It does not close the file.
func (f *Writer) Close() error {
	if _, err := f.w.Seek(0, io.SeekStart); err != nil {
		return err
	}
	_, err := f.w.Write(f.header(f.bytes))
	_, seek := f.w.Seek(0, io.SeekEnd)
	return errors.Join(err, seek)
}
