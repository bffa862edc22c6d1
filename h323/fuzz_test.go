package h323

import (
	"testing"
	"testing/synctest"

	"parley/h323/internal/capture"
	"parley/h323/per"
)

// FuzzFirstMessage gives an endpoint the first octets of a connection. Whatever
// comes, the connection and what became of it end when the peer goes.
func FuzzFirstMessage(f *testing.F) {
	for _, tunnel := range []bool{true, false} {
		m := setupMessage(1, nil)
		m.Info.H323UUPDU.H245Tunnelling = &tunnel
		info, err := per.Marshal(m.Info)
		if err != nil {
			f.Fatal(err)
		}
		m.PutUserInformation(info)
		octets, err := m.Append(nil)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(append([]byte{3, 0, byte((len(octets) + 4) >> 8), byte(len(octets) + 4)}, octets...))
	}
	f.Add([]byte{3, 0, 0, 4, 3, 0, 0, 9, 8, 2, 0, 1, 5})
	if ghost := capture.File(f, "ghost-call-setup.bin"); ghost != nil {
		f.Add(ghost)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		synctest.Test(t, func(t *testing.T) {
			m := newMemory()
			p := newParty(t, "called", v4)
			p.on = func(*Call, Event) {
				for len(p.events) > 100 {
					<-p.events
				}
			}
			e := listening(t, m, p, Config{})
			w := byHand(t, m)
			go func() {
				for range w.got {
				}
			}()
			_, _ = w.conn.Write(data)
			synctest.Wait()
			_ = w.conn.Close()
			synctest.Wait()
			if s := e.Stats(); s.Active != 0 || s.Connections != 0 {
				t.Errorf("left behind: %+v", s)
			}
			closed(t, e)
		})
	})
}
