// Package sap announces multicast sessions and keeps the directory of those
// that others announce (RFC 2974, with descriptions of RFC 8866).
//
// Packet is the wire format. Directory and Announcer are machines that take
// events with the time at which they happened; Listener and Transmitter give
// them sockets. Nothing here is authenticated: whoever is in the network can
// announce, so a directory is a list of claims, and what a claim may cost or
// push out is bounded.
package sap
