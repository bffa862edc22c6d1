package doctor

import (
	"fmt"
	"net/netip"
	"strings"
	"time"
)

// The checks.
const (
	checkInterface  = "interface"
	checkRoute      = "route"
	checkMembership = "membership"
	checkQuerier    = "querier"
	checkVersion    = "version"
	checkLoopback   = "loopback"
	checkFirewall   = "firewall"
	checkReverse    = "reverse-path"
	checkLimits     = "limits"
	checkReach      = "reach"
	checkDSCP       = "dscp"
	checkMTU        = "mtu"
	checkPing       = "ping"
)

// leastMTU lets parley's largest packets of sound pass in one piece, with IPv6.
const leastMTU = 1420

// judge gathers findings.
type judge struct {
	o        *Observation
	findings []Finding
}

func (j *judge) add(check string, s Severity, text, fix string) {
	j.findings = append(j.findings, Finding{check, s, text, fix})
}

func (j *judge) v6() bool { return j.o.Group.Addr().Is6() }

// protocol is what memberships are told by.
func (j *judge) protocol() string {
	if j.v6() {
		return "MLD"
	}
	return "IGMP"
}

// network is about the interface, the way to it, and the membership.
func (j *judge) network() {
	i := &j.o.Interface
	var addresses []string
	family := false
	for _, p := range i.Addresses {
		addresses = append(addresses, p.String())
		family = family || p.Addr().Is6() == j.v6()
	}
	name := fmt.Sprintf("%s (%s), MTU %d", i.Name, strings.Join(addresses, ", "), i.MTU)
	switch {
	case !i.Up:
		j.add(checkInterface, Problem, name+" is down", "ip link set "+i.Name+" up")
	case !i.Multicast && i.Loopback:
		j.add(checkInterface, Info, name+" has not the MULTICAST flag: only programs that name it reach groups by it", "ip link set "+i.Name+" multicast on")
	case !i.Multicast:
		j.add(checkInterface, Problem, name+" has not the MULTICAST flag", "ip link set "+i.Name+" multicast on")
	case !family:
		j.add(checkInterface, Problem, name+" has no address of the group's family: others cannot tell who sends", "give it one: ip addr add ADDRESS/LENGTH dev "+i.Name)
	case i.MTU < leastMTU:
		j.add(checkInterface, Warning, name+": large packets of sound do not pass in one piece", "ip link set "+i.Name+" mtu 1500, where the network lets it")
	default:
		j.add(checkInterface, OK, name, "")
	}
	j.route()
	switch {
	case j.o.JoinError != "":
		j.add(checkMembership, Problem, fmt.Sprintf("%v cannot be joined: %s", j.o.Group, j.o.JoinError), joinFix(j.o))
	case j.o.SendError != "":
		j.add(checkMembership, Problem, fmt.Sprintf("nothing can be sent to %v: %s", j.o.Group, j.o.SendError), j.sendFix())
	case !j.o.System.Joined:
		j.add(checkMembership, Warning, fmt.Sprintf("%v was joined, but the system does not list it on %s", j.o.Group.Addr(), i.Name), "name the interface: --interface")
	default:
		j.add(checkMembership, OK, fmt.Sprintf("%v is joined on %s, one of %d groups there", j.o.Group.Addr(), i.Name, j.o.System.Memberships), "")
	}
}

func (j *judge) sendFix() string {
	if strings.Contains(j.o.SendError, "not permitted") {
		return "a firewall keeps it in: nft list ruleset, chains of output"
	}
	return "give " + j.o.Interface.Name + " an address, and groups a route by it"
}

func joinFix(o *Observation) string {
	switch {
	case strings.Contains(o.JoinError, "buffer space"):
		return "as many groups as may are joined: sysctl -w net.ipv4.igmp_max_memberships=200"
	case strings.Contains(o.JoinError, "in use"):
		return fmt.Sprintf("another program has the port to itself: end it (ss -ulpn 'sport = :%d'), or take another --port, here and there", o.Group.Port())
	}
	return "give " + o.Interface.Name + " an address of the group's family and the MULTICAST flag, or take another --interface"
}

