package control

import (
	"parley/h323/h245"
)

// answerCommunicationMode tells a terminal that asks its MC which sessions
// there are (H.323 clause 8.4.5): those that are open, by unicast. Without any
// it is left to the owner.
func (m *Machine) answerCommunicationMode(msg *h245.MultimediaSystemControlMessage) {
	var table []h245.CommunicationModeTableEntry
	for _, i := range m.in {
		d := communicationMode(i.Offered)
		if i.state != channelOpen || d == nil || i.Session == 0 {
			continue
		}
		table = append(table, h245.CommunicationModeTableEntry{
			SessionID:           uint8(i.Session),
			SessionDescription:  i.Kind.String(),
			DataType:            *d,
			MediaChannel:        transport(i.Local.RTP),
			MediaControlChannel: transport(i.Local.RTCP),
		})
	}
	if len(table) == 0 {
		m.emit(Other{msg})
		return
	}
	m.response(h245.ResponseMessage{CommunicationModeResponse: &h245.CommunicationModeResponse{
		CommunicationModeTable: table,
	}})
}

func communicationMode(o *h245.OpenLogicalChannel) *h245.CommunicationModeDataType {
	if o == nil {
		return nil
	}
	d := offeredType(o)
	switch {
	case d.AudioData != nil:
		return &h245.CommunicationModeDataType{AudioData: d.AudioData}
	case d.VideoData != nil:
		return &h245.CommunicationModeDataType{VideoData: d.VideoData}
	case d.Data != nil:
		return &h245.CommunicationModeDataType{Data: d.Data}
	}
	return nil
}

// offeredType is the data type of the direction that a request opens: in a
// fastStart that may be the reverse one alone.
func offeredType(o *h245.OpenLogicalChannel) *h245.DataType {
	f := &o.ForwardLogicalChannelParameters.DataType
	if r := o.ReverseLogicalChannelParameters; r != nil && f.NullData != nil {
		return &r.DataType
	}
	return f
}
