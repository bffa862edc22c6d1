package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"parley/cmd/parley/internal/api"
)

// maxLeasesAnswer bounds a list of leases, in bytes.
const maxLeasesAnswer = 16 << 20

func newLeases() *cobra.Command {
	var r remote
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "leases",
		Short: "List the multicast addresses that a bridge has chosen for groups, and leased",
		Long: `Lists the addresses that a running bridge has chosen for groups of its own
conferences, and those that programs have leased of it by MADCAP (RFC 2730).`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx, stop := signal.NotifyContext(cmd.Context(), os.Interrupt, syscall.SIGTERM)
			defer stop()
			return r.leases(ctx, cmd.OutOrStdout(), asJSON)
		},
	}
	cmd.Flags().SortFlags = false
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	r.flags(cmd)
	return cmd
}

func (r *remote) leases(ctx context.Context, w io.Writer, asJSON bool) error {
	got, err := r.ask(ctx, http.MethodGet, nil, maxLeasesAnswer, "multicast", "leases")
	if err != nil {
		return err
	}
	var list api.Leased
	if err := r.understand(got, &list); err != nil {
		return err
	}
	if asJSON {
		e := json.NewEncoder(w)
		e.SetIndent("", "  ")
		return e.Encode(list)
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "ADDRESS\tKIND\tHOLDER\tSINCE\tUNTIL\tCLASH\tID")
	for i := range list.Leases {
		l := &list.Leases[i]
		since, until, clash := "-", "-", "-"
		if !l.Granted.IsZero() {
			since = l.Granted.Local().Format("2006-01-02 15:04:05")
		}
		if l.End != nil {
			until = l.End.Local().Format("2006-01-02 15:04:05")
		}
		if l.Over {
			until += " (over)"
		}
		if l.Clash != "" {
			clash = l.Clash
		}
		fmt.Fprintln(t, strings.Join([]string{
			strings.Join(l.Addresses, ", "), string(l.Kind), l.Holder, since, until, clash, l.ID,
		}, "\t"))
	}
	return t.Flush()
}

func newGroup() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "group",
		Short: "Open and close multicast groups of a conference of a running bridge",
	}
	cmd.AddCommand(newGroupOpen(), newGroupClose())
	return parent(cmd)
}

func newGroupOpen() *cobra.Command {
	var r remote
	var o api.GroupOrder
	cmd := &cobra.Command{
		Use:   "open CONFERENCE",
		Short: "Open a multicast group at an address that the bridge chooses",
		Long: `Asks a running bridge to choose a group address that nobody announces and that is
leased to nobody, and to have it take part in a conference, until "parley group
close", a host's kick, or the end of the bridge. The address is printed.`,
		Example: `  parley group open lobby
  parley group open lobby --audio opus --video H264 --ipv6`,
		Args: exactly,
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx, stop := signal.NotifyContext(cmd.Context(), os.Interrupt, syscall.SIGTERM)
			defer stop()
			if o.TTL < 0 || o.TTL > 255 {
				return fmt.Errorf("--ttl must be from 1 to 255, or 0 for multicast.ttl, not %d", o.TTL)
			}
			return r.openGroup(ctx, cmd.OutOrStdout(), args[0], &o)
		},
	}
	cmd.Flags().SortFlags = false
	cmd.Flags().StringVar(&o.Audio, "audio", "PCMU", "`CODEC` of sound; empty: no sound")
	cmd.Flags().StringVar(&o.Video, "video", "", "`CODEC` of pictures; empty: no pictures")
	cmd.Flags().BoolVar(&o.IPv6, "ipv6", false, "an IPv6 group")
	cmd.Flags().StringVar(&o.Name, "name", "", "`NAME` in the roster (default: the address)")
	cmd.Flags().IntVar(&o.TTL, "ttl", 0, "`TTL` of what is sent, as far as multicast.scope allows (default: multicast.ttl)")
	r.flags(cmd)
	return cmd
}

func (r *remote) openGroup(ctx context.Context, w io.Writer, conference string, o *api.GroupOrder) error {
	got, err := r.post(ctx, o, "conferences", conference, "groups")
	if err != nil {
		return err
	}
	var opened api.OpenedGroup
	if err := r.understand(got, &opened); err != nil {
		return err
	}
	for _, m := range []struct{ kind, group string }{{"audio", opened.Audio}, {"video", opened.Video}} {
		if m.group != "" {
			if _, err := fmt.Fprintln(w, m.kind, m.group); err != nil {
				return err
			}
		}
	}
	return nil
}

func newGroupClose() *cobra.Command {
	var r remote
	cmd := &cobra.Command{
		Use:     "close CONFERENCE GROUP",
		Short:   "Close a group that \"parley group open\" has opened",
		Example: `  parley group close lobby 239.255.17.4:5004`,
		Args:    exactly,
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx, stop := signal.NotifyContext(cmd.Context(), os.Interrupt, syscall.SIGTERM)
			defer stop()
			got, err := r.ask(ctx, http.MethodDelete, nil, maxAnswer, "conferences", args[0], "groups", args[1])
			if err != nil {
				return err
			}
			if got.code != http.StatusNoContent {
				return refusal(got, r.url)
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "%s was closed.\n", args[1])
			return err
		},
	}
	cmd.Flags().SortFlags = false
	r.flags(cmd)
	return cmd
}
