package tpkt_test

import (
	"bytes"
	"errors"
	"io"
	"os"
	"testing"
	"testing/iotest"

	"parley/h323/tpkt"
)

func stream(t *testing.T, payloads ...[]byte) []byte {
	t.Helper()
	var all []byte
	for _, p := range payloads {
		var err error
		if all, err = tpkt.Append(all, p); err != nil {
			t.Fatal(err)
		}
	}
	return all
}

func TestReadPacket(t *testing.T) {
	want := [][]byte{{8, 2, 0, 1, 0x5a}, {}, bytes.Repeat([]byte{7}, tpkt.MaxPayload), {9}}
	all := stream(t, want...)
	for name, from := range map[string]io.Reader{
		"whole":        bytes.NewReader(all),
		"octet-wise":   iotest.OneByteReader(bytes.NewReader(all)),
		"end and data": iotest.DataErrReader(bytes.NewReader(all)),
	} {
		r := tpkt.NewReader(from)
		for i, p := range want {
			got, err := r.ReadPacket()
			if err != nil || !bytes.Equal(got, p) {
				t.Errorf("%s: packet %d has %d octets, want %d; %v", name, i, len(got), len(p), err)
			}
		}
		if _, err := r.ReadPacket(); !errors.Is(err, io.EOF) {
			t.Errorf("%s: %v at the end, want EOF", name, err)
		}
	}
}

func TestReadPacketTruncated(t *testing.T) {
	all := stream(t, []byte("payload"))
	for n := 1; n < len(all); n++ {
		if _, err := tpkt.NewReader(bytes.NewReader(all[:n])).ReadPacket(); !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("cut to %d octets: %v", n, err)
		}
	}
}

func TestReadPacketMalformed(t *testing.T) {
	for _, data := range [][]byte{{2, 0, 0, 8, 1, 2, 3, 4}, {3, 0, 0, 3, 3, 0, 0, 4}, {0, 0, 0, 0}} {
		r := tpkt.NewReader(bytes.NewReader(data))
		for range 2 { // the error lasts
			if _, err := r.ReadPacket(); !errors.Is(err, tpkt.ErrMalformed) {
				t.Errorf("%x: %v, want ErrMalformed", data, err)
			}
		}
	}
}

// late fails with a deadline's error before each octet.
type late struct {
	data []byte
	now  bool
}

func (l *late) Read(p []byte) (int, error) {
	l.now = !l.now
	if l.now {
		return 0, os.ErrDeadlineExceeded
	}
	n := copy(p[:1], l.data)
	l.data = l.data[n:]
	return n, nil
}

func TestReadPacketGoesOnAfterDeadline(t *testing.T) {
	r := tpkt.NewReader(&late{data: stream(t, []byte("one"), []byte("two"))})
	var got []string
	for len(got) < 2 {
		p, err := r.ReadPacket()
		if errors.Is(err, os.ErrDeadlineExceeded) {
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, string(p))
	}
	if got[0] != "one" || got[1] != "two" {
		t.Errorf("got %q", got)
	}
}

// asked is the most that was asked of it at once.
type asked struct {
	io.Reader
	most int
}

func (a *asked) Read(p []byte) (int, error) {
	a.most = max(a.most, len(p))
	return a.Reader.Read(p)
}

// A header that promises 64 KiB must not be paid with 64 KiB of memory.
func TestReadPacketTakesMemoryAsItArrives(t *testing.T) {
	from := &asked{Reader: bytes.NewReader([]byte{3, 0, 0xff, 0xff, 1, 2, 3})}
	if _, err := tpkt.NewReader(from).ReadPacket(); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("%v, want an unexpected end", err)
	}
	if from.most > 8192 {
		t.Errorf("%d octets taken for 7", from.most)
	}
}

func TestAppendTooLong(t *testing.T) {
	if _, err := tpkt.Append(nil, make([]byte, tpkt.MaxPayload+1)); !errors.Is(err, tpkt.ErrTooLong) {
		t.Errorf("%v, want ErrTooLong", err)
	}
}

func FuzzTPKT(f *testing.F) {
	f.Add([]byte{3, 0, 0, 4, 3, 0, 0, 5, 1})
	f.Add([]byte{3, 0, 0, 3})
	f.Add([]byte{3, 0, 0xff, 0xff, 0})
	f.Fuzz(func(t *testing.T, data []byte) {
		r, again := tpkt.NewReader(bytes.NewReader(data)), []byte(nil)
		for {
			p, err := r.ReadPacket()
			if err != nil {
				break
			}
			if again, err = tpkt.Append(again, p); err != nil {
				t.Fatal(err)
			}
		}
		if len(again) > len(data) {
			t.Fatalf("read %d octets of %d", len(again), len(data))
		}
		packets := tpkt.NewReader(bytes.NewReader(data))
		for second := tpkt.NewReader(bytes.NewReader(again)); ; {
			want, err := packets.ReadPacket()
			if err != nil {
				break
			}
			if got, err := second.ReadPacket(); err != nil || !bytes.Equal(got, want) {
				t.Fatalf("got %x, want %x; %v", got, want, err)
			}
		}
	})
}
