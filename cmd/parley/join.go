package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"syscall"

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
	cmd := &cobra.Command{
		Use:   "join SESSION --conference ID",
		Short: "Take an announced multicast session into a conference of a running bridge",
		Long: `Asks a running bridge to join the groups of a session that it has heard of, and
takes what is sent there into a conference. SESSION is the ID or the title that
"parley sessions" lists. It stays, also when it is announced no more, until "parley
leave", a host's kick, or the end of the bridge.`,
		Example: `  parley join "Board meeting" --conference lobby
  parley join 3f2a9c01d4e56b87 --conference lobby --url https://meet.example.com`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			j.session = args[0]
			ctx, stop := signal.NotifyContext(cmd.Context(), os.Interrupt, syscall.SIGTERM)
			defer stop()
			return j.run(ctx, cmd.OutOrStdout(), "join", api.JoinRequest{Conference: j.conference})
		},
	}
	cmd.Flags().SortFlags = false
	cmd.Flags().StringVar(&j.conference, "conference", "", "`ID` of the conference (required)")
	j.flags(cmd)
	_ = cmd.MarkFlagRequired("conference") // it is there
	return cmd
}

func newLeave() *cobra.Command {
	var j joining
	cmd := &cobra.Command{
		Use:     "leave SESSION",
		Short:   "Take a multicast session out of its conference",
		Example: `  parley leave "Board meeting"`,
		Args:    cobra.ExactArgs(1),
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
	if got.code != http.StatusOK {
		return refusal(got, j.url)
	}
	var s api.MulticastSession
	if err := json.Unmarshal(got.body, &s); err != nil {
		return &failure{fmt.Errorf("%s is no parley: %w", j.url, err)}
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
