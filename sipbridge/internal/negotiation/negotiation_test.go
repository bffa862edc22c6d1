package negotiation

import (
	"errors"
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"parley/codecs"
)

var (
	opus = codecs.Format{Name: "opus", ClockRate: 48000, Channels: 2, Fmtp: "useinbandfec=1"}
	g722 = codecs.Format{Name: "G722", ClockRate: 8000, Channels: 1}
	pcmu = codecs.Format{Name: "PCMU", ClockRate: 8000, Channels: 1}
	h264 = codecs.Format{Name: "H264", ClockRate: 90000, Fmtp: "packetization-mode=1;profile-level-id=42e01f"}
	vp8  = codecs.Format{Name: "VP8", ClockRate: 90000}
	h263 = codecs.Format{Name: "H263", ClockRate: 90000, Fmtp: "cif=1;qcif=1"}
	h261 = codecs.Format{Name: "H261", ClockRate: 90000, Fmtp: "cif=1;qcif=1"}

	all = Capabilities{Audio: []codecs.Format{opus, g722, pcmu}, Video: []codecs.Format{h264, vp8, h263, h261}}

	here = Local{
		Addr:  netip.MustParseAddr("192.0.2.1"),
		Audio: Ports{RTP: 4000, RTCP: 4001},
		Video: Ports{RTP: 4002, RTCP: 4003},
	}
)

// sd joins lines to a description with a session part in front.
func sd(lines ...string) []byte {
	head := []string{"v=0", "o=- 1 1 IN IP4 198.51.100.7", "s=-", "c=IN IP4 198.51.100.7", "t=0 0"}
	return []byte(strings.Join(append(head, lines...), "\r\n") + "\r\n")
}

// media returns what stands after the session part of a description.
func media(b []byte) []string {
	_, rest, _ := strings.Cut(string(b), "t=0 0\r\n")
	return strings.Split(strings.TrimSuffix(rest, "\r\n"), "\r\n")
}

func answer(t *testing.T, m *Machine, offer []byte) ([]string, Session) {
	t.Helper()
	d, err := Parse(offer)
	if err != nil {
		t.Fatal(err)
	}
	p, err := m.Plan(d, all)
	if err != nil {
		t.Fatal(err)
	}
	body, s, err := m.Answer(p, here)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Parse(body); err != nil {
		t.Fatalf("own answer does not parse: %v\n%s", err, body)
	}
	return media(body), s
}

