//go:build meeting

package meeting

import (
	"context"
	"encoding/json"
	"os/exec"
	"strings"
	"testing"
	"time"

	"parley/cmd/parley/meeting/internal/lab"
)

// diagnosis is what "parley doctor multicast --json" says.
type diagnosis struct {
	OK       bool
	Findings []struct{ Check, Severity, Text, Fix string }
}

// finding reports whether something of a severity was found that says text.
func (d *diagnosis) finding(check, severity, text string) bool {
	for _, f := range d.Findings {
		if f.Check == check && f.Severity == severity && strings.Contains(f.Text, text) {
			return true
		}
	}
	return false
}

// consult runs the doctor and checks its exit status.
func consult(t *testing.T, in func(...string) []string, args ...string) *diagnosis {
	t.Helper()
	line := in(append([]string{parleyBinary(t), "doctor", "multicast", "--json"}, args...)...)
	out, err := exec.CommandContext(t.Context(), line[0], line[1:]...).Output()
	var d diagnosis
	if jerr := json.Unmarshal(out, &d); jerr != nil {
		t.Fatalf("%v, %v: %s", err, jerr, out)
	}
	if d.OK != (err == nil) {
		t.Errorf("ok is %v, and it ends with %v", d.OK, err)
	}
	return &d
}

// TestDoctor has "parley doctor multicast" look at a network on which all is well,
// and then at faults of it, one after the other; another one answers.
func TestDoctor(t *testing.T) {
	requirePrograms(t, "nft", "smcrouted")
	parleyBinary(t) // may take its time
	ctx, cancel := context.WithTimeout(t.Context(), 60*time.Second)
	defer cancel()
	network := lab.NewSwitch(t, 2)
	sick, far := network.Hosts[0], network.Hosts[1]
	answer := func(in func(...string) []string, args ...string) {
		t.Helper()
		line := in(append([]string{parleyBinary(t), "doctor", "multicast", "--answer"}, args...)...)
		p := lab.Start(t, nil, line[0], line[1:]...)
		if err := p.Await(ctx, "Answering"); err != nil {
			t.Fatal(err)
		}
	}
	answer(far.Command, "--interface", far.Interface)
	answer(far.Command, "--interface", far.Interface, "--ipv6")
	check := func(d *diagnosis, ok bool, want ...[3]string) {
		t.Helper()
		for _, w := range want {
			if !d.finding(w[0], w[1], w[2]) || d.OK != ok {
				t.Errorf("not found, or ok is not %v: %v in %+v", ok, w, d)
			}
		}
	}
	quick := []string{"--wait", "800ms", "--interface", sick.Interface}

	// All is well.
	d := consult(t, sick.Command, "--wait", "1500ms")
	check(d, true, [3]string{"querier", "ok", "IGMPv3"}, [3]string{"loopback", "ok", ""}, [3]string{"dscp", "ok", far.Address},
		[3]string{"reach", "ok", far.Address + " hears and is heard, in the same network: a TTL of 1 is enough"}, [3]string{"mtu", "ok", "1500 bytes"})
	for _, f := range d.Findings {
		if f.Severity == "warning" || f.Severity == "problem" {
			t.Errorf("a healthy network has %+v", f)
		}
	}
	check(consult(t, sick.Command, "--wait", "1500ms", "--ipv6", "--interface", sick.Interface), true,
		[3]string{"querier", "ok", "MLDv2"}, [3]string{"dscp", "ok", far.Address6}, [3]string{"reach", "ok", far.Address6 + " hears and is heard"})

	// DSCP is rewritten by the switch.
	inSwitch := func(args ...string) []string {
		return append([]string{"ip", "netns", "exec", "parley-switch"}, args...)
	}
	run := func(args []string) { t.Helper(); lab.Run(t, args[0], args[1:]...) }
	run(inSwitch("nft", "table bridge marks { chain pass { type filter hook forward priority 0; ip dscp ef ip dscp set cs1; }; }"))
	check(consult(t, sick.Command, quick...), true, [3]string{"dscp", "warning", "way to " + far.Address + ": 46 arrives as 8"}, [3]string{"dscp", "warning", "way from " + far.Address})
	run(inSwitch("nft", "delete table bridge marks"))

	// A firewall drops what comes from groups.
	run(sick.Command("nft", "table inet wall { chain in { type filter hook input priority 0; ip daddr 239.0.0.0/8 udp dport 9874 drop; }; }"))
	check(consult(t, sick.Command, quick...), false, [3]string{"loopback", "problem", "nothing comes back"}, [3]string{"firewall", "problem", "table inet wall, chain in"},
		[3]string{"reach", "problem", "this system drops them"})
	run(sick.Command("nft", "delete table inet wall"))

	// The way to who answers is by another interface, and rp_filter is strict.
	for _, line := range []string{
		"ip link add other0 type veth peer name other1", "ip link set other0 up", "ip link set other1 up",
		"ip addr add 10.95.0.1/24 dev other0", "ip route add " + far.Address + "/32 dev other0",
		"sysctl -q -w net.ipv4.conf.all.rp_filter=1",
	} {
		run(sick.Command(strings.Fields(line)...))
	}
	check(consult(t, sick.Command, quick...), false, [3]string{"reverse-path", "problem", far.Address})
	run(sick.Command("sysctl", "-q", "-w", "net.ipv4.conf.all.rp_filter=0"))
	run(sick.Command("ip", "link", "delete", "other0"))

	// Nobody asks for members any more.
	run(inSwitch("ip", "link", "set", "switch", "type", "bridge", "mcast_querier", "0"))
	check(consult(t, sick.Command, quick...), true, [3]string{"querier", "warning", "groups work for some minutes, and then stop"})
	check(consult(t, inSwitch, "--wait", "100ms", "--interface", "switch"), false, [3]string{"querier", "problem", "bridge switch of this machine snoops"})
}

