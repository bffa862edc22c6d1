// Package allocation chooses addresses for multicast groups and keeps account
// of who has which: the groups of parley's own conferences and, by MADCAP, those
// of others. An address is chosen at random (RFC 6308 4.2), so that several who
// choose without knowing of each other rarely meet.
package allocation
