package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"parley/cmd/parley/internal/api"
)

// pressing is one order to send digits.
type pressing struct {
	remote
	conference, participant, digits string
}

func newDigits() *cobra.Command {
	var p pressing
	cmd := &cobra.Command{
		Use:   "digits DIGITS --conference ID --participant ID",
		Short: "Send digits (DTMF) to a participant of a running bridge",
		Long: `Presses the keys of a telephone towards a SIP or H.323 participant, such as the
number and PIN that another bridge asks for: 0 to 9, *, # and A to D, 32 at most.
They go as the other end takes them: by signalling, or within the sound.

The participant's ID is what "parley dial" prints, and what the API lists.`,
		Example: `  parley digits 1000# --conference lobby --participant q3v5xk2mzl4a6t7e`,
		Args:    exactly,
		RunE: func(cmd *cobra.Command, args []string) error {
			p.digits = args[0]
			ctx, stop := signal.NotifyContext(cmd.Context(), os.Interrupt, syscall.SIGTERM)
			defer stop()
			return p.run(ctx)
		},
	}
	cmd.Flags().SortFlags = false
	cmd.Flags().StringVar(&p.conference, "conference", "", "`ID` of the conference (required)")
	cmd.Flags().StringVar(&p.participant, "participant", "", "`ID` of the participant (required)")
	p.flags(cmd)
	_ = cmd.MarkFlagRequired("conference") // they are there
	_ = cmd.MarkFlagRequired("participant")
	return cmd
}

func (p *pressing) run(ctx context.Context) error {
	got, err := p.post(ctx, api.DigitsRequest{Digits: p.digits}, "conferences", p.conference, "participants", p.participant, "digits")
	if err != nil || got.code == http.StatusNoContent {
		return err
	}
	var problem struct {
		Detail string
		Errors []struct{ Message string }
	}
	if json.Unmarshal(got.body, &problem) != nil || problem.Detail == "" {
		return &failure{fmt.Errorf("%s answered %s", p.url, got.status)}
	}
	texts := []string{problem.Detail}
	for _, e := range problem.Errors {
		texts = append(texts, e.Message)
	}
	return &failure{fmt.Errorf("not sent: %s", strings.Join(texts, ": "))}
}
