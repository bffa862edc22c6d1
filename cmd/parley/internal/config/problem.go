package config

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Problem is one thing that is wrong with what was configured.
type Problem struct {
	// Where is the file, the variable, the flag, or "default" for a value that
	// nobody set and that another one made impossible.
	Where string
	Line  int    // in the file, from 1; 0 elsewhere
	Key   string // "conferences[0].pin"; empty when it is about the whole file
	Text  string
}

// String returns "parley.yaml:3: http.listen: text".
func (p Problem) String() string {
	var b strings.Builder
	b.WriteString(p.Where)
	if p.Line > 0 {
		b.WriteByte(':')
		b.WriteString(strconv.Itoa(p.Line))
	}
	b.WriteString(": ")
	if p.Key != "" {
		b.WriteString(p.Key)
		b.WriteString(": ")
	}
	b.WriteString(p.Text)
	return b.String()
}

// Problems are all that was found, those of the file first and by line.
type Problems []Problem

// Error returns one line for each Problem.
func (ps Problems) Error() string {
	lines := make([]string, 0, len(ps)+1)
	for i, p := range ps {
		if i == maxProblems {
			lines = append(lines, fmt.Sprintf("and %d more", len(ps)-i))
			break
		}
		lines = append(lines, p.String())
	}
	return strings.Join(lines, "\n")
}

// sorted puts Problems of the file in front, by line, and keeps the order of
// discovery among the others.
func (ps Problems) sorted() Problems {
	slices.SortStableFunc(ps, func(a, b Problem) int {
		switch {
		case a.Line > 0 && b.Line > 0:
			return a.Line - b.Line
		case a.Line > 0:
			return -1
		case b.Line > 0:
			return 1
		}
		return 0
	})
	return ps
}

// quote repeats a foreign value, cut and with control characters escaped: the
// report goes to a terminal.
func quote(s string) string {
	if len(s) > maxQuoted {
		return strconv.Quote(strings.ToValidUTF8(s[:maxQuoted], "")) + "..."
	}
	return strconv.Quote(s)
}
