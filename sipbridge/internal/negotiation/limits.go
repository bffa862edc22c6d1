package negotiation

// What a peer may make the machine hold. Each bound is far above what any
// known user agent sends.
const (
	// maxBody bounds a session description in bytes. It answers memory and
	// parsing time spent on a stranger's INVITE; large WebRTC-like offers are
	// about 8 kB.
	maxBody = 32 << 10
	// maxStreams bounds the m= lines, each of which an answer must repeat.
	maxStreams = 16
	// maxFormats bounds the formats of one m= line, each of which is compared
	// with each of ours.
	maxFormats = 64
	// maxAttributes bounds the attributes of one m= line.
	maxAttributes = 512
	// maxParameterSets and maxParameterSetBytes bound what
	// sprop-parameter-sets makes the core keep per source.
	maxParameterSets     = 16
	maxParameterSetBytes = 1024
)
