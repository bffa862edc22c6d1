package config

import "strings"

func (c *Config) checkRoutes(r *report) {
	seen := make(map[string]int, len(c.Routes))
	for i := range c.Routes {
		route, key := &c.Routes[i], at("routes", i)
		route.check(r, key)
		if first, ok := seen[route.Dial]; ok && route.Dial != "" {
			r.add(key+".dial", "%s is already that of routes[%d], which is taken", quote(route.Dial), first)
			continue
		}
		seen[route.Dial] = i
	}
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
	case (scheme != "sip" && scheme != "h323") || rest == "" || len(o.To) > maxRouteLength:
		r.add(key+".to", "must be a sip: or h323: address, not %s", quote(o.To))
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
