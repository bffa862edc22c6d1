package control

import (
	"parley/h323/media"
)

// Config is what a Machine runs under.
type Config struct {
	// TerminalType is that of H.245 clause C.2 and H.323 table 1: 50 terminal,
	// 60 gateway, 160, 170, 180, 190 MCU with video, 240 active MC.
	TerminalType uint8
	// Random gives the status determination number, of 24 bits, and other
	// chance.
	Random func() uint32
	// Receive is what can be received, and announced; Send what can be sent.
	Receive, Send *media.Set
	// Local returns where media of a channel is received, for Receive, or
	// where RTCP of it is, for Send. It is called within the machine's
	// methods, once a channel; its error refuses the channel.
	Local func(*media.Channel) (media.Addresses, error)
	// Manual leaves it to the owner to open channels; else the best common
	// audio and video are opened as soon as the capabilities are known.
	Manual bool
	// Encryption of media.
	Encryption EncryptionPolicy
	// MaxBitRate of all video sent, bit/s; 0: what the peer allows.
	MaxBitRate int
}

// EncryptionPolicy is whether media is encrypted (H.235.6).
type EncryptionPolicy uint8

// The policies.
const (
	EncryptionOff EncryptionPolicy = iota
	EncryptionOffer
	EncryptionRequire
)
