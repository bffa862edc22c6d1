package multicast

import (
	"bytes"
	"fmt"
	"sort"
	"strings"

	"github.com/pion/sdp/v3"

	"parley/codecs"
)

// textLines are the lines of a session description, without their ends, by
// which errors name where they are.
type textLines struct {
	lines [][]byte
	first int // number of the first, counted from 1
}

// splitLines also drops what stands around a description: empty lines, and the
// line "SDP:" that ffmpeg prints above it on its standard output.
func splitLines(raw []byte) textLines {
	t := textLines{lines: bytes.Split(raw, []byte("\n")), first: 1}
	for i := range t.lines {
		t.lines[i] = bytes.TrimSuffix(t.lines[i], []byte("\r"))
	}
	for n := len(t.lines); n > 0 && len(bytes.TrimSpace(t.lines[n-1])) == 0; n-- {
		t.lines = t.lines[:n-1]
	}
	for len(t.lines) > 0 {
		if line := string(bytes.TrimSpace(t.lines[0])); line != "" && line != "SDP:" {
			break
		}
		t.lines, t.first = t.lines[1:], t.first+1
	}
	return t
}

// text is the first n lines as a description, without bandwidths of kinds that
// are not known, which have to be passed over (RFC 8866 5.8) and the parser takes
// for errors.
func (t textLines) text(n int) []byte {
	var out []byte
	for _, line := range t.lines[:n] {
		if kind, _, ok := bytes.Cut(line, []byte(":")); ok && bytes.HasPrefix(line, []byte("b=")) {
			switch string(kind[2:]) {
			case bandwidthAS, bandwidthRS, bandwidthRR:
			default:
				continue
			}
		}
		out = append(append(out, line...), "\r\n"...)
	}
	return out
}

// unmarshal parses the lines; an error names the first that cannot be.
func unmarshal(t textLines) (*sdp.SessionDescription, error) {
	d := new(sdp.SessionDescription)
	if len(t.lines) == 0 {
		return nil, fmt.Errorf("no session description: %w", codecs.ErrMalformed)
	}
	err := d.Unmarshal(t.text(len(t.lines)))
	if err == nil {
		return d, nil
	}
	// The parser tells no line. What begins with a wrong line is wrong, too, so
	// that the first one can be searched for.
	n := sort.Search(len(t.lines), func(i int) bool {
		return new(sdp.SessionDescription).Unmarshal(t.text(i+1)) != nil
	})
	return nil, fmt.Errorf("%s is no line of a session description there: %w", t.name(min(n, len(t.lines)-1)), codecs.ErrMalformed)
}

// media are the indices of the m= lines.
func (t textLines) media() []int {
	var out []int
	for i, line := range t.lines {
		if bytes.HasPrefix(line, []byte("m=")) {
			out = append(out, i)
		}
	}
	return out
}

// at names the i-th of the lines whose indices are given.
func (t textLines) at(indices []int, i int) string {
	if i >= len(indices) {
		return fmt.Sprintf("medium %d", i+1)
	}
	return t.name(indices[i])
}

// maxShownLine bounds what an error repeats of a file, in bytes.
const maxShownLine = 80

// name is "line 7, "m=audio 5004 RTP/AVP 0"".
func (t textLines) name(i int) string {
	line := t.lines[i]
	more := ""
	if len(line) > maxShownLine {
		line, more = line[:maxShownLine], "..."
	}
	return fmt.Sprintf("line %d, %q%s", t.first+i, strings.ToValidUTF8(string(line), "?"), more)
}
