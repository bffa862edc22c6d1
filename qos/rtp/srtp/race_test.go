//go:build race

package srtp

// raceEnabled: the race detector makes sync.Pool forget.
const raceEnabled = true
