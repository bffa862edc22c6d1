package h224

import "time"

const (
	// maxInformation is the most octets between the header and the check
	// sequence (H.224 clause 6: 260), against peers that send more.
	maxInformation = 260
	// maxFramed is the longest payload looked at: a frame of HDLC of that size,
	// with a zero after each five ones and flags in plenty.
	maxFramed = 600
	// maxClients of one terminal are kept; the standard knows three.
	maxClients = 16
	// maxExtra is the most octets kept of the extra capabilities of a camera: 16
	// presets and sources, ten of them with a name. They are sent on to others.
	maxExtra = 256
	// maxEndpoints at one Switch bound what joining costs; a conference has
	// fewer.
	maxEndpoints = 4096
	// announceInterval is the shortest time between two answers to a terminal
	// that asks for our clients, against one that asks without end.
	announceInterval = 200 * time.Millisecond
)
