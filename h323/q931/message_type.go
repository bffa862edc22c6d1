package q931

import "fmt"

// MessageType is a message's type (Q.931 clause 4.4, Q.932).
type MessageType uint8

// The messages of H.225.0 (clause 7.1), and those of Q.931 that H.323 forbids but
// gateways let slip through.
const (
	NationalEscape     MessageType = 0x00
	Alerting           MessageType = 0x01
	CallProceeding     MessageType = 0x02
	Progress           MessageType = 0x03
	Setup              MessageType = 0x05
	Connect            MessageType = 0x07
	SetupAcknowledge   MessageType = 0x0d
	ConnectAcknowledge MessageType = 0x0f
	UserInformation    MessageType = 0x20
	SuspendReject      MessageType = 0x21
	ResumeReject       MessageType = 0x22
	Suspend            MessageType = 0x25
	Resume             MessageType = 0x26
	SuspendAcknowledge MessageType = 0x2d
	ResumeAcknowledge  MessageType = 0x2e
	Disconnect         MessageType = 0x45
	Restart            MessageType = 0x46
	Release            MessageType = 0x4d
	RestartAcknowledge MessageType = 0x4e
	ReleaseComplete    MessageType = 0x5a
	Segment            MessageType = 0x60
	Facility           MessageType = 0x62
	Register           MessageType = 0x64
	Notify             MessageType = 0x6e
	StatusEnquiry      MessageType = 0x75
	CongestionControl  MessageType = 0x79
	Information        MessageType = 0x7b
	Status             MessageType = 0x7d
)

// String returns the name in Q.931.
func (t MessageType) String() string {
	switch t {
	case NationalEscape:
		return "escape to nationally specific message"
	case Alerting:
		return "ALERTING"
	case CallProceeding:
		return "CALL PROCEEDING"
	case Progress:
		return "PROGRESS"
	case Setup:
		return "SETUP"
	case Connect:
		return "CONNECT"
	case SetupAcknowledge:
		return "SETUP ACKNOWLEDGE"
	case ConnectAcknowledge:
		return "CONNECT ACKNOWLEDGE"
	case UserInformation:
		return "USER INFORMATION"
	case SuspendReject:
		return "SUSPEND REJECT"
	case ResumeReject:
		return "RESUME REJECT"
	case Suspend:
		return "SUSPEND"
	case Resume:
		return "RESUME"
	case SuspendAcknowledge:
		return "SUSPEND ACKNOWLEDGE"
	case ResumeAcknowledge:
		return "RESUME ACKNOWLEDGE"
	case Disconnect:
		return "DISCONNECT"
	case Restart:
		return "RESTART"
	case Release:
		return "RELEASE"
	case RestartAcknowledge:
		return "RESTART ACKNOWLEDGE"
	case ReleaseComplete:
		return "RELEASE COMPLETE"
	case Segment:
		return "SEGMENT"
	case Facility:
		return "FACILITY"
	case Register:
		return "REGISTER"
	case Notify:
		return "NOTIFY"
	case StatusEnquiry:
		return "STATUS ENQUIRY"
	case CongestionControl:
		return "CONGESTION CONTROL"
	case Information:
		return "INFORMATION"
	case Status:
		return "STATUS"
	}
	return fmt.Sprintf("message 0x%02x", uint8(t))
}