func TestAnswer(t *testing.T) {
	tests := []struct {
		name  string
		offer []byte
		want  []string
		check func(*testing.T, Session)
	}{
		{
			name:  "static payload types without rtpmap",
			offer: sd("m=audio 5004 RTP/AVP 8 0"),
			want:  []string{"m=audio 4000 RTP/AVP 0", "a=rtpmap:0 PCMU/8000", "a=ptime:20", "a=sendrecv"},
			check: func(t *testing.T, s Session) {
				if got := s.Audio.Remote.String(); got != "198.51.100.7:5004" {
					t.Errorf("remote %s", got)
				}
				if got := s.Audio.RemoteRTCP.String(); got != "198.51.100.7:5005" {
					t.Errorf("remote RTCP %s", got)
				}
				if s.Audio.Encode != (codecs.Mapping{PayloadType: 0, Format: pcmu}) {
					t.Errorf("encode %v", s.Audio.Encode)
				}
			},
		},
		{
			name: "the offerer's order decides and its numbers are kept",
			offer: sd("m=audio 5004 RTP/AVP 0 111 101", "a=rtpmap:111 opus/48000/2",
				"a=rtpmap:101 telephone-event/8000", "a=fmtp:101 0-16"),
			want: []string{"m=audio 4000 RTP/AVP 0 101", "a=rtpmap:0 PCMU/8000",
				"a=rtpmap:101 telephone-event/8000", "a=fmtp:101 0-15", "a=ptime:20", "a=sendrecv"},
		},
		{
			name: "digits of the sound's clock, else any",
			offer: sd("m=audio 5004 RTP/AVP 111 101 102", "a=rtpmap:111 opus/48000/2",
				"a=rtpmap:101 telephone-event/8000", "a=rtpmap:102 telephone-event/48000"),
			want: []string{"m=audio 4000 RTP/AVP 111 102", "a=rtpmap:111 opus/48000/2", "a=fmtp:111 useinbandfec=1",
				"a=rtpmap:102 telephone-event/48000", "a=fmtp:102 0-15", "a=ptime:20", "a=sendrecv"},
		},
		{
			name: "digits of 8000 beside opus alone",
			offer: sd("m=audio 5004 RTP/AVP 111 101", "a=rtpmap:111 opus/48000/2",
				"a=rtpmap:101 telephone-event/8000"),
			want: []string{"m=audio 4000 RTP/AVP 111 101", "a=rtpmap:111 opus/48000/2", "a=fmtp:111 useinbandfec=1",
				"a=rtpmap:101 telephone-event/8000", "a=fmtp:101 0-15", "a=ptime:20", "a=sendrecv"},
		},
		{
			name: "video with feedback under AVP, all shared formats",
			offer: sd("m=audio 5004 RTP/AVP 0", "m=video 5006 RTP/AVP 97 96", "b=AS:512", "b=TIAS:384000", "a=rtpmap:96 VP8/90000",
				"a=rtpmap:97 H264/90000", "a=fmtp:97 profile-level-id=42801f;packetization-mode=1;sprop-parameter-sets=Z0KAHg==,aM48gA==",
				"a=rtcp-fb:* nack pli", "a=rtcp-fb:97 ccm fir", "a=rtcp-fb:* ccm tmmbr"),
			want: []string{"m=audio 4000 RTP/AVP 0", "a=rtpmap:0 PCMU/8000", "a=ptime:20", "a=sendrecv",
				"m=video 4002 RTP/AVP 97 96", "a=rtpmap:97 H264/90000",
				"a=fmtp:97 packetization-mode=1;profile-level-id=42801f", "a=rtpmap:96 VP8/90000",
				"a=rtcp-fb:* nack pli", "a=rtcp-fb:* ccm fir", "a=rtcp-fb:* ccm tmmbr", "a=sendrecv"},
			check: func(t *testing.T, s Session) {
				if sets := s.Video.ParameterSets[97]; len(sets) != 2 || sets[0][0] != 0x67 {
					t.Errorf("parameter sets %v", sets)
				}
				if !s.Video.PLI || !s.Video.FIR || !s.Video.TMMBR {
					t.Error("feedback lost")
				}
				if s.Video.MaxBitRate != 384_000 || s.Audio.MaxBitRate != 0 {
					t.Errorf("bandwidth %d and %d", s.Video.MaxBitRate, s.Audio.MaxBitRate)
				}
			},
		},
		{
			name:  "codecs of old telephones after all others",
			offer: sd("m=audio 5004 RTP/AVP 0", "m=video 5006 RTP/AVP 31 34 96", "a=fmtp:34 QCIF=1;CIF=2", "a=rtpmap:96 VP8/90000"),
			want: []string{"m=audio 4000 RTP/AVP 0", "a=rtpmap:0 PCMU/8000", "a=ptime:20", "a=sendrecv",
				"m=video 4002 RTP/AVP 96 31 34", "a=rtpmap:96 VP8/90000", "a=rtpmap:31 H261/90000", "a=fmtp:31 CIF=1;QCIF=1",
				"a=rtpmap:34 H263/90000", "a=fmtp:34 CIF=1;QCIF=1", "a=sendrecv"},
			check: func(t *testing.T, s Session) {
				want := []codecs.Mapping{{PayloadType: 96, Format: vp8}, {PayloadType: 31, Format: codecs.Format{Name: "H261", ClockRate: 90000}},
					{PayloadType: 34, Format: codecs.Format{Name: "H263", ClockRate: 90000, Fmtp: "cif=2;qcif=1"}}}
				if diff := cmp.Diff(want, s.Video.Send); diff != "" {
					t.Error(diff)
				}
			},
		},
		{
			name: "mux, mid and rtcp attribute",
			offer: sd("m=audio 5004 RTP/AVPF 0", "a=mid:a1", "a=rtcp-mux", "a=recvonly",
				"m=video 5010 RTP/AVP 96", "a=rtpmap:96 VP8/90000", "a=rtcp:6001 IN IP4 198.51.100.8", "a=sendonly"),
			want: []string{"m=audio 4000 RTP/AVPF 0", "a=mid:a1", "a=rtpmap:0 PCMU/8000", "a=ptime:20", "a=rtcp-mux", "a=sendonly",
				"m=video 4002 RTP/AVP 96", "a=rtpmap:96 VP8/90000", "a=recvonly"},
			check: func(t *testing.T, s Session) {
				if s.Audio.RemoteRTCP != s.Audio.Remote || !s.Audio.Mux {
					t.Errorf("mux: %v", s.Audio)
				}
				if got := s.Video.RemoteRTCP.String(); got != "198.51.100.8:6001" {
					t.Errorf("rtcp: %s", got)
				}
				if s.Video.Held {
					t.Error("who only sends from the start is not on hold")
				}
			},
		},
		{
			name: "foreign lines are refused in their place",
			offer: sd("m=application 9 UDP/BFCP *", "m=audio 5004 RTP/SAVP 0", "m=audio 5004 RTP/AVP 0",
				"m=audio 5008 RTP/AVP 0", "m=video 0 RTP/AVP 96"),
			want: []string{"m=application 0 UDP/BFCP *", "m=audio 0 RTP/SAVP 0", "m=audio 4000 RTP/AVP 0",
				"a=rtpmap:0 PCMU/8000", "a=ptime:20", "a=sendrecv", "m=audio 0 RTP/AVP 0", "m=video 0 RTP/AVP 96"},
		},
		{
			name:  "old hold: no address",
			offer: sd("m=audio 5004 RTP/AVP 0", "c=IN IP4 0.0.0.0"),
			want:  []string{"m=audio 4000 RTP/AVP 0", "a=rtpmap:0 PCMU/8000", "a=ptime:20", "a=recvonly"},
			check: func(t *testing.T, s Session) {
				if s.Audio.Remote.IsValid() {
					t.Errorf("remote %v", s.Audio.Remote)
				}
			},
		},
		{
			name:  "host name: learnt later",
			offer: sd("m=audio 5004 RTP/AVP 0", "c=IN IP4 phone.example.com"),
			want:  []string{"m=audio 4000 RTP/AVP 0", "a=rtpmap:0 PCMU/8000", "a=ptime:20", "a=sendrecv"},
			check: func(t *testing.T, s Session) {
				if s.Audio.Remote.IsValid() {
					t.Errorf("remote %v", s.Audio.Remote)
				}
			},
		},
		{
			name:  "session-wide direction",
			offer: sd("a=inactive", "m=audio 5004 RTP/AVP 0"),
			want:  []string{"m=audio 4000 RTP/AVP 0", "a=rtpmap:0 PCMU/8000", "a=ptime:20", "a=inactive"},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, s := answer(t, NewMachine(1), tt.offer)
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
			if tt.check != nil {
				tt.check(t, s)
			}
		})
	}
}

