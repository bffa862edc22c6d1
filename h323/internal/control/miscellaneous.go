package control

import (
	"parley/h323/h245"
	"parley/h323/media"
)

// FastUpdate asks the peer for a key frame in its channel.
func (m *Machine) FastUpdate(n h245.LogicalChannelNumber) {
	i := m.incoming(n)
	if i == nil || i.state != channelOpen || i.Kind != media.KindVideo {
		return
	}
	m.command(h245.CommandMessage{MiscellaneousCommand: &h245.MiscellaneousCommand{
		LogicalChannelNumber: n,
		Type:                 h245.MiscellaneousCommandType{VideoFastUpdatePicture: null},
	}})
}

// miscellaneous takes MiscellaneousCommand.
func (m *Machine) miscellaneous(msg *h245.MultimediaSystemControlMessage) {
	c := msg.Command.MiscellaneousCommand
	switch t := &c.Type; {
	case t.VideoFastUpdatePicture != nil, t.VideoFastUpdateGOB != nil, t.VideoFastUpdateMB != nil,
		t.VideoBadMBs != nil, t.LostPicture != nil, t.LostPartialPicture != nil, t.RecoveryReferencePicture != nil:
		// A part of the picture is made good by all of it.
		if s := m.sending(c.LogicalChannelNumber); s != nil && s.Kind == media.KindVideo {
			m.emit(FastUpdate{*s})
		}
	case t.VideoFreezePicture != nil:
		// It names the peer's channel, which we are to freeze.
		if i := m.incoming(c.LogicalChannelNumber); i != nil && i.state == channelOpen && i.Kind == media.KindVideo {
			m.emit(Freeze{i.Channel})
		}
	case t.EqualiseDelay != nil, t.ZeroDelay != nil, t.MultipointModeCommand != nil,
		t.CancelMultipointModeCommand != nil, t.MaxH223MUXPDUsize != nil:
		// Those of H.320 and H.324; multipoint mode asks for what is done
		// anyway.
	default:
		if !m.rekey(c) {
			m.emit(Other{msg})
		}
	}
}

// activity takes MiscellaneousIndication.
func (m *Machine) activity(msg *h245.MultimediaSystemControlMessage) {
	c := msg.Indication.MiscellaneousIndication
	t := &c.Type
	active := t.LogicalChannelActive != nil || t.VideoIndicateReadyToActivate != nil
	if !active && t.LogicalChannelInactive == nil {
		m.emit(Other{msg})
		return
	}
	if i := m.incoming(c.LogicalChannelNumber); i != nil && i.state == channelOpen {
		m.emit(Activity{i.Channel, active})
	}
}