// TestDoctorBehindARouter has one answer beyond a router, which passes on what goes
// there and nothing that comes back.
func TestDoctorBehindARouter(t *testing.T) {
	requirePrograms(t, "smcrouted")
	parleyBinary(t) // may take its time
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	network := lab.NewSwitch(t, 1)
	router := network.Hosts[0]
	router.Route(t, lab.Routed{Group: "239.255.142.142", Source: "10.97.0.1"})
	beyond := func(args ...string) []string {
		return append([]string{"ip", "netns", "exec", "parley-beyond"}, args...)
	}
	for _, line := range [][]string{
		router.Command("sysctl", "-q", "-w", "net.ipv4.ip_forward=1"),
		beyond("ip", "route", "add", "default", "via", "10.96.0.1"),
		{"ip", "route", "add", "10.96.0.0/24", "via", router.Address},
	} {
		lab.Run(t, line[0], line[1:]...)
	}
	line := beyond(parleyBinary(t), "doctor", "multicast", "--answer", "--interface", "beyond1")
	p := lab.Start(t, nil, line[0], line[1:]...)
	if err := p.Await(ctx, "Answering"); err != nil {
		t.Fatal(err)
	}
	here := func(args ...string) []string { return args }
	d := consult(t, here, "--wait", "1s", "--interface", network.Interface, "--ttl", "4")
	if !d.finding("reach", "problem", "10.96.0.2 hears this machine, behind a router (a TTL of 2 is enough), and its answers to the group do not arrive") {
		t.Errorf("%+v", d)
	}
	// With a TTL of 1, nobody is reached.
	if d := consult(t, here, "--wait", "500ms", "--interface", network.Interface, "--ttl", "1"); !d.finding("reach", "info", "nobody answered") {
		t.Errorf("%+v", d)
	}
	if err := p.Await(ctx, "10.97.0.1 asks, with TTL"); err != nil {
		t.Error(err)
	}
}
