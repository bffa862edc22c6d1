package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"parley/cmd/parley/internal/config"
)

// selfSigned writes a certificate that is its own authority, for a name.
func selfSigned(t *testing.T, dir, name string) (cert, key string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{
		Subject: pkix.Name{CommonName: name}, DNSNames: []string{name}, SerialNumber: big.NewInt(1),
		NotBefore: time.Unix(0, 0), NotAfter: time.Unix(1<<33, 0), IsCA: true, BasicConstraintsValid: true,
	}
	raw, err := x509.CreateCertificate(rand.Reader, c, c, &private.PublicKey, private)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	cert, key = filepath.Join(dir, name+".pem"), filepath.Join(dir, name+"-key.pem")
	for file, block := range map[string]*pem.Block{cert: {Type: "CERTIFICATE", Bytes: raw}, key: {Type: "PRIVATE KEY", Bytes: secret}} {
		if err := os.WriteFile(file, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return cert, key
}

// meet has the configured TLS of one house call that of another, under a name.
func meet(t *testing.T, caller, called *house, name string) error {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	answered := make(chan struct{})
	go func() {
		defer close(answered)
		b, err := l.Accept()
		if err != nil {
			return
		}
		defer b.Close()
		s := tls.Server(b, called.signallingTLS.server())
		if s.Handshake() == nil {
			_, _ = s.Write([]byte{1})
		}
		_, _ = s.Read(make([]byte, 1)) // a reset would overtake the alert
	}()
	a, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	cfg := caller.signallingTLS.client().Clone()
	cfg.ServerName = name
	_, err = tls.Client(a, cfg).Read(make([]byte, 1)) // a certificate may be refused after the handshake
	_ = a.Close()
	<-answered
	return err
}

func TestSignallingTLS(t *testing.T) {
	dir := t.TempDir()
	cert, key := selfSigned(t, dir, "own.example")
	other, otherKey := selfSigned(t, dir, "other.example")
	own := config.SignallingTLS{Cert: cert, Key: key, CA: cert, Verify: config.VerifyHost}
	any := own
	any.Verify = config.VerifyCA
	foreign := config.SignallingTLS{Cert: other, Key: otherKey, CA: cert, Verify: config.VerifyHost}
	bare := config.SignallingTLS{CA: cert, Verify: config.VerifyHost}
	for name, test := range map[string]struct {
		caller, called config.SignallingTLS
		host, want     string
	}{
		"both trusted":                 {own, own, "own.example", ""},
		"another name":                 {own, own, "192.0.2.1", "doesn't contain any IP SANs"},
		"another name, the authority":  {any, own, "192.0.2.1", ""},
		"another authority":            {own, foreign, "other.example", "unknown authority"},
		"another authority, any name":  {any, foreign, "192.0.2.1", "unknown authority"},
		"the caller without":           {bare, own, "own.example", "certificate required"},
		"the caller of another issuer": {foreign, own, "own.example", "tls: "},
	} {
		t.Run(name, func(t *testing.T) {
			load := func(s config.SignallingTLS) *house {
				h := new(house)
				if err := h.loadSignallingTLS(&config.Config{H323: config.H323{TLS: s}}); err != nil {
					t.Fatal(err)
				}
				return h
			}
			err := meet(t, load(test.caller), load(test.called), test.host)
			if (err == nil) != (test.want == "") || err != nil && !strings.Contains(err.Error(), test.want) {
				t.Errorf("%v", err)
			}
		})
	}
}

// What cannot be read leaves in force what was.
func TestSignallingTLSReload(t *testing.T) {
	cert, key := selfSigned(t, t.TempDir(), "own.example")
	cfg := &config.Config{H323: config.H323{TLS: config.SignallingTLS{Cert: cert, Key: key}}}
	h := new(house)
	if err := h.loadSignallingTLS(cfg); err != nil {
		t.Fatal(err)
	}
	before := h.signallingTLS.server()
	if err := os.WriteFile(key, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := h.loadSignallingTLS(cfg); err == nil || h.signallingTLS.server() != before {
		t.Errorf("%v", err)
	}
}
