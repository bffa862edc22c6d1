package wav

const (
	// maxChannels bounds what is mixed to one: more is a broken header. The
	// largest layouts in use have 24.
	maxChannels = 64
	// maxChunks is how many chunks may stand before the sound. It answers a file
	// of empty chunks.
	maxChunks = 256
	// blockFrames is how many samples of each channel are read at once.
	blockFrames = 1024
)
