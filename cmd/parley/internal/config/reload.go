package config

import (
	"reflect"
	"slices"
)

// live are the keys whose change takes effect while parley runs. Of
// conferences everything is live but their multicast groups.
func live(key string) bool {
	switch key {
	case "api.token", "policy.on_demand", "default_conference", "conferences", "routes", "h323.ask_number", "webrtc.origins", "log.level":
		return true
	}
	return false
}

// NeedRestart returns the keys, sorted, whose values in next differ from what
// runs and that only a restart brings into force.
func NeedRestart(running, next *Config) []string {
	var keys []string
	now, then := flatten(*running), flatten(*next)
	for key, value := range now {
		if !live(key) && !same(value, then[key]) {
			keys = append(keys, key)
		}
	}
	if !reflect.DeepEqual(running.groups(), next.groups()) {
		keys = append(keys, "conferences[].multicast")
	}
	slices.Sort(keys)
	return keys
}

// Changed returns the live keys, sorted, whose values in next differ from what
// runs.
func Changed(running, next *Config) []string {
	var keys []string
	now, then := flatten(*running), flatten(*next)
	for key, value := range now {
		if key != "conferences" && live(key) && !same(value, then[key]) {
			keys = append(keys, key)
		}
	}
	if !reflect.DeepEqual(running.withoutGroups(), next.withoutGroups()) {
		keys = append(keys, "conferences")
	}
	slices.Sort(keys)
	return keys
}

// withoutGroups is what is live of the conferences.
func (c *Config) withoutGroups() []Conference {
	out := make([]Conference, len(c.Conferences))
	for i, conf := range c.Conferences {
		conf.Multicast, conf.Codecs = nil, append([]string{}, conf.Codecs...)
		conf.Numbers = append([]string{}, conf.Numbers...)
		out[i] = conf
	}
	return out
}

// TakeLive takes over from next what is live.
func (c *Config) TakeLive(next *Config) {
	groups := c.groups()
	c.API.Token, c.Policy.OnDemand, c.Log.Level = next.API.Token, next.Policy.OnDemand, next.Log.Level
	c.DefaultConference, c.WebRTC.Origins = next.DefaultConference, next.WebRTC.Origins
	c.Routes, c.H323.AskNumber = next.Routes, next.H323.AskNumber
	c.Conferences = slices.Clone(next.Conferences)
	for i := range c.Conferences {
		c.Conferences[i].Multicast = groups[c.Conferences[i].ID]
	}
}

// groups are the multicast groups by conference.
func (c *Config) groups() map[string][]Group {
	out := make(map[string][]Group)
	for i := range c.Conferences {
		if g := c.Conferences[i].Multicast; len(g) > 0 {
			out[c.Conferences[i].ID] = g
		}
	}
	return out
}

// same compares values, for which no list and an empty one are the same.
func same(a, b any) bool {
	va, vb := reflect.ValueOf(a), reflect.ValueOf(b)
	if va.Kind() == reflect.Slice && va.Len() == 0 && vb.Len() == 0 {
		return true
	}
	return reflect.DeepEqual(a, b)
}
