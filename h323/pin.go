package h323

import (
	"reflect"
	"strings"

	"parley/h323/h225"
)

// WithoutPINs returns aliases as gatekeepers know them: without the PIN that may
// stand behind a name ("board;pin=4711"), which is for the called one alone.
func WithoutPINs(aliases []h225.AliasAddress) []h225.AliasAddress {
	var bare []h225.AliasAddress
	for i, a := range aliases {
		b, had := withoutPIN(a)
		if had && bare == nil {
			bare = append(make([]h225.AliasAddress, 0, len(aliases)), aliases[:i]...)
		}
		if bare != nil {
			bare = append(bare, b)
		}
	}
	if bare == nil {
		return aliases
	}
	return bare
}

// WithPINs returns the aliases to call by, of those that were dialled and those to
// which a gatekeeper has mapped them. Where it has but repeated them, that is as
// they were dialled.
func WithPINs(dialled, mapped []h225.AliasAddress) []h225.AliasAddress {
	if len(mapped) == 0 || reflect.DeepEqual(mapped, WithoutPINs(dialled)) {
		return dialled
	}
	return mapped
}

func withoutPIN(a h225.AliasAddress) (bare h225.AliasAddress, had bool) {
	switch {
	case a.H323ID != "":
		text, had := cutPIN(a.H323ID)
		switch {
		case !had:
			return a, false
		case isDialled(text):
			return h225.AliasAddress{DialledDigits: text}, true
		}
		return h225.AliasAddress{H323ID: text}, true
	case a.URLID != "":
		if text, had := cutPIN(a.URLID); had {
			return h225.AliasAddress{URLID: text}, true
		}
	}
	return a, false
}

// cutPIN takes a parameter "pin" out of "name;pin=1234" or a URL.
func cutPIN(text string) (bare string, had bool) {
	bare, params, more := strings.Cut(text, ";")
	if bare == "" {
		return text, false
	}
	for more {
		var p string
		p, params, more = strings.Cut(params, ";")
		if key, value, _ := strings.Cut(p, "="); strings.EqualFold(strings.TrimSpace(key), "pin") {
			had = true
			if i := strings.IndexByte(value, '@'); i >= 0 { // what follows is the host
				bare += value[i:]
			}
			continue
		}
		bare += ";" + p
	}
	return bare, had
}
