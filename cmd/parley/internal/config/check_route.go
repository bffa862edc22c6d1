package config

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
)

func (c *Config) checkRoutes(r *report) {
	seen := make(map[string]int, len(c.Routes))
	for i := range c.Routes {
		route, key := &c.Routes[i], at("routes", i)
		route.check(r, key)
		if c.leadsBack(route.To) {
			r.add(key+".to", "%s is this bridge itself: who dials it would come back here, and go round or into the conference again", quote(route.To))
		}
		if first, ok := seen[route.Dial]; ok && route.Dial != "" {
			r.add(key+".dial", "%s is already that of routes[%d], which is taken", quote(route.Dial), first)
			continue
		}
		seen[route.Dial] = i
	}
}

// leadsBack reports whether a SIP or H.323 address is one on which this bridge
// answers. A name that only DNS knows is not looked up; calls by it that come back
// are refused when they do (RFC 3261 16.3).
func (c *Config) leadsBack(to string) bool {
	scheme, rest, _ := strings.Cut(to, ":")
	rest, _, _ = strings.Cut(rest, ";")
	rest, _, _ = strings.Cut(rest, "?")
	host := rest[strings.LastIndexByte(rest, '@')+1:]
	switch strings.ToLower(scheme) {
	case "sip":
		a := literalAt(host, 5060)
		return c.SIP.Enabled && a.IsValid() && c.own(a, []string{c.SIP.UDP, c.SIP.TCP})
	case "h323":
		host, _, _ = strings.Cut(host, "##")
		a := literalAt(host, 1720)
		return c.H323.Enabled && a.IsValid() && c.own(a, c.H323.Listen)
	}
	return false
}

func (o *Route) check(r *report, key string) {
	name, pattern := strings.CutSuffix(o.Dial, "*")
	switch {
	case o.Dial == "":
		r.add(key+".dial", "is missing: a number or name, or its beginning and *")
	case len(o.Dial) > maxNameLength || strings.ContainsAny(name, "* \t\r\n"):
		r.add(key+".dial", "must be up to %d characters without blanks, with * at its end only, not %s", maxNameLength, quote(o.Dial))
	}
	scheme, rest, _ := strings.Cut(o.To, ":")
	switch scheme = strings.ToLower(scheme); {
	case o.To == "":
		r.add(key+".to", "is missing: an address such as sip:{number}@pbx.example.com")
	case (scheme != "sip" && scheme != "h323" && scheme != "h323s") || rest == "" || len(o.To) > maxRouteLength:
		r.add(key+".to", "must be a sip:, h323: or h323s: address, not %s", quote(o.To))
	case strings.ContainsFunc(o.To, func(c rune) bool { return unicode.IsSpace(c) || unicode.IsControl(c) }):
		r.add(key+".to", "may not have blanks, as %s has", quote(o.To))
	case unknownPlaceholder(o.To) != "":
		name := unknownPlaceholder(o.To)
		r.add(key+".to", "has %s; {number} stands for all that is dialled, {rest} for what the * does%s", quote(name), didYouMean(nearest(name, placeholders)))
	case strings.HasSuffix(rest, "@") || strings.Contains(rest, "@;") || strings.HasPrefix(rest, "@") && scheme == "sip":
		r.add(key+".to", "has nobody or no host at its @: %s", quote(o.To))
	case scheme == "h323" && placeheldHost(rest):
		r.add(key+".to", "must have a host before ##, as h323:192.0.2.1##{number}, not %s", quote(o.To))
	case strings.Contains(o.To, "{rest}") && !pattern:
		r.add(key+".to", "has {rest}, but routes.dial no * for which it would stand")
	}
	// Whoever reached a trunk from anywhere would call at its owner's expense.
	if len(o.Allow) == 0 {
		r.add(key+".allow", "is missing: the networks from which this may be dialled; 0.0.0.0/0 and ::/0 are all")
	}
	for i, text := range o.Allow {
		if _, err := ParseProxy(text); err != nil {
			r.add(at(key+".allow", i), "%v", err)
		}
	}
}

// placeheldHost reports whether a placeholder stands where "host##number" has its
// host: what is dialled would be taken for a name, and never called.
func placeheldHost(address string) bool {
	host, _, ok := strings.Cut(address, "##")
	return ok && !strings.Contains(address, "@") && strings.ContainsAny(host, "{}")
}

// placeholders of routes.to.
var placeholders = []string{"{number}", "{rest}"}

var braces = regexp.MustCompile(`\{[^{}]*\}|[{}]`)

// unknownPlaceholder returns what looks like a placeholder of an address and is
// none, "" where all are known.
func unknownPlaceholder(to string) string {
	for _, found := range braces.FindAllString(to, -1) {
		if !slices.Contains(placeholders, found) {
			return found
		}
	}
	return ""
}
