// Package madcap leases multicast addresses to those who ask for them: a server
// of the Multicast Address Dynamic Client Allocation Protocol (RFC 2730). Server
// is the machine, Listener has its sockets.
package madcap
