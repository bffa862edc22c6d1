package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"text/tabwriter"
	"time"

	"parley/conference/recorder"
	"parley/multicast"
	"parley/qos/rtp"
)

// Why an attendance ended.
const (
	endedDuration    = "duration"
	endedPlayed      = "played"
	endedInterrupted = "interrupted"
	endedFailed      = "failed"
)

// maxDeparted is how many members that left are told of: whoever sends under ever
// new SSRCs does not fill memory.
const maxDeparted = 1000

// figures are what an attendance ends with: "parley join --json" prints them.
type figures struct {
	Session string         `json:"session,omitempty"` // its title, where it has one
	Ended   string         `json:"ended"`
	Seconds float64        `json:"seconds"`
	Groups  []groupFigures `json:"groups"`
	// Members are all that sent, those that left included, and those that listen
	// and say so.
	Members []memberFigures `json:"members"`
	Files   []fileFigures   `json:"files,omitempty"`
	Dropped uint64          `json:"dropped,omitempty"` // frames and packets that the disk was too slow for
	Played  float64         `json:"played,omitempty"`  // seconds
	Late    float64         `json:"late,omitempty"`    // seconds of silence for want of the file
}

// groupFigures are of one group.
type groupFigures struct {
	Media       string `json:"media"`
	Group       string `json:"group"`
	SSRC        uint32 `json:"ssrc"` // our own
	Sent        uint64 `json:"sent"` // packets
	SendErrors  uint64 `json:"sendErrors"`
	Received    uint64 `json:"received"`
	Undecrypted uint64 `json:"undecrypted"` // packets not of the group's key
	Unknown     uint64 `json:"unknown"`     // packets of a payload type that the session does not have
	Malformed   uint64 `json:"malformed"`   // no RTP, no RTCP, or encrypted
	Loops       uint64 `json:"loops"`
	// LossReported is the worst that members report of what we sent, 0 to 1.
	LossReported float64 `json:"lossReported"`
}

// memberFigures are of one sender, or listener.
type memberFigures struct {
	Media   string  `json:"media"`
	SSRC    uint32  `json:"ssrc"`
	Name    string  `json:"name,omitempty"`
	CNAME   string  `json:"cname,omitempty"`
	Tool    string  `json:"tool,omitempty"`
	Address string  `json:"address"`
	Sending bool    `json:"sending"`
	Left    bool    `json:"left"` // said BYE, or timed out
	Packets uint64  `json:"packets"`
	Lost    int64   `json:"lost"`
	Jitter  float64 `json:"jitterMs"`
}

// fileFigures are of one file.
type fileFigures struct {
	Path     string  `json:"path"`
	Kind     string  `json:"kind"`              // "sound", "voice", "picture"
	Begins   float64 `json:"begins"`            // seconds into the recording, of a voice
	Seconds  float64 `json:"seconds,omitempty"` // of sound
	SSRC     uint32  `json:"ssrc,omitempty"`    // of a voice
	Name     string  `json:"name,omitempty"`
	Address  string  `json:"address,omitempty"`
	Codec    string  `json:"codec,omitempty"` // of pictures
	Pictures uint64  `json:"pictures,omitempty"`
	Omitted  uint64  `json:"omitted,omitempty"` // pictures that losses made useless
	Lost     uint64  `json:"lost,omitempty"`    // packets of pictures
}

// departed are the members that left while we were there.
type departed struct {
	mu      sync.Mutex
	members []departure
}

type departure struct {
	group  netip.AddrPort
	member rtp.Member
}

// MemberLeft implements multicast.Monitor.
func (h *here) MemberLeft(group netip.AddrPort, m rtp.Member) {
	h.left.mu.Lock()
	defer h.left.mu.Unlock()
	if len(h.left.members) < maxDeparted {
		h.left.members = append(h.left.members, departure{group, m})
	}
}

// take adds a group and its members.
func (f *figures) take(media string, s *multicast.SessionMembers) {
	if s == nil {
		return
	}
	f.Groups = append(f.Groups, groupFigures{
		Media: media, Group: s.Group.String(), SSRC: s.SSRC,
		Sent: s.Stats.Sent, SendErrors: s.Stats.SendErrors, Received: s.Stats.Received,
		Undecrypted: s.Stats.Undecrypted, Unknown: s.Stats.UnknownPayload, Malformed: s.Stats.Malformed, Loops: s.Stats.Loops, LossReported: s.Stats.Receptions.Worst,
	})
	for i := range s.Members {
		f.Members = append(f.Members, figuresOf(media, &s.Members[i]))
	}
}

// count is of how many it is known that they left.
func (d *departed) count() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return len(d.members)
}

// leavers adds those that left, the first before of them before the others were
// asked for.
func (f *figures) leavers(d *departed, before int, g *multicast.GroupConfig) {
	d.mu.Lock()
	defer d.mu.Unlock()
	present := f.Members
	for i := range d.members {
		media := "audio"
		if g.Audio == nil || d.members[i].group != g.Audio.Addr {
			media = "video"
		}
		m := figuresOf(media, &d.members[i].member)
		if i >= before && slices.ContainsFunc(present, func(p memberFigures) bool { return p.Media == media && p.SSRC == m.SSRC }) {
			continue // it has left since, and is there already
		}
		m.Left = true
		f.Members = append(f.Members, m)
	}
}

