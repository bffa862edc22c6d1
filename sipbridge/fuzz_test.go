package sipbridge

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/emiago/sipgo/sip"

	"parley/conference/lobby"
)

// FuzzRequest takes whatever datagram comes as far as the dialog that it would
// make.
func FuzzRequest(f *testing.F) {
	f.Add([]byte("INVITE sip:room;pin=1@h SIP/2.0\r\nVia: SIP/2.0/UDP [::1]:5060;branch=z9hG4bK1\r\nFrom: <sip:a@b> ; tag=1\r\nTo: sip:c@d\r\nCall-ID: 1\r\nCSeq: 1 INVITE\r\nContact: <sip:a@[::1]>\r\nRecord-Route: <sip:[::1];lr>\r\nContent-Length: 0\r\n\r\n"))
	f.Add([]byte("OPTIONS sip:h SIP/2.0\r\nv: SIP/2.0/TCP h\r\nf: <sip:a@b>;tag=\r\nt: <tel:1>\r\ni: 1\r\nCSeq: 1 OPTIONS\r\nRequire: a,,b\r\n\r\n"))
	dir := os.Getenv("PARLEY_CORPORA")
	if dir == "" {
		dir = filepath.Join("..", "..", "shared", "corpora")
	}
	if files, err := filepath.Glob(filepath.Join(dir, "sip-torture", "*", "*.dat")); err == nil {
		for _, name := range files {
			if b, err := os.ReadFile(name); err == nil {
				f.Add(b)
			}
		}
	}
	l := &listener{server: &Server{cfg: Config{UserAgent: "parley"}}, listen: Listen{Network: "tcp"}}
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := sip.ParseMessage(b)
		if err != nil {
			return
		}
		req, ok := m.(*sip.Request)
		if !ok {
			return
		}
		req.SetTransport("UDP")
		req.SetSource("[2001:db8::1]:5060")
		if screen(req) != nil || req.Method != sip.INVITE {
			return
		}
		_ = screenBody(req) // must not panic
		if got := targetOf(&req.Recipient); len(got.pin) > lobby.MaxDigits {
			t.Errorf("PIN of %d digits", len(got.pin))
		}
		d := newInboundDialog(req, "tag", l, "<sip:room@h>")
		bye := d.request(sip.BYE)
		if _, err := sip.ParseMessage([]byte(bye.String())); err != nil {
			t.Errorf("a BYE that does not parse: %v\n%s", err, bye)
		}
	})
}

// FuzzMediaControl reads whatever INFO body comes.
func FuzzMediaControl(f *testing.F) {
	f.Add([]byte(fastUpdateBody))
	f.Add([]byte(`<?xml version="1.0" encoding="x"?><media_control><!-- --><general_error>no</general_error></media_control>`))
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) > maxInfoBody {
			return
		}
		if ok, err := parseMediaControl(b); ok && err != nil {
			t.Error("both a request and an error")
		}
	})
}
