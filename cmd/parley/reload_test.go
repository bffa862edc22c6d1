package main

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/pflag"
	"go.uber.org/goleak"

	"parley/cmd/parley/internal/config"
	"parley/codecs/builtin"
)

const quiet = `
http: {listen: "127.0.0.1:0"}
sip: {udp: "127.0.0.1:0", tcp: ""}
h323: {listen: ["127.0.0.1:0"], multiplex: "127.0.0.1:0"}
gatekeeper: {listen: ["127.0.0.1:0"]}
webrtc: {udp: "127.0.0.1:0", tcp: ""}
multicast: {enabled: false}
rtp: {ports: {low: 41000, high: 41999}}
`

// What can change live does; what cannot is named; a wrong file changes
// nothing.
func TestReload(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	path := filepath.Join(t.TempDir(), "parley.yaml")
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(path, []byte(quiet+text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("conferences: [{id: a, pin: \"1111\"}]\n")
	o := config.Options{File: path, Codecs: builtin.Set()}
	cfg, err := config.Load(o)
	if err != nil {
		t.Fatal(err)
	}
	var text bytes.Buffer
	level := new(slog.LevelVar)
	log := newLog(cfg, level, &text)
	h, err := open(t.Context(), cfg, o.Codecs, log)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := h.close(context.Background()); err != nil {
			t.Error(err)
		}
	}()
	r := &reloader{options: o, running: *cfg, house: h, level: level, log: log}
	conferences := func() string {
		var ids []string
		for _, c := range h.bridge.Conferences() {
			s := c.Settings()
			ids = append(ids, s.ID+":"+s.PIN)
		}
		return strings.Join(ids, " ")
	}
	expect := func(list string, level slog.Level, logged string) {
		t.Helper()
		if got := conferences(); got != list {
			t.Errorf("conferences %q, want %q", got, list)
		}
		if r.level.Level() != level {
			t.Errorf("log level %v, want %v", r.level.Level(), level)
		}
		if !strings.Contains(text.String(), logged) {
			t.Errorf("no %q in log:\n%s", logged, &text)
		}
		text.Reset()
	}

	write("conferences: [{id: a, pin: \"2222\"}, {id: b}]\nlog: {level: warn}\npolicy: {on_demand: true}\nsip: {udp: \"127.0.0.1:1\"}\n")
	r.reload()
	expect("a:1111", slog.LevelInfo, "sip: is given twice")

	write("conferences: [{id: a, pin: \"2222\"}, {id: b}]\nlog: {level: warn}\npolicy: {on_demand: true}\napi: {token: 0123456789abcdef}\ndscp: {audio: CS5}\n")
	r.reload()
	expect("a:2222 b:", slog.LevelWarn, "keys=[dscp.audio]")
	r.reload() // as on SIGHUP after the change was seen
	if strings.Contains(text.String(), "wait for a restart") {
		t.Errorf("told again:\n%s", &text)
	}
	text.Reset()
	if _, err := h.bridge.Open("on-demand"); err != nil {
		t.Errorf("on demand: %v", err)
	}
	if got := status(t, h, "/api/v1/conferences", ""); got != http.StatusUnauthorized {
		t.Errorf("without the new token: %d", got)
	}

	const elsewhere = "https://app.example.org"
	if got := status(t, h, "/c/a/ws", elsewhere); got != http.StatusForbidden {
		t.Errorf("from a strange page: %d", got)
	}
	allowing := strings.Replace(quiet, "webrtc: {", "webrtc: {origins: ["+elsewhere+"], ", 1)
	if err := os.WriteFile(path, []byte(allowing+"conferences: [{id: a, pin: \"2222\"}, {id: b}]\nlog: {level: warn}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	r.reload()
	if got := status(t, h, "/c/a/ws", elsewhere); got != http.StatusUpgradeRequired {
		t.Errorf("from a page that may: %d", got)
	}

	write("conferences: [{id: \"a b\"}]\n")
	r.reload()
	expect("a:2222 b: on-demand:", slog.LevelWarn, `conferences[0].id: may have`)

	write("conferences: [{id: a, pin: \"2222\"}, {id: b}]\nlog: {level: info}\n")
	r.reload()
	expect("a:2222 b: on-demand:", slog.LevelInfo, `msg="configuration reloaded" changed="[log.level webrtc.origins]"`)
}

// A file that disappears takes neither PINs nor token with it, whether it was
// named or found; one that is there only later counts from then on.
func TestReloadWithoutItsFile(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	for _, tt := range []struct {
		name         string
		named, there bool
	}{{"named", true, true}, {"found", false, true}, {"came later", false, false}} {
		t.Run(tt.name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			write := func() {
				t.Helper()
				text := quiet + "conferences: [{id: a, pin: \"1111\"}]\napi: {token: 0123456789abcdef}\n"
				if err := os.WriteFile(config.DefaultFile, []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			write()
			o := config.Options{Codecs: builtin.Set()}
			if tt.named {
				o.File = config.DefaultFile
			}
			cfg, err := config.Load(o)
			if err != nil {
				t.Fatal(err)
			}
			var text bytes.Buffer
			log := slog.New(slog.NewTextHandler(&text, nil))
			h, err := open(t.Context(), cfg, o.Codecs, log)
			if err != nil {
				t.Fatal(err)
			}
			defer func() {
				if err := h.close(context.Background()); err != nil {
					t.Error(err)
				}
			}()
			r := &reloader{options: o, running: *cfg, house: h, level: new(slog.LevelVar), log: log}
			if tt.there {
				r.options.File = o.Path()
			} else {
				r.reload()
			}
			if err := os.Remove(config.DefaultFile); err != nil {
				t.Fatal(err)
			}
			text.Reset()
			r.reload()
			if !strings.Contains(text.String(), `msg="parley.yaml is gone; the old settings stay"`) {
				t.Errorf("log:\n%s", &text)
			}
			if c := h.bridge.Conferences(); len(c) != 1 || !c[0].NeedsPIN() {
				t.Errorf("conferences %v", c)
			}
			if got := status(t, h, "/api/v1/conferences", ""); got != http.StatusUnauthorized {
				t.Errorf("without token: %d", got)
			}
			write()
			text.Reset()
			r.reload()
			if !strings.Contains(text.String(), `msg="configuration reloaded" changed=[]`) {
				t.Errorf("log:\n%s", &text)
			}
		})
	}
}

func status(t *testing.T, h *house, path, origin string) int {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+h.address.String()+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	if origin != "" {
		req.Header.Set("Origin", origin)
	}
	client := &http.Client{}
	defer client.CloseIdleConnections()
	res, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	_, _ = io.Copy(io.Discard, res.Body)
	return res.StatusCode
}

// A file that is replaced by renaming, as editors do, is noticed.
func TestWatchFile(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	folder := t.TempDir()
	path := filepath.Join(folder, "parley.yaml")
	for _, name := range []string{path, path + ".new"} {
		if err := os.WriteFile(name, []byte("{}\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	w, err := watchFile(path)
	if err != nil {
		t.Fatal(err)
	}
	defer w.close()
	if err := os.Rename(path+".new", path); err != nil {
		t.Fatal(err)
	}
	<-w.changed()
	if err := os.WriteFile(path, []byte("{}\n\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	<-w.changed()
}

// Each flag sets the key that it names.
func TestFlagsSetTheirKeys(t *testing.T) {
	fs := pflag.NewFlagSet("serve", pflag.ContinueOnError)
	config.AddFlags(fs)
	args := []string{"--listen=127.0.0.1:1", "--sip-udp=127.0.0.1:2", "--sip-tcp=", "--h323-listen=127.0.0.1:3,[::1]:3", "--webrtc-udp=127.0.0.1:4", "--webrtc-tcp=127.0.0.1:5",
		"--external-address=192.0.2.1", "--multicast-interface=lo", "--api-token=0123456789abcdef", "--log-level=error", "--log-format=json",
		"--rtp-ports=30000-30100", "--on-demand"}
	if err := fs.Parse(args); err != nil {
		t.Fatal(err)
	}
	got, err := config.Load(config.Options{Flags: fs, Codecs: builtin.Set(), Environ: []string{}})
	if err != nil {
		t.Fatal(err)
	}
	want := config.Defaults()
	want.HTTP.Listen, want.SIP.UDP, want.SIP.TCP = "127.0.0.1:1", "127.0.0.1:2", ""
	want.H323.Listen = []string{"127.0.0.1:3", "[::1]:3"}
	want.WebRTC.UDP, want.WebRTC.TCP, want.ExternalAddress = "127.0.0.1:4", "127.0.0.1:5", "192.0.2.1"
	want.Multicast.Interface, want.API.Token = "lo", "0123456789abcdef"
	want.Log, want.RTP.Ports = config.Log{Level: "error", Format: "json"}, config.PortRange{Low: 30000, High: 30100}
	want.Policy.OnDemand = true
	if keys := config.NeedRestart(&want, got); len(keys) > 0 {
		t.Errorf("differ: %v", keys)
	}
	if got.API.Token != want.API.Token || got.Log.Level != "error" || !got.Policy.OnDemand {
		t.Errorf("live keys: %+v", got)
	}
}
