// Package h450 is the supplementary services of H.323: their frame, ITU-T
// H.450.1 (remote operations as in X.880), call transfer (H.450.2), call hold
// (H.450.4) and message waiting indication (H.450.7), as H.225.0 carries them in
// h4501SupplementaryService of any message of a call.
//
// The messages are the types here. [Entity] is the machine of one call: it is
// told what was received and what its owner wants, with the time, and returns
// what is to be sent and what has happened. It has no clock, socket or goroutine.
package h450
