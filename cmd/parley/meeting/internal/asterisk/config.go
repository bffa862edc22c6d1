//go:build linux

package asterisk

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Who may order an Asterisk about, over its manager port.
const (
	managerPort   = "5038"
	managerUser   = "meeting"
	managerSecret = "meeting"
)

// loaded are Asterisk's modules: naming them keeps out what would listen,
// resolve names or complain about missing configuration.
var loaded = strings.Fields(`res_sorcery_config res_pjproject res_timing_timerfd
	res_rtp_asterisk chan_ooh323 pbx_config codec_ulaw codec_alaw codec_resample
	format_wav format_pcm bridge_simple bridge_softmix app_confbridge app_echo
	app_playtones app_senddtmf app_mixmonitor app_verbose
	func_channel func_callerid func_logic func_strings`)

// Extensions of every Asterisk here.
const (
	Echo       = "600" // sends back what it hears
	Meet       = "601" // plays Tone, and records what it hears
	Conference = "602" // ConfBridge
	Busy       = "603"
	Ring       = "604" // for ever
	Leave      = "605" // hangs up after a second
	Congestion = "606"
)

// Tone is what Meet plays, in Hz.
const Tone = 1209.0

// extensions is the dialplan. Names beside numbers: an alias of letters comes
// as an h323-ID, one of digits as dialled digits.
const extensions = `[default]
exten => 600,1,Answer()
 same => n,Echo()
exten => echo,1,Goto(600,1)
exten => 601,1,Answer()
 same => n,MixMonitor(/peer/out/${UNIQUEID}-both.wav,r(/peer/out/${UNIQUEID}.wav))
 same => n,Playtones(1209)
 same => n,Wait(120)
exten => meet,1,Goto(601,1)
exten => 602,1,Answer()
 same => n,ConfBridge(room,default_bridge,member)
exten => 603,1,Busy(5)
exten => 604,1,Ringing()
 same => n,Wait(120)
exten => 605,1,Answer()
 same => n,Wait(1)
 same => n,Hangup(16)
exten => 606,1,Congestion(5)
`

// write lays out an instance's folder, which stands at /peer in its chroot.
func (c Config) write(root, dir string) error {
	where, err := modules(root)
	if err != nil {
		return err
	}
	for _, folder := range []string{"etc", "run", "log", "spool", "db", "out"} {
		if err := os.MkdirAll(filepath.Join(dir, folder), 0o755); err != nil {
			return err
		}
	}
	for name, text := range map[string]string{
		"asterisk.conf": "[directories]\nastetcdir => /peer/etc\nastmoddir => /" + where +
			"\nastvarlibdir => /var/lib/asterisk\nastdbdir => /peer/db\nastkeydir => /peer/db\nastdatadir => /usr/share/asterisk" +
			"\nastspooldir => /peer/spool\nastrundir => /peer/run\nastlogdir => /peer/log\n[options]\nverbose=3\nnocolor=yes\n",
		"modules.conf":    "[modules]\nautoload=no\nload=" + strings.Join(loaded, ".so\nload=") + ".so\n",
		"logger.conf":     "[general]\n[logfiles]\nconsole => notice,warning,error,verbose\n",
		"rtp.conf":        "[general]\nrtpstart=20000\nrtpend=20999\n",
		"manager.conf":    fmt.Sprintf("[general]\nenabled=yes\nbindaddr=%s\nport=%s\n[%s]\nsecret=%s\nread=all\nwrite=all\nwritetimeout=5000\n", c.Host.Address, managerPort, managerUser, managerSecret),
		"confbridge.conf": "[general]\n[member]\ntype=user\nquiet=yes\n",
		"extensions.conf": extensions + c.own(),
		"ooh323.conf":     c.h323(),
	} {
		if err := os.WriteFile(filepath.Join(dir, "etc", name), []byte(text), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// own are the extensions that callers of its own names reach.
func (c Config) own() string {
	if c.Gatekeeper == "" {
		return ""
	}
	return fmt.Sprintf("exten => %s,1,Goto(601,1)\nexten => %s,1,Goto(601,1)\n", c.Number, Name(c.Suite))
}

// h323 is ooh323.conf. A remote is a peer by its name, for calls out, and a
// user by its address, for calls in.
func (c Config) h323() string {
	number, gatekeeper := "100", "DISABLE"
	if c.Gatekeeper != "" {
		number, gatekeeper = c.Number, c.Gatekeeper
	}
	var b strings.Builder
	fmt.Fprintf(&b, `[general]
bindaddr=%s
port=1720
h323id=%s
e164=%s
callerid=%s
gatekeeper=%s
faststart=yes
h245tunneling=yes
context=default
disallow=all
allow=ulaw,alaw
dtmfmode=%s
faxdetect=no
logfile=/peer/log/h323
`, c.Host.Address, Name(c.Suite), number, Name(c.Suite), gatekeeper, c.dtmf())
	known := make(map[string]bool)
	for _, r := range c.Remotes {
		dtmf := r.DTMF
		if dtmf == "" {
			dtmf = c.dtmf()
		}
		modes := fmt.Sprintf("ip=%s\nport=1720\ncontext=default\ndisallow=all\nallow=ulaw,alaw\nfaststart=%s\nh245tunneling=%s\ndtmfmode=%s\n",
			r.Address, yes(r.FastStart), yes(r.Tunnelling), dtmf)
		fmt.Fprintf(&b, "[%s]\ntype=peer\n%s", r.Name, modes)
		if !known[r.Address] {
			known[r.Address] = true
			fmt.Fprintf(&b, "[from-%s]\ntype=user\n%s", r.Name, modes)
		}
	}
	return b.String()
}

// dtmf is how digits go out where nothing is said. Since 20.10 Asterisk cannot
// send sound with dtmfmode=rfc2833 (its issue 968).
func (c Config) dtmf() string {
	if c.Suite == "bullseye" {
		return "rfc2833"
	}
	return "h245signal"
}

func yes(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}
