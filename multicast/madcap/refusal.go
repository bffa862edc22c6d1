package madcap

import (
	"encoding/binary"
	"errors"
	"fmt"
	"time"
)

// ErrorCode says why a request is refused (RFC 2730 3.17).
type ErrorCode uint16

// The error codes.
const (
	NotCompleted        ErrorCode = 0
	InvalidRequest      ErrorCode = 1
	ExcessiveClockSkew  ErrorCode = 2
	UnknownLease        ErrorCode = 3
	UnsupportedFeatures ErrorCode = 4
)

// refusal is what a NAK says.
type refusal struct {
	code  ErrorCode
	extra []byte
}

// Error implements error, for the log.
func (r *refusal) Error() string {
	return fmt.Sprintf("madcap: refused with error %d % x", r.code, r.extra)
}

// errUnanswered: a message that is another server's, or that the RFC wants
// ignored.
var errUnanswered = errors.New("madcap: not to be answered")

func invalid(option OptionCode) error {
	return &refusal{InvalidRequest, binary.BigEndian.AppendUint16(nil, uint16(option))}
}

func notCompleted(option OptionCode) error {
	return &refusal{NotCompleted, binary.BigEndian.AppendUint16(nil, uint16(option))}
}

func skewed(now time.Time) error {
	return &refusal{ExcessiveClockSkew, binary.BigEndian.AppendUint32(nil, seconds(now))}
}

// seconds is a time as MADCAP tells it, until 2106.
func seconds(t time.Time) uint32 { return uint32(t.Unix()) }