func TestAnswerIPv6(t *testing.T) {
	d, err := Parse([]byte("v=0\r\no=- 1 1 IN IP6 ::1\r\ns=-\r\nc=IN IP6 2001:db8::7\r\nt=0 0\r\nm=audio 5004 RTP/AVP 0\r\n"))
	if err != nil {
		t.Fatal(err)
	}
	m := NewMachine(1)
	p, err := m.Plan(d, all)
	if err != nil {
		t.Fatal(err)
	}
	local := here
	local.Addr = netip.MustParseAddr("2001:db8::1")
	body, s, err := m.Answer(p, local)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(body), "c=IN IP6 2001:db8::1\r\n") {
		t.Errorf("answer:\n%s", body)
	}
	if got := s.Audio.Remote.String(); got != "[2001:db8::7]:5004" {
		t.Errorf("remote %s", got)
	}
}

func TestRefuse(t *testing.T) {
	tests := []struct {
		name  string
		offer []byte
		want  error
	}{
		{"no shared codec", sd("m=audio 5004 RTP/AVP 18", "a=rtpmap:18 G729/8000"), ErrNoFormat},
		{"only secured", sd("m=audio 5004 RTP/SAVP 0"), ErrTransport},
		{"no media", sd(), ErrMedia},
		{"only text", sd("m=text 5004 RTP/AVP 98", "a=rtpmap:98 t140/1000"), ErrMedia},
		{"only digits", sd("m=audio 5004 RTP/AVP 101", "a=rtpmap:101 telephone-event/8000"), ErrNoFormat},
		{"not a description", []byte("hello"), codecs.ErrMalformed},
		{"empty", nil, codecs.ErrMalformed},
		{"payload type out of range", sd("m=audio 5004 RTP/AVP 200"), codecs.ErrMalformed},
		{"bad rtpmap", sd("m=audio 5004 RTP/AVP 96", "a=rtpmap:96 opus"), codecs.ErrMalformed},
		{"port out of range", sd("m=audio 70000 RTP/AVP 0"), codecs.ErrMalformed},
		{"too many lines", sd(strings.Split(strings.Repeat("m=audio 5004 RTP/AVP 0\n", maxStreams+1), "\n")[:maxStreams+1]...), codecs.ErrMalformed},
		{"too long", sd("a=x:" + strings.Repeat("y", maxBody)), codecs.ErrMalformed},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d, err := Parse(tt.offer)
			if err == nil {
				_, err = NewMachine(1).Plan(d, all)
			}
			if !errors.Is(err, tt.want) {
				t.Errorf("got %v, want %v", err, tt.want)
			}
		})
	}
}

