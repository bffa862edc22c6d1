package control

import (
	"net/netip"
	"path/filepath"
	"slices"
	"testing"

	"parley/h323/h245"
	"parley/h323/internal/capture"
	"parley/h323/media"
)

// Calls between other stacks: the machine stands in the place of either side,
// does what that side did, and hears what the other one said.
func TestRecordedCalls(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(capture.Corpus(t), "captures", "*.pcapng"))
	if err != nil {
		t.Fatal(err)
	}
	if len(files) == 0 {
		t.Skip("no captures")
	}
	calls := 0
	for _, f := range files {
		for _, c := range readCalls(t, f) {
			if len(c.steps) < 2 {
				continue
			}
			for name, here := range map[string]netip.AddrPort{"caller": c.caller, "called": c.called} {
				t.Run(filepath.Base(f)+"/"+c.called.String()+"/"+name, func(t *testing.T) {
					newReplay(t, c, here).run()
				})
			}
			calls++
		}
	}
	if calls < 10 {
		t.Errorf("%d calls", calls)
	}
}

// replay is a machine in the place of one side.
type replay struct {
	t    *testing.T
	call *recordedCall
	here netip.AddrPort
	*side
	// proposed is the other side's.
	proposed []*h245.OpenLogicalChannel
	answered bool
	// theirs are the channels that the side opened in the recording.
	theirs map[h245.LogicalChannelNumber]sessionKey
	paused bool
	spoke  bool
}

// newReplay gives the machine the capabilities and numbers of the recording.
func newReplay(t *testing.T, c *recordedCall, here netip.AddrPort) *replay {
	r := &replay{t: t, call: c, here: here, theirs: map[h245.LogicalChannelNumber]sessionKey{}}
	kind := uint8(50)
	var numbers []uint32
	var set *media.Set
	for _, s := range c.steps {
		if s.from != here || s.message == nil || s.message.Request == nil {
			continue
		}
		if d := s.message.Request.MasterSlaveDetermination; d != nil {
			kind, numbers = d.TerminalType, append(numbers, d.StatusDeterminationNumber)
		}
		if m := s.message.Request.TerminalCapabilitySet; m != nil && set == nil {
			var err error
			if set, err = media.ParseSet(m); err != nil {
				t.Fatal(err)
			}
			set.Capabilities = slices.DeleteFunc(set.Capabilities, func(c media.Capability) bool {
				_, err := c.DataType()
				return c.Kind != media.KindEvent && (c.Format.IsZero() || err != nil)
			})
			set.Simultaneous, set.Encryption = nil, nil
		}
	}
	r.side = newSide(t, "a", kind, func(cfg *Config) {
		if set != nil {
			cfg.Receive, cfg.Send = set, set
		}
		// An answer that the recording gives to its own number is right for it
		// alone, so there is no other.
		if len(numbers) > 0 {
			cfg.Random = func() uint32 { return numbers[0] }
		}
	})
	return r
}

func (r *replay) run() {
	known := indeterminate
	for i := range r.call.steps {
		s := &r.call.steps[i]
		if s.from == r.here {
			r.does(s)
		} else {
			r.hears(s)
		}
		if r.role == indeterminate && known != indeterminate && !r.ended {
			// After a pause these stacks go on as they were. Real ones answer
			// a new determination, as they answer the first.
			r.Receive(determineAck(known == master), epoch)
		}
		known = r.role
		r.flush(r.t, nil)
		if f := all[Failed](r.side); len(f) > 0 {
			r.t.Fatalf("step %d: %v", i, f[0].Err)
		}
	}
	if r.spoke && r.role == indeterminate && r.exchanged() {
		r.t.Error("no master")
	}
	r.End(epoch)
	r.flush(r.t, nil)
	if len(all[Opened](r.side)) != len(all[Closed](r.side)) {
		r.t.Errorf("%d opened, %d closed", len(all[Opened](r.side)), len(all[Closed](r.side)))
	}
	if r.audible() && len(all[Opened](r.side)) == 0 {
		r.t.Error("nothing opened")
	}
}

// exchanged reports whether the recording has a determination.
func (r *replay) exchanged() bool {
	return slices.ContainsFunc(r.call.steps, func(s step) bool {
		return s.from != r.here && s.message != nil && s.message.Response != nil && s.message.Response.MasterSlaveDeterminationAck != nil
	})
}

// audible reports whether the other side agreed to a channel.
func (r *replay) audible() bool {
	return slices.ContainsFunc(r.call.steps, func(s step) bool {
		return s.from != r.here && s.message != nil && s.message.Response != nil && s.message.Response.OpenLogicalChannelAck != nil
	})
}

