package q931

import "fmt"

// CauseValue is a cause of Q.850, 0 to 127.
type CauseValue uint8

// Causes of Q.850.
const (
	UnallocatedNumber              CauseValue = 1
	NoRouteToTransitNetwork        CauseValue = 2
	NoRouteToDestination           CauseValue = 3
	SendSpecialTone                CauseValue = 4
	MisdialledTrunkPrefix          CauseValue = 5
	ChannelUnacceptable            CauseValue = 6
	CallAwarded                    CauseValue = 7
	Preemption                     CauseValue = 8
	PreemptionReserved             CauseValue = 9
	QueryOnRelease                 CauseValue = 14
	NormalClearing                 CauseValue = 16
	UserBusy                       CauseValue = 17
	NoUserResponding               CauseValue = 18
	NoAnswer                       CauseValue = 19
	SubscriberAbsent               CauseValue = 20
	CallRejected                   CauseValue = 21
	NumberChanged                  CauseValue = 22
	RedirectionToNewDestination    CauseValue = 23
	RejectedByFeature              CauseValue = 24
	ExchangeRoutingError           CauseValue = 25
	NonSelectedUserClearing        CauseValue = 26
	DestinationOutOfOrder          CauseValue = 27
	InvalidNumberFormat            CauseValue = 28
	FacilityRejected               CauseValue = 29
	ResponseToStatusEnquiry        CauseValue = 30
	NormalUnspecified              CauseValue = 31
	NoCircuitAvailable             CauseValue = 34
	NetworkOutOfOrder              CauseValue = 38
	PermanentFrameModeOutOfService CauseValue = 39
	PermanentFrameModeOperational  CauseValue = 40
	TemporaryFailure               CauseValue = 41
	SwitchingCongestion            CauseValue = 42
	AccessInformationDiscarded     CauseValue = 43
	RequestedCircuitUnavailable    CauseValue = 44
	PrecedenceCallBlocked          CauseValue = 46
	ResourceUnavailable            CauseValue = 47
	QualityOfServiceUnavailable    CauseValue = 49
	FacilityNotSubscribed          CauseValue = 50
	OutgoingCallsBarred            CauseValue = 53
	IncomingCallsBarred            CauseValue = 55
	BearerCapabilityNotAuthorized  CauseValue = 57
	BearerCapabilityUnavailable    CauseValue = 58
	InconsistentAccessInformation  CauseValue = 62
	ServiceUnavailable             CauseValue = 63
	BearerCapabilityNotImplemented CauseValue = 65
	ChannelTypeNotImplemented      CauseValue = 66
	FacilityNotImplemented         CauseValue = 69
	OnlyRestrictedDigital          CauseValue = 70
	ServiceNotImplemented          CauseValue = 79
	InvalidCallReference           CauseValue = 81
	ChannelDoesNotExist            CauseValue = 82
	SuspendedCallExists            CauseValue = 83
	CallIdentityInUse              CauseValue = 84
	NoCallSuspended                CauseValue = 85
	CallCleared                    CauseValue = 86
	NotMemberOfCUG                 CauseValue = 87
	IncompatibleDestination        CauseValue = 88
	NonexistentCUG                 CauseValue = 90
	InvalidTransitNetwork          CauseValue = 91
	InvalidMessage                 CauseValue = 95
	MandatoryElementMissing        CauseValue = 96
	MessageTypeNonexistent         CauseValue = 97
	MessageNotCompatibleWithState  CauseValue = 98
	ElementNonexistent             CauseValue = 99
	InvalidElementContents         CauseValue = 100
	WrongCallState                 CauseValue = 101
	RecoveryOnTimerExpiry          CauseValue = 102
	ParameterPassedOn              CauseValue = 103
	UnrecognizedParameterDiscarded CauseValue = 110
	ProtocolError                  CauseValue = 111
	Interworking                   CauseValue = 127
)

// String returns the name in Q.850.
func (v CauseValue) String() string {
	if int(v) < len(causeNames) && causeNames[v] != "" {
		return causeNames[v]
	}
	return fmt.Sprintf("cause %d", uint8(v))
}

