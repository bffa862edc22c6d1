package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"os"
	"os/signal"
	"syscall"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"parley/multicast/doctor"
)

// The probe groups, of the site, and the port: of no other use.
const (
	probeGroup4 = "239.255.142.142"
	probeGroup6 = "ff15::706c:7964"
	probePort   = 9874
	// probeTTL keeps to a site, as its scope does (RFC 2365 6.1), which is that
	// of the groups.
	probeTTL = 15
)

// consultation is one look at the network.
type consultation struct {
	iface, group string
	port, ttl    int
	wait         time.Duration
	answer, json bool
	ipv6         bool
	duration     time.Duration
}

func newDoctor() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "Find out why the network does not do what it should",
	}
	cmd.AddCommand(newDoctorMulticast())
	return parent(cmd)
}

func newDoctorMulticast() *cobra.Command {
	var c consultation
	cmd := &cobra.Command{
		Use:   "multicast",
		Short: "Find out why multicast does not work, and how to mend it",
		Long: `Joins a probe group, sends to it, and reports what it finds: interface, route,
membership, querier and version of IGMP or MLD, whether programs of this machine hear
each other, firewall, reverse path filter, limits of the system; and, where "parley
doctor multicast --answer" runs on another machine, whether it is reached and heard,
with which TTL, with what DSCP and in which size. Each finding that is not well has
its fix.

Seeing queriers needs root, or the right CAP_NET_RAW. The exit status is 1 when there
is a problem; warnings alone leave it 0.`,
		Example: `  parley doctor multicast
  parley doctor multicast --answer                      # on the other machine
  parley doctor multicast --interface eth0 --ttl 32 --json
  parley doctor multicast --group ff18::1234`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx, stop := signal.NotifyContext(cmd.Context(), os.Interrupt, syscall.SIGTERM)
			defer stop()
			return c.run(ctx, cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	f := cmd.Flags()
	f.SortFlags = false
	f.StringVar(&c.iface, "interface", "", "network `INTERFACE` (default: the system's choice for the group)")
	f.BoolVar(&c.ipv6, "ipv6", false, "look at IPv6")
	f.StringVar(&c.group, "group", "", "probe `GROUP` (default "+probeGroup4+", or "+probeGroup6+")")
	f.IntVar(&c.port, "port", probePort, "UDP port of the probes; \"parley doctor multicast --answer\" needs the same")
	f.IntVar(&c.ttl, "ttl", probeTTL, "the highest TTL to send with, 1 to 255")
	f.DurationVar(&c.wait, "wait", doctor.DefaultWait, "how long to wait for queriers and answers")
	f.BoolVar(&c.answer, "answer", false, "answer the probes of others, until Ctrl-C")
	f.DurationVar(&c.duration, "duration", 0, "end --answer after this time")
	f.BoolVar(&c.json, "json", false, "print JSON")
	return cmd
}

// config is what was asked for.
func (c *consultation) config() (doctor.Config, error) {
	cfg := doctor.Config{Interface: c.iface, TTL: c.ttl, Wait: c.wait}
	text := c.group
	switch {
	case text != "":
	case c.ipv6:
		text = probeGroup6
	default:
		text = probeGroup4
	}
	group, err := netip.ParseAddr(text)
	switch {
	case err != nil || !group.IsMulticast():
		return cfg, fmt.Errorf("--group must be a multicast address, not %q", text)
	case c.ipv6 && !group.Is6():
		return cfg, fmt.Errorf("--group %s is not of IPv6", text)
	case c.port < 1 || c.port > 65535:
		return cfg, fmt.Errorf("--port must be from 1 to 65535, not %d", c.port)
	case c.ttl < 1 || c.ttl > 255:
		return cfg, fmt.Errorf("--ttl must be from 1 to 255, not %d", c.ttl)
	case c.wait <= 0:
		return cfg, errors.New("--wait must be more than nothing")
	case c.duration < 0:
		return cfg, errors.New("--duration must not be negative")
	case c.duration > 0 && !c.answer:
		return cfg, errors.New("--duration is for --answer; --wait says how long to look")
	}
	cfg.Group = netip.AddrPortFrom(group, uint16(c.port))
	return cfg, checkInterface(c.iface)
}

func (c *consultation) run(ctx context.Context, out, notes io.Writer) error {
	cfg, err := c.config()
	if err != nil {
		return err
	}
	if c.answer {
		return c.serve(ctx, cfg, out, notes)
	}
	fmt.Fprintf(notes, "Looking for %v ...\n", c.wait)
	obs, err := doctor.Examine(ctx, cfg)
	if err != nil {
		return &failure{err}
	}
	r := doctor.Judge(obs)
	if err := printReport(out, r, c.json); err != nil {
		return err
	}
	if !r.OK {
		return &failure{errors.New("multicast does not work as it should; see the problems")}
	}
	return nil
}

// asked is a line of --answer --json.
type asked struct {
	From netip.Addr `json:"from"`
	TTL  int        `json:"ttl"`  // as it arrived; -1: not known
	DSCP int        `json:"dscp"` // as it arrived; -1: not known
}

func (c *consultation) serve(ctx context.Context, cfg doctor.Config, out, notes io.Writer) error {
	if c.duration > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, c.duration)
		defer cancel()
	}
	fmt.Fprintf(notes, "Answering at %v. Ctrl-C ends.\n", cfg.Group)
	e := json.NewEncoder(out)
	err := doctor.Serve(ctx, cfg, func(from netip.Addr, ttl, dscp int) {
		if c.json {
			_ = e.Encode(asked{from, ttl, dscp}) // nobody reads it
			return
		}
		fmt.Fprintf(out, "%v asks, with TTL %d and DSCP %d as they arrive\n", from, ttl, dscp)
	})
	if err != nil {
		return &failure{err}
	}
	return nil
}

func printReport(w io.Writer, r *doctor.Report, asJSON bool) error {
	if asJSON {
		e := json.NewEncoder(w)
		e.SetIndent("", "  ")
		return e.Encode(r)
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, f := range r.Findings {
		fmt.Fprintf(t, "%s\t%s\t%s\n", f.Check, f.Severity, f.Text)
		if f.Fix != "" && f.Severity != doctor.OK {
			fmt.Fprintf(t, "\t\tfix: %s\n", f.Fix)
		}
	}
	return t.Flush()
}