func (j *judge) route() {
	i := &j.o.Interface
	fix := "ip route add 224.0.0.0/4 dev " + i.Name
	if j.v6() {
		fix = "ip -6 route add multicast ff00::/8 dev " + i.Name + " table local"
	}
	group := j.o.Group.Addr()
	switch {
	case j.v6() && (group.IsLinkLocalMulticast() || group.IsInterfaceLocalMulticast()): // RFC 4007 6
		j.add(checkRoute, Info, "a group of link scope is another one on each link: programs have to name the interface", "name it in each, as in "+group.WithZone(i.Name).String())
	case j.o.RouteError != "":
		j.add(checkRoute, Warning, "the system has no route to groups ("+j.o.RouteError+"): programs that name no interface cannot send or join", fix)
	case j.o.Route != i.Name:
		j.add(checkRoute, Info, fmt.Sprintf("programs that name no interface use %s for this group, not %s", j.o.Route, i.Name), "name "+i.Name+" in each program, or: "+fix)
	default:
		j.add(checkRoute, OK, "the system sends to this group by "+i.Name, "")
	}
}

// works reports whether there is anything to hear.
func (j *judge) works() bool {
	return j.o.Interface.Up && j.o.JoinError == "" && j.o.SendError == ""
}

// querier is about who asks for members: without, a switch that snoops forgets them.
func (j *judge) querier() {
	if !j.works() {
		return
	}
	b := &j.o.System.Bridge
	if j.o.Interface.Loopback {
		j.add(checkQuerier, OK, "the loopback needs none", "")
		return
	}
	var seen []string
	for _, q := range j.o.Queries {
		from := q.From.String()
		if q.From.IsUnspecified() {
			from = "a switch without an address" // RFC 4541 2.1.1: it yields to no other
		}
		text := fmt.Sprintf("%s (%sv%d", from, j.protocol(), q.Version)
		if q.Interval > 0 {
			text += fmt.Sprintf(", every %v", q.Interval)
		}
		seen = append(seen, text+")")
	}
	switch {
	case len(seen) > 0:
		j.add(checkQuerier, OK, "a querier was heard: "+strings.Join(seen, ", "), "")
	case b.Snooping && b.Querier:
		j.add(checkQuerier, OK, "the bridge "+b.Name+" of this machine snoops and is a querier", "")
	case b.Snooping:
		j.add(checkQuerier, Problem, "the bridge "+b.Name+" of this machine snoops, and no querier was heard: groups work for some minutes, and then stop", "ip link set "+b.Name+" type bridge mcast_querier 1, or mcast_snooping 0")
	case !j.o.Sniffed:
		j.add(checkQuerier, Info, "whether there is a querier is not known: seeing its packets needs a right ("+j.o.SniffError+")", "run as root, or: setcap cap_net_raw+ep \"$(command -v parley)\"")
	default:
		j.add(checkQuerier, Warning, fmt.Sprintf("no querier was heard within %v, not by leaving a group either: where a switch snoops, groups work for some minutes, and then stop", rounded(j.o.Seconds)),
			"switch a querier on, on one switch or router of this network (of a Linux bridge: ip link set BRIDGE type bridge mcast_querier 1), or "+j.protocol()+" snooping off; to wait for one that asks seldom: --wait 130s")
	}
	j.version()
}

// version is about old queriers, for which everybody falls back.
func (j *judge) version() {
	least := j.o.System.IGMP
	for _, q := range j.o.Queries {
		if least == 0 || q.Version < least {
			least = q.Version
		}
	}
	full := 3
	if j.v6() {
		full = 2
	}
	switch {
	case least == 0:
	case least < full:
		j.add(checkVersion, Warning, fmt.Sprintf("%sv%d is spoken here, for an old querier or by configuration: sources cannot be chosen (source-specific groups, sources of a group)", j.protocol(), least),
			fmt.Sprintf("set the querier to %sv%d (of a Linux bridge: ip link set BRIDGE type bridge mcast_igmp_version 3 mcast_mld_version 2), and net.ipv4.conf.%s.force_igmp_version to 0", j.protocol(), full, j.o.Interface.Name))
	default:
		j.add(checkVersion, OK, fmt.Sprintf("%sv%d is spoken: sources can be chosen", j.protocol(), least), "")
	}
}

// loopback is about other programs of this machine, and a filter's doing.
func (j *judge) loopback() {
	if !j.works() || j.o.Sent == 0 {
		return
	}
	if j.o.Looped == 0 {
		j.add(checkLoopback, Problem, "of what is sent to the group nothing comes back to this machine: programs here do not hear each other, and most likely nothing is heard from others", j.letIn())
		return
	}
	j.add(checkLoopback, OK, "what is sent to the group comes back to programs of this machine", "")
}

