package allocation

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"
)

// Lease is addresses that somebody has for a time.
type Lease struct {
	// ID tells it from all others: what a client of MADCAP chose, in hexadecimal
	// behind "madcap:", or a group of the configuration or the API behind "group:".
	ID string `json:"id"`
	// Holder is the host that has it or, of parley's own, the conference.
	Holder string `json:"holder"`
	// Scope is the first address of the scope (RFC 2730 1.2).
	Scope  string  `json:"scope,omitempty"`
	Blocks []Block `json:"blocks"`
	// Granted is when the addresses were chosen; from Start to End they may be
	// used. A zero End: until they are given back.
	Granted time.Time `json:"granted"`
	Start   time.Time `json:"start"`
	End     time.Time `json:"end,omitzero"`
	// Shared lets every host renew and release it (RFC 2730 2.13.3).
	Shared bool `json:"shared,omitempty"`
}

// ErrDamaged says that the file of leases cannot be read as such. Nothing of it is
// overwritten.
var ErrDamaged = errors.New("the file of leases is damaged; put it right from a copy, or move it away to begin anew, after which addresses may be given twice")

// Ledger is who has which addresses, kept in a file. All methods are safe for
// concurrent use.
type Ledger struct {
	path string // empty: in memory alone

	saving sync.Mutex // held by Save

	mu      sync.Mutex
	leases  map[string]Lease
	changes uint64
	saved   uint64 // changes that the file has
}

// document is the file.
type document struct {
	Version int     `json:"version"`
	Leases  []Lease `json:"leases"`
}

const documentVersion = 1

// OpenLedger reads the file, if there is one. The error names it and wraps
// ErrDamaged or is of the file system. An empty path: leases end with the
// process.
func OpenLedger(path string) (*Ledger, error) {
	l := &Ledger{path: path, leases: make(map[string]Lease)}
	if path == "" {
		return l, nil
	}
	d, err := read(path)
	if errors.Is(err, fs.ErrNotExist) {
		return l, l.try()
	}
	if err != nil {
		return nil, err
	}
	for _, one := range d.Leases {
		l.leases[one.ID] = one
	}
	return l, nil
}

// CheckFile says what OpenLedger would find wrong with a file, and leaves it as it
// is. That there is none is right.
func CheckFile(path string) error {
	if _, err := read(path); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

func read(path string) (document, error) {
	f, err := os.Open(path)
	if err != nil {
		return document{}, err
	}
	defer f.Close()
	raw, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err != nil {
		return document{}, err
	}
	d, err := parse(raw)
	if err != nil {
		return document{}, fmt.Errorf("%s: %w: %w", path, ErrDamaged, err)
	}
	return d, nil
}

// try finds out at the start that the file cannot be written, not at the first
// lease.
func (l *Ledger) try() error {
	l.changes++
	return l.Save()
}

func parse(raw []byte) (document, error) {
	var d document
	if len(raw) > maxFile {
		return d, fmt.Errorf("longer than %d bytes", maxFile)
	}
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&d); err != nil {
		return d, err
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return d, errors.New("text behind its end")
	}
	if d.Version != documentVersion {
		return d, fmt.Errorf("version %d, not %d", d.Version, documentVersion)
	}
	seen := make(map[string]bool)
	for i := range d.Leases {
		one := &d.Leases[i]
		if one.ID == "" || seen[one.ID] {
			return d, fmt.Errorf("lease %d has no id of its own", i+1)
		}
		seen[one.ID] = true
		if len(one.Blocks) == 0 {
			return d, fmt.Errorf("lease %q has no addresses", one.ID)
		}
		for _, b := range one.Blocks {
			if !b.First.IsMulticast() || b.Count < 1 || b.Count > MaxBlock {
				return d, fmt.Errorf("lease %q: %v is no block of multicast addresses", one.ID, b)
			}
		}
	}
	return d, nil
}

// Put enters a lease, in place of an earlier one of its ID.
func (l *Ledger) Put(one Lease) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.leases[one.ID] = one
	l.changes++
}

// Delete strikes a lease out.
func (l *Ledger) Delete(id string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if _, ok := l.leases[id]; ok {
		delete(l.leases, id)
		l.changes++
	}
}

// Lease returns the lease of an ID.
func (l *Ledger) Lease(id string) (Lease, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	one, ok := l.leases[id]
	return one, ok
}

// Leases returns all, by ID.
func (l *Ledger) Leases() []Lease {
	l.mu.Lock()
	out := slices.Collect(maps.Values(l.leases))
	l.mu.Unlock()
	slices.SortFunc(out, func(a, b Lease) int { return bytes.Compare([]byte(a.ID), []byte(b.ID)) })
	return out
}

// Save brings the file up to date: whoever was told of a lease has it after a
// crash, too.
func (l *Ledger) Save() error {
	l.saving.Lock()
	defer l.saving.Unlock()
	l.mu.Lock()
	changes := l.changes
	clean := changes == l.saved
	l.mu.Unlock()
	if clean {
		return nil
	}
	if l.path != "" {
		raw, err := json.MarshalIndent(document{documentVersion, l.Leases()}, "", "  ")
		if err == nil {
			err = replace(l.path, append(raw, '\n'))
		}
		if err != nil {
			return fmt.Errorf("leases are not kept: %w", err)
		}
	}
	l.mu.Lock()
	l.saved = changes // what came since is saved next
	l.mu.Unlock()
	return nil
}

// replace writes a file that is there in full or not at all.
func replace(path string, content []byte) error {
	folder := filepath.Dir(path)
	f, err := os.CreateTemp(folder, "."+filepath.Base(path)+"-*")
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	if err == nil {
		err = f.Sync()
	}
	err = errors.Join(err, f.Close())
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	if d, err := os.Open(folder); err == nil {
		_ = d.Sync() // not every file system can
		_ = d.Close()
	}
	return nil
}
