package h460

import (
	"parley/h323/h225"
	"parley/h323/per"
)

// rasMessage is the parameter of H.460.17 that holds a RasMessage.
const rasMessage = 1

// TunnelRAS returns the call signalling message that carries an encoded
// RasMessage: empty, in a FACILITY of call reference 0 (H.460.17 clause 7).
func TunnelRAS(octets []byte) *h225.H323UserInformation {
	tunnelling := true
	return &h225.H323UserInformation{H323UUPDU: h225.H323UUPDU{
		H323MessageBody: h225.MessageBody{Empty: &per.Null{}},
		// The peers that do this all say so.
		H245Tunnelling: &tunnelling,
		GenericData:    []h225.GenericData{Feature(RASOverSignalling, Raw(rasMessage, octets))},
	}}
}

// TunnelledRAS returns the encoded RAS messages that a call signalling message
// carries, at most 16. They are part of it.
func TunnelledRAS(m *h225.H323UserInformation) [][]byte {
	var all [][]byte
	for i := range m.H323UUPDU.GenericData {
		g := &m.H323UUPDU.GenericData[i]
		if !Is(&g.ID, RASOverSignalling) {
			continue
		}
		for j := range g.Parameters {
			p := &g.Parameters[j]
			if Is(&p.ID, rasMessage) && p.Content != nil && p.Content.Raw != nil && len(all) < maxTunnelled {
				all = append(all, p.Content.Raw)
			}
		}
	}
	return all
}
