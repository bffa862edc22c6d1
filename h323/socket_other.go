//go:build !linux

package h323

// setOptions does nothing: marks and time limits are for servers, on Linux.
func setOptions(uintptr, bool, int) error { return nil }
