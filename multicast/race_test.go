//go:build race

package multicast

// raceEnabled: the race detector makes Opus too slow for real time.
const raceEnabled = true
