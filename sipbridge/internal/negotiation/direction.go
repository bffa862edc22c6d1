package negotiation

// Direction is the direction of a stream as the party that states it sees it
// (RFC 8866 6.7).
type Direction uint8

// The directions, as a set of two bits.
const (
	Inactive Direction = 0
	SendOnly Direction = 1
	RecvOnly Direction = 2
	SendRecv Direction = SendOnly | RecvOnly
)

// String returns the attribute's name.
func (d Direction) String() string {
	switch d {
	case SendOnly:
		return "sendonly"
	case RecvOnly:
		return "recvonly"
	case SendRecv:
		return "sendrecv"
	}
	return "inactive"
}

// Sends reports whether who states d sends.
func (d Direction) Sends() bool { return d&SendOnly != 0 }

// Receives reports whether who states d receives.
func (d Direction) Receives() bool { return d&RecvOnly != 0 }

// Reverse is d as the other party sees it.
func (d Direction) Reverse() Direction { return d&SendOnly<<1 | d&RecvOnly>>1 }

func parseDirection(attribute string) (Direction, bool) {
	switch attribute {
	case "sendrecv":
		return SendRecv, true
	case "sendonly":
		return SendOnly, true
	case "recvonly":
		return RecvOnly, true
	case "inactive":
		return Inactive, true
	}
	return 0, false
}
