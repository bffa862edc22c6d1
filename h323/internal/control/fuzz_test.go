package control

import (
	"math/rand/v2"
	"path/filepath"
	"testing"
	"time"

	"parley/h323/h245"
	"parley/h323/internal/capture"
	"parley/h323/media"
)

// pool returns messages to throw at a machine: those that fit it, those of
// recorded calls, and any.
func pool(t testing.TB) (fit, wild []*h245.MultimediaSystemControlMessage) {
	t.Helper()
	fit = []*h245.MultimediaSystemControlMessage{
		determineMessage(60, 1), determineMessage(190, 1), determineAck(true), determineAck(false),
		setMessage(t, slidesToo(t), 1), setMessage(t, &media.Set{}, 2), setMessage(t, setOf(t, pcma, h261), 3),
		closeRequest(5), closeRequest(9),
	}
	for n := h245.LogicalChannelNumber(1); n < 12; n++ {
		session := media.Session(n % 5)
		fit = append(fit,
			setAck(h245.SequenceNumber(n)),
			openRequest(t, n, session, capabilityOf(t, pcmu, 0, media.RoleMain)),
			openRequest(t, n, session, capabilityOf(t, h264, 512000, media.RolePresentation)),
			openRequest(t, n, session, capabilityOf(t, h261, 256000, media.RoleMain)),
			openAck(n, "10.9.9.9:4000", nil),
			openAck(n, "", nil),
			openReject(n, h245.OpenLogicalChannelRejectCause{MasterSlaveConflict: null}),
			closeRequest(n),
			&h245.MultimediaSystemControlMessage{Response: &h245.ResponseMessage{
				CloseLogicalChannelAck: &h245.CloseLogicalChannelAck{ForwardLogicalChannelNumber: n}}},
			&h245.MultimediaSystemControlMessage{Request: &h245.RequestMessage{
				RequestChannelClose: &h245.RequestChannelClose{ForwardLogicalChannelNumber: n}}},
			&h245.MultimediaSystemControlMessage{Request: &h245.RequestMessage{RequestChannelClose: &h245.RequestChannelClose{
				ForwardLogicalChannelNumber: n, Reason: &h245.RequestChannelCloseReason{Reopen: null}}}},
			miscellaneous(n, h245.MiscellaneousCommandType{VideoFastUpdatePicture: null}),
		)
		both, _ := far(t, n)
		fit = append(fit, both, &h245.MultimediaSystemControlMessage{Indication: &h245.IndicationMessage{
			OpenLogicalChannelConfirm: &h245.OpenLogicalChannelConfirm{ForwardLogicalChannelNumber: n}}})
	}
	for sub := h245.FlowControlReleaseRequest; sub <= h245.PresentationTokenIndicateOwner; sub++ {
		for _, n := range []uint8{0, 1, 60, 127} {
			fit = append(fit, tokenMessage(h245.H239Message{SubMessage: sub, SymmetryBreaking: n, Acknowledge: n > 1, ChannelID: uint16(n)}))
		}
	}
	return fit, append(vectors(t), recordedMessages(t)...)
}

// vectors are the messages of the corpus, where there is one.
func vectors(t testing.TB) []*h245.MultimediaSystemControlMessage {
	t.Helper()
	var list []*h245.MultimediaSystemControlMessage
	for _, v := range capture.Vectors(t, "H245") {
		m, _, err := h245.Unmarshal(v.Hex)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, m)
	}
	return list
}

func recordedMessages(t testing.TB) []*h245.MultimediaSystemControlMessage {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(capture.Corpus(t), "captures", "*.pcapng"))
	if err != nil {
		t.Fatal(err)
	}
	var list []*h245.MultimediaSystemControlMessage
	for _, f := range files {
		for _, c := range readCalls(t, f) {
			for _, s := range c.steps {
				if s.message != nil {
					list = append(list, s.message)
				}
			}
		}
	}
	return list
}

// ledger checks what a machine puts out.
type ledger struct {
	t    testing.TB
	s    *side
	n    int // Opened minus Closed
	ends int
}

