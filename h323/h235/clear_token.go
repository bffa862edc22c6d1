package h235

import "parley/h323/per"

// ClearToken carries values in the clear, or is the input of a hash or
// signature (H.235.0 clause 9). Its fifth addition, dhkeyext, is younger than the
// type here: see DHKeyExt.
type ClearToken struct {
	TokenOID    per.OID
	TimeStamp   *TimeStamp            `per:"optional"`
	Password    Password              `per:"optional"`
	DHKey       *DHSet                `per:"optional,name=dhkey"`
	Challenge   ChallengeString       `per:"optional"`
	Random      *RandomVal            `per:"optional"`
	Certificate *TypedCertificate     `per:"optional"`
	GeneralID   Identifier            `per:"optional"`
	NonStandard *NonStandardParameter `per:"optional"`
	Extension   per.Extension
	ECKASDHKey  *ECKASDH `per:"name=eckasdhkey"`
	SendersID   Identifier
	H235Key     *H235Key
	ProfileInfo []ProfileElement
}

// TimeStamp is in seconds since 1970-01-01 00:00 UTC.
type TimeStamp uint32

func (TimeStamp) PERTag() string { return "range=1..4294967295" }

// RandomVal is a 32-bit integer by intent, unbounded in the encoding.
type RandomVal int64

// Password is a user's password as it is written.
type Password string

func (Password) PERTag() string { return "bmp,size=1..128" }

// Identifier is an alias of a sender or receiver, or of an account.
type Identifier string

func (Identifier) PERTag() string { return "bmp,size=1..128" }

// ChallengeString is what the peer must encrypt or hash to prove its key.
type ChallengeString []byte

func (ChallengeString) PERTag() string { return "size=8..128" }

// NonStandardParameter is a maker's own value.
type NonStandardParameter struct {
	NonStandardIdentifier per.OID
	Data                  []byte
}

// ProfileElement is one value that a profile of H.235 defines.
type ProfileElement struct {
	ElementID uint8    `per:"range=0..255"`
	ParamS    *Params  `per:"optional"`
	Element   *Element `per:"optional"`
	Extension per.Extension
}

// Element is the value of a ProfileElement.
type Element struct {
	per.Choice
	Octets    []byte
	Integer   *int64
	Bits      *per.BitString
	Name      *string `per:"bmp"`
	Flag      *bool
	Extension per.Extension
}
