package main

import (
	"log/slog"
	"strings"

	"parley/h323/ras"
)

// advice says what of the configuration to look at, by what a Problem of a
// registration has in it. The first that fits is given.
func advice() [][2]string {
	return [][2]string{
		{"security", "h323.gatekeeper.user, password and authentication must be those that the gatekeeper has for a user"},
		{"duplicateAlias", "others have these names: see h323.name, h323.gatekeeper.aliases, and conferences' ids and numbers"},
		{"invalidAlias", "the gatekeeper's user may not have one of these names: h323.name, h323.gatekeeper.aliases, conferences' ids and numbers"},
		{"invalidTerminalAliases", "the gatekeeper's user may not have these names: see h323.name, h323.gatekeeper.aliases, and conferences' ids and numbers"},
		{"does not answer", "is h323.gatekeeper.address right, does a gatekeeper run there, and does UDP get there and back"},
	}
}

// advise returns what logs, once for each problem that comes, what may help.
func advise(log *slog.Logger) func(ras.Status) {
	last := ""
	return func(s ras.Status) {
		if s.State != ras.Unregistered || s.Problem == last {
			return
		}
		last = s.Problem
		for _, a := range advice() {
			if strings.Contains(s.Problem, a[0]) {
				log.Warn("gatekeeper", "problem", s.Problem, "hint", a[1])
				return
			}
		}
	}
}
