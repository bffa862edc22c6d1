package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"net/netip"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"parley/cmd/parley/internal/config"
	"parley/codecs"
	"parley/multicast"
	"parley/multicast/sap"
	"parley/qos/rtp"
	"parley/qos/rtp/srtp"
)

// target is a group that a command joins by itself, without a bridge: an SDP file,
// an address, or a session that is announced.
type target struct {
	name       string // as it was given
	codec, key string
	// payloadType is that of codec; 0: its static one, else 96.
	payloadType int
	iface       string
	ttl         int // 0: the description's, else multicast.DefaultTTL
	wait        time.Duration
}

// groupScheme is that of groups without a description, as ffmpeg and VLC write it.
const groupScheme = "rtp://"

// find returns the group. notes is told what is left out, or waited for. The error
// is a *failure when it is not of how the command was called.
func (t *target) find(ctx context.Context, set *codecs.Set, notes func(string, ...any)) (multicast.GroupConfig, error) {
	if err := checkInterface(t.iface); err != nil {
		return multicast.GroupConfig{}, err
	}
	reading := multicast.Reading{Codecs: set}
	var err error
	if reading.Key, err = t.readKey(); err != nil {
		return multicast.GroupConfig{}, err
	}
	g, left, err := t.describe(ctx, reading, notes)
	if err != nil {
		return g, err
	}
	for _, why := range left {
		notes("Left out: %v", why)
	}
	// An announced session is joined where it is announced: the system's choice is
	// one interface for all groups.
	g.Conference, g.Interface, g.VideoStreams = hereConference, cmp.Or(t.iface, g.Interface), multicast.VideoActive
	// A description's own key holds before that of the environment, and the command
	// line's before both.
	for _, m := range g.Media() {
		if reading.Key != nil && (t.key != "" || t.bare()) {
			m.Crypto = reading.Key
		}
	}
	if err := g.Validate(set); err != nil {
		return g, &failure{err}
	}
	return g, nil
}

// groupKey is the variable of the environment with the key of a group, which
// stands in no list of processes.
const groupKey = "PARLEY_GROUP_KEY"

// readKey returns the key of the command line or, without one, of the environment;
// nil where there is neither.
func (t *target) readKey() (*srtp.Crypto, error) {
	text, name := t.key, "--key"
	if text == "" {
		text, name = os.Getenv(groupKey), groupKey
	}
	if text == "" {
		return nil, nil //nolint:nilnil // no key is no error
	}
	key, err := srtp.Parse(text)
	if err != nil {
		return nil, fmt.Errorf("%s must be as in a=crypto of SDP, SUITE inline:KEY: %w", name, err)
	}
	return key, nil
}

// bare reports whether the target is an address without a description.
func (t *target) bare() bool { return strings.HasPrefix(t.name, groupScheme) }

// checkInterface wants one that is there; "": any is.
func checkInterface(name string) error {
	if err := config.CheckInterface(name); err != nil {
		return fmt.Errorf("--interface: %w", err)
	}
	return nil
}

func (t *target) describe(ctx context.Context, reading multicast.Reading, notes func(string, ...any)) (g multicast.GroupConfig, left []error, err error) {
	info, missing := os.Stat(t.name)
	switch {
	case t.bare():
		g, err = t.address(reading.Codecs, notes)
		return g, nil, err
	case t.name == "", strings.Contains(t.name, "://"), missing == nil && info.IsDir() && strings.ContainsRune(t.name, os.PathSeparator):
		return g, nil, fmt.Errorf("%q is no SDP file, no %sGROUP:PORT, and no title of a session", t.name, groupScheme)
	case missing != nil && isGroup(t.name):
		return g, nil, fmt.Errorf("%s is an address: give it as %s%[1]s", t.name, groupScheme)
	case t.codec != "", t.payloadType != 0:
		return g, nil, fmt.Errorf("--codec and --payload-type are for %sGROUP:PORT; an SDP file and an announcement say it themselves", groupScheme)
	case missing == nil && !info.IsDir(), strings.HasSuffix(t.name, ".sdp"):
		if g, left, err = reading.File(t.name); err != nil {
			return g, nil, &failure{explainKey(err, reading)}
		}
		if t.ttl != 0 {
			g.TTL = t.ttl
		}
		return g, left, nil
	}
	s, err := t.announced(ctx, notes)
	if err != nil {
		return g, nil, err
	}
	return t.joinable(s, reading)
}

// isGroup reports whether somebody forgot the scheme of an address.
func isGroup(name string) bool {
	_, err := config.ParseGroup(name)
	return err == nil
}

// joinable is the group of an announced session.
func (t *target) joinable(s *sap.Session, reading multicast.Reading) (g multicast.GroupConfig, left []error, err error) {
	if g, left, err = reading.Parse(s.SDP); err == nil {
		err = harmless(&g, s, nil)
	}
	if err != nil {
		return g, nil, &failure{explainKey(fmt.Errorf("session %q: %w", s.Title, err), reading)}
	}
	g.Interface = s.Interface
	// A stranger's description does not decide how far we send.
	if most := max(t.ttl, multicast.DefaultTTL); g.TTL == 0 || g.TTL > most {
		g.TTL = most
	}
	return g, left, nil
}

// explainKey says what to do about a description that does not tell its key.
func explainKey(err error, reading multicast.Reading) error {
	if reading.Key == nil && errors.Is(err, multicast.ErrNoKey) {
		return fmt.Errorf("%w; who runs the group knows the key: give it by --key", err)
	}
	return err
}

