package h245

import (
	"fmt"

	"parley/h323/per"
)

// Unmarshal decodes the message that data begins with and returns the octets
// after it: a TPKT of the H.245 control channel may carry several messages, one
// behind the other; a tunnelled h245Control carries one (H.323 clauses 6.2.8.1,
// 8.2.1). The message shares no memory with data. Errors wrap those of package
// per.
func Unmarshal(data []byte) (m *MultimediaSystemControlMessage, rest []byte, err error) {
	m = new(MultimediaSystemControlMessage)
	limits := per.Limits{
		Depth:    maxDepth,
		Elements: maxElements,
		Memory:   memoryBase + memoryFactor*len(data),
	}
	rest, err = limits.Unmarshal(data, m)
	if err != nil {
		return nil, nil, fmt.Errorf("h245: %w", err)
	}
	return m, rest, nil
}

// Marshal encodes m, as it stands in a TPKT or in an h245Control.
func (m *MultimediaSystemControlMessage) Marshal() ([]byte, error) {
	b, err := per.Marshal(m)
	if err != nil {
		return nil, fmt.Errorf("h245: %w", err)
	}
	return b, nil
}