func figuresOf(media string, m *rtp.Member) memberFigures {
	return memberFigures{
		Media: media, SSRC: m.SSRC, Name: m.SDES.Name, CNAME: m.SDES.CNAME, Tool: m.SDES.Tool,
		Address: m.Addr.String(), Sending: m.Sending,
		Packets: m.Stats.Packets, Lost: m.Stats.Lost, Jitter: float64(m.Stats.Jitter.Microseconds()) / 1000,
	}
}

// record adds what was written.
func (f *figures) record(files []recorder.File, dropped uint64) {
	f.Dropped = dropped
	for i := range files {
		r := &files[i]
		e := fileFigures{
			Path: r.Path, Kind: string(r.Kind), Begins: r.Begins.Seconds(), Seconds: r.Length.Seconds(),
			SSRC: r.Voice, Name: r.Name, Address: r.Address, Pictures: r.Pictures, Omitted: r.Omitted, Lost: r.Lost,
		}
		if r.Kind == recorder.KindPicture {
			e.Codec = r.Format.Name
		}
		for _, m := range f.Members {
			if r.Kind == recorder.KindVoice && m.SSRC == r.Voice && m.Media == "audio" {
				e.Name, e.Address = cmp.Or(m.Name, m.CNAME), m.Address
			}
		}
		f.Files = append(f.Files, e)
	}
}

// label is what a person knows a member by.
func (m *memberFigures) label() string {
	return cmp.Or(m.Name, m.CNAME, "-")
}

func (f *figures) print(w io.Writer, asJSON bool) error {
	if asJSON {
		e := json.NewEncoder(w)
		e.SetIndent("", "  ")
		return e.Encode(f)
	}
	fmt.Fprintf(w, "%s after %v.\n", map[string]string{
		endedDuration: "The time was over", endedPlayed: "All was played", endedInterrupted: "Interrupted", endedFailed: "Recording failed",
	}[f.Ended], seconds(f.Seconds))
	for _, g := range f.Groups {
		fmt.Fprintf(w, "%s %s: %d packets received, %d sent", g.Media, g.Group, g.Received, g.Sent)
		if g.Sent > 0 && g.LossReported > 0 {
			fmt.Fprintf(w, ", of which a member lost %.1f %% lately", 100*g.LossReported)
		}
		if g.Undecrypted > 0 {
			fmt.Fprintf(w, ", %d not of the group's key", g.Undecrypted)
		}
		if g.Unknown > 0 {
			fmt.Fprintf(w, ", %d of a payload type that the session does not have", g.Unknown)
		}
		if g.Malformed > 0 {
			fmt.Fprintf(w, ", %d not understood (encrypted, or no RTP)", g.Malformed)
		}
		if g.Loops > 0 {
			fmt.Fprintf(w, ", %d came back in a loop", g.Loops)
		}
		fmt.Fprintln(w, ".")
	}
	if err := f.printMembers(w); err != nil {
		return err
	}
	for _, e := range f.Files {
		fmt.Fprintln(w, e.text())
	}
	if f.Dropped > 0 {
		fmt.Fprintf(w, "The disk was too slow: %d frames and packets are missing.\n", f.Dropped)
	}
	if f.Late > 0 {
		fmt.Fprintf(w, "The file could not be read in time: %v of silence were sent.\n", time.Duration(f.Late*float64(time.Second)).Round(10*time.Millisecond))
	}
	return nil
}

func (f *figures) printMembers(w io.Writer) error {
	if len(f.Members) == 0 {
		text := "Nobody else was there."
		if slices.ContainsFunc(f.Groups, func(g groupFigures) bool { return g.Undecrypted+g.Unknown+g.Malformed > 0 }) {
			text = "Nobody else could be understood."
		}
		_, err := fmt.Fprintln(w, text)
		return err
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "MEMBER\tMEDIA\tFROM\tPACKETS\tLOST\tJITTER\tSTATE")
	for i := range f.Members {
		m := &f.Members[i]
		state := "listens"
		switch {
		case m.Left:
			state = "left"
		case m.Sending:
			state = "sends"
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%d\t%d\t%.1f ms\t%s\n", m.label(), m.Media, m.Address, m.Packets, m.Lost, m.Jitter, state)
	}
	return t.Flush()
}

func (e *fileFigures) text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: ", e.Path)
	switch recorder.Kind(e.Kind) {
	case recorder.KindPicture:
		fmt.Fprintf(&b, "%d pictures of %s, %d packets lost", e.Pictures, e.Codec, e.Lost)
		if e.Omitted > 0 {
			fmt.Fprintf(&b, ", for which %d pictures are left out", e.Omitted)
		}
	case recorder.KindVoice:
		fmt.Fprintf(&b, "voice of %s, %v from %v on", cmp.Or(e.Name, e.Address), seconds(e.Seconds), seconds(e.Begins))
	default:
		fmt.Fprintf(&b, "%v of sound", seconds(e.Seconds))
	}
	return b.String()
}

func seconds(s float64) time.Duration {
	return time.Duration(s * float64(time.Second)).Round(100 * time.Millisecond)
}