// causeNames are by value.
var causeNames = [...]string{
	UnallocatedNumber:              "unallocated (unassigned) number",
	NoRouteToTransitNetwork:        "no route to specified transit network",
	NoRouteToDestination:           "no route to destination",
	SendSpecialTone:                "send special information tone",
	MisdialledTrunkPrefix:          "misdialled trunk prefix",
	ChannelUnacceptable:            "channel unacceptable",
	CallAwarded:                    "call awarded and being delivered in an established channel",
	Preemption:                     "preemption",
	PreemptionReserved:             "preemption - circuit reserved for reuse",
	QueryOnRelease:                 "QoR: ported number",
	NormalClearing:                 "normal call clearing",
	UserBusy:                       "user busy",
	NoUserResponding:               "no user responding",
	NoAnswer:                       "no answer from user (user alerted)",
	SubscriberAbsent:               "subscriber absent",
	CallRejected:                   "call rejected",
	NumberChanged:                  "number changed",
	RedirectionToNewDestination:    "redirection to new destination",
	RejectedByFeature:              "call rejected due to feature at the destination",
	ExchangeRoutingError:           "exchange routing error",
	NonSelectedUserClearing:        "non-selected user clearing",
	DestinationOutOfOrder:          "destination out of order",
	InvalidNumberFormat:            "invalid number format (address incomplete)",
	FacilityRejected:               "facility rejected",
	ResponseToStatusEnquiry:        "response to STATUS ENQUIRY",
	NormalUnspecified:              "normal, unspecified",
	NoCircuitAvailable:             "no circuit/channel available",
	NetworkOutOfOrder:              "network out of order",
	PermanentFrameModeOutOfService: "permanent frame mode connection out of service",
	PermanentFrameModeOperational:  "permanent frame mode connection operational",
	TemporaryFailure:               "temporary failure",
	SwitchingCongestion:            "switching equipment congestion",
	AccessInformationDiscarded:     "access information discarded",
	RequestedCircuitUnavailable:    "requested circuit/channel not available",
	PrecedenceCallBlocked:          "precedence call blocked",
	ResourceUnavailable:            "resource unavailable, unspecified",
	QualityOfServiceUnavailable:    "quality of service not available",
	FacilityNotSubscribed:          "requested facility not subscribed",
	OutgoingCallsBarred:            "outgoing calls barred within CUG",
	IncomingCallsBarred:            "incoming calls barred within CUG",
	BearerCapabilityNotAuthorized:  "bearer capability not authorized",
	BearerCapabilityUnavailable:    "bearer capability not presently available",
	InconsistentAccessInformation:  "inconsistency in designated outgoing access information and subscriber class",
	ServiceUnavailable:             "service or option not available, unspecified",
	BearerCapabilityNotImplemented: "bearer capability not implemented",
	ChannelTypeNotImplemented:      "channel type not implemented",
	FacilityNotImplemented:         "requested facility not implemented",
	OnlyRestrictedDigital:          "only restricted digital information bearer capability is available",
	ServiceNotImplemented:          "service or option not implemented, unspecified",
	InvalidCallReference:           "invalid call reference value",
	ChannelDoesNotExist:            "identified channel does not exist",
	SuspendedCallExists:            "a suspended call exists, but this call identity does not",
	CallIdentityInUse:              "call identity in use",
	NoCallSuspended:                "no call suspended",
	CallCleared:                    "call having the requested call identity has been cleared",
	NotMemberOfCUG:                 "user not member of CUG",
	IncompatibleDestination:        "incompatible destination",
	NonexistentCUG:                 "non-existent CUG",
	InvalidTransitNetwork:          "invalid transit network selection",
	InvalidMessage:                 "invalid message, unspecified",
	MandatoryElementMissing:        "mandatory information element is missing",
	MessageTypeNonexistent:         "message type non-existent or not implemented",
	MessageNotCompatibleWithState:  "message not compatible with call state or message type non-existent",
	ElementNonexistent:             "information element/parameter non-existent or not implemented",
	InvalidElementContents:         "invalid information element contents",
	WrongCallState:                 "message not compatible with call state",
	RecoveryOnTimerExpiry:          "recovery on timer expiry",
	ParameterPassedOn:              "parameter non-existent or not implemented, passed on",
	UnrecognizedParameterDiscarded: "message with unrecognized parameter, discarded",
	ProtocolError:                  "protocol error, unspecified",
	Interworking:                   "interworking, unspecified",
}
