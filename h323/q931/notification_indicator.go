package q931

import "fmt"

// NotificationIndicator is the element of that name (Q.931 clause 4.5.22). What
// Q.932 lets follow the description is not read.
type NotificationIndicator uint8

// Notifications.
const (
	UserSuspended       NotificationIndicator = 0x00
	UserResumed         NotificationIndicator = 0x01
	BearerServiceChange NotificationIndicator = 0x02
	RemoteHold          NotificationIndicator = 0x79
	RemoteRetrieval     NotificationIndicator = 0x7a
)

// Unmarshal parses the element's content.
func (n *NotificationIndicator) Unmarshal(data []byte) error {
	if len(data) < 1 {
		return fmt.Errorf("%w: empty notification indicator", ErrMalformed)
	}
	*n = NotificationIndicator(data[0] & 0x7f)
	return nil
}

// Append appends the element's content to dst.
func (n NotificationIndicator) Append(dst []byte) []byte {
	return append(dst, extension|byte(n)&0x7f)
}
