package h323

import (
	"sync"
	"testing"
	"testing/synctest"

	"parley/h323/h225"
	"parley/h323/internal/signalling"
	"parley/h323/per"
	"parley/h323/q931"
)

// Each message of a call is told with the call, be it only one that carries
// others, and says what it carries.
func TestTraceTellsCall(t *testing.T) {
	in(t, func(t *testing.T) {
		var mu sync.Mutex
		var all []*Traced
		m := newMemory()
		b := newParty(t, "called", v4)
		e := listening(t, m, b, Config{Trace: func(m *Traced) {
			mu.Lock()
			defer mu.Unlock()
			all = append(all, m)
		}})
		w := byHand(t, m)
		w.send(setupMessage(1, nil))
		w.next(q931.Connect)
		tunnel := true
		w.send(&signalling.Message{
			Message: &q931.Message{CallReference: 1, Type: q931.Facility},
			Info: &h225.H323UserInformation{H323UUPDU: h225.H323UUPDU{
				H323MessageBody: h225.MessageBody{Empty: &per.Null{}}, H245Tunnelling: &tunnel,
				H245Control: [][]byte{{1}},
			}},
		})
		synctest.Wait()
		_ = w.conn.Close()
		_ = b.released()
		closed(t, e)
		carried := false
		for _, m := range all {
			if m.Call.GUID == (h225.GloballyUniqueID{}) {
				t.Errorf("%s sent %v is of no call", m.Name, m.Sent)
			}
			if s, ok := m.Message.(*Signalling); ok && !m.Sent && m.Name == "facility" {
				carried = len(s.Contents().H245) == 1 && s.Contents().H245[0] == unreadable
			}
		}
		if !carried || len(all) < 4 {
			t.Errorf("%d messages; the one that carries others does not say so", len(all))
		}
	})
}
