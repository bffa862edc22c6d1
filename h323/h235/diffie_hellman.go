package h235

import "parley/h323/per"

// DHSet is one side's half of a Diffie-Hellman exchange, and its group; bit
// strings in network order.
type DHSet struct {
	Halfkey   per.BitString `per:"size=0..2048"`
	ModSize   per.BitString `per:"size=0..2048"`
	Generator per.BitString `per:"size=0..2048"`
	Extension per.Extension
}

// DHSetExt is a DHSet of more than 2048 bits; see ClearToken.DHKeyExt.
type DHSetExt struct {
	Halfkey   per.BitString  `per:"size=2049..65536"`
	ModSize   *per.BitString `per:"optional,size=2049..65536"`
	Generator *per.BitString `per:"optional,size=2049..65536"`
	Extension per.Extension
}

// ECKASDH is one side's half of a Diffie-Hellman exchange on an elliptic curve.
type ECKASDH struct {
	per.Choice
	ECKASDHp  *ECKASDHp `per:"name=eckasdhp"`
	ECKASDH2  *ECKASDH2
	Extension per.Extension
}

// ECKASDHp is a curve over a prime field.
type ECKASDHp struct {
	PublicKey    ECPoint       `per:"name=public-key"`
	Modulus      per.BitString `per:"size=0..511"`
	Base         ECPoint
	WeierstrassA per.BitString `per:"size=0..511"`
	WeierstrassB per.BitString `per:"size=0..511"`
}

// ECKASDH2 is a curve over a field of characteristic 2.
type ECKASDH2 struct {
	PublicKey    ECPoint       `per:"name=public-key"`
	FieldSize    per.BitString `per:"size=0..511"`
	Base         ECPoint
	WeierstrassA per.BitString `per:"size=0..511"`
	WeierstrassB per.BitString `per:"size=0..511"`
}

// ECPoint is a point in affine coordinates, uncompressed.
type ECPoint struct {
	X         *per.BitString `per:"optional,size=0..511"`
	Y         *per.BitString `per:"optional,size=0..511"`
	Extension per.Extension
}

// ECGDSASignature is a signature by an elliptic curve.
type ECGDSASignature struct {
	R per.BitString `per:"size=0..511"`
	S per.BitString `per:"size=0..511"`
}
