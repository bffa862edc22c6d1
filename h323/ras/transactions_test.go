package ras_test

import (
	"net/netip"
	"slices"
	"testing"
	"time"

	"parley/h323/h225"
	"parley/h323/ras"
)

var (
	epoch = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	peer  = netip.MustParseAddrPort("192.0.2.7:1719")
)

func admission(n h225.RequestSeqNum) *h225.RasMessage {
	return &h225.RasMessage{AdmissionRequest: &h225.AdmissionRequest{RequestSeqNum: n}}
}

func TestTransactionIsSentAgainAndLost(t *testing.T) {
	tr := ras.NewTransactions[string](0xffff)
	n, err := tr.Number()
	if n != 1 || err != nil {
		t.Fatalf("the number after 65535 is %d, %v, want 1", n, err)
	}
	request := admission(n)
	p, ok := ras.PatienceOf(request)
	if !ok || p != (ras.Patience{Timeout: 5 * time.Second, Retries: 2}) {
		t.Fatalf("ARQ has %v", p)
	}
	d := ras.Datagram{Remote: peer, Data: []byte("arq")}
	tr.Begin(epoch, request, d, p, "owner")
	if again, lost := tr.Due(epoch.Add(4999 * time.Millisecond)); len(again)+len(lost) != 0 {
		t.Errorf("too early: %v again, %v lost", again, lost)
	}
	for i := 1; i <= 2; i++ {
		next := epoch.Add(time.Duration(i) * 5 * time.Second)
		if !tr.Next().Equal(next) {
			t.Errorf("next is %v, want %v", tr.Next(), next)
		}
		again, lost := tr.Due(next)
		if len(again) != 1 || string(again[0].Data) != "arq" || len(lost) != 0 {
			t.Errorf("time %d: %v again, %v lost", i, again, lost)
		}
	}
	again, lost := tr.Due(epoch.Add(15 * time.Second))
	if len(again) != 0 || !slices.Equal(lost, []string{"owner"}) || tr.Len() != 0 || !tr.Next().IsZero() {
		t.Errorf("at the end: %v again, %v lost, %d open", again, lost, tr.Len())
	}
}

func TestTransactionIsAnsweredByWhomWasAsked(t *testing.T) {
	tr := ras.NewTransactions[string](6)
	n, _ := tr.Number()
	tr.Begin(epoch, admission(n), ras.Datagram{Remote: peer}, ras.Patience{Timeout: time.Second}, "owner")
	confirm := &h225.RasMessage{AdmissionConfirm: &h225.AdmissionConfirm{RequestSeqNum: n}}
	for name, try := range map[string]struct {
		from  string
		reply *h225.RasMessage
	}{
		"stranger":      {"192.0.2.8", confirm},
		"other request": {"192.0.2.7", &h225.RasMessage{BandwidthConfirm: &h225.BandwidthConfirm{RequestSeqNum: n}}},
		"other number":  {"192.0.2.7", &h225.RasMessage{AdmissionConfirm: &h225.AdmissionConfirm{RequestSeqNum: n + 1}}},
		"request":       {"192.0.2.7", admission(n)},
	} {
		if _, _, ok := tr.Match(netip.MustParseAddr(try.from), try.reply); ok {
			t.Errorf("answered by %s", name)
		}
	}
	owner, request, ok := tr.Match(peer.Addr(), confirm)
	if !ok || owner != "owner" || request.AdmissionRequest == nil {
		t.Errorf("not answered: %q, %v", owner, ok)
	}
	tr.End(n)
	if _, _, ok := tr.Match(peer.Addr(), confirm); ok {
		t.Error("answered twice")
	}
}

func TestRequestInProgressIsHonouredWithinBounds(t *testing.T) {
	tr := ras.NewTransactions[string](1)
	n, _ := tr.Number()
	tr.Begin(epoch, admission(n), ras.Datagram{Remote: peer}, ras.Patience{Timeout: 5 * time.Second}, "owner")
	tr.Extend(epoch, n, 30*time.Second)
	if want := epoch.Add(30 * time.Second); !tr.Next().Equal(want) {
		t.Errorf("next is %v, want %v", tr.Next(), want)
	}
	now := epoch
	for range 10 { // for ever, if it could
		now = now.Add(29 * time.Second)
		tr.Extend(now, n, 30*time.Second)
		if _, lost := tr.Due(now); len(lost) == 1 {
			if d := now.Sub(epoch); d < time.Minute {
				t.Errorf("given up after %v", d)
			}
			return
		}
	}
	t.Error("waits for ever")
}

func TestAnswersKnowDuplicates(t *testing.T) {
	a := ras.NewAnswers()
	d := ras.Datagram{Remote: peer, Data: []byte("request")}
	k := a.Key(d, 7)
	if _, duplicate := a.Begin(epoch, k); duplicate {
		t.Fatal("the first is a duplicate")
	}
	if data, duplicate := a.Begin(epoch, k); !duplicate || data != nil {
		t.Errorf("before the answer: %q, %v", data, duplicate)
	}
	a.Keep(k, []byte("answer"))
	if data, duplicate := a.Begin(epoch.Add(14*time.Second), k); !duplicate || string(data) != "answer" {
		t.Errorf("after the answer: %q, %v", data, duplicate)
	}
	other := d
	other.Data = []byte("another")
	if _, duplicate := a.Begin(epoch, a.Key(other, 7)); duplicate {
		t.Error("a number used anew is taken for a duplicate")
	}
	if _, duplicate := a.Begin(epoch.Add(17*time.Second), k); duplicate {
		t.Error("known for ever")
	}
}

func TestAnswersAreBounded(t *testing.T) {
	a := ras.NewAnswers()
	for i := range 100_000 {
		d := ras.Datagram{Remote: netip.AddrPortFrom(peer.Addr(), uint16(i)), Data: []byte{byte(i >> 16)}}
		k := a.Key(d, 1)
		a.Begin(epoch, k)
		a.Keep(k, make([]byte, 100))
	}
	if a.Len() > 8192 {
		t.Errorf("%d answers are kept", a.Len())
	}
}

func TestPace(t *testing.T) {
	p := ras.NewPace(10, 5)
	allowed := func(now time.Time, from string, n int) (all int) {
		for range n {
			if p.Allow(now, netip.MustParseAddr(from)) {
				all++
			}
		}
		return all
	}
	if n := allowed(epoch, "192.0.2.1", 50); n != 5 {
		t.Errorf("%d at once, want 5", n)
	}
	if n := allowed(epoch.Add(200*time.Millisecond), "192.0.2.1", 50); n != 2 {
		t.Errorf("%d after 200 ms, want 2", n)
	}
	if n := allowed(epoch, "192.0.2.2", 50); n != 5 {
		t.Errorf("another source has %d, want 5", n)
	}
	if n := allowed(epoch, "2001:db8::1", 3) + allowed(epoch, "2001:db8::ffff:2", 3); n != 5 {
		t.Errorf("one /64 has %d, want 5", n)
	}
}