// letIn is how to let the group's packets through the firewall.
func (j *judge) letIn() string {
	if j.v6() {
		return "let groups through the firewall: nft insert rule inet TABLE INPUT ip6 daddr ff00::/8 meta l4proto { udp, icmpv6 } accept; which rule drops them: nft monitor trace"
	}
	return "let groups through the firewall: nft insert rule inet TABLE INPUT ip daddr 224.0.0.0/4 meta l4proto { udp, igmp } accept; which rule drops them: nft monitor trace"
}

// filters is about the firewall and the reverse path.
func (j *judge) filters() {
	f := &j.o.Firewall
	dropped := j.o.Looped == 0 && j.o.Sent > 0 && j.works()
	away := ""
	for _, r := range j.o.Reached {
		if r.Seen > 0 && r.ToGroup == 0 {
			dropped = true
			if r.Away != "" || j.o.System.ReversePath == 1 && r.Away == "" && !j.near(r.Address) {
				away = r.Address.String()
			}
		}
	}
	switch {
	case len(f.Hints) > 0 && dropped:
		j.add(checkFirewall, Problem, "packets of the group are dropped; these may do it: "+strings.Join(f.Hints, "; "), j.letIn())
	case len(f.Hints) > 0:
		j.add(checkFirewall, Info, "some rules may drop packets of groups: "+strings.Join(f.Hints, "; "), j.letIn())
	case f.Known == "":
		j.add(checkFirewall, Info, "the firewall's rules cannot be read", "run as root, with nft or iptables")
	default:
		j.add(checkFirewall, OK, f.Known+" has no rule that drops what comes from groups", "")
	}
	if j.v6() {
		return
	}
	j.reverse(away)
}

// near reports whether an address is of a network of the interface.
func (j *judge) near(a netip.Addr) bool {
	for _, p := range j.o.Interface.Addresses {
		if p.Contains(a) {
			return true
		}
	}
	return false
}

func (j *judge) reverse(away string) {
	fix := fmt.Sprintf("sysctl -w net.ipv4.conf.all.rp_filter=2 net.ipv4.conf.%s.rp_filter=2, or a route to the senders by %s", j.o.Interface.Name, j.o.Interface.Name)
	strict := j.o.System.ReversePath == 1
	switch {
	case strict && away != "":
		j.add(checkReverse, Problem, fmt.Sprintf("packets of %s arrive and are dropped: rp_filter is strict, and the way to it is not by %s", away, j.o.Interface.Name), fix)
	case strict && (len(j.o.Others) > 0 || j.o.Route != j.o.Interface.Name):
		j.add(checkReverse, Warning, fmt.Sprintf("rp_filter is strict: senders to whom the way is not by %s (but by %s) are dropped", j.o.Interface.Name, others(j.o.Others)), fix)
	case strict:
		j.add(checkReverse, OK, "rp_filter is strict, and there is only one interface", "")
	case j.o.System.ReversePath >= 0:
		j.add(checkReverse, OK, "rp_filter is not strict", "")
	}
}

func others(names []string) string {
	if len(names) == 0 {
		return "none"
	}
	return strings.Join(names, ", ")
}

// The least that is enough for most: Linux has 20 and 10.
const (
	enoughMemberships = 20
	enoughSources     = 10
)

func (j *judge) limits() {
	s := &j.o.System
	key := "net.ipv4.igmp_max_msf"
	if j.v6() {
		key = "net.ipv6.mld_max_msf"
	}
	switch {
	case s.MaxMemberships >= 0 && s.MaxMemberships < enoughMemberships:
		j.add(checkLimits, Warning, fmt.Sprintf("a program may join only %d groups by one socket", s.MaxMemberships), "sysctl -w net.ipv4.igmp_max_memberships=200")
	case s.MaxSources >= 0 && s.MaxSources < enoughSources:
		j.add(checkLimits, Warning, fmt.Sprintf("a group may have only %d chosen sources", s.MaxSources), "sysctl -w "+key+"=64")
	case s.MaxMemberships >= 0:
		j.add(checkLimits, OK, fmt.Sprintf("%d groups by one socket, %d sources of a group", s.MaxMemberships, s.MaxSources), "")
	}
}

// echo says of pings that they prove nothing: systems leave them unanswered.
func (j *judge) echo() {
	switch j.o.System.EchoIgnored {
	case 1:
		j.add(checkPing, OK, "this machine does not answer pings to groups, as most do not: that they are not answered proves nothing", "")
	case 0:
		j.add(checkPing, OK, "this machine answers pings to groups", "")
	}
}

func rounded(seconds float64) time.Duration {
	return time.Duration(seconds * float64(time.Second)).Round(100 * time.Millisecond)
}
