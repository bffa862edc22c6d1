package h323

import (
	"parley/h323/h245"
	"parley/h323/h460"
)

// identifyLink says first on a connection for H.245 that a client opened which
// call it is of (H.460.18).
func (c *Call) identifyLink(s *stream) {
	m := &h245.MultimediaSystemControlMessage{
		Indication: &h245.IndicationMessage{GenericIndication: h460.ConnectionIndication(c.id.GUID, c.incoming)},
	}
	octets, err := m.Marshal()
	if err != nil {
		c.log.Error("h323: message not sent", "message", m.Name(), "error", err)
		return
	}
	c.endpoint.traceControl(s, c.id, &unsent{octets, m}, false, true)
	s.send(octets)
}
