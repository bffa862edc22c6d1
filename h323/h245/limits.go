package h245

const (
	// maxDepth bounds nested types against messages that recurse without end
	// (genericParameter in itself, redundancyEncoding in dataType).
	maxDepth = 32
	// maxElements is that of the largest tables: a capability table has 256
	// entries at most, and real endpoints fill it.
	maxElements = 256
	// memoryBase and memoryFactor bound the decoded message against one whose
	// few bits stand for large structures. An entry of a capability table costs
	// 5 octets on the line and about 500 in memory.
	memoryBase   = 32 << 10
	memoryFactor = 128
)
