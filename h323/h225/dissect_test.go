//go:build meeting

package h225_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"parley/h323/h225"
	"parley/h323/h245"
	"parley/h323/internal/capture"
	"parley/h323/per"
	"parley/h323/q931"
	"parley/h323/tpkt"
)

// dissection is what is found in one packet of a capture: the types of its
// Q.931 messages, and the names of the fields of H.225.0 and of H.245, each in
// the order of the octets. A CHOICE is followed by its alternative.
type dissection struct {
	Q931, H225, H245 []string
	// Malformed: some message is not what its standard says. The fields are
	// not compared then.
	Malformed bool
	// h46017 tells that what follows is a message of RAS (H.460.17).
	h46017 bool
}

// settle forgets the fields of what is malformed.
func (d dissection) settle() dissection {
	d.h46017 = false
	if d.Malformed {
		d.H225, d.H245 = nil, nil
	}
	return d
}

// The captures hold the same messages, field by field, for tshark and for us.
func TestCapturesLikeTshark(t *testing.T) {
	if _, err := exec.LookPath("tshark"); err != nil {
		t.Fatalf("%v: make deps installs it", err)
	}
	paths, err := filepath.Glob(filepath.Join(corpus(t), "captures", "*.pcapng"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no captures: %v", err)
	}
	for _, path := range append(paths, filepath.Join(corpus(t), "h323.pcap")) {
		t.Run(filepath.Base(path), func(t *testing.T) {
			t.Parallel()
			want := tsharkDissects(t, path)
			got := weDissect(t, path)
			if d := cmp.Diff(want, got, cmp.AllowUnexported(dissection{})); d != "" {
				t.Errorf("tshark (-), parley (+):\n%s", d)
			}
			fields := 0
			for _, d := range got {
				fields += len(d.H225) + len(d.H245)
			}
			if fields == 0 {
				t.Error("nothing found")
			}
			t.Logf("%d packets, %d fields", len(got), fields)
		})
	}
}

// tsharkDissects reads the tree of each packet, by number.
func tsharkDissects(t *testing.T, path string) map[int]dissection {
	t.Helper()
	command := exec.Command("tshark", "-r", path, "-Y", "q931 || h225 || h245", "-T", "pdml")
	var problems bytes.Buffer
	command.Stderr = &problems
	text, err := command.Output()
	if err != nil {
		t.Fatalf("%v: %s", err, &problems)
	}
	all := map[int]dissection{}
	number, d := 0, dissection{}
	foreign := 0 // how many elements of other standards are open
	for decoder := xml.NewDecoder(bytes.NewReader(text)); ; {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
		switch token := token.(type) {
		case xml.StartElement:
			name, shown := attribute(token, "name"), attribute(token, "showname")
			if foreign > 0 || strings.HasPrefix(name, "h460.") || strings.HasPrefix(name, "h450") {
				foreign++ // what these carry is octets to us
				continue
			}
			switch {
			case name == "_ws.malformed":
				d.Malformed = true
			case token.Name.Local != "field" || attribute(token, "hide") == "yes": // tshark's own
			case name == "num":
				number, d = mustAtoi(t, attribute(token, "show")), dissection{}
			case name == "q931.message_type":
				d.Q931 = append(d.Q931, attribute(token, "value"))
			case strings.HasPrefix(name, "h225."), strings.HasPrefix(name, "h235."):
				d.H225 = append(d.H225, identifiers(name, shown)...)
			case strings.HasPrefix(name, "h245."):
				d.H245 = append(d.H245, identifiers(name, shown)...)
			}
		case xml.EndElement:
			if foreign > 0 {
				foreign--
			}
			if token.Name.Local == "packet" && number != 0 {
				all[number] = d.settle()
			}
		}
	}
}

func attribute(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

func mustAtoi(t *testing.T, text string) int {
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// identifiers returns the ASN.1 identifier of a line of tshark's tree, such as
// "..0. .... multiUniCastConference: False"; none for an element of a list,
// which is named by its type, and for what tshark adds of its own.
func identifiers(field, shown string) []string {
	c := field[len("h225.")]
	if c < 'a' || c > 'z' || strings.HasSuffix(field, "_item") || strings.Contains(field, ".debug.") ||
		strings.HasPrefix(field, "h225.ras.") || field == "h245.pdu_type" {
		return nil
	}
	name, _, _ := strings.Cut(shown, ":")
	if strings.HasSuffix(name, " item") {
		return nil
	}
	return []string{name[strings.LastIndexByte(name, ' ')+1:]}
}

// weDissect decodes all that a capture carries.
func weDissect(t *testing.T, path string) map[int]dissection {
	t.Helper()
	all := map[int]dissection{}
	pending := map[[2]netip.AddrPort][]byte{} // not yet whole packets
	for _, s := range capture.Segments(t, path) {
		var d dissection
		if s.TCP {
			key := [2]netip.AddrPort{s.From, s.To}
			pending[key] = d.packets(t, append(pending[key], s.Data...))
		} else if ports := []uint16{s.From.Port(), s.To.Port()}; slices.Contains(ports, 1719) || slices.Contains(ports, 1718) {
			d.ras(t, s.Data)
		}
		if d.Q931 != nil || d.H225 != nil || d.H245 != nil || d.Malformed {
			all[s.Number] = d.settle()
		}
	}
	return all
}

// packets decodes whole TPKTs and returns the rest.
func (d *dissection) packets(t *testing.T, data []byte) []byte {
	for {
		whole := bytes.NewReader(data)
		packet, err := tpkt.NewReader(whole).ReadPacket()
		if err != nil {
			return data
		}
		data = data[len(data)-whole.Len():]
		switch {
		case len(packet) == 0: // a keep-alive
		case packet[0] == 8: // Q.931's discriminator
			d.signalling(t, packet)
		default:
			d.control(t, packet)
		}
	}
}

func (d *dissection) malformed(t *testing.T, err error) {
	t.Log(err)
	d.Malformed = true
}

func (d *dissection) ras(t *testing.T, data []byte) {
	m := new(h225.RasMessage)
	if _, err := per.Unmarshal(data, m); err != nil {
		d.malformed(t, err)
		return
	}
	d.add(t, &d.H225, m)
}

func (d *dissection) signalling(t *testing.T, data []byte) {
	var q q931.Message
	if err := q.Unmarshal(data); err != nil {
		t.Errorf("%x: %v", data, err)
		return
	}
	d.Q931 = append(d.Q931, fmt.Sprintf("%02x", uint8(q.Type)))
	information, err := q.UserInformation()
	if err != nil {
		t.Errorf("%x: %v", data, err)
		return
	}
	m := new(h225.H323UserInformation)
	if _, err := per.Unmarshal(information, m); err != nil {
		d.malformed(t, err)
		return
	}
	d.add(t, &d.H225, m)
}

// control decodes the messages of H.245 that data consists of.
func (d *dissection) control(t *testing.T, data []byte) {
	for len(data) > 0 {
		m, rest, err := h245.Unmarshal(data)
		if err != nil {
			d.malformed(t, err)
			return
		}
		d.add(t, &d.H245, m)
		data = rest
	}
}

// add lists the identifiers of a message in order. What is carried within in
// octets is dissected where it stands.
func (d *dissection) add(t *testing.T, list *[]string, m any) {
	t.Helper()
	text, err := per.AppendJSON(nil, m)
	if err != nil {
		t.Fatal(err)
	}
	d.walk(t, json.NewDecoder(bytes.NewReader(text)), list, "")
}

// walk reads one value, that of a key, and lists the keys within.
func (d *dissection) walk(t *testing.T, tokens *json.Decoder, list *[]string, key string) {
	token, err := tokens.Token()
	if err != nil {
		t.Fatal(err)
	}
	delim, ok := token.(json.Delim)
	if !ok {
		switch key {
		case "standard":
			d.h46017 = d.h46017 || token == 17.0
		case "raw":
			if d.h46017 {
				d.h46017 = false
				d.ras(t, unhex(t, token.(string)))
			}
		case "fastStart":
			o, err := h245.UnmarshalOpenLogicalChannel(unhex(t, token.(string)))
			if err != nil {
				d.malformed(t, err)
				return
			}
			d.add(t, &d.H245, o)
		case "h245Control", "parallelH245Control":
			d.control(t, unhex(t, token.(string)))
		}
		return
	}
	first := len(*list)
	for tokens.More() {
		if delim == '{' {
			name, err := tokens.Token()
			if err != nil {
				t.Fatal(err)
			}
			key = name.(string)
			*list = append(*list, key)
		}
		d.walk(t, tokens, list, key)
	}
	if slices.Equal((*list)[first:], []string{"value", "length"}) {
		*list = (*list)[:first] // so a BIT STRING is written
	}
	if _, err := tokens.Token(); err != nil {
		t.Fatal(err)
	}
}
