// Package control is H.245 of one call: a machine for each signalling entity of
// H.245 annex C, joined. It takes messages, orders and the time, and returns
// messages to send and events; it has no socket, clock or goroutine.
//
// Clauses without a document are those of H.245.
package control
