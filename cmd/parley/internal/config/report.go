package config

import (
	"fmt"
	"strings"
)

// report gathers Problems and knows where each key got its value.
type report struct {
	doc      *document
	env      environment
	flags    commandLine
	sessions int // how many of multicast.sessions are the file's
	problems Problems
}

// add reports what is wrong with a key's value. A key that could not even be
// read has been reported already.
func (r *report) add(key, format string, args ...any) {
	for _, p := range r.problems {
		if p.Key == key || (p.Key != "" && under(key, p.Key)) {
			return
		}
	}
	p := r.locate(key)
	p.Key, p.Text = key, fmt.Sprintf(format, args...)
	r.problems = append(r.problems, p)
}

// under reports whether key lies below section.
func under(key, section string) bool {
	rest, ok := strings.CutPrefix(key, section)
	return ok && (strings.HasPrefix(rest, ".") || strings.HasPrefix(rest, "["))
}

// locate finds who set a key: what overrides the others comes first. A key
// that is missing from the file is located at the section that lacks it.
func (r *report) locate(key string) Problem {
	list, _, _ := strings.Cut(key, "[") // as flags and variables name it
	if flag, ok := r.flags.origin[list]; ok {
		return Problem{Where: flag}
	}
	var index int
	if n, _ := fmt.Sscanf(key, "multicast.sessions[%d]", &index); n == 1 && index >= r.sessions {
		return Problem{Where: "--" + flagSession}
	}
	if _, ok := r.env.values[list]; ok {
		return Problem{Where: EnvName(list)}
	}
	for at := key; at != ""; at = parent(at) {
		if line, ok := r.doc.lines[at]; ok {
			return Problem{Where: r.doc.name, Line: line}
		}
	}
	if r.doc.name != "" {
		return Problem{Where: r.doc.name}
	}
	return Problem{Where: "default"}
}

// given reports whether anybody set a key of a section.
func (r *report) given(section string) bool {
	if _, ok := r.doc.lines[section]; ok {
		return true
	}
	for key := range r.env.values {
		if under(key, section) {
			return true
		}
	}
	for key := range r.flags.origin {
		if under(key, section) {
			return true
		}
	}
	return false
}

// parent is the path of the section or list around key.
func parent(key string) string {
	i := strings.LastIndexAny(key, ".[")
	if i < 0 {
		return ""
	}
	return key[:i]
}
