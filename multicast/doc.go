// Package multicast is the wire of IP multicast groups. A group is one
// Participant of a conference with many Sources: each member that sends is a
// source of its own in the roster, and all members together hear one mix, sent
// once, from which their own voices are left out (RFC 3550 section 7: a mixer
// for audio, a translator for video).
package multicast
