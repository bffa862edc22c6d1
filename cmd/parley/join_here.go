package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"parley/codecs"
	"parley/codecs/builtin"
	"parley/codecs/wav"
	"parley/conference"
	"parley/conference/player"
	"parley/conference/recorder"
	"parley/multicast"
	"parley/qos"
	"parley/qos/rtp"
)

// hereConference is the id of the conference of an attendance.
const hereConference = "here"

// attendance is a participant of a group without a bridge: a conference in this
// process, with one leg to the group and one that records or plays.
type attendance struct {
	target
	record, play string
	voices       bool
	force, json  bool
	duration     time.Duration
	called       string // SDES NAME
}

// wanted reports whether there is anything to do.
func (a *attendance) wanted() bool { return a.record != "" || a.play != "" || a.duration != 0 }

// run returns when the time is over, the file was played, or ctx ended.
func (a *attendance) run(ctx context.Context, out, notes io.Writer) error {
	set := builtin.Set()
	if err := a.check(); err != nil {
		return err
	}
	note := func(format string, args ...any) { fmt.Fprintf(notes, format+"\n", args...) }
	g, err := a.find(ctx, set, note)
	if err != nil {
		return err
	}
	h := &here{attendance: a, group: g, log: slog.New(slog.NewTextHandler(notes, &slog.HandlerOptions{Level: slog.LevelWarn}))}
	if err := h.open(ctx, set); err != nil {
		return &failure{errors.Join(explainFile(err), h.close(nil))}
	}
	note("Joined %s. Ctrl-C ends.", describeGroup(&g))
	ended := h.wait(ctx)
	f := h.figures(ended)
	err = explainFile(h.close(f))
	if err := f.print(out, a.json); err != nil {
		return err
	}
	if err != nil {
		return &failure{err}
	}
	return nil
}

// check is about how the command was called.
func (a *attendance) check() error {
	switch {
	case a.duration < 0:
		return errors.New("--duration must not be negative")
	case a.wait < 0:
		return errors.New("--wait must not be negative")
	case a.voices && !a.toFolder():
		return errors.New("--voices needs a folder: --record DIR")
	case a.toFolder() && slices.Contains(otherSound, strings.ToLower(filepath.Ext(a.record))):
		return fmt.Errorf("--record writes WAVE, FILE.wav, or a folder; %q is neither", a.record)
	}
	return a.checkFiles()
}

// checkFiles does so before an announcement is waited for.
func (a *attendance) checkFiles() error {
	var played, recorded fs.FileInfo
	var err error
	if a.play != "" {
		if played, err = os.Stat(a.play); err != nil {
			return &failure{err}
		}
	}
	if a.record != "" {
		recorded, _ = os.Stat(a.sound()) // none: it is to be made
	}
	switch {
	case recorded == nil:
	case played != nil && os.SameFile(played, recorded):
		return fmt.Errorf("--play and --record are the same file: %s", a.play)
	case !a.force:
		return &failure{explainFile(&fs.PathError{Op: "record to", Path: a.sound(), Err: fs.ErrExist})}
	}
	return nil
}

// otherSound is what names of files end in that are no folders, and that we do not
// write.
var otherSound = []string{".aac", ".aif", ".aiff", ".flac", ".m4a", ".mka", ".mkv", ".mp3", ".mp4", ".oga", ".ogg", ".opus", ".webm", ".wma"}

// sound is the file of the mix.
func (a *attendance) sound() string {
	if a.toFolder() {
		return filepath.Join(a.record, "sound.wav")
	}
	return a.record
}

// toFolder reports whether more than the sound is recorded.
func (a *attendance) toFolder() bool {
	return a.record != "" && !strings.EqualFold(filepath.Ext(a.record), ".wav")
}

// explainFile says what can be done about a file.
func explainFile(err error) error {
	switch {
	case errors.Is(err, fs.ErrExist):
		return fmt.Errorf("%w; --force writes over it", err)
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return fmt.Errorf("the disk is full; what was recorded before is there: %w", err)
	}
	return err
}

// describeGroup names a group, what is spoken there, and how far we send.
func describeGroup(g *multicast.GroupConfig) string {
	var parts []string
	for _, m := range g.Media() {
		text := fmt.Sprintf("%v (%v)", m.Addr, m.Formats[0].Format)
		if m.Crypto != nil {
			text += ", encrypted"
		}
		switch m.Sources.Mode {
		case rtp.FilterInclude:
			text += ", of " + joinAddresses(m.Sources.Sources)
		case rtp.FilterExclude:
			text += ", of all but " + joinAddresses(m.Sources.Sources)
		}
		if !g.SendsTo(m) {
			text += ", where only others may send"
		}
		parts = append(parts, text)
	}
	text := strings.Join(parts, " and ")
	if g.Interface != "" {
		text += " on " + g.Interface
	}
	return text
}

// permitted says whom a description lets send.
func permitted(m *multicast.MediaConfig) string {
	if m.Sources.Mode == rtp.FilterInclude {
		return joinAddresses(m.Sources.Sources) + " (a=source-filter)"
	}
	return "others (a=recvonly)"
}

func joinAddresses(all []netip.Addr) string {
	texts := make([]string, len(all))
	for i, a := range all {
		texts[i] = a.String()
	}
	return strings.Join(texts, ", ")
}

// here is an attendance under way.
type here struct {
	*attendance
	group    multicast.GroupConfig
	log      *slog.Logger
	began    time.Time
	bridge   *conference.Bridge
	groups   *multicast.Server
	recorder *recorder.Recorder
	player   *player.Player
	file     *os.File // that is played
	left     departed
}

