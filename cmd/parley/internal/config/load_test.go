package config

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/pflag"

	"parley/codecs"
)

// testCodecs are enough names to choose from; nothing is encoded here.
func testCodecs() *codecs.Set {
	return codecs.NewSet(
		codecs.Codec{Formats: []codecs.Format{{Name: "opus", ClockRate: 48000, Channels: 2}}},
		codecs.Codec{Formats: []codecs.Format{{Name: "PCMU", ClockRate: 8000, Channels: 1}}},
		codecs.Codec{
			Formats: []codecs.Format{{Name: "L16", ClockRate: 48000, Channels: 1}},
			Accept:  func(f codecs.Format) bool { return f.Channels <= 2 },
		},
		codecs.Codec{Formats: []codecs.Format{{Name: "H264", ClockRate: 90000}}},
		codecs.Codec{Formats: []codecs.Format{{Name: "VP8", ClockRate: 90000}}},
	)
}

// loadText loads a file of that text with arguments of a command line.
func loadText(t *testing.T, text string, args ...string) (*Config, error) {
	t.Helper()
	fs := pflag.NewFlagSet("serve", pflag.ContinueOnError)
	AddFlags(fs)
	if err := fs.Parse(args); err != nil {
		t.Fatal(err)
	}
	return load(Options{Codecs: testCodecs(), Flags: fs}, "parley.yaml", []byte(text))
}

