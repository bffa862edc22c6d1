//go:build meeting

package meeting

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"path/filepath"
	"testing"
	"time"
)

// authority makes certificates of RSA, which the peers take at every version of
// TLS.
type authority struct {
	dir  string
	cert *x509.Certificate
	key  *rsa.PrivateKey
}

func newAuthority(t *testing.T) *authority {
	t.Helper()
	a := &authority{dir: t.TempDir()}
	a.sign(t, "ca", &x509.Certificate{IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign})
	return a
}

// file is where the authority has written something.
func (a *authority) file(name string) string { return filepath.Join(a.dir, name+".pem") }

// issue makes a certificate for an address.
func (a *authority) issue(t *testing.T, name, address string) {
	t.Helper()
	a.sign(t, name, &x509.Certificate{IPAddresses: []net.IP{net.ParseIP(address)}})
}

// sign writes NAME.pem and NAME-key.pem; the first certificate is the authority's
// own.
func (a *authority) sign(t *testing.T, name string, c *x509.Certificate) {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	c.Subject, c.SerialNumber = pkix.Name{CommonName: name}, big.NewInt(time.Now().UnixNano())
	c.NotBefore, c.NotAfter = time.Now().Add(-time.Hour), time.Now().Add(time.Hour)
	if a.cert == nil {
		a.cert, a.key = c, key
	}
	raw, err := x509.CreateCertificate(rand.Reader, c, a.cert, &key.PublicKey, a.key)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	write(t, a.file(name), string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: raw})))
	write(t, a.file(name+"-key"), string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private})))
}

// tls is the bridge's section h323.tls, as the holder of a certificate.
func (a *authority) tls(name, verify string) string {
	return fmt.Sprintf("tls: {listen: [\":1300\"], cert: %q, key: %q, ca: %q, verify: %s}",
		a.file(name), a.file(name+"-key"), a.file("ca"), verify)
}
