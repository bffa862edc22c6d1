package gatekeeper

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"parley/h323/h225"
	"parley/h323/per"
	"parley/h323/ras"
)

// tellRefused has the log say, once, that a request is refused, with the reason
// that the peer is told (a CHOICE; nil: none) and what is known beyond it.
func (z *zone) tellRefused(r *request, reason any) {
	if r.told {
		return
	}
	r.told = true
	if !z.lines.Allow(r.arrived, r.datagram.Remote.Addr()) {
		if z.unsaid++; z.unsaid == 1 {
			z.unsaidSince = r.arrived
		}
		return
	}
	why := r.why
	if reason != nil {
		name, _ := per.Alternative(reason)
		if why = name; r.why != "" {
			why += ": " + r.why
		}
	}
	z.emit(refused{r.datagram.Remote, ras.Name(r.message), why})
}

// tellLeftOut has the log say how many refusals it does not name, also when no more
// come.
func (z *zone) tellLeftOut(now time.Time) {
	if z.unsaid > 0 && now.Sub(z.unsaidSince) >= leftOutAfter {
		z.emit(leftOut{z.unsaid})
		z.unsaid = 0
	}
}

// quoted are aliases as the log repeats them: they are foreign.
func quoted(aliases []h225.AliasAddress) string {
	const most = 3
	var all []string
	for i, a := range aliases {
		if i == most {
			all = append(all, fmt.Sprintf("%d more", len(aliases)-most))
			break
		}
		all = append(all, quotedText(ras.AliasText(a)))
	}
	if len(all) == 0 {
		return "no alias"
	}
	return strings.Join(all, ", ")
}

// quotedText is foreign text as the log repeats it.
func quotedText(text string) string {
	return strconv.Quote(strings.ToValidUTF8(text[:min(len(text), maxQuoted)], ""))
}
