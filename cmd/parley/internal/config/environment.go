package config

import (
	"slices"
	"strings"
)

// envPrefix begins every variable: http.tls_cert is PARLEY_HTTP_TLS_CERT.
const envPrefix = "PARLEY_"

// EnvName is the variable of a key.
func EnvName(key string) string {
	return envPrefix + strings.ToUpper(strings.ReplaceAll(key, ".", "_"))
}

// environment is the variables that name keys.
type environment struct {
	values   map[string]any // by key, those of the right type
	problems []Problem
}

// readEnvironment sorts the variables ("NAME=value") by the keys they name.
//
// A variable with our prefix that names no key is passed over, because
// orchestrators set such ones for a service called parley (PARLEY_PORT,
// PARLEY_SERVICE_HOST); but one that is nearly a key's is a typing error.
func readEnvironment(environ []string, root *schema) environment {
	keys, names := make(map[string]string), []string{}
	kinds := make(map[string]*schema)
	root.walk("", func(path string, s *schema) {
		name := EnvName(path)
		keys[name], kinds[path] = path, s
		names = append(names, name)
	})
	e := environment{values: make(map[string]any)}
	for _, line := range environ {
		name, value, _ := strings.Cut(line, "=")
		if !strings.HasPrefix(name, envPrefix) {
			continue
		}
		key, ok := keys[name]
		if !ok {
			if near := nearName(name, names); near != "" {
				e.problems = append(e.problems, Problem{Where: name, Text: "names no key" + didYouMean(near)})
			}
			continue
		}
		s := kinds[key]
		if s.kind == kindList {
			e.problems = append(e.problems, Problem{Where: name, Key: key, Text: "is a list of sections and can only be given in the file"})
			continue
		}
		v, ok := s.kind.parse(value)
		if !ok {
			e.problems = append(e.problems, Problem{Where: name, Key: key, Text: s.kind.expects() + ", not " + quote(value)})
			continue
		}
		e.values[key] = v // an empty text too: PARLEY_SIP_TCP= turns it off
	}
	slices.SortFunc(e.problems, func(a, b Problem) int { return strings.Compare(a.Where, b.Where) })
	return e
}

// nearName returns the name that is at most two letters away.
func nearName(name string, names []string) string {
	if len(name) > maxSuggest {
		return ""
	}
	for _, n := range names {
		if distance(name, n) <= 2 {
			return n
		}
	}
	return ""
}
