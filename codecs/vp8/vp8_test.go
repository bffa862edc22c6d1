package vp8

import (
	"bytes"
	"errors"
	"testing"

	"parley/codecs"
)

func TestDescriptor(t *testing.T) {
	tests := []struct {
		name  string
		bytes []byte
		want  Descriptor
	}{
		{"shortest", []byte{0x10}, Descriptor{Start: true}},
		{"partition", []byte{0x23}, Descriptor{NonReference: true, Partition: 3}},
		{"7 bit", []byte{0x90, 0x80, 0x7f}, Descriptor{Start: true, HasPictureID: true, PictureID: 127}},
		{"15 bit", []byte{0x90, 0x80, 0xff, 0xfe},
			Descriptor{Start: true, HasPictureID: true, Wide: true, PictureID: 0x7ffe}},
		{"all", []byte{0xb0, 0xf0, 0x81, 0x02, 0x03, 0xa5}, Descriptor{
			NonReference: true, Start: true, HasPictureID: true, Wide: true, PictureID: 0x102,
			HasTL0PICIDX: true, TL0PICIDX: 3, HasTID: true, TID: 2, LayerSync: true, HasKeyIndex: true, KeyIndex: 5}},
		{"only key index", []byte{0x80, 0x10, 0x1f}, Descriptor{HasKeyIndex: true, KeyIndex: 31}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var d Descriptor
			n, err := d.Unmarshal(append(bytes.Clone(tt.bytes), 0xee, 0xee))
			if err != nil || n != len(tt.bytes) || d != tt.want {
				t.Fatalf("%+v, %d, %v; want %+v", d, n, err, tt.want)
			}
			if got := d.Append(nil); !bytes.Equal(got, tt.bytes) {
				t.Errorf("written % x, want % x", got, tt.bytes)
			}
			for cut := range len(tt.bytes) {
				if _, err := d.Unmarshal(tt.bytes[:cut]); !errors.Is(err, codecs.ErrMalformed) {
					t.Errorf("cut to %d: %v", cut, err)
				}
			}
		})
	}
}

func TestInspect(t *testing.T) {
	tests := []struct {
		name    string
		payload []byte
		want    codecs.PayloadInfo
	}{
		{"key frame", []byte{0x10, 0x00}, codecs.PayloadInfo{FrameStart: true, Keyframe: true}},
		{"other frame", []byte{0x10, 0x01}, codecs.PayloadInfo{FrameStart: true}},
		{"further packet", []byte{0x00, 0x00}, codecs.PayloadInfo{}},
		{"second partition", []byte{0x11, 0x00}, codecs.PayloadInfo{}},
		{"not referred to", []byte{0xb0, 0x80, 0x05, 0x01}, codecs.PayloadInfo{FrameStart: true, Discardable: true}},
		{"nothing after the descriptor", []byte{0x10}, codecs.PayloadInfo{FrameStart: true}},
		{"truncated", []byte{0x90, 0x80}, codecs.PayloadInfo{}},
		{"empty", nil, codecs.PayloadInfo{}},
	}
	for _, tt := range tests {
		if got := Codec().Inspect(tt.payload); got != tt.want {
			t.Errorf("%s: %+v, want %+v", tt.name, got, tt.want)
		}
	}
	if !Codec().Accept(Codec().Formats[0]) || Codec().Accept(codecs.Format{Name: "VP8", ClockRate: 8000}) {
		t.Error("Accept")
	}
}

func FuzzDescriptor(f *testing.F) {
	f.Add([]byte{0xb0, 0xf0, 0x81, 0x02, 0x03, 0xa5, 0x00})
	f.Add([]byte{0x90, 0x80, 0x7f})
	f.Add([]byte{0x80, 0x00})
	f.Fuzz(func(t *testing.T, payload []byte) {
		Inspect(payload)
		var d, again Descriptor
		n, err := d.Unmarshal(payload)
		if err != nil {
			return
		}
		if n > MaxDescriptor || n > len(payload) {
			t.Fatalf("descriptor of %d bytes in %d", n, len(payload))
		}
		out := d.Append(nil)
		m, err := again.Unmarshal(out)
		if err != nil || m != len(out) || again != d {
			t.Fatalf("% x: %+v, written % x: %+v, %v", payload, d, out, again, err)
		}
	})
}
