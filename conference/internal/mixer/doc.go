// Package mixer mixes the sound of one conference: every 20 ms it reads each
// Input once, sums once, takes each Output's own inputs out of the sum, and
// encodes once for all who hear the same sum in the same Format.
//
// The tick runs on one goroutine and takes no lock: who is in the room is
// published as an immutable Room. What an Input or Output keeps from tick to
// tick belongs to the tick, except for the fields that are atomic.
package mixer
