package tpkt

import (
	"errors"
	"io"
)

// Reader reads TPKTs from a stream. It reads no octet beyond the packet asked
// for, so that a caller who must know what follows, can.
type Reader struct {
	stream io.Reader
	header [headerSize]byte
	filled int    // octets of the header that have arrived
	size   int    // of the payload, once the header is whole
	buf    []byte // what has arrived of the payload
	err    error  // a framing error lasts
}

// NewReader reads from stream.
func NewReader(stream io.Reader) *Reader { return &Reader{stream: stream} }

// ReadPacket returns the payload of the next TPKT, which is valid until the next
// call; it is empty for a keep-alive.
//
// The error is io.EOF where the stream ends between packets,
// io.ErrUnexpectedEOF where it ends within one, ErrMalformed, or the stream's
// own. After a deadline has passed, the next call goes on where this one stopped.
func (r *Reader) ReadPacket() ([]byte, error) {
	if r.err != nil {
		return nil, r.err
	}
	if err := r.readHeader(); err != nil {
		return nil, err
	}
	for len(r.buf) < r.size {
		if err := r.readPart(); err != nil {
			return nil, err
		}
	}
	packet := r.buf
	r.filled, r.buf = 0, r.buf[:0]
	return packet, nil
}

func (r *Reader) readHeader() error {
	if r.filled == headerSize {
		return nil // read before a deadline
	}
	n, err := io.ReadFull(r.stream, r.header[r.filled:])
	within := r.filled > 0
	r.filled += n
	if err != nil {
		if within {
			return unexpected(err)
		}
		return err
	}
	if r.size, err = payloadSize(r.header); err != nil {
		r.err = err
	}
	return err
}

// readPart reads some of the payload, and takes memory only as it arrives.
func (r *Reader) readPart() error {
	have := len(r.buf)
	want := min(r.size-have, max(growth, have))
	if cap(r.buf) < have+want {
		grown := make([]byte, have, have+want)
		copy(grown, r.buf)
		r.buf = grown
	}
	n, err := io.ReadFull(r.stream, r.buf[have:have+want])
	r.buf = r.buf[:have+n]
	return unexpected(err)
}

func unexpected(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}
