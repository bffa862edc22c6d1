package sipbridge

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/emiago/sipgo/sip"
)

// corpora finds the shared test inputs, or skips.
func corpora(t *testing.T) string {
	t.Helper()
	dir := os.Getenv("PARLEY_CORPORA")
	if dir == "" {
		dir = filepath.Join("..", "..", "shared", "corpora")
	}
	if _, err := os.Stat(dir); err != nil {
		t.Skip("no corpora:", err)
	}
	return dir
}

// The torture messages of RFC 4475 and RFC 5118 neither stop the Server nor
// get anybody into a conference.
func TestTorture(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(corpora(t), "sip-torture", "rfc*", "*.dat"))
	if err != nil || len(files) == 0 {
		t.Fatal("no messages", err)
	}
	s := testServer(t, nil)
	for _, name := range files {
		message, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Contains(message, []byte("\r\n")) {
			message = bytes.ReplaceAll(message, []byte("\n"), []byte("\r\n"))
		}
		p := newPhone(t, s)
		p.raw(string(message))
		p.raw(p.request("OPTIONS", roomURI, ""))
		if res := p.response("OPTIONS"); res.StatusCode != 200 {
			t.Errorf("after %s: %s", filepath.Base(name), res.StartLine())
		}
	}
	if n := s.Stats().Answered; n != 0 {
		t.Errorf("%d calls were let in", n)
	}
}

// What RFC 4475 3.1.2 calls invalid, as far as the parser lets it through, is
// screened, and what it calls valid is not.
func TestScreenTorture(t *testing.T) {
	dir := filepath.Join(corpora(t), "sip-torture")
	for name, status := range map[string]int{
		"invalid/mcl01": 400, "invalid/multi01": 400, "invalid/mismatch01": 400, "invalid/mismatch02": 400,
		"invalid/insuf": 400, "invalid/bext01": 420, "invalid/badvers": 505, "invalid/escruri": 400,
		"invalid/unkscm": 416, "invalid/novelsc": 416,
		"valid/esc01": 0, "valid/wsinv": 0, "valid/longreq": 0, "valid/intmeth": 0, "valid/semiuri": 0,
		"valid/transports": 0, "valid/mpart01": 0, "valid/dblreq": 0,
	} {
		message, err := os.ReadFile(filepath.Join(dir, name+".dat"))
		if err != nil {
			t.Fatal(err)
		}
		m, err := sip.ParseMessage(message)
		if err != nil {
			if status == 0 {
				t.Errorf("%s: sipgo does not parse it: %v", name, err)
			}
			continue
		}
		req, ok := m.(*sip.Request)
		if !ok {
			t.Fatalf("%s is no request", name)
		}
		r := screen(req)
		switch {
		case r == nil && status != 0:
			t.Errorf("%s: passed, want %d", name, status)
		case r != nil && r.status != status:
			t.Errorf("%s: %v, want %d", name, r, status)
		}
	}
}
