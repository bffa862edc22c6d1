package h224

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// stage is a Switch with a clock.
type stage struct {
	*testing.T
	*Switch
	now time.Time
}

func newStage(t *testing.T) *stage {
	return &stage{t, NewSwitch(), time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)}
}

// says lets an endpoint send.
func (s *stage) says(id string, f Frame) {
	s.Helper()
	f.Begin, f.End = true, true
	payload, err := f.Append(nil)
	if err != nil {
		s.Fatal(err)
	}
	if err := s.Receive(id, payload, s.now); err != nil {
		s.Fatal(err)
	}
}

func (s *stage) manages(id string, m Management) {
	s.Helper()
	s.says(id, Frame{Data: m.Append(nil)})
}

func (s *stage) commands(id string, c CameraCommand) {
	s.Helper()
	s.says(id, Frame{Client: Camera(), Data: c.Append(nil)})
}

// hears checks what was sent since, one line a frame.
func (s *stage) hears(want ...string) {
	s.Helper()
	var got []string
	for _, o := range s.Take() {
		f, err := Unmarshal(o.Payload)
		if err != nil || !f.Begin || !f.End {
			s.Fatalf("%x: %+v %v", o.Payload, f, err)
		}
		got = append(got, o.To+" "+describe(s, f))
	}
	if d := cmp.Diff(want, got); d != "" {
		s.Error(d)
	}
}

func describe(t *stage, f Frame) string {
	if f.Client == Camera() {
		c, err := ParseCamera(f.Data)
		if err != nil {
			t.Fatal(err)
		}
		return fmt.Sprintf("%v %d%d%d%d %d", c.Action, c.Pan, c.Tilt, c.Zoom, c.Focus, c.Number)
	}
	m, err := ParseManagement(f.Data)
	if err != nil {
		t.Fatal(err)
	}
	switch {
	case m.Command && m.Extra:
		return "extra?"
	case m.Command:
		return "clients?"
	case m.Extra:
		return fmt.Sprintf("extra %x", m.Capabilities)
	}
	return fmt.Sprintf("clients %v", m.Clients)
}

var cameraExtra = []byte{0x03, 0x14, 0xf0} // three presets; main camera, motion, pan, tilt, zoom, focus

func listing(extra bool) Management {
	return Management{Clients: []ListedClient{{Camera(), extra}}}
}

// room is a stage with a and b, of which b has a camera that a sees.
func room(t *testing.T) *stage {
	s := newStage(t)
	s.Attach("a", false, s.now)
	s.hears("a clients [H.281]", "a extra 00", "a clients?")
	s.Attach("b", true, s.now)
	s.hears("b clients [H.281]", "b extra 00", "b clients?")
	s.manages("b", listing(true))
	s.hears("b extra?")
	s.manages("b", Management{Extra: true, Clients: []ListedClient{{Camera(), true}}, Capabilities: cameraExtra})
	s.hears()
	s.Show("a", "b")
	s.hears("a extra 0314f0")
	return s
}

func TestCommandsPass(t *testing.T) {
	s := room(t)
	pan := CameraCommand{Action: Start, Pan: Forth, Timeout: longestTimeout}
	s.commands("a", pan)
	s.hears("b start 1000 0")
	pan.Action = Continue
	s.now = s.now.Add(400 * time.Millisecond)
	s.commands("a", pan)
	s.hears("b continue 1000 0")
	pan.Action = Stop
	s.commands("a", pan)
	s.hears("b stop 1000 0")
	s.commands("a", CameraCommand{Action: StorePreset, Number: 2})
	s.commands("a", CameraCommand{Action: ActivatePreset, Number: 2})
	s.commands("a", CameraCommand{Action: Select, Number: 3})
	s.hears("b store preset 0000 2", "b activate preset 0000 2", "b select video source 0000 3")
	s.commands("b", CameraCommand{Action: Switched, Number: 3})
	s.hears("a video source switched 0000 3")
	// b sees nobody, and so moves nothing.
	s.commands("b", CameraCommand{Action: Start, Pan: Forth, Timeout: longestTimeout})
	s.hears()
}

// One moves a camera at a time, until it stops or its time is over.
func TestOneMover(t *testing.T) {
	s := room(t)
	s.Attach("c", false, s.now)
	s.Show("c", "b")
	s.Take()
	up, left := CameraCommand{Action: Start, Tilt: Forth, Timeout: 200 * time.Millisecond}, CameraCommand{Action: Start, Pan: Back, Timeout: longestTimeout}
	s.commands("a", up)
	s.commands("c", left)
	s.hears("b start 0100 0")
	s.now = s.now.Add(200 * time.Millisecond)
	s.commands("c", left)
	s.hears("b start -1000 0")
	up.Action = Continue
	s.commands("a", up)
	s.hears()
	left.Action = Stop
	s.commands("c", left)
	s.hears("b stop -1000 0")
	left.Action = Continue // too late
	s.commands("c", left)
	s.hears()
}

