package h224

import (
	"fmt"
	"maps"
	"slices"
	"time"
)

// Switch passes far-end camera control between endpoints: what one says moves
// the camera of the one that it is shown. Towards each it is a terminal with
// that camera: it lists H.281 as its client, and the extra capabilities are
// those of the camera shown. It is not safe for concurrent use.
type Switch struct {
	endpoints map[string]*endpoint
	out       []Output
}

// Output is a payload to send, with the marker bit, on the H.224 channel to an
// endpoint.
type Output struct {
	To      string
	Payload []byte
}

// endpoint is one with an H.224 channel.
type endpoint struct {
	id    string
	hdlc  bool
	shown string // whose camera it sees; "": nobody's

	hasCamera bool   // it lists H.281
	extra     []byte // what H.281 says of its camera; nil: not told
	partial   []byte // a management message of several segments

	// mover is who moves its camera, until then or Stop.
	mover string
	until time.Time
	moved CameraCommand

	answered time.Time // last asked for our clients
}

// NewSwitch returns a Switch without endpoints.
func NewSwitch() *Switch { return &Switch{endpoints: map[string]*endpoint{}} }

// Attach adds an endpoint whose H.224 channel opened; hdlc is the framing that
// it wants. One that is there already begins anew.
func (s *Switch) Attach(id string, hdlc bool, now time.Time) {
	old := s.endpoints[id]
	if old == nil && len(s.endpoints) >= maxEndpoints {
		return
	}
	e := &endpoint{id: id, hdlc: hdlc, answered: now}
	if old != nil {
		e.shown = old.shown
	}
	s.endpoints[id] = e
	s.announce(e)
	s.manage(e, Management{Command: true})
}

// Detach removes an endpoint; a camera that it moves stops.
func (s *Switch) Detach(id string) {
	e := s.endpoints[id]
	if e == nil {
		return
	}
	s.halt(e)
	delete(s.endpoints, id)
	s.tellViewers(id)
}

// Show tells whose picture a viewer is sent; "" is nobody's. A camera that the
// viewer moves stops. Endpoints that have no H.224 channel may be named.
func (s *Switch) Show(viewer, shown string) {
	e := s.endpoints[viewer]
	if e == nil || e.shown == shown {
		return
	}
	s.halt(e)
	e.shown = shown
	s.tellExtra(e)
}

// Take returns what is to be sent since the last call.
func (s *Switch) Take() []Output {
	out := s.out
	s.out = nil
	return out
}

// Receive takes the payload of a packet of an endpoint. The error, which
// changes nothing, wraps ErrMalformed, or ErrUnsupported for other clients than
// the ones that are passed on.
func (s *Switch) Receive(id string, payload []byte, now time.Time) error {
	e := s.endpoints[id]
	if e == nil {
		return fmt.Errorf("h224: no endpoint %q: %w", id, ErrUnsupported)
	}
	f, err := Unmarshal(payload)
	if err != nil {
		return err
	}
	switch f.Client {
	case Client{ID: managementID}:
		return s.receiveManagement(e, &f, now)
	case Camera():
		return s.receiveCamera(e, &f, now)
	}
	return fmt.Errorf("h224: %v: %w", f.Client, ErrUnsupported)
}

// receiveManagement puts segments together and obeys the message.
func (s *Switch) receiveManagement(e *endpoint, f *Frame, now time.Time) error {
	data := f.Data
	if !f.Begin || !f.End {
		if f.Begin {
			e.partial = []byte{} // not nil: begun
		}
		if e.partial == nil || len(e.partial)+len(data) > maxExtra {
			e.partial = nil
			return fmt.Errorf("h224: segment %d out of place: %w", f.Segment, ErrMalformed)
		}
		if e.partial = append(e.partial, data...); !f.End {
			return nil
		}
		data = e.partial
	}
	e.partial = nil
	m, err := ParseManagement(data)
	if err != nil {
		return err
	}
	isCamera := func(c ListedClient) bool { return c.Client == Camera() }
	camera := slices.IndexFunc(m.Clients, isCamera)
	switch {
	case m.Command:
		if now.Sub(e.answered) < announceInterval {
			return nil
		}
		e.answered = now
		s.announce(e)
	case m.Extra:
		if camera >= 0 && len(m.Capabilities) <= maxExtra {
			e.hasCamera, e.extra = true, slices.Clone(m.Capabilities)
			s.tellViewers(e.id)
		}
	default:
		had := e.hasCamera
		e.hasCamera = camera >= 0
		if !e.hasCamera {
			e.extra = nil
		}
		if e.hasCamera && e.extra == nil && m.Clients[camera].HasExtra {
			s.manage(e, Management{Extra: true, Command: true, Clients: m.Clients[camera : camera+1]})
		}
		if had != e.hasCamera {
			s.tellViewers(e.id)
		}
	}
	return nil
}

