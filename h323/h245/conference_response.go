package h245

import "parley/h323/per"

// ConferenceResponse answers a ConferenceRequest.
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

// MCTerminalIDResponse tells the MC's name.
type MCTerminalIDResponse struct {
	TerminalLabel TerminalLabel
	TerminalID    TerminalID
	Extension     per.Extension
}

// TerminalIDResponse tells a terminal's name.
type TerminalIDResponse struct {
	TerminalLabel TerminalLabel
	TerminalID    TerminalID
	Extension     per.Extension
}

// ConferenceIDResponse tells the conference's name.
type ConferenceIDResponse struct {
	TerminalLabel TerminalLabel
	ConferenceID  ConferenceID
	Extension     per.Extension
}

// PasswordResponse tells a password.
type PasswordResponse struct {
	TerminalLabel TerminalLabel
	Password      Password
	Extension     per.Extension
}

// MakeMeChairResponse grants the chair or denies it.
type MakeMeChairResponse struct {
	per.Choice
	GrantedChairToken *per.Null
	DeniedChairToken  *per.Null
	Extension         per.Extension
}

// ExtensionAddressResponse tells an extension.
type ExtensionAddressResponse struct {
	ExtensionAddress TerminalID
	Extension        per.Extension
}

// ChairTokenOwnerResponse tells who has the chair.
type ChairTokenOwnerResponse struct {
	TerminalLabel TerminalLabel
	TerminalID    TerminalID
	Extension     per.Extension
}

// TerminalCertificateResponse tells a certificate.
type TerminalCertificateResponse struct {
	TerminalLabel       *TerminalLabel `per:"optional"`
	CertificateResponse []byte         `per:"optional,size=1..65535"`
	Extension           per.Extension
}

// BroadcastMyLogicalChannelResponse grants that all see this channel, or denies
// it.
type BroadcastMyLogicalChannelResponse struct {
	per.Choice
	GrantedBroadcastMyLogicalChannel *per.Null
	DeniedBroadcastMyLogicalChannel  *per.Null
	Extension                        per.Extension
}

// MakeTerminalBroadcasterResponse grants that all see that terminal, or denies
// it.
type MakeTerminalBroadcasterResponse struct {
	per.Choice
	GrantedMakeTerminalBroadcaster *per.Null
	DeniedMakeTerminalBroadcaster  *per.Null
	Extension                      per.Extension
}

// SendThisSourceResponse grants the picture of a terminal, or denies it.
type SendThisSourceResponse struct {
	per.Choice
	GrantedSendThisSource *per.Null
	DeniedSendThisSource  *per.Null
	Extension             per.Extension
}

// TerminalID is a name of a terminal, in octets whose character set is not
// said.
type TerminalID []byte

// PERTag is the constraint.
func (TerminalID) PERTag() string { return "size=1..128" }

// ConferenceID is a name of a conference.
type ConferenceID []byte

// PERTag is the constraint.
func (ConferenceID) PERTag() string { return "size=1..32" }

// Password is a password in the clear.
type Password []byte

// PERTag is the constraint.
func (Password) PERTag() string { return "size=1..32" }

// RequestAllTerminalIDsResponse lists all terminals.
type RequestAllTerminalIDsResponse struct {
	TerminalInformation []TerminalInformation
	Extension           per.Extension
}

// TerminalInformation is one terminal with its name.
type TerminalInformation struct {
	TerminalLabel TerminalLabel
	TerminalID    TerminalID
	Extension     per.Extension
}

// RemoteMCResponse answers a RemoteMCRequest.
type RemoteMCResponse struct {
	per.Choice
	Accept    *per.Null
	Reject    *RemoteMCReject
	Extension per.Extension
}

// RemoteMCReject is why the MC stays as it is.
type RemoteMCReject struct {
	per.Choice
	Unspecified          *per.Null
	FunctionNotSupported *per.Null
	Extension            per.Extension
}
