// Package q931 is the framing of Q.931 and Q.932 messages, as H.225.0 clause 7.2
// uses it for call signalling: message types, information elements, and the
// values of those that H.323 endpoints read.
//
// It is tolerant (Q.931 clause 5.8): unknown messages and elements are kept, in
// their order, and written again. What an element means is parsed only when it
// is asked for.
package q931
