// Package lobby is where a caller without keyboard or screen is asked for
// something before the conference: tones ask, digits answer. It knows no
// protocol: sound goes out by a port, keys come in by a channel.
package lobby
