package config

import (
	"strconv"
	"strings"

	"github.com/spf13/pflag"
)

// Flag binds a flag of the command line to a key.
type Flag struct {
	Name, Key, Usage string
}

// Flags are those of "parley serve" that set one key each, in the order of the
// help text. Whatever is in the way when parley starts, an address or a port,
// can be changed by one of them.
func Flags() []Flag {
	return []Flag{
		{"listen", "http.listen", "address of page, API and metrics, `HOST:PORT`"},
		{"sip-udp", "sip.udp", "address of SIP over UDP, `HOST:PORT`; \"\" for none"},
		{"sip-tcp", "sip.tcp", "address of SIP over TCP, `HOST:PORT`; \"\" for none"},
		{"h323-listen", "h323.listen", "addresses of H.323, `HOST:PORT`, with commas between; \"\" for outgoing calls only"},
		{"h323-multiplex", "h323.multiplex", "address of media of H.323 endpoints behind firewalls (UDP), `HOST:PORT`; \"\" for none"},
		{"gatekeeper-listen", "gatekeeper.listen", "addresses of the H.323 gatekeeper (UDP), `HOST:PORT`, with commas between"},
		{"webrtc-udp", "webrtc.udp", "address of all browsers' media, `HOST:PORT`"},
		{"webrtc-tcp", "webrtc.tcp", "address of browsers' media over TCP, `HOST:PORT`; \"\" for none"},
		{"external-address", "external_address", "`IP` at which others reach this machine, behind NAT or in a container"},
		{"multicast-interface", "multicast.interface", "network `INTERFACE` of multicast groups"},
		{"api-token", "api.token", "`TOKEN` that every call of the API must bring (better in PARLEY_API_TOKEN)"},
		{"log-level", "log.level", "debug, info, warn or error"},
		{"log-format", "log.format", "text or json"},
	}
}

// The flags that are more than one key.
const (
	flagRTPPorts   = "rtp-ports"
	flagOnDemand   = "on-demand"
	flagSession    = "session"
	flagConference = "conference"
)

// AddFlags defines all flags that Load understands. Their help shows the
// defaults of Defaults.
func AddFlags(fs *pflag.FlagSet) {
	defaults := flatten(Defaults())
	for _, f := range Flags() {
		value, _ := defaults[f.Key].(string)
		if list, is := defaults[f.Key].([]string); is {
			value = strings.Join(list, ",")
		}
		fs.String(f.Name, value, f.Usage)
	}
	d := Defaults()
	fs.String(flagRTPPorts, strconv.Itoa(d.RTP.Ports.Low)+"-"+strconv.Itoa(d.RTP.Ports.High), "UDP ports of SIP and H.323 calls' media, `LOW-HIGH`")
	fs.Bool(flagOnDemand, d.Policy.OnDemand, "let callers open conferences that are not declared")
	fs.StringArray(flagSession, nil, "SDP `FILE` of a multicast session to take into a conference (may be repeated)")
	fs.String(flagConference, "", "conference that --session goes to (default: the first declared)")
}

// FlagFor returns how the command line sets a key, "--listen", or "".
func FlagFor(key string) string {
	for _, f := range Flags() {
		if f.Key == key {
			return "--" + f.Name
		}
	}
	return ""
}

// commandLine is what the flags say.
type commandLine struct {
	values   map[string]any    // by key
	origin   map[string]string // key to flag
	sessions []Session
	problems []Problem
}

// readFlags takes those flags that were given.
func readFlags(fs *pflag.FlagSet) commandLine {
	c := commandLine{values: make(map[string]any), origin: make(map[string]string)}
	if fs == nil {
		return c
	}
	set := func(flag, key string, value any) {
		c.values[key], c.origin[key] = value, "--"+flag
	}
	defaults := flatten(Defaults())
	for _, f := range Flags() {
		if fs.Changed(f.Name) {
			text, _ := fs.GetString(f.Name)
			var value any = text
			if _, is := defaults[f.Key].([]string); is {
				value = splitList(text)
			}
			set(f.Name, f.Key, value)
		}
	}
	if fs.Changed(flagOnDemand) {
		value, _ := fs.GetBool(flagOnDemand)
		set(flagOnDemand, "policy.on_demand", value)
	}
	if fs.Changed(flagRTPPorts) {
		text, _ := fs.GetString(flagRTPPorts)
		lowText, highText, _ := strings.Cut(text, "-")
		low, okLow := kindInt.parse(lowText)
		high, okHigh := kindInt.parse(highText)
		if !okLow || !okHigh {
			c.problems = append(c.problems, Problem{Where: "--" + flagRTPPorts, Key: "rtp.ports", Text: "must be LOW-HIGH, such as 20000-29999, not " + quote(text)})
		} else {
			set(flagRTPPorts, "rtp.ports.low", low)
			set(flagRTPPorts, "rtp.ports.high", high)
		}
	}
	conference, _ := fs.GetString(flagConference)
	files, _ := fs.GetStringArray(flagSession)
	for _, f := range files {
		c.sessions = append(c.sessions, Session{File: f, Conference: conference})
	}
	if fs.Changed(flagConference) && len(files) == 0 {
		c.problems = append(c.problems, Problem{Where: "--" + flagConference, Text: "says where --session goes, and no --session is given"})
	}
	return c
}
