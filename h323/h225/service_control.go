package h225

import (
	"parley/h323/h235"
	"parley/h323/per"
)

// ServiceControlIndication (SCI) opens, refreshes or closes a service control
// session.
type ServiceControlIndication struct {
	RequestSeqNum       RequestSeqNum
	NonStandardData     *NonStandardParameter `per:"optional"`
	ServiceControl      []ServiceControlSession
	EndpointIdentifier  EndpointIdentifier `per:"optional"`
	CallSpecific        *CallSpecific      `per:"optional"`
	Tokens              []h235.ClearToken  `per:"optional"`
	CryptoTokens        []CryptoH323Token  `per:"optional"`
	IntegrityCheckValue *ICV               `per:"optional"`
	FeatureSet          *FeatureSet        `per:"optional"`
	GenericData         []GenericData      `per:"optional"`
	Extension           per.Extension
}

// CallSpecific is the call that service control is about.
type CallSpecific struct {
	CallIdentifier CallIdentifier
	ConferenceID   ConferenceIdentifier
	AnsweredCall   bool
	Extension      per.Extension
}

// ServiceControlResponse (SCR) answers a ServiceControlIndication.
type ServiceControlResponse struct {
	RequestSeqNum       RequestSeqNum
	Result              *ServiceControlResult `per:"optional"`
	NonStandardData     *NonStandardParameter `per:"optional"`
	Tokens              []h235.ClearToken     `per:"optional"`
	CryptoTokens        []CryptoH323Token     `per:"optional"`
	IntegrityCheckValue *ICV                  `per:"optional"`
	FeatureSet          *FeatureSet           `per:"optional"`
	GenericData         []GenericData         `per:"optional"`
	Extension           per.Extension
}

// ServiceControlResult is what became of the service.
type ServiceControlResult struct {
	per.Choice
	Started                   *per.Null
	Failed                    *per.Null
	Stopped                   *per.Null
	NotAvailable              *per.Null
	NeededFeatureNotSupported *per.Null
	Extension                 per.Extension
}

// ServiceControlSession is one session of service control (H.323 Annex K).
type ServiceControlSession struct {
	SessionID uint8                     `per:"range=0..255,name=sessionId"`
	Contents  *ServiceControlDescriptor `per:"optional"`
	Reason    ServiceControlReason
	Extension per.Extension
}

// ServiceControlReason is what shall be done with the session.
type ServiceControlReason struct {
	per.Choice
	Open      *per.Null
	Refresh   *per.Null
	Close     *per.Null
	Extension per.Extension
}

// ServiceControlDescriptor is where or what the service is.
type ServiceControlDescriptor struct {
	per.Choice
	URL                      *string `per:"ia5,size=0..512"`
	Signal                   H248SignalsDescriptor
	NonStandard              *NonStandardParameter
	CallCreditServiceControl *CallCreditServiceControl
	Extension                per.Extension
}

// CallCreditServiceControl tells the account's balance and how long a call may
// last, in seconds.
type CallCreditServiceControl struct {
	AmountString             string             `per:"optional,bmp,size=1..512"`
	BillingMode              *BillingMode       `per:"optional"`
	CallDurationLimit        *uint32            `per:"optional,range=1..4294967295"`
	EnforceCallDurationLimit *bool              `per:"optional"`
	CallStartingPoint        *CallStartingPoint `per:"optional"`
	Extension                per.Extension
}

// BillingMode says whether the account is paid after or before.
type BillingMode struct {
	per.Choice
	Credit    *per.Null
	Debit     *per.Null
	Extension per.Extension
}

// CallStartingPoint says when a call's duration begins.
type CallStartingPoint struct {
	per.Choice
	Alerting  *per.Null
	Connect   *per.Null
	Extension per.Extension
}

// CallCreditCapability says what an endpoint can do with call credit.
type CallCreditCapability struct {
	CanDisplayAmountString  *bool `per:"optional"`
	CanEnforceDurationLimit *bool `per:"optional"`
	Extension               per.Extension
}
