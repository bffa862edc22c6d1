package h264

// Limits on what a network may tell.
const (
	// MaxParameterSet is the longest SPS or PPS in bytes. It answers
	// descriptions blown up to be kept and sent ahead of each key frame; real
	// ones have tens of bytes, with scaling matrices some hundred.
	MaxParameterSet = 1024
	// MaxParameterSets is the most of them for one stream, for the same
	// reason; real encoders have one of each, or one PPS more.
	MaxParameterSets = 16
	// maxDimension is the largest width or height in pixels: beyond level 6.2
	// (H.264 table A-1) an SPS is garbage.
	maxDimension = 16888
)
