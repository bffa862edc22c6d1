// Package media describes the media of an H.323 call in terms of
// codecs.Format: what an endpoint can receive and send, and the logical
// channels through which it does. It maps them to the capabilities and data
// types of H.245 and back (H.245 annex B, H.241 for H.264, H.239 for a second
// video).
package media
