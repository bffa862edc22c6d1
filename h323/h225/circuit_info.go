package h225

import "parley/h323/per"

// CircuitInfo names the circuits on both sides of a gateway.
type CircuitInfo struct {
	SourceCircuitID      *CircuitIdentifier `per:"optional"`
	DestinationCircuitID *CircuitIdentifier `per:"optional"`
	GenericData          []GenericData      `per:"optional"`
	Extension            per.Extension
}

// CircuitIdentifier names a circuit, a group of them, or a carrier.
type CircuitIdentifier struct {
	CIC       *CICInfo `per:"optional"`
	Group     *GroupID `per:"optional"`
	Extension per.Extension
	Carrier   *CarrierInfo
}

// CICInfo is circuits by SS7 codes.
type CICInfo struct {
	CIC       [][]byte `per:"elem(size=2..4)"`
	PointCode []byte   `per:"size=2..5"`
	Extension per.Extension
}

// GroupID is a group of circuits by name.
type GroupID struct {
	Member    []uint16 `per:"optional,elem(range=0..65535)"`
	Group     string   `per:"ia5,size=1..128"`
	Extension per.Extension
}

// CarrierInfo names a carrier.
type CarrierInfo struct {
	CarrierIdentificationCode []byte `per:"optional,size=3..4"`
	CarrierName               string `per:"optional,ia5,size=1..128"`
	Extension                 per.Extension
}
