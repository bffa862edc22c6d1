package multicast

import (
	"errors"
	"log/slog"
	"net/netip"
	"strings"
	"testing"

	"parley/codecs"
	"parley/codecs/builtin"
	"parley/conference"
	"parley/qos/rtp"
)

func TestFeedbackIsRead(t *testing.T) {
	const head = "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=x\r\nc=IN IP4 239.1.1.1/4\r\nt=0 0\r\n"
	const media = "m=audio 5004 RTP/AVP 0\r\n"
	source := netip.MustParseAddr("192.0.2.1")
	for name, tc := range map[string]struct {
		sdp    string
		want   *rtp.Feedback
		failed error
	}{
		"none":   {head + media, nil, nil},
		"target": {head + media + "a=rtcp:6000 IN IP4 192.0.2.9\r\na=rtcp-unicast:rsi\r\n", &rtp.Feedback{Target: netip.MustParseAddrPort("192.0.2.9:6000"), Model: rtp.FeedbackSummary}, nil},
		"source": {
			head + "a=source-filter: incl IN IP4 239.1.1.1 192.0.2.1\r\na=rtcp-unicast:reflection\r\n" + media,
			&rtp.Feedback{Target: netip.MustParseAddrPort("192.0.2.1:5005"), Model: rtp.FeedbackReflection, Source: source}, nil,
		},
		"unknown model": {head + media + "a=rtcp-unicast:pigeon\r\n", nil, codecs.ErrUnsupported},
		"no target":     {head + media + "a=rtcp-unicast:rsi\r\n", nil, codecs.ErrMalformed},
		"a group":       {head + media + "a=rtcp:6000 IN IP4 232.1.1.2\r\na=rtcp-unicast:rsi\r\n", nil, codecs.ErrMalformed},
	} {
		g, _, err := ParseSession([]byte(tc.sdp), builtin.Set())
		if !errors.Is(err, tc.failed) {
			t.Errorf("%s: error %v, want %v", name, err, tc.failed)
			continue
		}
		if err != nil {
			continue
		}
		got := g.Audio.Feedback
		if (got == nil) != (tc.want == nil) || got != nil && *got != *tc.want {
			t.Errorf("%s: %+v, want %+v", name, got, tc.want)
		}
	}
}

// TestFeedbackOfAnotherHost: an address that this machine has not is told with its
// group and key.
func TestFeedbackOfAnotherHost(t *testing.T) {
	g := testGroup(t, "239.255.77.53", "PCMU")
	g.Audio.Feedback = &rtp.Feedback{Target: netip.MustParseAddrPort("192.0.2.99:6000"), Source: netip.MustParseAddr("127.0.0.1"), Distribute: true}
	log := slog.New(slog.NewTextHandler(t.Output(), nil))
	bridge, err := conference.NewBridge(conference.BridgeConfig{Codecs: builtin.Set(), Log: log, Conferences: []conference.Settings{{ID: "room"}}})
	if err != nil {
		t.Fatal(err)
	}
	defer bridge.Close(t.Context())
	server, err := New(Config{Groups: []GroupConfig{g}}, Deps{Bridge: bridge, Codecs: builtin.Set(), Log: log})
	if err != nil {
		t.Fatal(err)
	}
	want := "feedback.listen of " + g.Audio.Addr.String() + " must be an address of this machine"
	if err := server.Start(t.Context()); err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("%v does not say %q", err, want)
	}
}

// TestFeedbackRoles has a source and a member that knows only its description:
// the member's report reaches the source alone, and what it says comes back to
// the group.
func TestFeedbackRoles(t *testing.T) {
	for name, model := range map[string]rtp.FeedbackModel{
		"reflection": rtp.FeedbackReflection, "encrypted": rtp.FeedbackReflection, "summary": rtp.FeedbackSummary,
	} {
		t.Run(name, func(t *testing.T) {
			g := testGroup(t, "239.255.77.50", "PCMU")
			key := ""
			if name == "encrypted" {
				g.Audio.Crypto, key = mustKey(t, testKey), "a=crypto:1 "+testKey+"\r\n"
			}
			target := freeGroup(t, "239.255.77.51")
			g.Audio.Feedback = &rtp.Feedback{
				Target: netip.AddrPortFrom(netip.MustParseAddr("127.0.0.1"), target.Port()), Distribute: true, Model: model,
			}
			left := openHouse(t, g)
			described, err := left.server.SDP("room", true)
			if err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(string(described[0].SDP), "a=rtcp-unicast:"+string(model)) {
				t.Fatalf("description %s", described[0].SDP)
			}
			member, _, err := ParseSession(append(described[0].SDP, key...), builtin.Set())
			if err != nil {
				t.Fatal(err)
			}
			member.Conference, member.Interface = "room", "lo"
			right := openHouse(t, member)
			ann, bob := newPerson("ann", 440), newPerson("bob", 0)
			left.join(t, ann)
			right.join(t, bob)
			bob.await(t, "ann", func(l []float64) bool { return l[0] > 0.9 }, 440)
			for {
				all, err := left.server.Members("room", 10)
				if err != nil {
					t.Fatal(err)
				}
				audio := all[0].Audio
				if len(audio.Receptions) > 0 && (model == rtp.FeedbackSummary) == (audio.Stats.Reflected == 0) {
					if r := audio.Receptions[0]; r.Stream != audio.SSRC || r.CNAME == "" {
						t.Errorf("%+v", r)
					}
					break
				}
				ann.wait(t)
			}
			if st := right.server.Stats()[0]; st.Loops+st.Audio.Undecrypted != 0 {
				t.Errorf("%d loops, %d not decrypted", st.Loops, st.Audio.Undecrypted)
			}
		})
	}
}