// does repeats what the side did of its own will.
func (r *replay) does(s *step) {
	switch {
	case s.fast != nil && s.setup:
		if _, err := r.Propose(); err != nil {
			r.t.Fatal(err)
		}
		return
	case s.fast != nil:
		r.choose()
		return
	}
	r.spoke = true
	r.Start(epoch)
	m := s.message
	switch {
	case m.Request != nil && m.Request.TerminalCapabilitySet != nil:
		r.announces(m.Request.TerminalCapabilitySet)
	case m.Request != nil && m.Request.OpenLogicalChannel != nil:
		o := m.Request.OpenLogicalChannel
		if c, ok := media.ParseDataType(&o.ForwardLogicalChannelParameters.DataType); ok {
			r.theirs[o.ForwardLogicalChannelNumber] = sessionKey{c.Kind, c.Role}
			if r.wanted(c.Kind, c.Role) == nil {
				if err := r.Open(c.Kind, c.Role, media.Capability{}, epoch); err != nil {
					r.t.Error(err)
				}
			}
		}
	case m.Request != nil && m.Request.GenericRequest != nil:
		r.RequestPresentation(epoch)
	case m.Request != nil && m.Request.RoundTripDelayRequest != nil:
		r.RequestRoundTrip(epoch)
	case m.Command != nil && m.Command.GenericCommand != nil:
		r.ReleasePresentation(epoch)
	case m.Command != nil && m.Command.EndSessionCommand != nil:
		r.End(epoch)
	}
}

func (r *replay) announces(m *h245.TerminalCapabilitySet) {
	set, err := media.ParseSet(m)
	if err != nil {
		r.t.Fatal(err)
	}
	switch {
	case set.Empty():
		r.paused = true
		r.SetCapabilities(nil, epoch)
	case r.paused:
		r.paused = false
		r.SetCapabilities(r.cfg.Receive, epoch)
	}
}

// choose answers the proposals once.
func (r *replay) choose() {
	if r.answered || len(r.proposed) == 0 {
		return
	}
	r.answered = true
	answer, err := r.Choose(r.proposed, epoch)
	if err != nil || len(answer) < 2 {
		r.t.Errorf("%d of %d channels, %v", len(answer), len(r.proposed), err)
	}
	travel(r.t, answer)
}

// hears takes what the other side said, as if to the machine.
func (r *replay) hears(s *step) {
	switch {
	case s.fast != nil && s.setup:
		r.proposed = s.fast
		return
	case s.fast != nil:
		if !r.answered {
			r.answered = true
			if err := r.Chosen(s.fast, epoch); err != nil {
				r.t.Error(err)
			}
		}
		return
	}
	m := s.message
	if !r.translate(m) {
		return
	}
	before := len(all[Other](r.side))
	got := names(r.answerTo(r.t, m))
	if m.Request == nil {
		return
	}
	want := map[string][]string{
		"request.masterSlaveDetermination": {"response.masterSlaveDeterminationAck"},
		"request.terminalCapabilitySet":    {"response.terminalCapabilitySetAck"},
		"request.openLogicalChannel":       {"response.openLogicalChannelAck"},
		"request.closeLogicalChannel":      {"response.closeLogicalChannelAck"},
		"request.requestChannelClose":      {"response.requestChannelCloseAck"},
		"request.roundTripDelayRequest":    {"response.roundTripDelayResponse"},
		"request.genericRequest":           {"response.genericResponse"},
	}[m.Name()]
	switch {
	case r.ended:
	case want == nil:
		if len(all[Other](r.side)) == before {
			r.t.Errorf("%s: neither answered nor told", m.Name())
		}
	case !slices.Contains(got, want[0]):
		r.t.Errorf("%s: %v", m.Name(), got)
	}
}

// translate gives an answer the numbers of what the machine has sent; false:
// it answers nothing that the machine said.
func (r *replay) translate(m *h245.MultimediaSystemControlMessage) bool {
	number := func(n *h245.LogicalChannelNumber) bool {
		k, known := r.theirs[*n]
		if !known {
			return true // of fast connect, which keeps its numbers
		}
		for _, o := range r.out {
			if o.Kind == k.kind && o.Role == k.role {
				*n = o.Number
				return true
			}
		}
		return false
	}
	switch {
	case m.Response != nil && m.Response.TerminalCapabilitySetAck != nil:
		m.Response.TerminalCapabilitySetAck.SequenceNumber = r.set.sequence
	case m.Response != nil && m.Response.OpenLogicalChannelAck != nil:
		return number(&m.Response.OpenLogicalChannelAck.ForwardLogicalChannelNumber)
	case m.Response != nil && m.Response.CloseLogicalChannelAck != nil:
		return number(&m.Response.CloseLogicalChannelAck.ForwardLogicalChannelNumber)
	case m.Command != nil && m.Command.MiscellaneousCommand != nil:
		return number(&m.Command.MiscellaneousCommand.LogicalChannelNumber)
	}
	return true
}
