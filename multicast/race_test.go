//go:build race

package multicast

// raceEnabled: the race detector makes Opus too slow for real time. The Makefile's
// unit repeats without it the tests that ask, by their names.
const raceEnabled = true
