package doctor

import (
	"fmt"
	"strings"
)

// reach is about the doctors that answered.
func (j *judge) reach() {
	if !j.works() {
		return
	}
	for i := range j.o.Reached {
		j.reachOf(&j.o.Reached[i])
	}
	if len(j.o.Reached) == 0 {
		command := "parley doctor multicast --answer"
		if j.v6() {
			command += " --ipv6"
		}
		j.add(checkReach, Info, fmt.Sprintf("nobody answered at %v with a TTL of up to %d: how far it reaches, and with what mark, is not known", j.o.Group, j.o.TTL),
			"run \""+command+"\" on another machine, with the same --group and --port; behind routers raise --ttl here and there")
	}
}

func (j *judge) reachOf(r *Reach) {
	name := r.Address.String()
	where := ""
	switch {
	case r.Hops == 0:
		where = ", in the same network"
	case r.Hops == 1:
		where = ", behind a router"
	case r.Hops > 1:
		where = fmt.Sprintf(", behind %d routers", r.Hops)
	}
	switch {
	case r.ToGroup == 0 && r.Seen > 0:
		j.add(checkReach, Problem, fmt.Sprintf("answers of %s to the group arrive at %s, and this system drops them", name, j.o.Interface.Name), "see firewall and reverse-path")
	case r.ToGroup == 0:
		j.add(checkReach, Problem, fmt.Sprintf("%s hears this machine%s (a TTL of %d is enough), and its answers to the group do not arrive here; those to this machine alone do", name, where, r.LeastTTL),
			"look at snooping and the querier of the switches between, at PIM or smcrouted of routers, and raise --ttl there")
	default:
		j.add(checkReach, OK, fmt.Sprintf("%s hears and is heard%s: a TTL of %d is enough", name, where, r.LeastTTL), "")
	}
	if r.ToGroup+r.ToUs == 0 {
		return
	}
	j.marks(r)
	switch {
	case j.o.Largest == 0:
	case r.Largest >= j.o.Largest:
		j.add(checkMTU, OK, fmt.Sprintf("packets of %d bytes reach %s", j.o.Largest, name), "")
	default:
		j.add(checkMTU, Warning, fmt.Sprintf("packets of %d bytes do not reach %s: pictures will not", j.o.Largest, name), "find the tunnel or link between that has a smaller MTU, or send smaller packets")
	}
}

// marks is about DSCP on the way there and back.
func (j *judge) marks(r *Reach) {
	var there, back []string
	for _, m := range r.Marks {
		if m.There >= 0 && m.There != m.Sent {
			there = append(there, fmt.Sprintf("%d arrives as %d", m.Sent, m.There))
		}
		if m.Back >= 0 && m.Back != m.Sent {
			back = append(back, fmt.Sprintf("%d arrives as %d", m.Sent, m.Back))
		}
	}
	const fix = "have the switches and routers between trust DSCP (mls qos trust dscp, or the like), and look for rules that set it"
	name := r.Address.String()
	if len(there) > 0 {
		j.add(checkDSCP, Warning, fmt.Sprintf("DSCP is rewritten on the way to %s: %s", name, strings.Join(there, ", ")), fix)
	}
	if len(back) > 0 {
		j.add(checkDSCP, Warning, fmt.Sprintf("DSCP is rewritten on the way from %s: %s", name, strings.Join(back, ", ")), fix)
	}
	if len(there)+len(back) == 0 && len(r.Marks) > 0 {
		j.add(checkDSCP, OK, fmt.Sprintf("DSCP arrives as it was sent, at %s and from there", name), "")
	}
}
