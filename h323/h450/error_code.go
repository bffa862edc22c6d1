package h450

import "strconv"

// ErrorCode is why an operation was not done, by its local code. It is an error.
type ErrorCode int64

// Errors of H.450.1 (module H4501-General-Error-List), H.450.2 and H.450.7.
const (
	UserNotSubscribed                        ErrorCode = 0
	RejectedByNetwork                        ErrorCode = 1
	RejectedByUser                           ErrorCode = 2
	NotAvailable                             ErrorCode = 3
	InsufficientInformation                  ErrorCode = 5
	InvalidServedUserNumber                  ErrorCode = 6
	InvalidCallState                         ErrorCode = 7
	BasicServiceNotProvided                  ErrorCode = 8
	NotIncomingCall                          ErrorCode = 9
	SupplementaryServiceInteractionForbidden ErrorCode = 10
	ResourceUnavailable                      ErrorCode = 11
	CallFailure                              ErrorCode = 25
	NotActivated                             ErrorCode = 31
	ProceduralError                          ErrorCode = 43
	InvalidReroutingNumber                   ErrorCode = 1004
	UnrecognizedCallIdentity                 ErrorCode = 1005
	EstablishmentFailure                     ErrorCode = 1006
	Unspecified                              ErrorCode = 1008
	InvalidMsgCentreID                       ErrorCode = 1018
)

func (c ErrorCode) Error() string {
	switch c {
	case UserNotSubscribed:
		return "h450: user not subscribed"
	case RejectedByNetwork:
		return "h450: rejected by network"
	case RejectedByUser:
		return "h450: rejected by user"
	case NotAvailable:
		return "h450: not available"
	case InvalidServedUserNumber:
		return "h450: invalid served user number"
	case InvalidCallState:
		return "h450: invalid call state"
	case ResourceUnavailable:
		return "h450: resource unavailable"
	case CallFailure:
		return "h450: call failure"
	case InvalidReroutingNumber:
		return "h450: invalid rerouting number"
	case UnrecognizedCallIdentity:
		return "h450: unrecognized call identity"
	case EstablishmentFailure:
		return "h450: establishment failure"
	case Unspecified:
		return "h450: unspecified error"
	}
	return "h450: error " + strconv.FormatInt(int64(c), 10)
}
