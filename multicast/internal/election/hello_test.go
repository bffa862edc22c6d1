package election

import (
	"errors"
	"testing"
	"time"

	"parley/codecs"
)

func TestHello(t *testing.T) {
	low, high := NewIdentity(1, 1<<63), NewIdentity(128, 0x0102030405060708)
	if got := high.String(); got != "128-01020304050607" {
		t.Errorf("an identity is shown as %q", got)
	}
	for _, h := range []Hello{
		{Bridge: high, Root: low, Cost: 3, Age: 1500 * time.Millisecond, Tag: 0x1122334455667788},
		{Bridge: low, Root: low, Single: true, Standby: true},
	} {
		b := h.Append(nil)
		if got, err := ParseHello(append(b, 1, 2, 3, 4)); err != nil || got != h || len(b) != helloSize {
			t.Errorf("%+v is read as %+v: %v", h, got, err)
		}
	}
	if got, err := ParseHello(Hello{Bridge: low, Root: low, Age: time.Hour}.Append(nil)); err != nil || got.Age < MaxAge {
		t.Errorf("too old a word is read as %v old: %v", got.Age, err)
	}
	good := Hello{Bridge: high, Root: low}.Append(nil)
	for _, tc := range []struct {
		data []byte
		want error
	}{
		{nil, codecs.ErrMalformed},
		{good[:helloSize-1], codecs.ErrMalformed},
		{append([]byte{2}, good[1:]...), codecs.ErrUnsupported},
		{Hello{Bridge: low, Root: high}.Append(nil), codecs.ErrMalformed},
	} {
		if _, err := ParseHello(tc.data); !errors.Is(err, tc.want) {
			t.Errorf("% x: %v, want %v", tc.data, err, tc.want)
		}
	}
}

func TestTag(t *testing.T) {
	tag := NewTag(NewIdentity(128, 1<<40), "lobby")
	if got, ok := TagOf("parley-12ab@" + tag.Host()); !ok || got != tag {
		t.Errorf("%v is read as %v", tag, got)
	}
	if tag == NewTag(NewIdentity(128, 1<<40), "board") || tag == NewTag(NewIdentity(128, 2<<40), "lobby") {
		t.Error("two conferences have one tag")
	}
	for _, cname := range []string{"", "ann@host", tag.Host(), "a@0011.parley", "a@x011223344556677.parley", "a@" + tag.Host() + "x"} {
		if got, ok := TagOf(cname); ok {
			t.Errorf("%q has the tag %v", cname, got)
		}
	}
}

// FuzzTree feeds a tree whatever octets say, as hellos, suspicions and time.
func FuzzTree(f *testing.F) {
	low := NewIdentity(1, 1)
	f.Add(append([]byte{0, 1, 10}, Hello{Bridge: low, Root: low}.Append(nil)...))
	f.Add([]byte{4, 1, 200, 4, 1, 200, 5, 1, 200, 8, 1, 1})
	f.Fuzz(func(t *testing.T, b []byte) {
		now := time.Unix(1e9, 0)
		tree := New(NewIdentity(128, 7<<40), 1, Order(len(b)%3))
		tree.Add(now, "a")
		tree.Add(now, "b")
		for len(b) >= 3 {
			what, ssrc := b[0], uint32(b[1])
			now = now.Add(time.Duration(b[2]) * 20 * time.Millisecond)
			b = b[3:]
			key := "ab"[what&1 : what&1+1]
			switch what >> 2 & 31 {
			case 0:
				h, err := ParseHello(b[:min(len(b), helloSize)])
				if err != nil {
					continue
				}
				b = b[helloSize:]
				tree.Hear(now, key, ssrc, "", h)
			case 1:
				tree.Suspect(now, key, ssrc, "", "ab"[what>>7:what>>7+1])
			case 2:
				tree.Gone(now, key, ssrc)
			default:
				tree.Step(now)
			}
			if tree.State("a").Standby && tree.State("b").Standby {
				t.Fatal("all ports stand by")
			}
			tree.Step(now)
			if next := tree.Next(); !next.After(now) {
				t.Fatalf("due at %v, at %v", next, now)
			}
		}
	})
}