// A dialog in which the peer holds with music, resumes, adds and drops
// pictures.
func TestDialogue(t *testing.T) {
	m := NewMachine(7)
	audio := "m=audio 5004 RTP/AVP 0"
	if _, s := answer(t, m, sd(audio)); s.Audio.Held || s.Audio.Direction != SendRecv {
		t.Errorf("first: %+v", s.Audio)
	}
	if _, s := answer(t, m, sd(audio, "a=sendonly")); !s.Audio.Held || s.Audio.Direction != RecvOnly {
		t.Errorf("hold: %+v", s.Audio)
	}
	if _, s := answer(t, m, sd(audio)); s.Audio.Held || s.Audio.Direction != SendRecv {
		t.Errorf("resume: %+v", s.Audio)
	}
	if _, s := answer(t, m, sd(audio, "m=video 5006 RTP/AVP 96", "a=rtpmap:96 VP8/90000")); !s.Video.Active {
		t.Errorf("video added: %+v", s.Video)
	}
	got, s := answer(t, m, sd(audio, "m=video 0 RTP/AVP 96"))
	if s.Video.Active {
		t.Errorf("video dropped: %+v", s.Video)
	}
	if got[len(got)-1] != "m=video 0 RTP/AVP 96" {
		t.Errorf("answer %v", got)
	}
	d, err := Parse(sd(audio))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := m.Plan(d, all); !errors.Is(err, ErrState) {
		t.Errorf("a line that vanished: %v", err)
	}
}

