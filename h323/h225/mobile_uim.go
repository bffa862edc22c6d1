package h225

import "parley/h323/per"

// MobileUIM identifies a mobile's user.
type MobileUIM struct {
	per.Choice
	ANSI41UIM *ANSI41UIM `per:"name=ansi-41-uim"`
	GSMUIM    *GSMUIM    `per:"name=gsm-uim"`
	Extension per.Extension
}

// ANSI41UIM identifies a user of an ANSI-41 network.
type ANSI41UIM struct {
	IMSI                         TBCDString `per:"optional,size=3..16"`
	MIN                          TBCDString `per:"optional,size=3..16"`
	MDN                          TBCDString `per:"optional,size=3..16"`
	MSISDN                       TBCDString `per:"optional,size=3..16"`
	ESN                          TBCDString `per:"optional,size=16"`
	MSCID                        TBCDString `per:"optional,size=3..16"`
	SystemID                     SystemID   `per:"name=system-id"`
	SystemMyTypeCode             *[1]byte   `per:"optional"`
	SystemAccessType             *[1]byte   `per:"optional"`
	QualificationInformationCode *[1]byte   `per:"optional"`
	SESN                         TBCDString `per:"optional,size=16"`
	SOC                          TBCDString `per:"optional,size=3..16"`
	Extension                    per.Extension
}

// SystemID is a mobile system's or market's number.
type SystemID struct {
	per.Choice
	SID       TBCDString `per:"size=1..4"`
	MID       TBCDString `per:"size=1..4"`
	Extension per.Extension
}

// GSMUIM identifies a user of a GSM network.
type GSMUIM struct {
	IMSI      TBCDString `per:"optional,size=3..16"`
	TMSI      []byte     `per:"optional,size=1..4"`
	MSISDN    TBCDString `per:"optional,size=3..16"`
	IMEI      TBCDString `per:"optional,size=15..16"`
	HPLMN     TBCDString `per:"optional,size=1..4"`
	VPLMN     TBCDString `per:"optional,size=1..4"`
	Extension per.Extension
}

// TBCDString is telephony binary coded decimal, as text.
type TBCDString string

func (TBCDString) PERTag() string { return "ia5,from='0123456789#*abc'" }
