// Package h323 is an H.323 endpoint: it answers and makes calls (H.225.0 call
// signalling over Q.931, H.245) and tells their owner which media channels are
// open. RTP is the owner's. It knows nothing of conferences.
package h323