// writtenZone is that of an IPv6 address as people write it, and the configuration has it;
// in a URL its % is written %25 (RFC 6874 2).
var writtenZone = regexp.MustCompile(`%(?:25)?([^%\[\]/?]+\])`)

// address is a group of one medium, as "rtp://239.1.2.3:5004?ttl=4", with the
// parameters that ffmpeg knows: ttl, and sources or block, lists of addresses.
func (t *target) address(set *codecs.Set, notes func(string, ...any)) (g multicast.GroupConfig, err error) {
	u, err := url.Parse(writtenZone.ReplaceAllString(t.name, "%25$1"))
	if err != nil {
		return g, fmt.Errorf("%q is no address of a group: %w", t.name, err)
	}
	if _, err := netip.ParseAddrPort(u.Host); err != nil {
		return g, fmt.Errorf("%q must be %sGROUP:PORT, such as %[2]s239.255.42.42:5004 or %[2]s[ff15::42]:5004", t.name, groupScheme)
	}
	for _, key := range slices.Sorted(maps.Keys(u.Query())) {
		if !slices.Contains([]string{"ttl", "sources", "block"}, key) {
			notes("Not heeded of %s: %s; ttl, sources and block are.", t.name, key)
		}
	}
	group, err := config.ParseGroup(u.Host)
	if err != nil {
		return g, fmt.Errorf("%q: the group %w", t.name, err)
	}
	g.TTL = t.ttl
	if text := u.Query().Get("ttl"); text != "" && t.ttl == 0 {
		if g.TTL, err = strconv.Atoi(text); err != nil || g.TTL < 1 || g.TTL > 255 {
			return g, fmt.Errorf("%q: ttl must be from 1 to 255, not %s", t.name, text)
		}
	}
	sources, err := sourceFilter(u.Query())
	if err != nil {
		return g, fmt.Errorf("%q: %w", t.name, err)
	}
	codec := t.codec
	if codec == "" {
		codec = "PCMU" // which every RTP program plays without a description
	}
	stream := config.Stream{Codec: codec}
	format, err := stream.Format(set)
	if err != nil {
		return g, fmt.Errorf("--codec: %w", err)
	}
	payloadType := t.payloadType
	switch {
	case payloadType == 0:
		payloadType = config.StaticPayloadType(codec)
	case payloadType < 0 || payloadType > 127 || payloadType >= 64 && payloadType <= 95: // RFC 5761 4
		return g, fmt.Errorf("--payload-type must be from 0 to 63 or 96 to 127, not %d", payloadType)
	}
	m := &multicast.MediaConfig{
		Addr:    netip.AddrPortFrom(group.Addr().Unmap(), group.Port()),
		Formats: []codecs.Mapping{{PayloadType: uint8(payloadType), Format: format}},
		Sources: sources,
	}
	if format.Media() == codecs.MediaVideo {
		g.Video = m
	} else {
		g.Audio = m
	}
	return g, nil
}

func sourceFilter(q url.Values) (f rtp.SourceFilter, err error) {
	text := q.Get("sources")
	if text != "" && q.Get("block") != "" {
		return f, errors.New("both sources and block; give one")
	}
	if f.Mode = rtp.FilterInclude; text == "" {
		if f.Mode, text = rtp.FilterExclude, q.Get("block"); text == "" {
			return rtp.SourceFilter{}, nil
		}
	}
	for one := range strings.SplitSeq(text, ",") {
		a, err := netip.ParseAddr(one)
		if err != nil {
			return f, fmt.Errorf("source %q is no address", one)
		}
		f.Sources = append(f.Sources, a.Unmap())
	}
	return f, nil
}

// announced waits for a session that has this title, or ID.
func (t *target) announced(ctx context.Context, notes func(string, ...any)) (*sap.Session, error) {
	var interfaces []string
	if t.iface != "" {
		interfaces = []string{t.iface}
	}
	listener, err := sap.Listen(sap.ListenConfig{Interfaces: interfaces})
	if err != nil {
		return nil, &failure{err}
	}
	defer listener.Close()
	notes("Waiting up to %v for the announcement of %q ...", t.wait, t.name)
	timer := time.NewTimer(t.wait)
	defer timer.Stop()
	for {
		sessions, changed := listener.Sessions()
		s, err := pick(sessions, t.name)
		if s != nil || err != nil {
			return s, err
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return nil, &failure{errors.New("given up")}
		case <-timer.C:
			return nil, &failure{fmt.Errorf("no session %q was announced within %v, and there is no such file; announcers may be silent for minutes: --wait longer, or see \"parley sessions\"", t.name, t.wait)}
		}
	}
}

// pick finds a session by its ID, else by its title; nil: it is not there.
func pick(sessions []sap.Session, name string) (*sap.Session, error) {
	var found []*sap.Session
	var ids []string
	for i := range sessions {
		if sessions[i].ID == name {
			return &sessions[i], nil
		}
		if strings.EqualFold(sessions[i].Title, name) {
			found, ids = append(found, &sessions[i]), append(ids, sessions[i].ID)
		}
	}
	switch len(found) {
	case 0:
		return nil, nil
	case 1:
		return found[0], nil
	}
	return nil, &failure{errors.New("several sessions have this title; give the id of one: " + strings.Join(ids, ", "))}
}
