// Package srtp encrypts the sessions of groups by SRTP and SRTCP (RFC 3711),
// with one key for all senders that was told beforehand: by a=crypto in a
// session description (RFC 4568) or in the configuration.
//
// One key for many senders is safe only while no two packets have the same
// SSRC and index (RFC 3711 9.1): the keystreams would be the same, and what both
// encrypt known to who adds them; with GCM, forgeable as well. The rule here is:
//
//   - each run of each session draws its SSRCs at random, and never goes back to
//     one that it gave up;
//   - a session that hears its SSRC from another member changes it at once
//     (RFC 3550 8.2), before the next packet;
//   - no SSRC has two streams, one after the other, whose numbers begin anew;
//   - reports of others that are passed on go out as they came (RFC 5760);
//   - sound and pictures have keys of their own where that is possible: one key
//     for both makes them one set of SSRCs.
//
// What remains is the chance that two of n senders draw the same number, before
// they hear each other: n²/2³³.
package srtp
