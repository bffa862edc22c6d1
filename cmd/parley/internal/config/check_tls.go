package config

import (
	"crypto/tls"
	"crypto/x509"
	"strings"
)

// pemFile is a file's name, and the key that tells it.
type pemFile struct {
	key  string
	name *string
}

// checkCertificate makes the names absolute, and reads both files, or neither
// where neither is given.
func checkCertificate(r *report, folder string, cert, key pemFile) {
	switch {
	case *cert.name == "" && *key.name == "":
		return
	case *cert.name == "":
		r.add(cert.key, "is missing, though %s is given", key.key)
		return
	case *key.name == "":
		r.add(key.key, "is missing, though %s is given", cert.key)
		return
	}
	first, okFirst := cert.read(r, folder)
	second, okSecond := key.read(r, folder)
	if okFirst && okSecond {
		if _, err := tls.X509KeyPair(first, second); err != nil {
			r.add(cert.key, "%s", strings.TrimPrefix(err.Error(), "tls: "))
		}
	}
}

// read makes the name absolute and reads the file, or reports why it cannot.
func (f pemFile) read(r *report, folder string) ([]byte, bool) {
	*f.name = within(folder, *f.name)
	octets, err := readFile(*f.name, maxFileSize)
	if err != nil {
		r.add(f.key, "%s: %s", *f.name, fileError(err))
	}
	return octets, err == nil
}

// What is verified of who is called over TLS.
const (
	VerifyHost = "host"
	VerifyCA   = "ca"
)

func (t *SignallingTLS) check(r *report, folder string) {
	checkCertificate(r, folder, pemFile{"h323.tls.cert", &t.Cert}, pemFile{"h323.tls.key", &t.Key})
	if len(t.Listen) > 0 && t.Cert == "" && t.Key == "" {
		r.add("h323.tls.cert", "is missing: who listens for TLS needs a certificate")
	}
	if t.CA != "" {
		if octets, ok := (pemFile{"h323.tls.ca", &t.CA}).read(r, folder); ok && !x509.NewCertPool().AppendCertsFromPEM(octets) {
			r.add("h323.tls.ca", "%s has no certificate in PEM", t.CA)
		}
	}
	switch t.Verify {
	case VerifyHost:
	case VerifyCA:
		if t.CA == "" {
			r.add("h323.tls.verify", "%s needs h323.tls.ca: the system's authorities would vouch for anybody", t.Verify)
		}
	default:
		r.add("h323.tls.verify", "must be host or ca, not %s", quote(t.Verify))
	}
}
