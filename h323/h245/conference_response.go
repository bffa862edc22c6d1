package h245

import "parley/h323/per"

type ConferenceResponse struct {
	per.Choice
	MCTerminalIDResponse              *MCTerminalIDResponse `per:"name=mCTerminalIDResponse"`
	TerminalIDResponse                *TerminalIDResponse
	ConferenceIDResponse              *ConferenceIDResponse
	PasswordResponse                  *PasswordResponse
	TerminalListResponse              []TerminalLabel `per:"size=1..256"`
	VideoCommandReject                *per.Null
	TerminalDropReject                *per.Null
	MakeMeChairResponse               *MakeMeChairResponse
	Extension                         per.Extension
	ExtensionAddressResponse          *ExtensionAddressResponse
	ChairTokenOwnerResponse           *ChairTokenOwnerResponse
	TerminalCertificateResponse       *TerminalCertificateResponse
	BroadcastMyLogicalChannelResponse *BroadcastMyLogicalChannelResponse
	MakeTerminalBroadcasterResponse   *MakeTerminalBroadcasterResponse
	SendThisSourceResponse            *SendThisSourceResponse
	RequestAllTerminalIDsResponse     *RequestAllTerminalIDsResponse
	RemoteMCResponse                  *RemoteMCResponse
}

type MCTerminalIDResponse struct {
	TerminalLabel TerminalLabel
	TerminalID    TerminalID
	Extension     per.Extension
}

type TerminalIDResponse struct {
	TerminalLabel TerminalLabel
	TerminalID    TerminalID
	Extension     per.Extension
}

type ConferenceIDResponse struct {
	TerminalLabel TerminalLabel
	ConferenceID  ConferenceID
	Extension     per.Extension
}

type PasswordResponse struct {
	TerminalLabel TerminalLabel
	Password      Password
	Extension     per.Extension
}

type MakeMeChairResponse struct {
	per.Choice
	GrantedChairToken *per.Null
	DeniedChairToken  *per.Null
	Extension         per.Extension
}

type ExtensionAddressResponse struct {
	ExtensionAddress TerminalID
	Extension        per.Extension
}

type ChairTokenOwnerResponse struct {
	TerminalLabel TerminalLabel
	TerminalID    TerminalID
	Extension     per.Extension
}

type TerminalCertificateResponse struct {
	TerminalLabel       *TerminalLabel `per:"optional"`
	CertificateResponse []byte         `per:"optional,size=1..65535"`
	Extension           per.Extension
}

type BroadcastMyLogicalChannelResponse struct {
	per.Choice
	GrantedBroadcastMyLogicalChannel *per.Null
	DeniedBroadcastMyLogicalChannel  *per.Null
	Extension                        per.Extension
}

type MakeTerminalBroadcasterResponse struct {
	per.Choice
	GrantedMakeTerminalBroadcaster *per.Null
	DeniedMakeTerminalBroadcaster  *per.Null
	Extension                      per.Extension
}

type SendThisSourceResponse struct {
	per.Choice
	GrantedSendThisSource *per.Null
	DeniedSendThisSource  *per.Null
	Extension             per.Extension
}

type TerminalID []byte

// PERTag is the constraint.
func (TerminalID) PERTag() string { return "size=1..128" }

type ConferenceID []byte

// PERTag is the constraint.
func (ConferenceID) PERTag() string { return "size=1..32" }

type Password []byte

// PERTag is the constraint.
func (Password) PERTag() string { return "size=1..32" }

type RequestAllTerminalIDsResponse struct {
	TerminalInformation []TerminalInformation
	Extension           per.Extension
}

type TerminalInformation struct {
	TerminalLabel TerminalLabel
	TerminalID    TerminalID
	Extension     per.Extension
}

type RemoteMCResponse struct {
	per.Choice
	Accept    *per.Null
	Reject    *RemoteMCReject
	Extension per.Extension
}

type RemoteMCReject struct {
	per.Choice
	Unspecified          *per.Null
	FunctionNotSupported *per.Null
	Extension            per.Extension
}
