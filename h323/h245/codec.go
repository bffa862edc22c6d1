package h245

import (
	"fmt"

	"parley/h323/per"
)

// Unmarshal decodes the message that data begins with and returns the octets
// after it: a TPKT of the H.245 control channel may carry several messages, one
// behind the other; a tunnelled h245Control carries one (H.323 clause 8.2.1).
// The message shares no memory with data. Errors wrap those of package per.
func Unmarshal(data []byte) (m *MultimediaSystemControlMessage, rest []byte, err error) {
	m = new(MultimediaSystemControlMessage)
	rest, err = limits(data).Unmarshal(data, m)
	if err != nil {
		return nil, nil, fmt.Errorf("h245: %w", err)
	}
	return m, rest, nil
}

// Marshal encodes m, as it stands in a TPKT or in an h245Control.
func (m *MultimediaSystemControlMessage) Marshal() ([]byte, error) { return marshal(m) }

// UnmarshalOpenLogicalChannel decodes one element of the fastStart of H.225.0,
// an OpenLogicalChannel without a message around it (H.323 clause 8.1.7).
func UnmarshalOpenLogicalChannel(data []byte) (*OpenLogicalChannel, error) {
	o := new(OpenLogicalChannel)
	if _, err := limits(data).Unmarshal(data, o); err != nil {
		return nil, fmt.Errorf("h245: %w", err)
	}
	return o, nil
}

// Marshal encodes o as one element of a fastStart.
func (o *OpenLogicalChannel) Marshal() ([]byte, error) { return marshal(o) }

func marshal(v any) ([]byte, error) {
	b, err := per.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("h245: %w", err)
	}
	return b, nil
}

func limits(data []byte) per.Limits {
	return per.Limits{
		Depth:    maxDepth,
		Elements: maxElements,
		Memory:   memoryBase + memoryFactor*len(data),
	}
}

// Name returns the ASN.1 names of the message's kind and alternative, such as
// "request.terminalCapabilitySet", and "" where none is chosen.
func (m *MultimediaSystemControlMessage) Name() string {
	kind, message := per.Alternative(m)
	alternative, _ := per.Alternative(message)
	if alternative == "" {
		return kind
	}
	return kind + "." + alternative
}
