package pcap

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"time"
)

// Errors of Next, beside those of the stream.
var (
	// ErrNoCapture: the file is neither of pcap nor of pcapng.
	ErrNoCapture = errors.New("pcap: no capture file")
	// ErrMalformed: the file breaks off, or is not what its format says.
	ErrMalformed = errors.New("pcap: malformed")
	// ErrLink: packets are of a link that is not known here.
	ErrLink = errors.New("pcap: unsupported link")
)

// Reader reads a file packet by packet.
type Reader struct {
	stream *bufio.Reader
	number int
	read   func() (frame, error) // nil: the head is not read yet
	order  binary.ByteOrder

	link  uint32        // of pcap
	unit  time.Duration // of pcap's fractions of a second
	links []port        // of pcapng
}

// port is an interface of pcapng.
type port struct {
	link uint32
	unit float64 // of timestamps, in seconds
}

// frame is one packet with its link layer.
type frame struct {
	link uint32
	time time.Time
	data []byte
}

// NewReader returns a Reader of a stream.
func NewReader(stream io.Reader) *Reader {
	return &Reader{stream: bufio.NewReaderSize(stream, 64<<10)}
}

// Next returns the next packet that carries octets over UDP or TCP; io.EOF at the
// end.
func (r *Reader) Next() (Packet, error) {
	if r.read == nil {
		if err := r.head(); err != nil {
			return Packet{}, err
		}
	}
	for {
		f, err := r.read()
		if err != nil {
			return Packet{}, err
		}
		r.number++
		ip, err := f.network()
		if err != nil {
			return Packet{}, err
		}
		if p, ok := transport(ip); ok {
			p.Number, p.Time = r.number, f.time
			return p, nil
		}
	}
}

// head tells the formats apart by their first octets.
func (r *Reader) head() error {
	magic, err := r.stream.Peek(4)
	if err != nil {
		return ErrNoCapture
	}
	r.order, r.unit = binary.LittleEndian, time.Microsecond
	switch binary.LittleEndian.Uint32(magic) {
	case 0x0a0d0d0a:
		r.read = r.block
		return nil
	case 0xa1b2c3d4:
	case 0xa1b23c4d:
		r.unit = time.Nanosecond
	case 0xd4c3b2a1:
		r.order = binary.BigEndian
	case 0x4d3cb2a1:
		r.order, r.unit = binary.BigEndian, time.Nanosecond
	default:
		return ErrNoCapture
	}
	var head [24]byte
	if _, err := io.ReadFull(r.stream, head[:]); err != nil {
		return malformed("the head breaks off")
	}
	r.link, r.read = r.order.Uint32(head[20:])&0xffff, r.record
	return nil
}

func malformed(what string) error { return fmt.Errorf("%w: %s", ErrMalformed, what) }

// take reads n octets.
func (r *Reader) take(n uint32) ([]byte, error) {
	if n > maxBlock {
		return nil, malformed(fmt.Sprintf("a packet of %d octets", n))
	}
	data := make([]byte, n)
	if _, err := io.ReadFull(r.stream, data); err != nil {
		return nil, malformed("it breaks off")
	}
	return data, nil
}

// record reads one of pcap.
func (r *Reader) record() (frame, error) {
	var head [16]byte
	if _, err := io.ReadFull(r.stream, head[:]); errors.Is(err, io.EOF) {
		return frame{}, io.EOF
	} else if err != nil {
		return frame{}, malformed("it breaks off")
	}
	data, err := r.take(r.order.Uint32(head[8:]))
	at := time.Unix(int64(r.order.Uint32(head[0:])), int64(time.Duration(r.order.Uint32(head[4:]))*r.unit))
	return frame{r.link, at, data}, err
}

// The blocks of pcapng that matter (IETF draft-ietf-opsawg-pcapng clause 4).
const (
	sectionHeader        = 0x0a0d0d0a
	interfaceDescription = 1
	enhancedPacket       = 6
)

// block reads blocks of pcapng until one has a packet.
func (r *Reader) block() (frame, error) {
	for {
		head, err := r.stream.Peek(12)
		if len(head) == 0 && errors.Is(err, io.EOF) {
			return frame{}, io.EOF
		} else if err != nil {
			return frame{}, malformed("a block breaks off")
		}
		if binary.LittleEndian.Uint32(head) == sectionHeader {
			r.links, r.order = nil, binary.LittleEndian
			if binary.BigEndian.Uint32(head[8:]) == 0x1a2b3c4d {
				r.order = binary.BigEndian
			}
		}
		kind, n := r.order.Uint32(head), r.order.Uint32(head[4:])
		if n < 12 || n%4 != 0 {
			return frame{}, malformed(fmt.Sprintf("a block of %d octets", n))
		}
		block, err := r.take(n)
		if err != nil {
			return frame{}, err
		}
		body := block[8 : n-4]
		switch kind {
		case interfaceDescription:
			if err := r.addInterface(body); err != nil {
				return frame{}, err
			}
		case enhancedPacket:
			return r.packet(body)
		}
	}
}

func (r *Reader) addInterface(body []byte) error {
	if len(body) < 8 || len(r.links) >= maxInterfaces {
		return malformed("an interface")
	}
	p := port{uint32(r.order.Uint16(body)), 1e-6}
	for options := body[8:]; len(options) >= 4; {
		code, n := r.order.Uint16(options), int(r.order.Uint16(options[2:]))
		if len(options) < 4+n {
			break
		}
		if code == 9 && n == 1 { // if_tsresol
			p.unit = resolution(options[4])
		}
		options = options[min(len(options), 4+(n+3)/4*4):]
	}
	r.links = append(r.links, p)
	return nil
}

// resolution reads if_tsresol: a negative power of 10, or of 2 with the first bit.
func resolution(octet byte) float64 {
	base := 10.0
	if octet&0x80 != 0 {
		base = 2
	}
	return math.Pow(base, -float64(octet&0x7f))
}

func (r *Reader) packet(body []byte) (frame, error) {
	if len(body) < 20 {
		return frame{}, malformed("a packet")
	}
	i, n := r.order.Uint32(body), r.order.Uint32(body[12:])
	if uint64(i) >= uint64(len(r.links)) || uint64(n) > uint64(len(body)-20) {
		return frame{}, malformed("a packet")
	}
	stamp := uint64(r.order.Uint32(body[4:]))<<32 | uint64(r.order.Uint32(body[8:]))
	seconds, fraction := math.Modf(float64(stamp) * r.links[i].unit)
	if seconds > math.MaxUint32 {
		return frame{}, malformed("a time")
	}
	at := time.Unix(int64(seconds), int64(fraction*1e9)).Round(time.Microsecond)
	return frame{r.links[i].link, at, body[20 : 20+n]}, nil
}