// receiveCamera passes a command to the camera shown, and what a camera says
// to those who see it.
func (s *Switch) receiveCamera(e *endpoint, f *Frame, now time.Time) error {
	if !f.Begin || !f.End {
		return fmt.Errorf("h224: camera command in segments: %w", ErrUnsupported)
	}
	c, err := ParseCamera(f.Data)
	if err != nil {
		return err
	}
	if c.Action == Switched {
		for _, viewer := range s.viewers(e.id) {
			s.camera(viewer, f.Data)
		}
		return nil
	}
	camera := s.endpoints[e.shown]
	if camera == nil || camera == e || !camera.hasCamera || !camera.admit(e.id, c, now) {
		return nil
	}
	s.camera(camera, f.Data)
	return nil
}

// admit reports whether a command of that viewer may pass: one moves the camera
// at a time, until Stop or until its timeout (H.281 clause 4.1).
func (e *endpoint) admit(viewer string, c CameraCommand, now time.Time) bool {
	moving := e.mover != "" && now.Before(e.until)
	if moving && e.mover != viewer {
		return false
	}
	switch c.Action {
	case Start:
		e.mover, e.moved, e.until = viewer, c, now.Add(c.Timeout)
	case Continue:
		if !moving || !c.moves(e.moved) {
			return false
		}
		// After the first Continue the timeout is the longest.
		e.until = now.Add(longestTimeout)
	case Stop:
		e.mover = ""
	}
	return true
}

// halt stops the camera that an endpoint moves.
func (s *Switch) halt(e *endpoint) {
	camera := s.endpoints[e.shown]
	if camera == nil || camera.mover != e.id {
		return
	}
	c := camera.moved
	c.Action, camera.mover = Stop, ""
	s.camera(camera, c.Append(nil))
}

// viewers of a camera, in order of their names.
func (s *Switch) viewers(id string) []*endpoint {
	var list []*endpoint
	for _, name := range slices.Sorted(maps.Keys(s.endpoints)) {
		if e := s.endpoints[name]; e.shown == id && name != id {
			list = append(list, e)
		}
	}
	return list
}

func (s *Switch) tellViewers(id string) {
	for _, viewer := range s.viewers(id) {
		s.tellExtra(viewer)
	}
}

// announce lists the clients of the terminal that we are, and tells of the
// camera.
func (s *Switch) announce(e *endpoint) {
	s.manage(e, Management{Clients: []ListedClient{{Client: Camera(), HasExtra: true}}})
	s.tellExtra(e)
}

// noCamera is the extra capabilities of H.281 without presets and sources.
const noCamera = 0

// tellExtra tells an endpoint what the camera that it sees can do.
func (s *Switch) tellExtra(e *endpoint) {
	extra := []byte{noCamera}
	if camera := s.endpoints[e.shown]; camera != nil && camera != e && camera.hasCamera && camera.extra != nil {
		extra = camera.extra
	}
	s.manage(e, Management{
		Extra: true, Clients: []ListedClient{{Client: Camera(), HasExtra: true}}, Capabilities: extra,
	})
}

// manage sends a management message, at high priority.
func (s *Switch) manage(e *endpoint, m Management) {
	s.send(e, Frame{HighPriority: true, Client: Client{ID: managementID}, Data: m.Append(nil)})
}

func (s *Switch) camera(e *endpoint, data []byte) {
	s.send(e, Frame{Client: Camera(), Data: data})
}

// send frames a message to all terminals of an endpoint, in as many segments as
// it takes.
func (s *Switch) send(e *endpoint, f Frame) {
	const room = maxInformation - addressLength - 2
	for data, first := f.Data, true; first || len(data) > 0; first = false {
		n := min(len(data), room)
		f.Data, f.Begin, f.End = data[:n], first, n == len(data)
		data = data[n:]
		payload, err := f.Append(nil)
		if e.hdlc && err == nil {
			payload = appendFramed(nil, payload)
		}
		if err != nil {
			return // cannot be: room is what a frame has
		}
		s.out = append(s.out, Output{To: e.id, Payload: payload})
		f.Segment++
	}
}