func TestVersion(t *testing.T) {
	m := NewMachine(7)
	version := func(offer []byte) string {
		t.Helper()
		d, err := Parse(offer)
		if err != nil {
			t.Fatal(err)
		}
		p, err := m.Plan(d, all)
		if err != nil {
			t.Fatal(err)
		}
		body, _, err := m.Answer(p, here)
		if err != nil {
			t.Fatal(err)
		}
		return strings.Fields(strings.Split(string(body), "\r\n")[1])[2]
	}
	audio := "m=audio 5004 RTP/AVP 0"
	for i, want := range []string{"1", "1", "2", "3"} {
		offer := sd(audio)
		if i == 2 {
			offer = sd(audio, "a=sendonly")
		}
		if got := version(offer); got != want {
			t.Errorf("description %d has version %s, want %s", i, got, want)
		}
	}
}

func TestOffer(t *testing.T) {
	m := NewMachine(1)
	body, err := m.Offer(all, here)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"m=audio 4000 RTP/AVP 96 9 0 97 98",
		"a=rtpmap:96 opus/48000/2", "a=fmtp:96 useinbandfec=1", "a=rtpmap:9 G722/8000", "a=rtpmap:0 PCMU/8000",
		"a=rtpmap:97 telephone-event/48000", "a=fmtp:97 0-15", "a=rtpmap:98 telephone-event/8000", "a=fmtp:98 0-15",
		"a=ptime:20", "a=sendrecv",
		"m=video 4002 RTP/AVP 96 97 34 31", "a=rtpmap:96 H264/90000", "a=fmtp:96 packetization-mode=1;profile-level-id=42e01f",
		"a=rtpmap:97 VP8/90000", "a=rtpmap:34 H263/90000", "a=fmtp:34 CIF=1;QCIF=1",
		"a=rtpmap:31 H261/90000", "a=fmtp:31 CIF=1;QCIF=1", "a=rtcp-fb:* nack pli", "a=rtcp-fb:* ccm fir", "a=rtcp-fb:* ccm tmmbr", "a=sendrecv",
	}
	if diff := cmp.Diff(want, media(body)); diff != "" {
		t.Error(diff)
	}
	if _, err := m.Offer(all, here); !errors.Is(err, ErrState) {
		t.Errorf("second offer: %v", err)
	}
	d, err := Parse(sd("m=audio 5004 RTP/AVP 9 98", "a=rtpmap:98 telephone-event/8000", "m=video 0 RTP/AVP 97"))
	if err != nil {
		t.Fatal(err)
	}
	s, err := m.Accept(d)
	if err != nil {
		t.Fatal(err)
	}
	if s.Audio.Encode != (codecs.Mapping{PayloadType: 9, Format: g722}) || s.Video.Active {
		t.Errorf("session %+v", s)
	}
	if _, err := m.Accept(d); !errors.Is(err, ErrState) {
		t.Errorf("second answer: %v", err)
	}
	// A later offer keeps numbers and lines.
	body, err = m.Offer(Capabilities{Audio: []codecs.Format{pcmu, g722}}, here)
	if err != nil {
		t.Fatal(err)
	}
	got := media(body)
	if got[0] != "m=audio 4000 RTP/AVP 0 9 98" || !strings.HasPrefix(got[len(got)-1], "m=video 0 ") {
		t.Errorf("second offer: %v", got)
	}
}

func TestAcceptMismatch(t *testing.T) {
	for name, body := range map[string][]byte{
		"lines missing": sd("m=audio 5004 RTP/AVP 9"),
		"lines swapped": sd("m=video 5006 RTP/AVP 96", "a=rtpmap:96 H264/90000", "m=audio 5004 RTP/AVP 9"),
	} {
		m := NewMachine(1)
		if _, err := m.Offer(all, here); err != nil {
			t.Fatal(err)
		}
		d, err := Parse(body)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := m.Accept(d); !errors.Is(err, ErrState) {
			t.Errorf("%s: %v", name, err)
		}
		if !m.Pending() {
			t.Errorf("%s: the offer is gone", name)
		}
	}
}
