package allocation

import (
	"errors"
	"net/netip"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func TestLedger(t *testing.T) {
	path := filepath.Join(t.TempDir(), "leases.json")
	l, err := OpenLedger(path)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	one := Lease{ID: "madcap:00ff", Holder: "192.0.2.7", Scope: "239.255.0.0", Blocks: []Block{{addr("239.255.1.2"), 2}}, Granted: now, Start: now, End: now.Add(time.Hour), Shared: true}
	own := Lease{ID: "group:room/1", Holder: "room", Blocks: []Block{{addr("ff15::8000:1"), 1}}, Granted: now, Start: now}
	l.Put(one)
	l.Put(own)
	l.Put(Lease{ID: "gone", Blocks: own.Blocks})
	l.Delete("gone")
	if err := l.Save(); err != nil {
		t.Fatal(err)
	}
	back, err := OpenLedger(path)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]Lease{own, one}, back.Leases(), cmpopts.EquateComparable(netip.Addr{})); d != "" {
		t.Error(d)
	}
	left, err := filepath.Glob(filepath.Join(filepath.Dir(path), ".*"))
	if err != nil || len(left) > 0 {
		t.Errorf("beside the file: %v %v", left, err)
	}
}

// TestDamagedLedger refuses what is no file of leases, and leaves it alone.
func TestDamagedLedger(t *testing.T) {
	for name, text := range map[string]string{
		"empty": "", "cut": `{"version":1,"leases":[{"id":"a","hol`, "another version": `{"version":2,"leases":[]}`,
		"another's": `{"conferences":[]}`, "text behind": `{"version":1,"leases":[]} x`,
		"no addresses": `{"version":1,"leases":[{"id":"a","blocks":[]}]}`,
		"a bomb":       `{"version":1,"leases":[{"id":"a","blocks":[{"first":"239.1.1.1","count":2000000000}]}]}`,
		"no group":     `{"version":1,"leases":[{"id":"a","blocks":[{"first":"192.0.2.1","count":1}]}]}`,
		"one twice":    `{"version":1,"leases":[{"id":"a","blocks":[{"first":"239.1.1.1","count":1}]},{"id":"a","blocks":[{"first":"239.1.1.2","count":1}]}]}`,
	} {
		path := filepath.Join(t.TempDir(), "leases.json")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := OpenLedger(path); !errors.Is(err, ErrDamaged) {
			t.Errorf("%s: %v", name, err)
		}
		if now, err := os.ReadFile(path); err != nil || string(now) != text {
			t.Errorf("%s: it is now %q, %v", name, now, err)
		}
	}
}

// TestLedgerNowhere says at once that nothing can be written.
func TestLedgerNowhere(t *testing.T) {
	if _, err := OpenLedger(filepath.Join(t.TempDir(), "no", "leases.json")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("%v", err)
	}
}

func FuzzLedger(f *testing.F) {
	f.Add([]byte(`{"version":1,"leases":[{"id":"a","holder":"b","blocks":[{"first":"239.1.1.1","count":1}],"granted":"2026-01-02T03:04:05Z","start":"2026-01-02T03:04:05Z"}]}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		d, err := parse(raw)
		if err != nil {
			return
		}
		for _, one := range d.Leases {
			if one.ID == "" || len(one.Blocks) == 0 {
				t.Fatalf("%+v", one)
			}
		}
	})
}
