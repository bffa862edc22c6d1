package h225

import "parley/h323/per"

// TunnelledProtocol names a protocol that can be tunnelled.
type TunnelledProtocol struct {
	ID            TunnelledProtocolID
	SubIdentifier string `per:"optional,ia5,size=1..64"`
	Extension     per.Extension
}

// TunnelledProtocolID is the name of a TunnelledProtocol.
type TunnelledProtocolID struct {
	per.Choice
	TunnelledProtocolObjectID    per.OID
	TunnelledProtocolAlternateID *TunnelledProtocolAlternateIdentifier
	Extension                    per.Extension
}

// TunnelledProtocolAlternateIdentifier names a protocol that has no object
// identifier, such as "isup" and its variant.
type TunnelledProtocolAlternateIdentifier struct {
	ProtocolType    string `per:"ia5,size=1..64"`
	ProtocolVariant string `per:"optional,ia5,size=1..64"`
	Extension       per.Extension
}
