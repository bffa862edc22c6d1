// Package signalling is H.225.0 call signalling of one call, as a machine: it
// takes messages, orders and the time, and gives outputs. It has no socket,
// clock or goroutine. States are those of Q.931 clause 2.1.1, as far as H.323
// uses them (H.225.0 clause 7.5).
//
// It carries tunnelled H.245 and the elements of fast connect as octets, and
// knows nothing of what they mean.
package signalling
