package config

import (
	"strconv"
	"strings"

	"parley/codecs"
)

// at is the path of a list's element.
func at(list string, i int) string { return list + "[" + strconv.Itoa(i) + "]" }

func (c *Config) checkConferences(r *report, set *codecs.Set) {
	if len(c.Conferences) == 0 && !c.Policy.OnDemand {
		r.add("conferences", "is empty and policy.on_demand is off: nobody could join anything")
	}
	ids, numbers := make(map[string]int, len(c.Conferences)), make(map[string]string)
	for i := range c.Conferences {
		conf, key := &c.Conferences[i], at("conferences", i)
		conf.check(r, key, set)
		for j, n := range conf.Numbers {
			if first, ok := numbers[n]; ok {
				r.add(at(key+".numbers", j), "%s is already at %s", quote(n), first)
			} else {
				numbers[n] = at(key+".numbers", j)
			}
		}
		if first, ok := ids[conf.ID]; ok && conf.ID != "" {
			r.add(key+".id", "%s is already that of conferences[%d]", quote(conf.ID), first)
			continue
		}
		ids[conf.ID] = i
	}
	if c.DefaultConference != "" && !c.reachable(c.DefaultConference) {
		r.add("default_conference", "%s is not declared in conferences%s", quote(c.DefaultConference), didYouMean(nearest(c.DefaultConference, c.ids())))
	}
}

func (c *Conference) check(r *report, key string, set *codecs.Set) {
	switch {
	case c.ID == "":
		r.add(key+".id", "is missing")
	case !validID(c.ID):
		r.add(key+".id", "may have up to 64 letters, digits, dots, - and _, not %s", quote(c.ID))
	}
	if len(c.Title) > maxTitleLength {
		r.add(key+".title", "is longer than %d bytes", maxTitleLength)
	}
	switch {
	case c.PIN == "":
	case strings.Trim(c.PIN, "0123456789") != "":
		// The value is a secret and is not repeated.
		r.add(key+".pin", "may only have digits: a telephone has no others")
	case len(c.PIN) < minPINLength || len(c.PIN) > maxPINLength:
		r.add(key+".pin", "must have %d to %d digits", minPINLength, maxPINLength)
	}
	for i, n := range c.Numbers {
		if n == "" || len(n) > maxNumberLength || strings.Trim(n, "0123456789") != "" {
			r.add(at(key+".numbers", i), "must be 1 to %d digits, not %s", maxNumberLength, quote(n))
		}
	}
	audio := len(c.Codecs) == 0
	for i, name := range c.Codecs {
		f, err := lookup(set, name, false)
		if err != nil {
			r.add(at(key+".codecs", i), "%s", err)
		}
		audio = audio || f.Media() == codecs.MediaAudio || err != nil
	}
	if !audio {
		r.add(key+".codecs", "has no audio codec; nobody could be heard")
	}
	if c.MaxParticipants < 0 || c.MaxParticipants > maxParticipants {
		r.add(key+".max_participants", "must be from 1 to %d, or 0 for the built-in limit", maxParticipants)
	}
}

// validID reports whether id can stand in a link and in a SIP URI as it is
// (unreserved characters of RFC 3986 2.3, without those that are a path).
func validID(id string) bool {
	if id == "" || len(id) > 64 || id == "." || id == ".." {
		return false
	}
	for _, r := range id {
		if (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && !strings.ContainsRune("._-", r) {
			return false
		}
	}
	return true
}

// reachable reports whether a conference of that id can be there.
func (c *Config) reachable(id string) bool {
	for i := range c.Conferences {
		if c.Conferences[i].ID == id {
			return true
		}
	}
	return c.Policy.OnDemand && validID(id)
}

func (c *Config) ids() []string {
	ids := make([]string, len(c.Conferences))
	for i := range c.Conferences {
		ids[i] = c.Conferences[i].ID
	}
	return ids
}
