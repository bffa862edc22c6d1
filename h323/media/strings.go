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
