package media

const (
	// maxTable is the most entries of a capability table (H.245: SIZE (1..256)),
	// and maxCapabilities bounds what one set is parsed to: an extended video
	// capability is one entry and may list any number.
	maxTable        = 256
	maxCapabilities = 2 * maxTable
	// maxIndices bounds Set.Simultaneous: 256 descriptors of 256 lists of 256
	// entries fit a message, and real sets stay below 100.
	maxIndices = 8 * maxTable
	// maxEncryption bounds the ciphers kept of a set; H.235.6 and its
	// extensions name about ten.
	maxEncryption = 16
	// maxEvents is the longest list of telephone events kept, in octets;
	// foreign text. "0-15,16,32-49" is usual.
	maxEvents = 128
)
