// Package api is the HTTP side of parley: the control API under /api/v1, its
// event streams, /metrics, /livez and /readyz. It also gives the page and the
// page's signalling their place in one server.
//
// Whoever asks for what is private, or changes something, is checked by the
// guard; see there for who may.
package api
