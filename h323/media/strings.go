package media

import "strconv"

// String returns "audio", "video", "data" or "event".
func (k Kind) String() string {
	switch k {
	case KindAudio:
		return "audio"
	case KindVideo:
		return "video"
	case KindData:
		return "data"
	case KindEvent:
		return "event"
	}
	return "Kind(" + strconv.Itoa(int(k)) + ")"
}

// String returns "receive", "send" or "both".
func (d Direction) String() string {
	switch d {
	case Receive:
		return "receive"
	case Send:
		return "send"
	case Receive | Send:
		return "both"
	}
	return "Direction(" + strconv.Itoa(int(d)) + ")"
}

// String returns "main", or the role as H.239 has it.
func (r Role) String() string {
	switch r {
	case RoleMain:
		return "main"
	case RolePresentation:
		return "presentation"
	case RoleLive:
		return "live"
	}
	return "Role(" + strconv.Itoa(int(r)) + ")"
}
