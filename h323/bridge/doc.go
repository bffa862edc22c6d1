// Package bridge makes the calls of an H.323 endpoint participants of
// conferences: parley is then an MCU with audio and video (H.323 clause 6.6).
//
// The h323 package owns signalling; a call here owns the media, and one
// goroutine that takes what signalling, the conference and the clock tell.
package bridge
