package h245

import "parley/h323/per"

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

type UserInputIndication struct {
	per.Choice
	NonStandard                *NonStandardParameter
	Alphanumeric               *string `per:"general"`
	Extension                  per.Extension
	UserInputSupportIndication *UserInputSupportIndication
	Signal                     *UserInputSignal
	SignalUpdate               *UserInputSignalUpdate
	ExtendedAlphanumeric       *ExtendedAlphanumeric
	EncryptedAlphanumeric      *EncryptedAlphanumeric
	GenericInformation         []GenericMessage
}

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

type UserInputSignal struct {
	SignalType           string              `per:"ia5,size=1,from='0123456789#*ABCD!'"`
	Duration             *uint16             `per:"optional,range=1..65535"`
	RTP                  *UserInputSignalRTP `per:"optional"`
	Extension            per.Extension
	RTPPayloadIndication *per.Null
	ParamS               *Params
	EncryptedSignalType  *[1]byte
	AlgorithmOID         *per.OID
}

type UserInputSignalRTP struct {
	Timestamp            *uint32 `per:"optional,range=0..4294967295"`
	ExpirationTime       *uint32 `per:"optional,range=0..4294967295"`
	LogicalChannelNumber LogicalChannelNumber
	Extension            per.Extension
}

type UserInputSignalUpdate struct {
	Duration  uint16                    `per:"range=1..65535"`
	RTP       *UserInputSignalUpdateRTP `per:"optional"`
	Extension per.Extension
}

type UserInputSignalUpdateRTP struct {
	LogicalChannelNumber LogicalChannelNumber
	Extension            per.Extension
}

type ExtendedAlphanumeric struct {
	Alphanumeric          string    `per:"general"`
	RTPPayloadIndication  *per.Null `per:"optional"`
	Extension             per.Extension
	EncryptedAlphanumeric *EncryptedAlphanumeric
}

type EncryptedAlphanumeric struct {
	AlgorithmOID per.OID
	ParamS       *Params `per:"optional"`
	Encrypted    []byte
	Extension    per.Extension
}

type Params struct {
	IV8       *IV8   `per:"optional"`
	IV16      *IV16  `per:"optional"`
	IV        []byte `per:"optional"`
	Extension per.Extension
}

type IV8 [8]byte

type IV16 [16]byte