// open joins. What was opened before an error, close ends.
func (h *here) open(ctx context.Context, set *codecs.Set) error {
	var err error
	if h.play != "" {
		if err := h.openPlayer(); err != nil {
			return err
		}
	}
	if h.bridge, err = conference.NewBridge(conference.BridgeConfig{
		Codecs: set, Log: h.log, Conferences: []conference.Settings{{ID: hereConference, Title: h.called}},
	}); err != nil {
		return err
	}
	conf, err := h.bridge.Open(hereConference)
	if err != nil {
		return err
	}
	if h.record != "" {
		if err := h.openRecorder(conf); err != nil {
			return err
		}
	}
	if h.groups, err = multicast.New(multicast.Config{
		Groups:    []multicast.GroupConfig{h.group},
		AudioDSCP: qos.DSCPEF, VideoDSCP: qos.DSCPAF41,
		Tool: "parley " + version(), HideParticipants: true,
	}, multicast.Deps{Bridge: h.bridge, Codecs: set, Log: h.log, Monitor: h}); err != nil {
		return err
	}
	h.began = time.Now()
	if err := h.groups.Start(ctx); err != nil {
		return err
	}
	if h.player == nil {
		return nil
	}
	p := h.player
	h.player = nil // until it has joined
	if err := p.Join(conf); err != nil {
		return err
	}
	h.player = p
	return nil
}

func (h *here) openPlayer() error {
	f, err := os.Open(h.play)
	if err != nil {
		return err
	}
	h.file = f
	if h.group.Audio == nil {
		return errors.New("the group has no sound: nothing can be played into it")
	}
	if !h.group.SendsTo(h.group.Audio) {
		return fmt.Errorf("%s lets only %s send: nothing can be played into it; take that out of an SDP file, or give %sGROUP:PORT",
			h.name, permitted(h.group.Audio), groupScheme)
	}
	sound, err := wav.NewReader(f)
	if err != nil {
		return fmt.Errorf("%s: %w", h.play, err)
	}
	if h.player, err = player.New(h.called, sound); err != nil {
		return fmt.Errorf("%s: %w", h.play, err)
	}
	return nil
}

func (h *here) openRecorder(conf *conference.Conference) error {
	cfg := recorder.Config{Name: h.called, Replace: h.force, Voices: h.voices}
	if h.toFolder() {
		cfg.Folder = h.record
		if h.group.Audio != nil {
			cfg.Sound = h.sound()
		}
	} else if cfg.Sound = h.record; h.group.Audio == nil {
		return errors.New("the group has only pictures: give a folder to record them, --record DIR")
	}
	r, err := recorder.New(cfg)
	if err != nil {
		return err
	}
	h.recorder = r
	return r.Join(conf)
}

// HearMember implements multicast.Monitor.
func (h *here) HearMember(ssrc uint32, frame *codecs.Frame) {
	if h.recorder != nil && ssrc != 0 {
		h.recorder.HearVoice(ssrc, frame)
	}
}

// wait returns why the attendance ends.
func (h *here) wait(ctx context.Context) string {
	var over <-chan time.Time
	if h.duration > 0 {
		timer := time.NewTimer(h.duration)
		defer timer.Stop()
		over = timer.C
	}
	var played, failed <-chan struct{}
	if h.player != nil {
		played = h.player.Done()
	}
	if h.recorder != nil {
		failed = h.recorder.Failed()
	}
	select {
	case <-over:
		return endedDuration
	case <-played:
		return endedPlayed
	case <-failed:
		return endedFailed
	case <-ctx.Done():
		return endedInterrupted
	}
}

// close says BYE, leaves, and completes the files, which f is told; nil: nothing
// was joined, and files that hold nothing are not left to be in the way.
func (h *here) close(f *figures) error {
	ctx, cancel := context.WithTimeout(context.Background(), closeTimeout)
	defer cancel()
	var errs []error
	if h.player != nil {
		if h.bridge != nil && f != nil {
			errs = append(errs, h.player.Close())
			f.Played, f.Late = h.player.Played().Seconds(), h.player.Late().Seconds()
		}
	}
	if h.groups != nil {
		errs = append(errs, h.groups.Close(ctx))
	}
	if h.recorder != nil {
		files, err := h.recorder.Close()
		errs = append(errs, err)
		switch {
		case f != nil:
			f.record(files, h.recorder.Dropped())
		case !h.force: // else they may have been there before
			for i := range files {
				errs = append(errs, os.Remove(files[i].Path))
			}
		}
	}
	if h.bridge != nil {
		errs = append(errs, h.bridge.Close(ctx))
	}
	if h.file != nil {
		errs = append(errs, h.file.Close())
	}
	return errors.Join(errs...)
}

// figures are what is known before we leave.
func (h *here) figures(ended string) *figures {
	f := &figures{
		Ended: ended, Session: h.group.Name, Seconds: time.Since(h.began).Seconds(),
		Groups: []groupFigures{}, Members: []memberFigures{},
	}
	before := h.left.count()
	groups, err := h.groups.Members(hereConference, 0)
	if err != nil {
		return f // the group was left: nobody knows more
	}
	for i := range groups {
		f.take("audio", groups[i].Audio)
		f.take("video", groups[i].Video)
	}
	f.leavers(&h.left, before, &h.group)
	return f
}

var _ multicast.Monitor = (*here)(nil)
