//go:build meeting

package meeting

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/emiago/sipgo"

	"parley/cmd/parley/meeting/internal/lab"
)

// The conferences that do not let everybody in.
const doorConfig = meetingConfig + `
  - {id: vault, title: Vault, pin: "4711"}
  - {id: small, max_participants: 1}
  - {id: pictures, codecs: [opus, H264]}
`

// TestPIN enters a PIN by RFC 4733 digits and at the page, and gets it wrong.
func TestPIN(t *testing.T) {
	requirePrograms(t, "baresip", "chromium", "node")
	ctx, cancel := context.WithTimeout(t.Context(), 80*time.Second)
	defer cancel()
	b := startBridge(t, doorConfig)
	inside := func() int { return len(b.participants(t, "vault")) }

	whole := t // this phone stays to the end
	t.Run("phone", func(t *testing.T) {
		startPhone(whole, phone{Port: 5070, Codec: "PCMU/8000/1", Tone: phoneTone}, "sip:vault@"+lab.Here)
		typePIN(ctx, t, 5070, "4711")
		b.await(ctx, t, "vault", "phone 5070", named("5070"))
	})
	t.Run("phone with wrong PINs", func(t *testing.T) {
		p, _ := startPhone(t, phone{Port: 5080, Codec: "PCMU/8000/1", Tone: phoneTone}, "sip:vault@"+lab.Here)
		for _, pin := range []string{"1111", "2222", "3333"} {
			if strings.Contains(p.Output(), "session closed") {
				t.Fatalf("the call ended before %s was entered", pin)
			}
			typePIN(ctx, t, 5080, pin)
		}
		if err := p.Await(ctx, "session closed"); err != nil {
			t.Fatalf("no BYE after three wrong PINs: %v", err)
		}
		if n := inside(); n != 1 {
			t.Errorf("%d participants, want 1", n)
		}
	})
	t.Run("phone without digits", func(t *testing.T) {
		d := newDialer(t, lab.Here, 5098)
		refused(ctx, t, d, "vault", pcmuOffer(lab.Here, 40000), 403)
	})
	t.Run("page", func(t *testing.T) {
		browser := lab.StartBrowser(t, "browser", lab.BrowserOptions{})
		page := browser.Open(ctx, "browser", b.URL+"/c/vault")
		page.Wait(ctx, "!!document.querySelector('#join')", 10*time.Second)
		page.Fill(ctx, "#name", "Chromium")
		page.Click(ctx, "#join")
		page.Wait(ctx, `!!document.querySelector("#pin") && document.querySelector("#problem").textContent.includes("asks for a PIN")`, 10*time.Second)
		page.Fill(ctx, "#pin", "1234")
		page.Click(ctx, "#join")
		page.Wait(ctx, `document.querySelector("#problem").textContent.includes("wrong")`, 10*time.Second)
		if n := inside(); n != 1 {
			t.Errorf("%d participants with a wrong PIN at the page, want 1", n)
		}
		page.Fill(ctx, "#pin", "4711")
		page.Click(ctx, "#join")
		page.Wait(ctx, "document.querySelector('[data-testid=room]')?.dataset.media === 'connected'", 20*time.Second)
		b.await(ctx, t, "vault", "the page", named("Chromium"))
	})
}

// typePIN presses keys on a baresip once its call is up.
func typePIN(ctx context.Context, t *testing.T, port int, pin string) {
	t.Helper()
	for !strings.Contains(order(t, port, "callstat", ""), "ESTABLISHED") {
		if !pause(ctx, 100*time.Millisecond) {
			t.Fatal("the call never came up")
		}
	}
	for _, key := range pin {
		order(t, port, "sndcode", string(key))
		// A key is held for a moment by a person, too.
		if !pause(ctx, 150*time.Millisecond) {
			t.Fatal(ctx.Err())
		}
	}
}

// TestRefusals has the bridge refuse calls, each with its own status, and then
// take one as if nothing had been.
func TestRefusals(t *testing.T) {
	requirePrograms(t, "baresip")
	ctx, cancel := context.WithTimeout(t.Context(), 40*time.Second)
	defer cancel()
	b := startBridge(t, doorConfig)
	d := newDialer(t, lab.Here, 5097)
	good := pcmuOffer(lab.Here, 40000)
	if _, err := d.invite(ctx, "sip:small@"+lab.Here, good); err != nil {
		t.Fatalf("the first call into a conference of one: %v", err)
	}

	refused(ctx, t, d, "nowhere", good, 404)
	refused(ctx, t, d, "small", good, 486)
	if w := refused(ctx, t, d, "room", strings.ReplaceAll(good, "AVP 0\r\na=rtpmap:0 PCMU/8000", "AVP 3\r\na=rtpmap:3 GSM/8000"), 488); !strings.HasPrefix(w, "305 ") {
		t.Errorf("no shared codec: Warning %q, want 305 (RFC 3261 20.43)", w)
	}
	if w := refused(ctx, t, d, "pictures", good, 488); !strings.HasPrefix(w, "305 ") {
		t.Errorf("a codec that the conference forbids: Warning %q, want 305", w)
	}
	for _, bad := range []string{
		strings.ReplaceAll(good, "m=audio 40000", "m=audio forty"),
		strings.ReplaceAll(good, "c=IN IP4 "+lab.Here, "c=IN IP4 nowhere at all"),
		"this is no session description",
		"v=0\r\n" + strings.Repeat("m=audio 99999 RTP/AVP 0\r\n", 20),
	} {
		refused(ctx, t, d, "room", bad, 400)
	}

	group := listenGroup(t, groupAddress, lab.Here)
	startPhone(t, phone{Port: 5070, Codec: "PCMU/8000/1", Tone: phoneTone}, "sip:room@"+lab.Here)
	group.awaitTone(ctx, t, phoneTone, true)
	if n := len(b.participants(t, "room")); n != 2 {
		t.Errorf("%d participants, want the phone and the group", n)
	}
}

// refused wants a call refused with a status, and returns its Warning.
func refused(ctx context.Context, t *testing.T, d *dialer, conference, offer string, status int) string {
	t.Helper()
	_, err := d.invite(ctx, "sip:"+conference+"@"+lab.Here, offer)
	var response *sipgo.ErrDialogResponse
	if !errors.As(err, &response) {
		t.Errorf("%s: %v, want refused with %d: %q", conference, err, status, offer)
		return ""
	}
	t.Logf("%s: %d %s", conference, response.Res.StatusCode, response.Res.Reason)
	if response.Res.StatusCode != status {
		t.Errorf("%s: refused with %d %s, want %d: %q", conference, response.Res.StatusCode, response.Res.Reason, status, offer)
	}
	if h := response.Res.GetHeader("Warning"); h != nil {
		return h.Value()
	}
	return ""
}
