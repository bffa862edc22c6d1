package h224

import (
	"fmt"
	"time"
)

// CameraCommand is a message of H.281 (clause 4).
type CameraCommand struct {
	Action Action
	// Pan and so on of Start, Continue and Stop.
	Pan, Tilt, Zoom, Focus Move
	// Timeout ends the movement of Start, unless Continue comes before.
	Timeout time.Duration
	// Number is the video source of Select and Switched, or the preset, 0 to 15.
	Number uint8
	// Mode of Select and Switched: motion video and stills, as H.281 has them.
	Mode uint8
}

// Action is what a camera is asked to do, or, Switched, tells that it did.
type Action uint8

// The actions, H.281 table 1.
const (
	Start Action = iota + 1
	Continue
	Stop
	Select
	Switched
	StorePreset
	ActivatePreset
)

// Move is a direction.
type Move int8

// The directions: Back is left, down, out, near; Forth right, up, in, far.
const (
	Back  Move = -1
	Still Move = 0
	Forth Move = 1
)

// The timeout of Start: 0 is 800 ms, others count 50 ms.
const (
	longestTimeout = 800 * time.Millisecond
	timeoutUnit    = 50 * time.Millisecond
)

// String names the action in logs.
func (a Action) String() string {
	switch a {
	case Start:
		return "start"
	case Continue:
		return "continue"
	case Stop:
		return "stop"
	case Select:
		return "select video source"
	case Switched:
		return "video source switched"
	case StorePreset:
		return "store preset"
	case ActivatePreset:
		return "activate preset"
	}
	return fmt.Sprintf("action %d", uint8(a))
}

// moves reports whether two commands are of the same movement.
func (c CameraCommand) moves(d CameraCommand) bool {
	return c.Pan == d.Pan && c.Tilt == d.Tilt && c.Zoom == d.Zoom && c.Focus == d.Focus
}

// ParseCamera reads the data of a frame whose Client is Camera. Octets beyond
// what a command has are left alone. The error wraps ErrMalformed, or
// ErrUnsupported for an action that is not known.
func ParseCamera(data []byte) (CameraCommand, error) {
	if len(data) < 2 || data[0] == byte(Start) && len(data) < 3 {
		return CameraCommand{}, fmt.Errorf("h224: camera command of %d octets: %w", len(data), ErrMalformed)
	}
	c := CameraCommand{Action: Action(data[0])}
	b := data[1]
	switch c.Action {
	case Start, Continue, Stop:
		c.Pan, c.Tilt, c.Zoom, c.Focus = move(b>>6), move(b>>4), move(b>>2), move(b)
		if c.Action == Start {
			c.Timeout = time.Duration(data[2]&0x0f) * timeoutUnit
			if c.Timeout == 0 {
				c.Timeout = longestTimeout
			}
		}
	case Select, Switched:
		c.Number, c.Mode = b>>4, b&0x0f
	case StorePreset, ActivatePreset:
		c.Number = b >> 4
	default:
		return CameraCommand{}, fmt.Errorf("h224: camera %v: %w", c.Action, ErrUnsupported)
	}
	return c, nil
}

// move reads two bits: whether it moves, and whither.
func move(b byte) Move {
	switch b & 3 {
	case 2:
		return Back
	case 3:
		return Forth
	}
	return Still
}

// Append appends the command as a frame's data.
func (c CameraCommand) Append(dst []byte) []byte {
	bits := func(m Move) byte {
		switch m {
		case Back:
			return 2
		case Forth:
			return 3
		}
		return 0
	}
	b := c.Number<<4 | c.Mode&0x0f
	switch c.Action {
	case Start, Continue, Stop:
		b = bits(c.Pan)<<6 | bits(c.Tilt)<<4 | bits(c.Zoom)<<2 | bits(c.Focus)
	case StorePreset, ActivatePreset:
		b = c.Number << 4
	}
	dst = append(dst, byte(c.Action), b)
	if c.Action == Start {
		n := c.Timeout / timeoutUnit
		if n < 1 || n > 15 {
			n = 0
		}
		dst = append(dst, byte(n))
	}
	return dst
}