// A camera does not go on moving when who moves it sees another or leaves.
func TestMoverLeaves(t *testing.T) {
	for name, leave := range map[string]func(*stage){
		"shown another": func(s *stage) { s.Show("a", "c") },
		"shown nobody":  func(s *stage) { s.Show("a", "") },
		"gone":          func(s *stage) { s.Detach("a") },
	} {
		s := room(t)
		s.commands("a", CameraCommand{Action: Start, Zoom: Forth, Timeout: longestTimeout})
		s.Take()
		leave(s)
		want := []string{"b stop 0010 0"}
		if name != "gone" {
			want = append(want, "a extra 00")
		}
		s.hears(want...)
	}
}

// What a camera can do is told to those who see it, as it changes.
func TestCameraChanges(t *testing.T) {
	s := room(t)
	s.manages("b", Management{}) // no clients any more
	s.hears("a extra 00")
	s.commands("a", CameraCommand{Action: ActivatePreset})
	s.hears()
	s.manages("b", listing(false))
	s.hears("a extra 00")
	s.commands("a", CameraCommand{Action: ActivatePreset})
	s.hears("b activate preset 0000 0")
	s.Detach("b")
	s.hears("a extra 00")
	s.commands("a", CameraCommand{Action: ActivatePreset})
	s.hears()
}

// Questions are answered, but not without end.
func TestAnswers(t *testing.T) {
	s := room(t)
	s.manages("a", Management{Command: true})
	s.hears()
	s.now = s.now.Add(announceInterval)
	s.manages("a", Management{Command: true})
	s.hears("a clients [H.281]", "a extra 0314f0")
	s.manages("a", Management{Extra: true, Command: true, Clients: []ListedClient{{Camera(), true}}})
	s.hears()
	s.now = s.now.Add(announceInterval)
	s.manages("a", Management{Extra: true, Command: true, Clients: []ListedClient{{Camera(), true}}})
	s.hears("a clients [H.281]", "a extra 0314f0")
}

// A long message comes and goes in segments.
func TestSegments(t *testing.T) {
	s := room(t)
	m := Management{Extra: true, Clients: []ListedClient{{Camera(), true}}, Capabilities: make([]byte, 250)}
	data := m.Append(nil)
	for i, part := range [][]byte{data[:100], data[100:]} {
		f := Frame{Begin: i == 0, End: i == 1, Segment: uint8(i), Data: part}
		payload, err := f.Append(nil)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Receive("b", payload, s.now); err != nil {
			t.Fatal(err)
		}
	}
	s.hears(fmt.Sprintf("a extra %x", m.Capabilities))
	m.Capabilities = make([]byte, 256)
	s.manage(s.endpoints["a"], m)
	out := s.Take()
	if len(out) != 2 {
		t.Fatalf("%d frames", len(out))
	}
	var whole []byte
	for i, o := range out {
		f, err := Unmarshal(o.Payload)
		if err != nil || f.Begin != (i == 0) || f.End != (i == 1) || f.Segment != uint8(i) {
			t.Errorf("%+v %v", f, err)
		}
		whole = append(whole, f.Data...)
	}
	if got, err := ParseManagement(whole); err != nil || len(got.Capabilities) != 256 {
		t.Errorf("%+v %v", got, err)
	}
}

func TestReceiveErrors(t *testing.T) {
	s := room(t)
	send := func(id string, f Frame) error {
		payload, err := f.Append(nil)
		if err != nil {
			t.Fatal(err)
		}
		return s.Receive(id, payload, s.now)
	}
	for name, c := range map[string]struct {
		err, want error
	}{
		"nobody":            {send("x", Frame{}), ErrUnsupported},
		"other client":      {send("a", Frame{Client: Client{ID: 2}, Begin: true, End: true}), ErrUnsupported},
		"no octets":         {s.Receive("a", nil, s.now), ErrMalformed},
		"end without begin": {send("a", Frame{End: true, Data: []byte{1, 0, 0}}), ErrMalformed},
		"camera segments":   {send("a", Frame{Client: Camera(), Begin: true, Data: []byte{1, 0, 0}}), ErrUnsupported},
		"camera command":    {send("a", Frame{Client: Camera(), Begin: true, End: true}), ErrMalformed},
		"management":        {send("a", Frame{Begin: true, End: true}), ErrMalformed},
	} {
		if !errors.Is(c.err, c.want) {
			t.Errorf("%s: %v", name, c.err)
		}
	}
	for range 3 {
		if err := send("a", Frame{Begin: false, Data: make([]byte, 200)}); !errors.Is(err, ErrMalformed) {
			t.Error(err)
		}
	}
	s.hears()
}
