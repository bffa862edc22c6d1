package h460

import (
	"fmt"

	"parley/h323/h225"
	"parley/h323/h245"
	"parley/h323/per"
)

// Parameters of H.460.19 in a featureDescriptor; they are flags.
const (
	transmitMultiplexed  = 1 // supportTransmitMultiplexedMedia
	mediaTraversalServer = 2
)

// traversalParameters is the parameter of H.460.19 in H.245.
const traversalParameters = 1

// Role is what an endpoint says of itself in the feature of SETUP and its
// answers.
type Role struct {
	// Server tells that it takes media from clients, and answers where they come
	// from.
	Server bool
	// Multiplexed tells that it can send several channels to one port.
	Multiplexed bool
}

// Feature returns the featureDescriptor.
func (r Role) Feature() h225.FeatureDescriptor {
	var flags []h225.EnumeratedParameter
	if r.Multiplexed {
		flags = append(flags, Flag(transmitMultiplexed))
	}
	if r.Server {
		flags = append(flags, Flag(mediaTraversalServer))
	}
	return Feature(MediaTraversal, flags...)
}

// RoleOf reads a featureDescriptor, such as FindIn returns; not ok: it is nil.
func RoleOf(f *h225.FeatureDescriptor) (r Role, ok bool) {
	return Role{
		Server:      Parameter(f, mediaTraversalServer) != nil,
		Multiplexed: Parameter(f, transmitMultiplexed) != nil,
	}, f != nil
}

// TraversalParameters are those of one logical channel, in genericInformation of
// openLogicalChannel and its acknowledgement (H.460.19). Addresses and
// identifier say where their sender wants media; the identifier is then before
// each packet (see AppendMultiplex).
type TraversalParameters struct {
	MultiplexedMediaChannel        *h245.TransportAddress `per:"optional"`
	MultiplexedMediaControlChannel *h245.TransportAddress `per:"optional"`
	MultiplexID                    *uint32                `per:"optional,range=0..4294967295,name=multiplexID"`
	// KeepAliveChannel and KeepAliveInterval are of a server: where to, and how
	// often, a client sends that which keeps its way open.
	KeepAliveChannel *h245.TransportAddress `per:"optional"`
	// KeepAlivePayloadType is of a client: that of what it sends.
	KeepAlivePayloadType *uint8           `per:"optional,range=0..127"`
	KeepAliveInterval    *h225.TimeToLive `per:"optional"` // seconds
	Extension            per.Extension
}

// Message returns the parameters as an element of genericInformation. It is to be
// the first one: some peers read no other. Its errors are those of per.Marshal.
func (p *TraversalParameters) Message() (*h245.GenericMessage, error) {
	value, err := per.Marshal(p)
	if err != nil {
		return nil, err
	}
	return &h245.GenericMessage{
		MessageIdentifier: h245.CapabilityIdentifier{Standard: h245.H46019OID},
		MessageContent:    []h245.GenericParameter{octets(traversalParameters, value)},
	}, nil
}

// Traversal returns the parameters of a genericInformation. The errors are
// ErrAbsent and those of per.Unmarshal.
func Traversal(information []h245.GenericMessage) (*TraversalParameters, error) {
	for i := range information {
		m := &information[i]
		if m.MessageIdentifier.Standard != h245.H46019OID {
			continue
		}
		for j := range m.MessageContent {
			c := &m.MessageContent[j]
			if id := c.ParameterIdentifier.Standard; id == nil || *id != traversalParameters || c.ParameterValue.OctetString == nil {
				continue
			}
			p := new(TraversalParameters)
			if _, err := per.Unmarshal(c.ParameterValue.OctetString, p); err != nil {
				return nil, fmt.Errorf("h460: traversalParameters: %w", err)
			}
			return p, nil
		}
	}
	return nil, ErrAbsent
}
