// Package codecs holds what every wire and the conference share about media:
// the Format that names an encoding, the Frame that the mixer works on, the
// Packet that video is forwarded in, and the Set of codecs that a program was
// built with.
//
// Each codec or payload format lives in a folder of its own below this one and
// registers nothing by itself: a program builds a Set from the codecs it wants
// (see codecs/builtin) and passes it on.
package codecs
