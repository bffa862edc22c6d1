package pcap

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"net/netip"
	"testing"
	"time"
)

// datagram is an IPv4 packet of UDP from 192.0.2.1:5 to 192.0.2.2:6.
func datagram(data string) []byte {
	ip := []byte{0x45, 0, 0, 0, 0, 0, 0, 0, 64, 17, 0, 0, 192, 0, 2, 1, 192, 0, 2, 2, 0, 5, 0, 6, 0, 0, 0, 0}
	binary.BigEndian.PutUint16(ip[2:], uint16(len(ip)+len(data)))
	binary.BigEndian.PutUint16(ip[24:], uint16(8+len(data)))
	return append(ip, data...)
}

// segment6 is an IPv6 packet of TCP from [2001:db8::1]:5 to [2001:db8::2]:6.
func segment6(data string) []byte {
	from, to := netip.MustParseAddr("2001:db8::1").As16(), netip.MustParseAddr("2001:db8::2").As16()
	ip := append([]byte{0x60, 0, 0, 0, 0, 0, 6, 64}, from[:]...)
	ip = append(append(ip, to[:]...), 0, 5, 0, 6, 0, 0, 0, 9, 0, 0, 0, 0, 0x50, 0, 0, 0, 0, 0, 0, 0)
	binary.BigEndian.PutUint16(ip[4:], uint16(20+len(data)))
	return append(ip, data...)
}

// file is of pcap, with packets behind an Ethernet header with a VLAN tag.
func file(order binary.AppendByteOrder, packets ...[]byte) []byte {
	f := order.AppendUint32(nil, 0xa1b2c3d4)
	f = append(f, make([]byte, 16)...)
	f = order.AppendUint32(f, linkEthernet)
	for i, p := range packets {
		kind := []byte{0x81, 0, 0, 7, 8, 0}
		p = append(append(make([]byte, 12), kind...), p...)
		for _, n := range []int{100 + i, 250_000, len(p), len(p)} {
			f = order.AppendUint32(f, uint32(n))
		}
		f = append(f, p...)
	}
	return f
}

func TestReader(t *testing.T) {
	fragment := datagram("x")
	fragment[6] = 0x20 // more fragments
	for _, order := range []binary.AppendByteOrder{binary.LittleEndian, binary.BigEndian} {
		r := NewReader(bytes.NewReader(file(order, datagram("one"), fragment, datagram(""), segment6("two"))))
		p, err := r.Next()
		if err != nil || string(p.Data) != "one" || p.TCP || p.Number != 1 || p.From.String() != "192.0.2.1:5" || p.To.String() != "192.0.2.2:6" {
			t.Errorf("first: %+v, %v", p, err)
		}
		if !p.Time.Equal(time.Unix(100, 250e6)) {
			t.Errorf("time %v", p.Time)
		}
		p, err = r.Next()
		if err != nil || string(p.Data) != "two" || !p.TCP || p.Sequence != 9 || p.Number != 4 || p.From.String() != "[2001:db8::1]:5" {
			t.Errorf("second: %+v, %v", p, err)
		}
		if _, err := r.Next(); !errors.Is(err, io.EOF) {
			t.Errorf("end: %v", err)
		}
	}
}

func TestReaderRefuses(t *testing.T) {
	whole := file(binary.LittleEndian, datagram("one"))
	long := bytes.Clone(whole)
	binary.LittleEndian.PutUint32(long[24+8:], 0xffffffff)
	link := bytes.Clone(whole)
	link[20] = 99
	for _, tt := range []struct {
		name string
		data []byte
		want error
	}{
		{"empty", nil, ErrNoCapture},
		{"text", []byte("GET / HTTP/1.1"), ErrNoCapture},
		{"cut", whole[:len(whole)-1], ErrMalformed},
		{"cut head", whole[:10], ErrMalformed},
		{"endless packet", long, ErrMalformed},
		{"unknown link", link, ErrLink},
		{"block of 4 GiB", []byte{0x0a, 0x0d, 0x0d, 0x0a, 0xfc, 0xff, 0xff, 0xff, 0x4d, 0x3c, 0x2b, 0x1a}, ErrMalformed},
	} {
		if _, err := NewReader(bytes.NewReader(tt.data)).Next(); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, err, tt.want)
		}
	}
}

// Nothing in a file makes the reader fail but by an error.
func FuzzReader(f *testing.F) {
	f.Add(file(binary.LittleEndian, datagram("one"), segment6("two")))
	f.Add(file(binary.BigEndian, datagram("one")))
	f.Add([]byte{
		0x0a, 0x0d, 0x0d, 0x0a, 28, 0, 0, 0, 0x4d, 0x3c, 0x2b, 0x1a, 1, 0, 0, 0, 255, 255, 255, 255, 255, 255, 255, 255, 28, 0, 0, 0,
		1, 0, 0, 0, 28, 0, 0, 0, 101, 0, 0, 0, 0, 0, 0, 0, 9, 0, 1, 0, 9, 0, 0, 0, 28, 0, 0, 0,
	})
	f.Fuzz(func(t *testing.T, data []byte) {
		r := NewReader(bytes.NewReader(data))
		for {
			p, err := r.Next()
			if err != nil {
				return
			}
			if len(p.Data) == 0 || !p.From.IsValid() {
				t.Errorf("%+v", p)
			}
		}
	})
}

// The begin of a connection is told, with the number of the octet that follows.
func TestReaderBegins(t *testing.T) {
	syn := segment6("")
	syn[40+13] = 0x12 // SYN and ACK
	r := NewReader(bytes.NewReader(file(binary.LittleEndian, segment6(""), syn)))
	p, err := r.Next()
	if err != nil || !p.Begins || p.Sequence != 10 || len(p.Data) != 0 || p.Number != 2 {
		t.Errorf("%+v, %v", p, err)
	}
	if _, err := r.Next(); !errors.Is(err, io.EOF) {
		t.Errorf("end: %v", err)
	}
}
