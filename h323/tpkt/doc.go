// Package tpkt is the framing of RFC 1006 that bounds the messages of H.225.0
// call signalling and of H.245 on TCP.
package tpkt
