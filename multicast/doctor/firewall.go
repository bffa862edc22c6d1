package doctor

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"net/netip"
	"os/exec"
	"strings"
)

// Firewall is what its rules hint at. It does not evaluate them.
type Firewall struct {
	// Known is "nft" or "iptables" where the rules could be read.
	Known string `json:"known,omitempty"`
	// Hints are policies and rules that may drop what comes from groups.
	Hints []string `json:"hints,omitempty"`
}

// readFirewall asks nft, else iptables, for the rules, also of who was interrupted:
// the report is to say what it found, and not that this machine hides its rules.
func readFirewall(ctx context.Context, group netip.Addr) Firewall {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), firewallTime)
	defer cancel()
	if text, err := rules(ctx, "nft", "list", "ruleset"); err == nil {
		return Firewall{Known: "nft", Hints: nftHints(text, group)}
	}
	name := "iptables"
	if group.Is6() {
		name = "ip6tables"
	}
	if text, err := rules(ctx, name, "-S"); err == nil {
		return Firewall{Known: name, Hints: iptablesHints(text, group)}
	}
	return Firewall{}
}

var errTooLong = errors.New("too long")

// output keeps what a program prints, up to maxRuleset.
type output struct{ bytes.Buffer }

func (o *output) Write(b []byte) (int, error) {
	if o.Len()+len(b) > maxRuleset {
		return 0, errTooLong
	}
	return o.Buffer.Write(b)
}

func rules(ctx context.Context, name string, args ...string) (string, error) {
	var out output
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Stdout = &out
	err := cmd.Run()
	return out.String(), err
}

// nftHints reads "nft list ruleset".
func nftHints(text string, group netip.Addr) []string {
	var hints []string
	table, chain, hooked := "", "", false
	lines := bufio.NewScanner(strings.NewReader(text))
	for lines.Scan() && len(hints) < maxHints {
		line := strings.TrimSpace(lines.Text())
		switch {
		case strings.HasPrefix(line, "table "):
			table = strings.TrimSuffix(strings.TrimPrefix(line, "table "), " {")
		case strings.HasPrefix(line, "chain "):
			chain, hooked = strings.TrimSuffix(strings.TrimPrefix(line, "chain "), " {"), false
		case strings.HasPrefix(line, "type "):
			hooked = inbound(line)
			if hooked && strings.Contains(line, "policy drop") {
				hints = append(hints, "nft table "+table+", chain "+chain+": policy drop")
			}
		case hooked && drops(line) && concerns(line, group):
			hints = append(hints, "nft table "+table+", chain "+chain+": "+clip(line))
		}
	}
	return hints
}

// inbound reports whether a chain sees what comes in.
func inbound(line string) bool {
	for _, hook := range []string{"hook input", "hook prerouting", "hook ingress"} {
		if strings.Contains(line, hook) {
			return true
		}
	}
	return false
}

// iptablesHints reads "iptables -S".
func iptablesHints(text string, group netip.Addr) []string {
	var hints []string
	lines := bufio.NewScanner(strings.NewReader(text))
	for lines.Scan() && len(hints) < maxHints {
		line := lines.Text()
		switch {
		case line == "-P INPUT DROP":
			hints = append(hints, "iptables: policy of INPUT is DROP")
		case strings.HasPrefix(line, "-A INPUT ") && drops(strings.ToLower(line)) && concerns(line, group):
			hints = append(hints, "iptables "+clip(line))
		}
	}
	return hints
}

func drops(line string) bool {
	return strings.Contains(line, "drop") || strings.Contains(line, "reject")
}

// concerns reports whether a rule may be about groups: it names one, or UDP, IGMP or
// MLD, or nothing to choose by.
func concerns(line string, group netip.Addr) bool {
	for _, word := range []string{"udp", "igmp", "mld", "multicast", "224.0.0.0", "239.", "ff00::", "l4proto", group.String()} {
		if strings.Contains(line, word) {
			return true
		}
	}
	return line == "drop" || strings.HasPrefix(line, "counter packets") && strings.HasSuffix(line, " drop") || line == "-A INPUT -j DROP"
}

// clip cuts what is shown of a rule.
func clip(line string) string { return line[:min(len(line), 160)] }
