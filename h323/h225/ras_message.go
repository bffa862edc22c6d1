package h225

import "parley/h323/per"

// RasMessage is the outermost value of RAS, one to a UDP datagram (H.225.0
// clause 7.7).
type RasMessage struct {
	per.Choice
	GatekeeperRequest          *GatekeeperRequest
	GatekeeperConfirm          *GatekeeperConfirm
	GatekeeperReject           *GatekeeperReject
	RegistrationRequest        *RegistrationRequest
	RegistrationConfirm        *RegistrationConfirm
	RegistrationReject         *RegistrationReject
	UnregistrationRequest      *UnregistrationRequest
	UnregistrationConfirm      *UnregistrationConfirm
	UnregistrationReject       *UnregistrationReject
	AdmissionRequest           *AdmissionRequest
	AdmissionConfirm           *AdmissionConfirm
	AdmissionReject            *AdmissionReject
	BandwidthRequest           *BandwidthRequest
	BandwidthConfirm           *BandwidthConfirm
	BandwidthReject            *BandwidthReject
	DisengageRequest           *DisengageRequest
	DisengageConfirm           *DisengageConfirm
	DisengageReject            *DisengageReject
	LocationRequest            *LocationRequest
	LocationConfirm            *LocationConfirm
	LocationReject             *LocationReject
	InfoRequest                *InfoRequest
	InfoRequestResponse        *InfoRequestResponse
	NonStandardMessage         *NonStandardMessage
	UnknownMessageResponse     *UnknownMessageResponse
	Extension                  per.Extension
	RequestInProgress          *RequestInProgress
	ResourcesAvailableIndicate *ResourcesAvailableIndicate
	ResourcesAvailableConfirm  *ResourcesAvailableConfirm
	InfoRequestAck             *InfoRequestAck
	InfoRequestNak             *InfoRequestNak
	ServiceControlIndication   *ServiceControlIndication
	ServiceControlResponse     *ServiceControlResponse
	AdmissionConfirmSequence   []AdmissionConfirm
}