// settle takes the outputs of one event.
func (l *ledger) settle() {
	l.t.Helper()
	list := l.s.Take()
	if len(list) > 3*(maxIncoming+maxOutgoing)+8 {
		l.t.Fatalf("%d outputs of one event", len(list))
	}
	for _, o := range list {
		switch o := o.(type) {
		case Transmit:
			if _, err := o.Message.Marshal(); err != nil {
				l.t.Fatalf("%s: %v", o.Message.Name(), err)
			}
			if c := o.Message.Command; c != nil && c.EndSessionCommand != nil {
				l.ends++
			}
		case Opened:
			l.n++
		case Closed:
			l.n--
		}
	}
	if l.n != len(l.s.Channels()) {
		l.t.Fatalf("%d channels are told, %d are open", l.n, len(l.s.Channels()))
	}
	if len(l.s.in) > maxIncoming || len(l.s.out) > maxOutgoing || len(l.s.wants) > maxOutgoing+4 ||
		len(l.s.input) > maxQueuedInput || len(l.s.sessions) > 16 {
		l.t.Fatalf("%d and %d channels, %d wanted, %d waiting, %d sessions",
			len(l.s.in), len(l.s.out), len(l.s.wants), len(l.s.input), len(l.s.sessions))
	}
}

// dialogue lets the octets choose what happens to a machine.
func dialogue(t testing.TB, data []byte, fit, wild []*h245.MultimediaSystemControlMessage) {
	t.Helper()
	now := epoch
	s := newSide(t, "a", 60, func(c *Config) {
		withSlides(t)(c)
		c.Manual = len(data)%2 == 1
		_, h := far(t, 1)
		c.Receive.Capabilities = append(c.Receive.Capabilities, h)
	})
	l := &ledger{t: t, s: s}
	for len(data) >= 2 {
		op, arg := data[0], data[1]
		data = data[2:]
		n := h245.LogicalChannelNumber(arg%12) + 1
		switch op % 32 {
		case 0:
			s.Start(now)
		case 1:
			now = now.Add(time.Duration(arg) * time.Second)
			s.Expire(now)
		case 2:
			s.Close(media.Direction(arg%3)+1, n, now)
		case 3:
			_ = s.Open(media.Kind(arg%5), media.Role(arg/5%3), media.Capability{}, now)
		case 4:
			s.RequestPresentation(now)
		case 5:
			s.ReleasePresentation(now)
		case 6:
			s.ForcePresentation(PresentationHolder(arg % 3))
		case 7:
			s.SetSending([]*media.Set{nil, setOf(t, pcma, h261), slidesToo(t)}[arg%3], now)
		case 8:
			s.SetCapabilities([]*media.Set{nil, setOf(t, pcma, h261), slidesToo(t)}[arg%3], now)
		case 9:
			_ = s.UserInput("12", time.Duration(arg))
			s.RequestRoundTrip(now)
			s.AnswerMode(arg%2 == 0)
			s.FastUpdate(n)
			s.LimitRate(n, int(arg)*1000)
		case 10:
			s.deny = arg%2 == 0
		case 11:
			list, _ := s.Propose()
			answer, err := newSide(t, "b", 60, nil).Choose(list, now)
			if err == nil && arg%2 == 0 {
				_ = s.Chosen(answer, now)
			} else {
				_, _ = s.Choose(list, now)
			}
		default:
			m := fit[(int(op)*256+int(arg))%len(fit)]
			if op >= 192 && len(wild) > 0 {
				m = wild[(int(op)*256+int(arg))%len(wild)]
			}
			s.Receive(m, now)
		}
		l.settle()
	}
	s.End(now)
	l.settle()
	if l.n != 0 || len(s.in)+len(s.out)+len(s.wants)+len(s.proposals)+len(s.input) != 0 || l.ends > 1 || s.started && l.ends != 1 {
		t.Fatalf("%d channels, %d ends", l.n, l.ends)
	}
	if _, ok := s.Deadline(); ok {
		t.Fatal("a timer runs after the end")
	}
}

// Random dialogues of valid messages.
func TestRandomDialogues(t *testing.T) {
	fit, wild := pool(t)
	r := rand.New(rand.NewPCG(1, 2))
	for range 600 {
		data := make([]byte, 2+r.IntN(400))
		for i := range data {
			data[i] = byte(r.Uint32())
		}
		data[0] = 0
		dialogue(t, data, fit, wild)
	}
}

// FuzzMachine: whatever valid messages come in whatever order, nothing panics,
// nothing grows, and the end leaves nothing.
func FuzzMachine(f *testing.F) {
	fit, wild := pool(f)
	f.Add([]byte{0, 0, 12, 2, 12, 4})
	f.Add([]byte{0, 0, 12, 9, 12, 2, 12, 4, 12, 5, 12, 4, 1, 31})
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 4096 {
			return
		}
		dialogue(t, data, fit, wild)
	})
}