func TestProblems(t *testing.T) {
	tests := []struct {
		name, text string
		args       []string
		want       []string
	}{
		{
			name: "unknown key with its neighbour",
			text: "http:\n  lisen: :80\n",
			want: []string{`parley.yaml:2: http.lisen: unknown key; did you mean "listen"?`},
		},
		{
			name: "unknown key that lives elsewhere",
			text: "http:\n  token: 0123456789abcdef\n",
			want: []string{`parley.yaml:2: http.token: unknown key; did you mean "api.token"?`},
		},
		{
			name: "unknown key like no other",
			text: "zzzzzzzzzz: 1\n",
			want: []string{`parley.yaml:1: zzzzzzzzzz: unknown key`},
		},
		{
			name: "foreign key is escaped",
			text: "\"a\\x1bb\": 1\n",
			want: []string{`parley.yaml:1: "a\x1bb": unknown key`},
		},
		{
			name: "key in capitals",
			text: "HTTP:\n  listen: :80\n",
			want: []string{`parley.yaml:1: HTTP: unknown key; did you mean "http"?`},
		},
		{
			name: "H.323",
			text: "h323:\n  listen: [\":1720\", \":1720\"]\n  name: \"\"\n  h245_ports: {low: 30000, high: 20000}\n  encryption: on\n  video_kbps: 1\n  max_calls: -1\n  gatekeeper:\n    user: u\n",
			want: []string{
				`parley.yaml:2: h323.listen[1]: TCP port 1720 is already that of h323.listen[0]`,
				`parley.yaml:3: h323.name: must be 1 to 128 characters, which peers show`,
				`parley.yaml:4: h323.h245_ports.high: must be at least h323.h245_ports.low`,
				`parley.yaml:5: h323.encryption: must be off, offer or require, not "on"`,
				`parley.yaml:6: h323.video_kbps: must be from 64 to 50000`,
				`parley.yaml:7: h323.max_calls: must be from 1 to 100000, or 0 for the built-in limit`,
				`parley.yaml:9: h323.gatekeeper.user: is given without h323.gatekeeper.address`,
			},
		},
		{
			name: "shared ports",
			text: "h323:\n  multiplex: \":5070\"\nsip:\n  udp: \":5071\"\n",
			want: []string{
				`parley.yaml:2: h323.multiplex: UDP port 5071 is already that of sip.udp`,
			},
		},
		{
			name: "a gatekeeper whose endpoints can call nobody",
			text: "h323:\n  listen: []\ngatekeeper:\n  routed: true\n",
			want: []string{`parley.yaml:2: h323.listen: is empty, and the gatekeeper has endpoints call conferences there; give an address, or set gatekeeper.enabled: false`},
		},
		{
			name: "a registration of who cannot be called",
			text: "h323:\n  listen: []\n  gatekeeper: {address: 192.0.2.1}\n",
			want: []string{`parley.yaml:2: h323.listen: is empty, and h323.gatekeeper is to be told where calls are taken; give an address, or leave h323.gatekeeper.address empty`},
		},
		{
			name: "tunnel to nowhere",
			text: "h323:\n  gatekeeper:\n    address: discover\n    tunnel: true\ngatekeeper:\n  discovery: false\n",
			want: []string{`parley.yaml:4: h323.gatekeeper.tunnel: needs the gatekeeper's address, since none is looked for by TCP`},
		},
		{
			name: "shared odd ports",
			text: "h323:\n  multiplex: \":2775\"\n",
			want: []string{`parley.yaml:2: h323.multiplex: needs an even port, since RTCP has the one above`},
		},
		{
			name: "gatekeepers",
			text: "h323:\n  gatekeeper:\n    address: a:b:c\n    password: p\ngatekeeper:\n  time_to_live: 1s\n  unregistered: cal\n  users_only: true\n  static:\n    - alias: x\n      address: host:1720\n  neighbours:\n    - address: 192.0.2.1:1719\n",
			want: []string{
				`parley.yaml:2: h323.gatekeeper.user: needs h323.gatekeeper.password, and the other way round`,
				`parley.yaml:3: h323.gatekeeper.address: must be a host, HOST:PORT, or "discover" to look for one, not "a:b:c"`,
				`parley.yaml:6: gatekeeper.time_to_live: must be from 10s to 24h0m0s`,
				`parley.yaml:7: gatekeeper.unregistered: must be refuse, call or locate, not "cal"; did you mean "call"?`,
				`parley.yaml:8: gatekeeper.users_only: lets nobody register, since gatekeeper.users is empty`,
				`parley.yaml:11: gatekeeper.static[0].address: must be IP:PORT, not "host:1720"`,
				`parley.yaml:13: gatekeeper.neighbours[0].identifier: must be a name or number of 1 to 128 characters`,
			},
		},
		{
			name: "numbers",
			text: "conferences:\n  - id: a\n    numbers: [\"1\", x]\n  - id: b\n    numbers: [\"1\"]\n",
			want: []string{
				`parley.yaml:3: conferences[0].numbers[1]: must be 1 to 32 digits, not "x"`,
				`parley.yaml:5: conferences[1].numbers[0]: "1" is already at conferences[0].numbers[0]`,
			},
		},
		{
			name: "duplicate key",
			text: "sip:\n  udp: :5060\n  udp: :5061\n",
			want: []string{`parley.yaml:3: sip.udp: is given twice, first in line 2`},
		},
		{
			name: "wrong types",
			text: "sip:\n  enabled: maybe\nrtp:\n  ports: 20000-29999\nmulticast:\n  ttl: \"4\"\nwebrtc:\n  resume: 30\n  origins: https://a.example\nconferences:\n  id: a\nlog:\n  level: true\n",
			want: []string{
				`parley.yaml:2: sip.enabled: must be true or false, not "maybe"`,
				`parley.yaml:4: rtp.ports: must be a section with keys of its own`,
				`parley.yaml:6: multicast.ttl: must be a whole number, not "4"`,
				`parley.yaml:8: webrtc.resume: must be a duration such as 30s or 2m, not "30"`,
				`parley.yaml:9: webrtc.origins: must be a list, such as [a, b]`,
				`parley.yaml:11: conferences: must be a list of sections, each beginning with "-"`,
				`parley.yaml:13: log.level: must be a text, not "true"`,
			},
		},
		{
			name: "no value",
			text: "http:\n  listen:\nconferences:\n",
			want: []string{
				`parley.yaml:2: http.listen: has no value; must be a text`,
				`parley.yaml:3: conferences: has no value; must be a list of sections, each beginning with "-"`,
			},
		},
		{
			name: "not YAML",
			text: "http:\n  listen: a: b\n",
			want: []string{`parley.yaml:2: is not YAML: mapping values are not allowed in this context`},
		},
		{
			name: "a tab",
			text: "http:\n\tlisten: a\n",
			want: []string{"parley.yaml:2: is not YAML: found character that cannot start any token; indent with spaces, not with tabs, and put quotes around what begins with @, ` or %"},
		},
		{
			name: "a list at the top",
			text: "- a\n",
			want: []string{`parley.yaml:1: must be keys and values, such as "http:"`},
		},
		{
			name: "two documents",
			text: "sip:\n  enabled: true\n---\nsip:\n  enabled: false\n",
			want: []string{`parley.yaml: holds more than one YAML document; only one is read`},
		},
		{
			name: "aliases",
			text: "http: &a\n  listen: :80\n",
			want: []string{`parley.yaml:1: http: anchors and aliases are not read; write the value out`},
		},
		{
			name: "addresses",
			text: "http:\n  listen: 8080\nsip:\n  udp: example.com:5060\n  tcp: ::1:5060\nwebrtc:\n  udp: :70000\n  tcp: 239.1.1.1:80\nexternal_address: sip.example.com\n",
			want: []string{
				`parley.yaml:2: http.listen: has no colon; did you mean ":8080"?`,
				`parley.yaml:4: sip.udp: host must be an IP address of this machine, "localhost" or empty, not "example.com"`,
				`parley.yaml:5: sip.tcp: an IPv6 address stands in brackets: "[::1]:5060"`,
				`parley.yaml:7: webrtc.udp: port must be a number from 0 to 65535, not "70000"`,
				`parley.yaml:8: webrtc.tcp: a listener's address cannot be a multicast group`,
				`parley.yaml:9: external_address: must be an IP address at which others reach this machine, not "sip.example.com"`,
			},
		},
		{
			name: "ports that are wanted twice",
			text: "http:\n  listen: 127.0.0.1:5060\nsip:\n  udp: :20002\nwebrtc:\n  udp: 127.0.0.1:20002\n  tcp: 127.0.0.2:5060\n",
			want: []string{
				`parley.yaml:3: sip.tcp: TCP port 5060 is already that of http.listen`,
				`parley.yaml:4: sip.udp: UDP port 20002 lies in rtp.ports, 20000 to 29999`,
				`parley.yaml:6: webrtc.udp: UDP port 20002 is already that of sip.udp`,
			},
		},
		{
			name: "port range",
			text: "rtp:\n  ports:\n    low: 30000\n    high: 30001\n",
			want: []string{`parley.yaml:4: rtp.ports.high: must be at least rtp.ports.low + 3: a call with sound and pictures takes four ports`},
		},
		{
			name: "conferences",
			text: "conferences:\n  - id: a b\n    pin: 12x4\n    codecs: [opsu, H264]\n    max_participants: -1\n  - title: x\n  - id: c\n    pin: 12\n    codecs: [VP8]\n  - id: c\ndefault_conference: d\n",
			want: []string{
				`parley.yaml:2: conferences[0].id: may have up to 64 letters, digits, dots, - and _, not "a b"`,
				`parley.yaml:3: conferences[0].pin: may only have digits: a telephone has no others`,
				`parley.yaml:4: conferences[0].codecs[0]: no codec "opsu"; did you mean "opus"?`,
				`parley.yaml:5: conferences[0].max_participants: must be from 1 to 10000, or 0 for the built-in limit`,
				`parley.yaml:6: conferences[1].id: is missing`,
				`parley.yaml:8: conferences[2].pin: must have 4 to 16 digits`,
				`parley.yaml:9: conferences[2].codecs: has no audio codec; nobody could be heard`,
				`parley.yaml:10: conferences[3].id: "c" is already that of conferences[2]`,
				`parley.yaml:11: default_conference: "d" is not declared in conferences`,
			},
		},
		{
			name: "nobody could join",
			text: "conferences: []\n",
			want: []string{`parley.yaml:1: conferences: is empty and policy.on_demand is off: nobody could join anything`},
		},
		{
			name: "keys of groups, of which nothing is repeated",
			text: `conferences:
  - id: a
    multicast:
      - audio: {group: 239.1.1.1:5004, codec: L16, packet_time: 1ms, crypto: "AES_CM_128_HMAC_SHA1_80 inline:MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkw"}
      - audio: {group: 239.1.1.2:5004, codec: L16, packet_time: 100us, bandwidth: -1, crypto: "AES_CM_128_HMAC_SHA1_80 inline:c2VjcmV0"}
      - video: {group: 239.1.1.3:5004, crypto: "ROT13 inline:c2VjcmV0"}
        audio: {crypto: "AES_CM_128_HMAC_SHA1_80 inline:c2VjcmV0"}
`,
			want: []string{
				`parley.yaml:5: conferences[0].multicast[1].audio.packet_time: must be from 125µs to 20ms, or 0 for as long as fits a packet`,
				`parley.yaml:5: conferences[0].multicast[1].audio.bandwidth: must be from 1 to 10000000 kbit/s, or 0 for that of the codec, not -1`,
				`parley.yaml:5: conferences[0].multicast[1].audio.crypto: must be as in a=crypto of SDP, SUITE inline:KEY: crypto key of 6 octets: AES_CM_128_HMAC_SHA1_80 takes 30, key and salt: malformed`,
				`parley.yaml:6: conferences[0].multicast[2].video.crypto: must be as in a=crypto of SDP, SUITE inline:KEY: crypto suite "ROT13" is none of AES_CM_128_HMAC_SHA1_80, AES_CM_128_HMAC_SHA1_32, AES_256_CM_HMAC_SHA1_80, AES_256_CM_HMAC_SHA1_32, AEAD_AES_128_GCM, AEAD_AES_256_GCM: unsupported`,
				`parley.yaml:7: conferences[0].multicast[2].audio.group: is missing, though a key is given`,
			},
		},
		{
			name: "groups",
			text: `conferences:
  - id: a
    multicast:
      - audio: {group: 192.0.2.1:5004}
      - audio: {group: 239.1.1.1:5004, codec: H264, payload_type: 72}
        ttl: 300
        video_streams: some
      - video: {group: 239.1.1.1:5005}
      - name: empty
      - audio: {codec: PCMU}
        video: {group: 239.1.1.1}
      - audio: {group: 239.1.1.2:5004, codec: L16/48000/9}
      - sdp: none.sdp
        audio: {group: 239.1.1.3:5004}
`,
			want: []string{
				`parley.yaml:4: conferences[0].multicast[0].audio.group: 192.0.2.1 is no multicast group; those are 224.0.0.0 to 239.255.255.255 and ff00::/8`,
				`parley.yaml:5: conferences[0].multicast[1].audio.codec: H264 is no audio codec`,
				`parley.yaml:5: conferences[0].multicast[1].audio.payload_type: must be from 0 to 63 or 96 to 127, not 72`,
				`parley.yaml:6: conferences[0].multicast[1].ttl: must be from 1 to 255, or 0 for multicast.ttl`,
				`parley.yaml:7: conferences[0].multicast[1].video_streams: must be active or all, not "some"`,
				`parley.yaml:8: conferences[0].multicast[2].video.group: 239.1.1.1:5005 is already that of conferences[0].multicast[1].audio: what is said there would be heard twice`,
				`parley.yaml:9: conferences[0].multicast[3]: has neither audio.group nor video.group nor sdp`,
				`parley.yaml:10: conferences[0].multicast[4].audio.group: is missing, though a codec is given`,
				`parley.yaml:11: conferences[0].multicast[4].video.group: must be GROUP:PORT, such as 239.255.42.42:5004 or [ff15::42]:5004, or auto`,
				`parley.yaml:12: conferences[0].multicast[5].audio.codec: no L16 of that rate and number of channels: "L16/48000/9"`,
				`parley.yaml:13: conferences[0].multicast[6].sdp: describes the session; take audio and video away`,
			},
		},
		{
			name: "the rest",
			text: "api:\n  token: short\nwebrtc:\n  origins: [example.com, \"https://a.example/x\"]\n  ice_servers: [\"stun:a\", \"turn:a\", \"http://x\"]\n  resume: 1h\ndscp:\n  audio: EE\n  video: 64\nlog:\n  level: wran\n  format: xml\nhttp:\n  trusted_proxies: [10.0.0.0/8, \"::1\", 10.0.0.0/33, proxy]\n",
			want: []string{
				`parley.yaml:2: api.token: must have 16 to 512 characters, so that nobody guesses it`,
				`parley.yaml:4: webrtc.origins[0]: must be SCHEME://HOST[:PORT], such as https://meet.example.com, not "example.com"`,
				`parley.yaml:4: webrtc.origins[1]: must be SCHEME://HOST[:PORT], such as https://meet.example.com, not "https://a.example/x"`,
				`parley.yaml:5: webrtc.ice_servers[1]: must be a STUN server, stun:HOST[:PORT], not "turn:a"`,
				`parley.yaml:5: webrtc.ice_servers[2]: must be a STUN server, stun:HOST[:PORT], not "http://x"`,
				`parley.yaml:6: webrtc.resume: must be up to 10m, or 0s for the built-in 30s`,
				`parley.yaml:8: dscp.audio: must be a name such as EF, AF41 or CS0, or a number from 0 to 63, not "EE"`,
				`parley.yaml:9: dscp.video: must be a name such as EF, AF41 or CS0, or a number from 0 to 63, not "64"`,
				`parley.yaml:11: log.level: must be debug, info, warn or error, not "wran"; did you mean "warn"?`,
				`parley.yaml:12: log.format: must be text or json, not "xml"`,
				`parley.yaml:14: http.trusted_proxies[2]: must be an IP address or a network such as 192.0.2.0/24, not "10.0.0.0/33"`,
				`parley.yaml:14: http.trusted_proxies[3]: must be an IP address or a network such as 192.0.2.0/24, not "proxy"`,
			},
		},
		{
			name: "files that are not there",
			text: "http:\n  tls_cert: /nonexistent/a.pem\n  tls_key: /nonexistent/b.pem\nmulticast:\n  sessions:\n    - file: /nonexistent/c.sdp\n      conference: loby\n",
			want: []string{
				`parley.yaml:2: http.tls_cert: /nonexistent/a.pem: no such file or directory`,
				`parley.yaml:3: http.tls_key: /nonexistent/b.pem: no such file or directory`,
				`parley.yaml:6: multicast.sessions[0].file: /nonexistent/c.sdp: no such file or directory`,
				`parley.yaml:7: multicast.sessions[0].conference: "loby" is not declared in conferences; did you mean "lobby"?`,
			},
		},
		{
			name: "half of a certificate",
			text: "http:\n  tls_cert: a.pem\n",
			want: []string{`parley.yaml:1: http.tls_key: is missing, though http.tls_cert is given`},
		},
		{
			name: "H.323 over TLS",
			text: "h323:\n  tls:\n    listen: [\":1720\"]\n    verify: ca\n",
			want: []string{
				`parley.yaml:2: h323.tls.cert: is missing: who listens for TLS needs a certificate`,
				`parley.yaml:3: h323.tls.listen[0]: TCP port 1720 is already that of h323.listen[0]`,
				`parley.yaml:4: h323.tls.verify: ca needs h323.tls.ca: the system's authorities would vouch for anybody`,
			},
		},
		{
			name: "H.323 over TLS with files that are none",
			text: "h323:\n  tls:\n    cert: /nonexistent/a.pem\n    ca: /dev/null\n    verify: nobody\n",
			want: []string{
				`parley.yaml:2: h323.tls.key: is missing, though h323.tls.cert is given`,
				`parley.yaml:4: h323.tls.ca: /dev/null has no certificate in PEM`,
				`parley.yaml:5: h323.tls.verify: must be host or ca, not "nobody"`,
			},
		},
		{
			name: "routes",
			text: "routes:\n" +
				"  - dial: 9*\n    to: tel:{rest}\n    allow: [10.0.0.0/8]\n" +
				"  - dial: 9*\n    to: sip:{rest}@pbx\n" +
				"  - dial: a*b\n    to: sip:{rest}@pbx\n    allow: [home]\n" +
				"  - allow: [\"::/0\"]\n",
			want: []string{
				`parley.yaml:3: routes[0].to: must be a sip:, h323: or h323s: address, not "tel:{rest}"`,
				`parley.yaml:5: routes[1].allow: is missing: the networks from which this may be dialled; 0.0.0.0/0 and ::/0 are all`,
				`parley.yaml:5: routes[1].dial: "9*" is already that of routes[0], which is taken`,
				`parley.yaml:7: routes[2].dial: must be up to 128 characters without blanks, with * at its end only, not "a*b"`,
				`parley.yaml:8: routes[2].to: has {rest}, but routes.dial no * for which it would stand`,
				`parley.yaml:9: routes[2].allow[0]: must be an IP address or a network such as 192.0.2.0/24, not "home"`,
				`parley.yaml:10: routes[3].dial: is missing: a number or name, or its beginning and *`,
				`parley.yaml:10: routes[3].to: is missing: an address such as sip:{number}@pbx.example.com`,
			},
		},
		{
			name: "addresses of routes without host or name",
			text: "routes:\n" +
				"  - {dial: 9*, to: \"h323:{rest}@\", allow: [\"::/0\"]}\n" +
				"  - {dial: 8*, to: \"h323:{rest}##{number}\", allow: [\"::/0\"]}\n" +
				"  - {dial: 7*, to: \"sip:@pbx\", allow: [\"::/0\"]}\n" +
				"  - {dial: 6*, to: \"h323:192.0.2.1##{number}\", allow: [\"::/0\"]}\n" +
				"  - {dial: 5*, to: \"h323:@192.0.2.1\", allow: [\"::/0\"]}\n",
			want: []string{
				`parley.yaml:2: routes[0].to: has nobody or no host at its @: "h323:{rest}@"`,
				`parley.yaml:3: routes[1].to: must have a host before ##, as h323:192.0.2.1##{number}, not "h323:{rest}##{number}"`,
				`parley.yaml:4: routes[2].to: has nobody or no host at its @: "sip:@pbx"`,
			},
		},
		{
			name: "addresses of routes",
			text: "routes:\n" +
				"  - {dial: 9*, to: \"sip:{rst}@pbx\", allow: [\"::/0\"]}\n" +
				"  - {dial: 8*, to: \"sip:{rest}@pbx \", allow: [\"::/0\"]}\n" +
				"  - {dial: 7*, to: \"sip:{rest@pbx\", allow: [\"::/0\"]}\n" +
				"  - {dial: 6*, to: \"sip:{rest}-{number}@pbx\", allow: [\"::/0\"]}\n" +
				"  - {dial: 5*, to: \"h323:a b@pbx\", allow: [\"::/0\"]}\n",
			want: []string{
				`parley.yaml:2: routes[0].to: has "{rst}"; {number} stands for all that is dialled, {rest} for what the * does; did you mean "{rest}"?`,
				`parley.yaml:3: routes[1].to: may not have blanks, as "sip:{rest}@pbx " has`,
				`parley.yaml:4: routes[2].to: has "{"; {number} stands for all that is dialled, {rest} for what the * does`,
				`parley.yaml:6: routes[4].to: may not have blanks, as "h323:a b@pbx" has`,
			},
		},
		{
			name: "names of the gatekeeper's zone",
			text: "conferences:\n  - id: lobby\n    numbers: [\"1000\"]\ngatekeeper:\n  users:\n" +
				"    - {name: Lobby, password: x}\n" +
				"    - {name: anna, password: x, aliases: [\"1000\"]}\n" +
				"    - {name: Anna, password: y}\n" +
				"    - {name: bert, password: y, aliases: [ANNA]}\n" +
				"  static:\n    - {alias: \"1000\", address: \"192.0.2.1:1720\"}\n",
			want: []string{
				`parley.yaml:6: gatekeeper.users[0].name: "Lobby" is conferences[0].id, which alone is called by it; give another`,
				`parley.yaml:7: gatekeeper.users[1].aliases[0]: "1000" is conferences[0].numbers[0], which alone is called by it; give another`,
				`parley.yaml:8: gatekeeper.users[2].name: "Anna" is already that of gatekeeper.users[1]; a user has one entry with all aliases`,
				`parley.yaml:9: gatekeeper.users[3].aliases[0]: "ANNA" is already that of "anna"`,
				`parley.yaml:11: gatekeeper.static[0].alias: "1000" is conferences[0].numbers[0], which alone is called by it; give another`,
			},
		},
		{
			name: "a gatekeeper that is parley's own",
			text: "external_address: 203.0.113.7\nh323:\n  gatekeeper:\n    address: localhost\ngatekeeper:\n" +
				"  neighbours:\n    - {identifier: a, address: \"203.0.113.7:1719\"}\n    - {identifier: b, address: \"127.0.0.1:1720\"}\n" +
				"  alternates:\n    - {identifier: c, address: \"[::1]:1719\"}\n",
			want: []string{
				`parley.yaml:4: h323.gatekeeper.address: "localhost" is parley's own gatekeeper; name another's, or set gatekeeper.enabled: false`,
				`parley.yaml:7: gatekeeper.neighbours[0].address: "203.0.113.7:1719" is parley's own gatekeeper; name another's`,
				`parley.yaml:10: gatekeeper.alternates[0].address: "[::1]:1719" is parley's own gatekeeper; name one that is there when it is gone`,
			},
		},
		{
			name: "a search that finds parley's own gatekeeper",
			text: "h323:\n  gatekeeper: {address: discover}\n",
			want: []string{
				`parley.yaml:2: h323.gatekeeper.address: would find parley's own gatekeeper; set gatekeeper.discovery: false, or name another's address`,
			},
		},
		{
			name: "ranges that hold the ports of others",
			text: "h323:\n  listen: [\":1720\"]\n  h245_ports: {low: 1700, high: 8300}\nhttp:\n  listen: :8080\nrtp:\n  ports: {low: 1700, high: 1718}\nsip:\n  enabled: false\n",
			want: []string{
				`parley.yaml:2: h323.listen[0]: TCP port 1720 lies in h323.h245_ports, 1700 to 8300`,
				`parley.yaml:5: http.listen: TCP port 8080 lies in h323.h245_ports, 1700 to 8300`,
				`parley.yaml:7: rtp.ports: from 1700 to 1718 hold port 1718, on which gatekeepers are looked for; move them, or set gatekeeper.discovery: false`,
			},
		},
		{
			name: "reports and calls granted in advance",
			text: "gatekeeper:\n  report_every: 1s\n  pre_granted: user\n",
			want: []string{
				`parley.yaml:2: gatekeeper.report_every: must be from 5s to 18h12m15s, or 0s for no reports`,
				`parley.yaml:3: gatekeeper.pre_granted: must be none, users or all, not "user"; did you mean "users"?`,
			},
		},
		{
			name: "bounds of calls that nobody asks for",
			text: "gatekeeper:\n  pre_granted: all\n  total_kbps: 1000\n",
			want: []string{
				`parley.yaml:2: gatekeeper.pre_granted: lets calls be that nobody asks for, so that total_kbps, call_kbps and max_call_time cannot hold; set it to none, or those to 0`,
			},
		},
		{
			name: "flags",
			args: []string{"--listen", "8080", "--rtp-ports", "many", "--session", "/nonexistent/x.sdp", "--conference", "b", "--log-level", "loud"},
			want: []string{
				`--rtp-ports: rtp.ports: must be LOW-HIGH, such as 20000-29999, not "many"`,
				`--listen: http.listen: has no colon; did you mean ":8080"?`,
				`--session: multicast.sessions[0].file: /nonexistent/x.sdp: no such file or directory`,
				`--session: multicast.sessions[0].conference: "b" is not declared in conferences`,
				`--log-level: log.level: must be debug, info, warn or error, not "loud"`,
			},
		},
		{
			name: "a conference for no session",
			args: []string{"--conference", "lobby"},
			want: []string{`--conference: says where --session goes, and no --session is given`},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c, err := loadText(t, tt.text, tt.args...)
			if err == nil {
				t.Fatalf("no error, but %+v", c)
			}
			if diff := cmp.Diff(tt.want, strings.Split(err.Error(), "\n")); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// Who takes no calls of H.323 is without the gatekeeper, and needs none of its ports.
func TestOutgoingH323(t *testing.T) {
	for _, text := range []string{
		"h323:\n  listen: []\n",
		"h323:\n  listen: []\ngatekeeper:\n  enabled: false\n  routed: true\n",
	} {
		c, err := loadText(t, text)
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range c.Listeners() {
			if strings.HasPrefix(l.Key, "gatekeeper.") || strings.HasPrefix(l.Key, "h323.") {
				t.Errorf("%q listens on %+v", text, l)
			}
		}
	}
}

func TestEnvironment(t *testing.T) {
	t.Run("overrides the file and is overridden by a flag", func(t *testing.T) {
		t.Setenv("PARLEY_HTTP_LISTEN", "127.0.0.1:1")
		t.Setenv("PARLEY_SIP_UDP", "127.0.0.1:2")
		t.Setenv("PARLEY_SIP_TCP", "")
		t.Setenv("PARLEY_MULTICAST_TTL", "010")
		t.Setenv("PARLEY_WEBRTC_RESUME", "5s")
		t.Setenv("PARLEY_WEBRTC_ORIGINS", "https://a.example, https://b.example")
		t.Setenv("PARLEY_POLICY_ON_DEMAND", "true")
		c, err := loadText(t, "http:\n  listen: :9\nsip:\n  udp: :9\n", "--sip-udp", "127.0.0.1:3")
		if err != nil {
			t.Fatal(err)
		}
		want := Defaults()
		want.HTTP.Listen, want.SIP.UDP, want.SIP.TCP = "127.0.0.1:1", "127.0.0.1:3", ""
		want.Multicast.TTL, want.Policy.OnDemand = 10, true
		want.WebRTC.Resume, want.WebRTC.Origins = 5*time.Second, []string{"https://a.example", "https://b.example"}
		want.DefaultConference = "lobby"
		if diff := cmp.Diff(want, *c, equateEmpty); diff != "" {
			t.Error(diff)
		}
	})
	t.Run("problems", func(t *testing.T) {
		t.Setenv("PARLEY_SIP_ENABLED", "perhaps")
		t.Setenv("PARLEY_CONFERENCES", "a,b")
		t.Setenv("PARLEY_LOG_LEVEL", "loud")
		t.Setenv("PARLEY_HTTP_LISTN", ":80")
		t.Setenv("PARLEY_PORT", "tcp://10.0.0.1:8080") // what an orchestrator sets
		t.Setenv("PARLEY_SERVICE_HOST", "10.0.0.1")
		_, err := loadText(t, "")
		want := []string{
			`PARLEY_CONFERENCES: conferences: is a list of sections and can only be given in the file`,
			`PARLEY_HTTP_LISTN: names no key; did you mean "PARLEY_HTTP_LISTEN"?`,
			`PARLEY_SIP_ENABLED: sip.enabled: must be true or false, not "perhaps"`,
			`PARLEY_LOG_LEVEL: log.level: must be debug, info, warn or error, not "loud"`,
		}
		if err == nil {
			t.Fatal("no error")
		}
		if diff := cmp.Diff(want, strings.Split(err.Error(), "\n")); diff != "" {
			t.Error(diff)
		}
	})
}

func TestValuesAsWritten(t *testing.T) {
	c, err := loadText(t, `conferences:
  - id: 1000
    pin: 0123
    multicast:
      - audio: {group: "239.1.1.1:5004"}
      - audio: {group: "239.1.1.2:5004", codec: L16/44100/2}
        video: {group: "[ff15::1]:5006", codec: VP8}
        video_streams: all
      - audio: {group: "239.1.1.3:5004", codec: opus, payload_type: 0}
`)
	if err != nil {
		t.Fatal(err)
	}
	want := []Conference{{
		ID: "1000", Title: "1000", PIN: "0123",
		Multicast: []Group{
			{VideoStreams: "active", Audio: Stream{Group: "239.1.1.1:5004", Codec: "PCMU", PayloadType: 0}},
			{
				VideoStreams: "all",
				Audio:        Stream{Group: "239.1.1.2:5004", Codec: "L16/44100/2", PayloadType: 10},
				Video:        Stream{Group: "[ff15::1]:5006", Codec: "VP8", PayloadType: 96},
			},
			{VideoStreams: "active", Audio: Stream{Group: "239.1.1.3:5004", Codec: "opus", PayloadType: 0}},
		},
	}}
	if diff := cmp.Diff(want, c.Conferences, equateEmpty); diff != "" {
		t.Error(diff)
	}
	f, err := c.Conferences[0].Multicast[1].Audio.Format(testCodecs())
	if want := (codecs.Format{Name: "L16", ClockRate: 44100, Channels: 2}); err != nil || f != want {
		t.Errorf("format %v, %v", f, err)
	}
}

func TestSDPFilesBesideTheConfiguration(t *testing.T) {
	folder := t.TempDir()
	const session = "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=x\r\nc=IN IP4 239.1.1.1/4\r\nt=0 0\r\nm=audio 5004 RTP/AVP 0\r\n"
	write := func(name, text string) string {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	good := write("x.sdp", session)
	write("empty.sdp", "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=x\r\nt=0 0\r\n")
	write("bad.sdp", "this is no SDP")
	file := write("parley.yaml", "multicast:\n  sessions:\n    - file: x.sdp\n")
	c, err := Load(Options{File: file, Codecs: testCodecs()})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]Session{{File: good, Conference: "lobby"}}, c.Multicast.Sessions); diff != "" {
		t.Error(diff)
	}
	write("parley.yaml", "multicast:\n  sessions:\n    - file: x.sdp\n    - file: x.sdp\n")
	if _, err = Load(Options{File: file, Codecs: testCodecs()}); err == nil || !strings.Contains(err.Error(), "multicast.sessions[1].file: x.sdp: 239.1.1.1:5004 is already that of multicast.sessions[0].file") {
		t.Errorf("twice: %v", err)
	}
	write("parley.yaml", "multicast:\n  sessions:\n    - file: empty.sdp\n    - file: bad.sdp\n")
	_, err = Load(Options{File: file, Codecs: testCodecs()})
	var ps Problems
	if !errors.As(err, &ps) || len(ps) != 2 || !strings.Contains(ps[0].Text, "empty.sdp: no audio or video medium") || !strings.Contains(ps[1].Text, `bad.sdp: line 1, "this is no SDP" is no line of a session description there`) {
		t.Errorf("got %v", err)
	}
}

func TestDirectoryProblems(t *testing.T) {
	_, err := loadText(t, `
multicast:
  directory: {interfaces: [nic9], scopes: ["239.192.0.0/14", "10.0.0.0/8", here], max_sessions: 0, max_kb: 1}
  announce: {profile: slow}
  bridging: perhaps
  bridging_priority: 0
conferences: [{id: a, public: true, pin: "4711"}, {id: b, public: true}]
`)
	var ps Problems
	if !errors.As(err, &ps) {
		t.Fatalf("got %v", err)
	}
	var keys []string
	for _, p := range ps {
		keys = append(keys, p.Key)
	}
	slices.Sort(keys)
	want := []string{
		"conferences[0].public", "multicast.announce.profile", "multicast.bridging", "multicast.bridging_priority", "multicast.directory.interfaces[0]", "multicast.directory.max_kb",
		"multicast.directory.max_sessions", "multicast.directory.scopes[1]", "multicast.directory.scopes[2]",
	}
	if diff := cmp.Diff(want, keys); diff != "" {
		t.Error(diff)
	}
}

// What is not on this machine is named with what is.
func TestUnknownInterface(t *testing.T) {
	const text = "multicast: {enabled: %v, interface: nic9}\nconferences: [{id: a, multicast: [{audio: {group: \"239.1.1.1:5004\"}, interface: nic8}]}]\n"
	_, err := loadText(t, fmt.Sprintf(text, true))
	var ps Problems
	if !errors.As(err, &ps) || len(ps) != 2 || ps[0].Key != "multicast.interface" || ps[1].Key != "conferences[0].multicast[0].interface" {
		t.Fatalf("got %v", err)
	}
	for i, want := range []string{`there is no interface "nic9"; this machine has `, `there is no interface "nic8"; this machine has `} {
		if !strings.Contains(ps[i].Text, want) || !regexp.MustCompile(`\blo`).MatchString(ps[i].Text) {
			t.Errorf("%q, want %q and a list with the loopback", ps[i].Text, want)
		}
	}
	if _, err := loadText(t, fmt.Sprintf(text, false)); err != nil {
		t.Errorf("without multicast: %v", err)
	}
}

func TestMissingFile(t *testing.T) {
	_, err := Load(Options{File: "/nonexistent/parley.yaml", Codecs: testCodecs()})
	if err == nil || err.Error() != "/nonexistent/parley.yaml: no such file or directory" {
		t.Errorf("got %v", err)
	}
}

func TestManyProblemsAreCut(t *testing.T) {
	_, err := loadText(t, strings.Repeat("- ", 1)+"a\n")
	if err == nil {
		t.Fatal("no error")
	}
	var text strings.Builder
	for i := range maxProblems + 7 {
		text.WriteString("key" + strings.Repeat("x", i+1) + ": 1\n")
	}
	_, err = loadText(t, text.String())
	lines := strings.Split(err.Error(), "\n")
	if len(lines) != maxProblems+1 || lines[maxProblems] != "and 7 more" {
		t.Errorf("%d lines, last %q", len(lines), lines[len(lines)-1])
	}
}
