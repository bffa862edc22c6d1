package doctor

import "slices"

// Severity is how bad a Finding is.
type Severity string

// The severities. A problem keeps multicast from working; a warning will, at times
// or later; an info says what is not known, or may be wanted so.
const (
	OK      Severity = "ok"
	Info    Severity = "info"
	Warning Severity = "warning"
	Problem Severity = "problem"
)

// Finding is one thing that was found.
type Finding struct {
	Check    string   `json:"check"`
	Severity Severity `json:"severity"`
	Text     string   `json:"text"`
	Fix      string   `json:"fix,omitempty"`
}

// Report is what was observed and what it means.
type Report struct {
	OK       bool         `json:"ok"` // no problem was found
	Findings []Finding    `json:"findings"`
	Observed *Observation `json:"observed"`
}

// Judge says what an Observation means.
func Judge(obs *Observation) *Report {
	j := &judge{o: obs}
	j.network()
	j.querier()
	j.loopback()
	j.filters()
	j.limits()
	j.echo()
	j.reach()
	return &Report{
		OK:       !slices.ContainsFunc(j.findings, func(f Finding) bool { return f.Severity == Problem }),
		Findings: j.findings, Observed: obs,
	}
}
