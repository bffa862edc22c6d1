package webrtc

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"
)

// errBadMessage is wrapped by every error of decodeMessage.
var errBadMessage = errors.New("bad message")

// The codes of the error message.
const (
	codeUnknownConference = "unknown-conference"
	codePINRequired       = "pin-required"
	codePINWrong          = "pin-wrong"
	codePINLocked         = "pin-locked"
	codeFull              = "full"
	codeBadName           = "bad-name"
	codeBadMessage        = "bad-message"
	codeTooFast           = "too-fast"
)

// message is what a page says. It is one of the types below.
type message any

type joinMessage struct {
	Type  string `json:"type"`
	Name  string `json:"name"`
	PIN   string `json:"pin"`
	Token string `json:"token"`
}

// sessionDescription has the form of RTCSessionDescriptionInit.
type sessionDescription struct {
	Type string `json:"type"`
	SDP  string `json:"sdp"`
}

type descriptionMessage struct {
	Type        string             `json:"type"`
	Description sessionDescription `json:"description"`
}

// candidateMessage is understood and not used: an ICE-lite agent learns the
// browser's addresses from its checks. Its content is left undecoded, since
// browsers differ in the members they add to RTCIceCandidateInit.
type candidateMessage struct {
	Type      string          `json:"type"`
	Candidate json.RawMessage `json:"candidate"`
}

type muteMessage struct {
	Type  string `json:"type"`
	Muted *bool  `json:"muted"`
}

type cameraMessage struct {
	Type string `json:"type"`
	On   *bool  `json:"on"`
}

// screenMessage tells that the page shares its screen, or shared one so far, in
// the tracks of a MediaStream.
type screenMessage struct {
	Type   string `json:"type"`
	On     *bool  `json:"on"`
	Stream string `json:"stream"`
}

type keyframeMessage struct {
	Type   string `json:"type"`
	Source uint32 `json:"source"`
}

type leaveMessage struct {
	Type string `json:"type"`
}

type pongMessage struct {
	Type string `json:"type"`
}

// decodeMessage reads one message of a page. The error wraps errBadMessage and
// says to the page's author what is wrong.
func decodeMessage(data []byte) (message, error) {
	var head struct {
		Type string `json:"type"`
	}
	if err := json.Unmarshal(data, &head); err != nil {
		return nil, fmt.Errorf("%w: %w", errBadMessage, err)
	}
	var m interface{ check() error }
	switch head.Type {
	case "join":
		m = &joinMessage{}
	case "description":
		m = &descriptionMessage{}
	case "candidate":
		m = &candidateMessage{}
	case "mute":
		m = &muteMessage{}
	case "camera":
		m = &cameraMessage{}
	case "screen":
		m = &screenMessage{}
	case "keyframe":
		m = &keyframeMessage{}
	case "leave":
		m = &leaveMessage{}
	case "pong":
		m = &pongMessage{}
	case "":
		return nil, fmt.Errorf("%w: no type", errBadMessage)
	default:
		return nil, fmt.Errorf("%w: unknown type %.32q", errBadMessage, head.Type)
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(m); err != nil {
		return nil, fmt.Errorf("%w: %s: %w", errBadMessage, head.Type, err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%w: %s: more than one value", errBadMessage, head.Type)
	}
	if err := m.check(); err != nil {
		return nil, fmt.Errorf("%w: %s: %w", errBadMessage, head.Type, err)
	}
	return m, nil
}

func (m *joinMessage) check() error { return nil }

func (m *descriptionMessage) check() error {
	d := m.Description
	switch {
	case d.Type != "offer" && d.Type != "answer":
		return fmt.Errorf("description.type is %.32q, not offer or answer", d.Type)
	case d.SDP == "":
		return errors.New("description.sdp is missing")
	case strings.Count(d.SDP, "\nm=") > MaxSections:
		return fmt.Errorf("description has more than %d sections", MaxSections)
	}
	return nil
}

func (m *candidateMessage) check() error {
	if m.Candidate == nil {
		return errors.New("candidate is missing")
	}
	return nil
}

func (m *muteMessage) check() error {
	if m.Muted == nil {
		return errors.New("muted is missing")
	}
	return nil
}

func (m *cameraMessage) check() error {
	if m.On == nil {
		return errors.New("on is missing")
	}
	return nil
}

func (m *screenMessage) check() error {
	switch {
	case m.On == nil:
		return errors.New("on is missing")
	case *m.On && m.Stream == "":
		return errors.New("stream is missing")
	}
	return nil
}

func (m *keyframeMessage) check() error {
	if m.Source == 0 {
		return errors.New("source is missing")
	}
	return nil
}

func (m *leaveMessage) check() error { return nil }
func (m *pongMessage) check() error  { return nil }

// cleanName returns a name fit for the roster, or false: it must have
// something to read, and nothing that turns or hides what stands beside it.
func cleanName(name string) (string, bool) {
	name = strings.TrimSpace(name)
	if name == "" || !utf8.ValidString(name) || utf8.RuneCountInString(name) > MaxNameLength {
		return "", false
	}
	for _, r := range name {
		// Cf holds the bidirectional overrides; the joiners of emoji and of
		// Indic and Arabic scripts are of the same class and stay.
		if unicode.IsControl(r) || (unicode.Is(unicode.Cf, r) && r != '\u200c' && r != '\u200d') {
			return "", false
		}
	}
	return name, true
}
