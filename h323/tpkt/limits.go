package tpkt

const (
	// MaxPayload is what the length of two octets leaves beside the header of
	// four. A Reader never holds more, whatever a peer sends.
	MaxPayload = 0xffff - headerSize
	// growth is the memory taken ahead of what has arrived: a header alone
	// promises 64 KiB and costs its sender four octets.
	growth = 4096
)
