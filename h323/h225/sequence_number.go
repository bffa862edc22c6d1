package h225

// SequenceNumber returns the requestSeqNum, by which a reply finds its request.
// It is false where the alternative is not known.
func (m *RasMessage) SequenceNumber() (RequestSeqNum, bool) {
	switch {
	case m.GatekeeperRequest != nil:
		return m.GatekeeperRequest.RequestSeqNum, true
	case m.GatekeeperConfirm != nil:
		return m.GatekeeperConfirm.RequestSeqNum, true
	case m.GatekeeperReject != nil:
		return m.GatekeeperReject.RequestSeqNum, true
	case m.RegistrationRequest != nil:
		return m.RegistrationRequest.RequestSeqNum, true
	case m.RegistrationConfirm != nil:
		return m.RegistrationConfirm.RequestSeqNum, true
	case m.RegistrationReject != nil:
		return m.RegistrationReject.RequestSeqNum, true
	case m.UnregistrationRequest != nil:
		return m.UnregistrationRequest.RequestSeqNum, true
	case m.UnregistrationConfirm != nil:
		return m.UnregistrationConfirm.RequestSeqNum, true
	case m.UnregistrationReject != nil:
		return m.UnregistrationReject.RequestSeqNum, true
	case m.AdmissionRequest != nil:
		return m.AdmissionRequest.RequestSeqNum, true
	case m.AdmissionConfirm != nil:
		return m.AdmissionConfirm.RequestSeqNum, true
	case m.AdmissionReject != nil:
		return m.AdmissionReject.RequestSeqNum, true
	case m.BandwidthRequest != nil:
		return m.BandwidthRequest.RequestSeqNum, true
	case m.BandwidthConfirm != nil:
		return m.BandwidthConfirm.RequestSeqNum, true
	case m.BandwidthReject != nil:
		return m.BandwidthReject.RequestSeqNum, true
	case m.DisengageRequest != nil:
		return m.DisengageRequest.RequestSeqNum, true
	case m.DisengageConfirm != nil:
		return m.DisengageConfirm.RequestSeqNum, true
	case m.DisengageReject != nil:
		return m.DisengageReject.RequestSeqNum, true
	case m.LocationRequest != nil:
		return m.LocationRequest.RequestSeqNum, true
	case m.LocationConfirm != nil:
		return m.LocationConfirm.RequestSeqNum, true
	case m.LocationReject != nil:
		return m.LocationReject.RequestSeqNum, true
	case m.InfoRequest != nil:
		return m.InfoRequest.RequestSeqNum, true
	case m.InfoRequestResponse != nil:
		return m.InfoRequestResponse.RequestSeqNum, true
	case m.NonStandardMessage != nil:
		return m.NonStandardMessage.RequestSeqNum, true
	case m.UnknownMessageResponse != nil:
		return m.UnknownMessageResponse.RequestSeqNum, true
	case m.RequestInProgress != nil:
		return m.RequestInProgress.RequestSeqNum, true
	case m.ResourcesAvailableIndicate != nil:
		return m.ResourcesAvailableIndicate.RequestSeqNum, true
	case m.ResourcesAvailableConfirm != nil:
		return m.ResourcesAvailableConfirm.RequestSeqNum, true
	case m.InfoRequestAck != nil:
		return m.InfoRequestAck.RequestSeqNum, true
	case m.InfoRequestNak != nil:
		return m.InfoRequestNak.RequestSeqNum, true
	case m.ServiceControlIndication != nil:
		return m.ServiceControlIndication.RequestSeqNum, true
	case m.ServiceControlResponse != nil:
		return m.ServiceControlResponse.RequestSeqNum, true
	case len(m.AdmissionConfirmSequence) > 0:
		// Each answers the one request (H.225.0 clause 7.11.2).
		return m.AdmissionConfirmSequence[0].RequestSeqNum, true
	}
	return 0, false
}
