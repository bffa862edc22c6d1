package codecs

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParseRTPMap(t *testing.T) {
	tests := []struct {
		media Media
		value string
		want  Mapping
	}{
		{MediaAudio, "111 OPUS/48000/2", Mapping{111, Format{"opus", 48000, 2, ""}}},
		{MediaAudio, "0 pcmu/8000", Mapping{0, Format{"PCMU", 8000, 1, ""}}},
		{MediaAudio, " 9  G722/8000/1 ", Mapping{9, Format{"G722", 8000, 1, ""}}},
		{MediaAudio, "9 G722/16000", Mapping{9, Format{"G722", 8000, 1, ""}}},
		{MediaAudio, "101 Telephone-Event/8000", Mapping{101, Format{"telephone-event", 8000, 1, ""}}},
		{MediaVideo, "96 h264/90000", Mapping{96, Format{"H264", 90000, 0, ""}}},
		{MediaVideo, "97 x-New.1/90000", Mapping{97, Format{"x-New.1", 90000, 0, ""}}},
	}
	for _, tt := range tests {
		got, err := ParseRTPMap(tt.media, tt.value)
		if err != nil || got != tt.want {
			t.Errorf("ParseRTPMap(%q) = %+v, %v; want %+v", tt.value, got, err, tt.want)
		}
	}
	for _, bad := range []string{"", "96", "96 H264", "128 H264/90000", "-1 H264/90000", "96 /90000",
		"96 H264/0", "96 H264/x", "96 opus/48000/0", "96 opus/48000/2/1", "96 a b/8000", "96 H264/99999999999",
		"96 " + strings.Repeat("n", 65) + "/8000"} {
		if got, err := ParseRTPMap(MediaAudio, bad); !errors.Is(err, ErrMalformed) {
			t.Errorf("ParseRTPMap(%q) = %+v, %v; want malformed", bad, got, err)
		}
	}
}

func TestCanonicalFmtp(t *testing.T) {
	tests := []struct{ in, want string }{
		{"", ""},
		{"useinbandfec=1; minptime=10;", "minptime=10;useinbandfec=1"},
		{"Profile-Level-ID=42E01F;packetization-mode=1", "packetization-mode=1;profile-level-id=42e01f"},
		{"sprop-parameter-sets=Z0LAH9o=,aM4=", "sprop-parameter-sets=Z0LAH9o=,aM4="},
		{"0-15,36", "0-15,36"},
		{"a=1;A=2", "a=1"},
		{"annexb", "annexb"},
	}
	for _, tt := range tests {
		if got, err := CanonicalFmtp(tt.in); err != nil || got != tt.want {
			t.Errorf("CanonicalFmtp(%q) = %q, %v; want %q", tt.in, got, err, tt.want)
		}
	}
	many := strings.Repeat("x", MaxFmtp+1)
	var items strings.Builder
	for i := range MaxFmtpParams + 1 {
		items.WriteString(string(rune('0'+i/10)) + string(rune('0'+i%10)) + "=1;")
	}
	for _, bad := range []string{"=1", "a=\x00", "a=1\r\nb=2", many, items.String()} {
		if got, err := CanonicalFmtp(bad); !errors.Is(err, ErrMalformed) {
			t.Errorf("CanonicalFmtp(%.20q) = %q, %v; want malformed", bad, got, err)
		}
	}
}

func TestParam(t *testing.T) {
	f := Format{Name: "H264", Fmtp: "annexb;packetization-mode=1"}
	if v, ok := f.Param("Packetization-Mode"); v != "1" || !ok {
		t.Errorf("packetization-mode = %q, %v", v, ok)
	}
	if v, ok := f.Param("annexb"); v != "" || !ok {
		t.Errorf("annexb = %q, %v", v, ok)
	}
	if v, ok := f.Param("mode"); ok {
		t.Errorf("absent parameter = %q", v)
	}
	if got := f.WithParam("packetization-mode", "0").Fmtp; got != "annexb;packetization-mode=0" {
		t.Errorf("WithParam: %q", got)
	}
}

func TestParseMappings(t *testing.T) {
	got, err := ParseMappings(MediaAudio,
		[]string{"9", "111", "0", "13", "55", "96", "9", "10", "11", "8"},
		[]string{"111 opus/48000/2", "111 PCMA/8000", "97 L16/8000"},
		[]string{"111 useinbandfec=1", "111 minptime=10;useinbandfec=0", "3 x=1"})
	want := []Mapping{
		{9, Format{"G722", 8000, 1, ""}},
		{111, Format{"opus", 48000, 2, "minptime=10;useinbandfec=1"}},
		{0, Format{"PCMU", 8000, 1, ""}},
		{13, Format{"CN", 8000, 1, ""}},
		{10, Format{"L16", 44100, 2, ""}},
		{11, Format{"L16", 44100, 1, ""}},
		{8, Format{"PCMA", 8000, 1, ""}},
	}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("%v\n%s", err, diff)
	}
	got, err = ParseMappings(MediaVideo, []string{"0", "34", "31", "26"}, nil, []string{"31 CIF=1;QCIF=1"})
	want = []Mapping{{34, Format{"H263", 90000, 0, ""}}, {31, Format{"H261", 90000, 0, "cif=1;qcif=1"}}, {26, Format{"JPEG", 90000, 0, ""}}}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("static types in video: %v\n%s", err, diff)
	}
	if got, err := ParseMappings(MediaAudio, []string{"31"}, nil, nil); err != nil || got != nil {
		t.Errorf("static video types in audio: %v, %v", got, err)
	}
	if _, err := ParseMappings(MediaAudio, []string{"x"}, nil, nil); !errors.Is(err, ErrMalformed) {
		t.Errorf("payload type x: %v", err)
	}
}

