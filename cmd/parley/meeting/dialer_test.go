//go:build meeting

package meeting

import (
	"context"
	"fmt"
	"net"
	"strings"
	"testing"

	"github.com/emiago/sipgo"
	"github.com/emiago/sipgo/sip"
)

// dialer makes the calls, all from one SIP stack.
type dialer struct {
	cache *sipgo.DialogClientCache
	ua    *sipgo.UserAgent
}

func newDialer(t *testing.T, host string, port int) *dialer {
	t.Helper()
	ua, err := sipgo.NewUA(sipgo.WithUserAgent("load"))
	if err != nil {
		t.Fatal(err)
	}
	client, err := sipgo.NewClient(ua, sipgo.WithClientHostname(host), sipgo.WithClientConnectionAddr(fmt.Sprintf("%s:%d", host, port)))
	if err != nil {
		t.Fatal(err)
	}
	contact := sip.ContactHeader{Address: sip.Uri{User: "load", Host: host, Port: port}}
	t.Cleanup(func() { _ = ua.Close() })
	return &dialer{sipgo.NewDialogClientCache(client, contact), ua}
}

// invite calls uri with an offer and acknowledges the answer. A refusal is a
// *sipgo.ErrDialogResponse.
func (d *dialer) invite(ctx context.Context, uri, offer string) (*sipgo.DialogClientSession, error) {
	var to sip.Uri
	if err := sip.ParseUri(uri, &to); err != nil {
		return nil, err
	}
	dialog, err := d.cache.Invite(ctx, to, []byte(offer), sip.NewHeader("Content-Type", "application/sdp"))
	if err != nil {
		return nil, err
	}
	if err := dialog.WaitAnswer(ctx, sipgo.AnswerOptions{}); err != nil {
		return nil, err
	}
	return dialog, dialog.Ack(ctx)
}

// pcmuOffer offers PCMU and nothing else.
func pcmuOffer(host string, port int) string {
	return fmt.Sprintf("v=0\r\no=- 1 1 IN IP4 %s\r\ns=-\r\nc=IN IP4 %s\r\nt=0 0\r\nm=audio %d RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\n", host, host, port)
}

// mediaAddress reads c= and m=audio of an answer.
func mediaAddress(sdp string) (*net.UDPAddr, error) {
	a := &net.UDPAddr{}
	for line := range strings.Lines(sdp) {
		line = strings.TrimSpace(line)
		if host, ok := strings.CutPrefix(line, "c=IN IP4 "); ok {
			a.IP = net.ParseIP(host)
		}
		if rest, ok := strings.CutPrefix(line, "m=audio "); ok {
			if _, err := fmt.Sscanf(rest, "%d", &a.Port); err != nil {
				return nil, err
			}
		}
	}
	if a.IP == nil || a.Port == 0 {
		return nil, fmt.Errorf("no media address in %q", sdp)
	}
	return a, nil
}
