// Package ras is Registration, Admission and Status of ITU-T H.225.0: what both
// sides of it share (datagrams, transactions, authentication), and the [Client],
// which registers an endpoint with a gatekeeper and asks it for leave.
//
// The machines take (event, now) and return what to send and tell; they have no
// socket, clock or goroutine.
package ras
