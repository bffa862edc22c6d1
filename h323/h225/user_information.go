package h225

import "parley/h323/per"

// H323UserInformation is the outermost value of call signalling; it stands in the
// user-user information element of every Q.931 message (H.225.0 clause 7.2.2.31).
type H323UserInformation struct {
	H323UUPDU H323UUPDU `per:"name=h323-uu-pdu"`
	UserData  *UserData `per:"optional,name=user-data"`
	Extension per.Extension
}

// UserData is the user's own part of the user-user information element.
type UserData struct {
	ProtocolDiscriminator uint8  `per:"range=0..255,name=protocol-discriminator"`
	UserInformation       []byte `per:"size=1..131,name=user-information"`
	Extension             per.Extension
}

// H323UUPDU is the message and what rides along with it: tunnelled H.245, H.450,
// features.
type H323UUPDU struct {
	H323MessageBody                 MessageBody           `per:"name=h323-message-body"`
	NonStandardData                 *NonStandardParameter `per:"optional"`
	Extension                       per.Extension
	H4501SupplementaryService       [][]byte
	H245Tunnelling                  *bool
	H245Control                     [][]byte
	NonStandardControl              []NonStandardParameter
	CallLinkage                     *CallLinkage
	TunnelledSignallingMessage      *TunnelledSignallingMessage
	ProvisionalRespToH245Tunnelling *per.Null
	StimulusControl                 *StimulusControl
	GenericData                     []GenericData
}

// MessageBody is the part of a call signalling message that Q.931 does not know.
type MessageBody struct {
	per.Choice
	Setup            *SetupUUIE
	CallProceeding   *CallProceedingUUIE
	Connect          *ConnectUUIE
	Alerting         *AlertingUUIE
	Information      *InformationUUIE
	ReleaseComplete  *ReleaseCompleteUUIE
	Facility         *FacilityUUIE
	Extension        per.Extension
	Progress         *ProgressUUIE
	Empty            *per.Null
	Status           *StatusUUIE
	StatusInquiry    *StatusInquiryUUIE
	SetupAcknowledge *SetupAcknowledgeUUIE
	Notify           *NotifyUUIE
}

// TunnelledSignallingMessage carries messages of another protocol, such as QSIG
// or ISUP (H.323 Annex M).
type TunnelledSignallingMessage struct {
	TunnelledProtocolID TunnelledProtocol
	MessageContent      [][]byte
	TunnellingRequired  *per.Null             `per:"optional"`
	NonStandardData     *NonStandardParameter `per:"optional"`
	Extension           per.Extension
}

// StimulusControl carries H.248 for stimulus terminals (H.323 Annex L).
type StimulusControl struct {
	NonStandard *NonStandardParameter `per:"optional"`
	IsText      *per.Null             `per:"optional"`
	H248Message []byte                `per:"optional"`
	Extension   per.Extension
}