// RFC 4587 and RFC 4629 write their parameters in capitals.
func TestOldParametersAreCapital(t *testing.T) {
	for _, name := range []string{"H261", "H263", "H263-1998", "H263-2000"} {
		m := Mapping{96, Format{name, 90000, 0, "cif=1;custom=640,480,2"}}
		if got, ok := m.FmtpValue(); !ok || got != "96 CIF=1;CUSTOM=640,480,2" {
			t.Errorf("%s: %q, %v", name, got, ok)
		}
	}
}

func TestMappingValues(t *testing.T) {
	m := Mapping{111, Format{"opus", 48000, 2, "useinbandfec=1"}}
	if got := m.RTPMap(); got != "111 opus/48000/2" {
		t.Errorf("RTPMap: %q", got)
	}
	if got, ok := m.FmtpValue(); got != "111 useinbandfec=1" || !ok {
		t.Errorf("FmtpValue: %q, %v", got, ok)
	}
	m.Format.Fmtp = ""
	if got, ok := m.FmtpValue(); ok {
		t.Errorf("FmtpValue without parameters: %q", got)
	}
}

func FuzzParseMappings(f *testing.F) {
	f.Add("96 H264/90000", "96 packetization-mode=1;profile-level-id=42E01F")
	f.Add("111 opus/48000/2", "111 minptime=10; useinbandfec=1;")
	f.Add("101 telephone-event/8000", "101 0-16")
	f.Add("9 G722/16000", "9 =")
	f.Add("96 H261/1", "96 0=a;\u017f=1;custom=640,480,x")
	addDescriptions(f)
	f.Fuzz(func(t *testing.T, rtpmap, fmtp string) {
		for _, m := range []Media{MediaAudio, MediaVideo} {
			pt, _, _ := strings.Cut(strings.TrimSpace(rtpmap), " ")
			ms, err := ParseMappings(m, []string{pt}, []string{rtpmap}, []string{fmtp})
			if err != nil {
				if !errors.Is(err, ErrMalformed) {
					t.Fatalf("error that is not malformed: %v", err)
				}
				continue
			}
			if len(ms) != 1 {
				t.Fatalf("%q: %d mappings", rtpmap, len(ms))
			}
			var fmtps []string
			if v, ok := ms[0].FmtpValue(); ok {
				fmtps = append(fmtps, v)
			}
			again, err := ParseMappings(m, []string{pt}, []string{ms[0].RTPMap()}, fmtps)
			if diff := cmp.Diff(ms, again); err != nil || diff != "" {
				t.Fatalf("written and read again: %v\n%s", err, diff)
			}
			Negotiate(ms, []Format{ms[0].Format})
		}
	})
}

// addDescriptions adds the attributes of foreign session descriptions, where
// there are some: in PARLEY_CORPORA, or shared/corpora beside a folder above.
func addDescriptions(f *testing.F) {
	root := os.Getenv("PARLEY_CORPORA")
	dir, err := os.Getwd()
	if err != nil {
		f.Fatal(err)
	}
	for ; root == "" && dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		if at := filepath.Join(dir, "shared", "corpora"); isDir(at) {
			root = at
		}
	}
	files, err := filepath.Glob(filepath.Join(root, "rtp-rtcp-sdp", "sdp_fuzzer", "*", "*.sdp"))
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		var rtpmap string
		for line := range strings.Lines(string(text)) {
			line = strings.TrimSpace(line)
			if v, ok := strings.CutPrefix(line, "a=rtpmap:"); ok {
				rtpmap = v
				f.Add(v, "")
			}
			if v, ok := strings.CutPrefix(line, "a=fmtp:"); ok {
				f.Add(rtpmap, v)
			}
		}
	}
}

func isDir(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// Tables 4 and 5 of RFC 3551, whole.
func TestStaticMapping(t *testing.T) {
	want := map[uint8]string{
		0: "PCMU/8000", 3: "GSM/8000", 4: "G723/8000", 5: "DVI4/8000", 6: "DVI4/16000", 7: "LPC/8000", 8: "PCMA/8000",
		9: "G722/8000", 10: "L16/44100/2", 11: "L16/44100", 12: "QCELP/8000", 13: "CN/8000", 14: "MPA/90000",
		15: "G728/8000", 16: "DVI4/11025", 17: "DVI4/22050", 18: "G729/8000", 25: "CelB/90000", 26: "JPEG/90000",
		28: "nv/90000", 31: "H261/90000", 32: "MPV/90000", 33: "MP2T/90000", 34: "H263/90000",
	}
	got := make(map[uint8]string)
	for pt := range uint8(255) {
		if m, ok := StaticMapping(pt); ok {
			if got[pt] = m.Format.String(); m.PayloadType != pt {
				t.Errorf("%d is told as %d", pt, m.PayloadType)
			}
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
