// Package election decides which of several bridges carries sound or pictures
// from group to group, so that nothing goes round or arrives twice. It is the
// spanning tree of IEEE 802.1D, on RTP sessions for segments: the bridges of the
// lowest identity carry, the others stand by in the groups that are reached
// without them, and take over when they are heard no more.
//
// A [Tree] is a machine: what is heard and what time it is go in, what to send
// and which ports stand by come out.
package election
