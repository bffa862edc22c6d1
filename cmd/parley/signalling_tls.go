package main

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"os"
	"sync/atomic"

	"parley/cmd/parley/internal/config"
)

// signallingTLS is what connections of H.323 over TLS begin with, as the files
// were when they were last read.
type signallingTLS struct{ listening, calling atomic.Pointer[tls.Config] }

func (s *signallingTLS) server() *tls.Config { return s.listening.Load() }
func (s *signallingTLS) client() *tls.Config { return s.calling.Load() }

// loadSignallingTLS reads the certificates, anew at each reload.
func (h *house) loadSignallingTLS(cfg *config.Config) error {
	t := &cfg.H323.TLS
	server, client := &tls.Config{MinVersion: tls.VersionTLS12}, &tls.Config{MinVersion: tls.VersionTLS12}
	if t.Cert != "" {
		own, err := tls.LoadX509KeyPair(t.Cert, t.Key)
		if err != nil {
			return err
		}
		server.Certificates, client.Certificates = []tls.Certificate{own}, []tls.Certificate{own}
	}
	if t.CA != "" {
		octets, err := os.ReadFile(t.CA)
		if err != nil {
			return err
		}
		pool := x509.NewCertPool()
		if !pool.AppendCertsFromPEM(octets) {
			return fmt.Errorf("%s has no certificate in PEM", t.CA)
		}
		server.ClientAuth, server.ClientCAs = tls.RequireAndVerifyClientCert, pool
		client.RootCAs = pool
	}
	if t.Verify == config.VerifyCA {
		// Package tls knows no verification without the name, so that it is done
		// here: VerifyConnection is asked of resumed sessions too.
		client.InsecureSkipVerify = true //nolint:gosec // see VerifyConnection
		client.VerifyConnection = verifyAuthority(client.RootCAs)
	}
	h.signallingTLS.listening.Store(server)
	h.signallingTLS.calling.Store(client)
	return nil
}

// verifyAuthority takes whom an authority of the pool vouches for, whatever its
// name.
func verifyAuthority(pool *x509.CertPool) func(tls.ConnectionState) error {
	return func(s tls.ConnectionState) error {
		o := x509.VerifyOptions{Roots: pool, Intermediates: x509.NewCertPool()}
		for _, c := range s.PeerCertificates[1:] {
			o.Intermediates.AddCert(c)
		}
		_, err := s.PeerCertificates[0].Verify(o)
		return err
	}
}
