package h225

// common returns what all messages but empty have.
func (b *MessageBody) common() (ProtocolIdentifier, *CallIdentifier) {
	switch {
	case b.Setup != nil:
		return b.Setup.ProtocolIdentifier, b.Setup.CallIdentifier
	case b.CallProceeding != nil:
		return b.CallProceeding.ProtocolIdentifier, b.CallProceeding.CallIdentifier
	case b.Connect != nil:
		return b.Connect.ProtocolIdentifier, b.Connect.CallIdentifier
	case b.Alerting != nil:
		return b.Alerting.ProtocolIdentifier, b.Alerting.CallIdentifier
	case b.Information != nil:
		return b.Information.ProtocolIdentifier, b.Information.CallIdentifier
	case b.ReleaseComplete != nil:
		return b.ReleaseComplete.ProtocolIdentifier, b.ReleaseComplete.CallIdentifier
	case b.Facility != nil:
		return b.Facility.ProtocolIdentifier, b.Facility.CallIdentifier
	case b.Progress != nil:
		return b.Progress.ProtocolIdentifier, &b.Progress.CallIdentifier
	case b.Status != nil:
		return b.Status.ProtocolIdentifier, &b.Status.CallIdentifier
	case b.StatusInquiry != nil:
		return b.StatusInquiry.ProtocolIdentifier, &b.StatusInquiry.CallIdentifier
	case b.SetupAcknowledge != nil:
		return b.SetupAcknowledge.ProtocolIdentifier, &b.SetupAcknowledge.CallIdentifier
	case b.Notify != nil:
		return b.Notify.ProtocolIdentifier, &b.Notify.CallIdentifier
	}
	return "", nil
}

// ProtocolIdentifier returns the message's, "" where the body is empty or not
// known.
func (b *MessageBody) ProtocolIdentifier() ProtocolIdentifier {
	id, _ := b.common()
	return id
}

// CallIdentifier returns the message's, nil where it has none: endpoints of
// version 1 do not know it.
func (b *MessageBody) CallIdentifier() *CallIdentifier {
	_, id := b.common()
	return id
}
