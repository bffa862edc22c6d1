package h245

import "parley/h323/per"

// UserInputCapability is a way to carry digits.
type UserInputCapability struct {
	per.Choice
	NonStandard                []NonStandardParameter `per:"size=1..16"`
	BasicString                *per.Null
	IA5String                  *per.Null `per:"name=iA5String"`
	GeneralString              *per.Null
	DTMF                       *per.Null
	Hookflash                  *per.Null
	Extension                  per.Extension
	ExtendedAlphanumeric       *per.Null
	EncryptedBasicString       *per.Null
	EncryptedIA5String         *per.Null
	EncryptedGeneralString     *per.Null
	SecureDTMF                 *per.Null
	GenericUserInputCapability *GenericCapability
}

// UserInputIndication is digits or text from the user.
type UserInputIndication struct {
	per.Choice
	NonStandard *NonStandardParameter
	// Alphanumeric is any number of characters; peers send digits one by one.
	Alphanumeric               *string `per:"general"`
	Extension                  per.Extension
	UserInputSupportIndication *UserInputSupportIndication
	Signal                     *UserInputSignal
	SignalUpdate               *UserInputSignalUpdate
	ExtendedAlphanumeric       *ExtendedAlphanumeric
	EncryptedAlphanumeric      *EncryptedAlphanumeric
	GenericInformation         []GenericMessage
}

// UserInputSupportIndication tells which ways are supported.
type UserInputSupportIndication struct {
	per.Choice
	NonStandard            *NonStandardParameter
	BasicString            *per.Null
	IA5String              *per.Null `per:"name=iA5String"`
	GeneralString          *per.Null
	Extension              per.Extension
	EncryptedBasicString   *per.Null
	EncryptedIA5String     *per.Null
	EncryptedGeneralString *per.Null
}

// UserInputSignal is one digit or a hook flash, as it begins; Duration in
// milliseconds.
type UserInputSignal struct {
	// SignalType is a digit; "!" is a hook flash.
	SignalType           string              `per:"ia5,size=1,from='0123456789#*ABCD!'"`
	Duration             *uint16             `per:"optional,range=1..65535"`
	RTP                  *UserInputSignalRTP `per:"optional"`
	Extension            per.Extension
	RTPPayloadIndication *per.Null
	ParamS               *Params
	EncryptedSignalType  *[1]byte
	AlgorithmOID         *per.OID
}

// UserInputSignalRTP places the digit in time, in units of the channel's RTP
// clock.
type UserInputSignalRTP struct {
	Timestamp            *uint32 `per:"optional,range=0..4294967295"`
	ExpirationTime       *uint32 `per:"optional,range=0..4294967295"`
	LogicalChannelNumber LogicalChannelNumber
	Extension            per.Extension
}

// UserInputSignalUpdate tells how long the last signal really is, in
// milliseconds.
type UserInputSignalUpdate struct {
	Duration  uint16                    `per:"range=1..65535"`
	RTP       *UserInputSignalUpdateRTP `per:"optional"`
	Extension per.Extension
}

// UserInputSignalUpdateRTP tells the channel of the signal.
type UserInputSignalUpdateRTP struct {
	LogicalChannelNumber LogicalChannelNumber
	Extension            per.Extension
}

// ExtendedAlphanumeric is text, possibly told by RTP as well.
type ExtendedAlphanumeric struct {
	Alphanumeric          string    `per:"general"`
	RTPPayloadIndication  *per.Null `per:"optional"`
	Extension             per.Extension
	EncryptedAlphanumeric *EncryptedAlphanumeric
}

// EncryptedAlphanumeric is text under a cipher.
type EncryptedAlphanumeric struct {
	AlgorithmOID per.OID
	ParamS       *Params `per:"optional"`
	Encrypted    []byte
	Extension    per.Extension
}

// Params are those of the cipher: its initial vector.
type Params struct {
	IV8       *IV8   `per:"optional"`
	IV16      *IV16  `per:"optional"`
	IV        []byte `per:"optional"`
	Extension per.Extension
}

// IV8 is an initial vector of 64 bits.
type IV8 [8]byte

// IV16 is an initial vector of 128 bits.
type IV16 [16]byte
