package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"parley/cmd/parley/internal/api"
)

// joining is one order to take a session into a conference, or out of it.
type joining struct {
	remote
	session, conference string
}

func newJoin() *cobra.Command {
	var j joining
	var a attendance
	cmd := &cobra.Command{
		Use:   "join TARGET",
		Short: "Record a multicast group or play a file into it; or take one into a conference of a bridge",
		Long: `Joins a multicast group by itself, without a bridge, to record what is sent there
(--record), to play a file (--play), or to see who is there (--duration). TARGET is
an SDP file, rtp://GROUP:PORT with --codec, or the title or ID of a session that is
announced by SAP.

--record FILE.wav writes all sound, mixed. --record DIR writes sound.wav there, each
stream of pictures as it comes (picture-1.h264; VP8 as .ivf, .h261, .h263, .mjpeg),
and with --voices each member's sound in a file of its own. --play plays a WAVE file
of any rate and number of channels, once. It ends with the file, after --duration or
by Ctrl-C, says BYE to the group, and tells what was lost of whom.

With --conference, a running bridge is asked to take an announced session into a
conference instead. It stays there, also when it is announced no more, until "parley
leave", a host's kick, or the end of the bridge.`,
		Example: `  parley join studio.sdp --record talk.wav --duration 10m
  parley join rtp://239.255.1.9:5004 --codec L16/44100/2 --record folder --voices
  parley join "Board meeting" --play announcement.wav --interface eth0
  parley join "Board meeting" --conference lobby`,
		Args: exactly,
		RunE: func(cmd *cobra.Command, args []string) error {
			j.session, a.name = args[0], args[0]
			ctx, stop := signal.NotifyContext(cmd.Context(), os.Interrupt, syscall.SIGTERM)
			defer stop()
			switch {
			case cmd.Flags().Changed("ttl") && (a.ttl < 1 || a.ttl > 255):
				return fmt.Errorf("--ttl must be from 1 to 255, not %d", a.ttl)
			case j.conference != "" && a.wanted():
				return errors.New("--conference is for a bridge; --record, --play and --duration are without one")
			case j.conference != "":
				return j.run(ctx, cmd.OutOrStdout(), "join", api.JoinRequest{Conference: j.conference})
			case !a.wanted():
				return errors.New("give --record, --play or --duration to join here, or --conference to have a bridge join")
			}
			return a.run(ctx, cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	cmd.Flags().SortFlags = false
	a.flags(cmd)
	cmd.Flags().StringVar(&j.conference, "conference", "", "`ID` of a conference of a running bridge that is to join instead")
	j.flags(cmd)
	return cmd
}

// flags are those of who joins without a bridge.
func (a *attendance) flags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&a.record, "record", "", "record to `FILE.wav`, or to a folder with pictures")
	f.BoolVar(&a.voices, "voices", false, "record each member's sound in a file of its own, too")
	f.BoolVar(&a.force, "force", false, "write over files that exist")
	f.StringVar(&a.play, "play", "", "play this WAVE `FILE`")
	f.DurationVar(&a.duration, "duration", 0, "end after this time (default: with the file that is played, or Ctrl-C)")
	f.BoolVar(&a.json, "json", false, "print the figures at the end as JSON")
	f.StringVar(&a.codec, "codec", "", "what is spoken at rtp://GROUP:PORT, as \"PCMU\", \"opus\", \"L16/44100/2\", \"H264\" (default \"PCMU\")")
	f.IntVar(&a.payloadType, "payload-type", 0, "its payload type (default: that of RFC 3551, else 96)")
	f.StringVar(&a.key, "key", "", "key of an encrypted group as in SDP's a=crypto, \"`SUITE inline:KEY`\" (default: $PARLEY_GROUP_KEY, which others on this machine do not see)")
	f.StringVar(&a.iface, "interface", "", "network `INTERFACE` (default: where it is announced, else the system's choice)")
	f.IntVar(&a.ttl, "ttl", 0, "how far to send, 1 to 255 (default: the SDP file's, else 1)")
	f.StringVar(&a.called, "name", "parley", "what the group is told that we are called")
	f.DurationVar(&a.wait, "wait", 30*time.Second, "how long to wait for an announcement")
}

func newLeave() *cobra.Command {
	var j joining
	cmd := &cobra.Command{
		Use:     "leave SESSION",
		Short:   "Take a multicast session out of its conference",
		Example: `  parley leave "Board meeting"`,
		Args:    exactly,
		RunE: func(cmd *cobra.Command, args []string) error {
			j.session = args[0]
			ctx, stop := signal.NotifyContext(cmd.Context(), os.Interrupt, syscall.SIGTERM)
			defer stop()
			return j.run(ctx, cmd.OutOrStdout(), "leave", struct{}{})
		},
	}
	cmd.Flags().SortFlags = false
	j.flags(cmd)
	return cmd
}

func (j *joining) run(ctx context.Context, w io.Writer, order string, body any) error {
	id, err := j.find(ctx)
	if err != nil {
		return err
	}
	got, err := j.post(ctx, body, "multicast", "sessions", id, order)
	if err != nil {
		return err
	}
	var s api.MulticastSession
	if err := j.understand(got, &s); err != nil {
		return err
	}
	if s.Conference != "" {
		_, err = fmt.Fprintf(w, "%s takes part in %s.\n", s.Title, s.Conference)
	} else {
		_, err = fmt.Fprintf(w, "%s was left.\n", s.Title)
	}
	return err
}

// find returns the id of the session that is meant: by id, else by title.
func (j *joining) find(ctx context.Context) (string, error) {
	sessions, err := j.sessions(ctx)
	if err != nil {
		return "", err
	}
	var found []string
	for i := range sessions {
		if sessions[i].ID == j.session {
			return j.session, nil
		}
		if strings.EqualFold(sessions[i].Title, j.session) {
			found = append(found, sessions[i].ID)
		}
	}
	switch len(found) {
	case 0:
		return "", &failure{fmt.Errorf("no session %q is announced; see \"parley sessions\"", j.session)}
	case 1:
		return found[0], nil
	}
	return "", &failure{errors.New("several sessions have this title; give the id of one: " + strings.Join(found, ", "))}
}
