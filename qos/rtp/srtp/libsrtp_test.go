package srtp

import (
	"bytes"
	"encoding/binary"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// record reads what GStreamer 1.22 made by libsrtp 2.5: RTP packets, framed as
// in RFC 4571, the last of the first round and the first of the second; and a
// compound of RTCP.
func record(t *testing.T, name string) (packets [][]byte, report []byte) {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name+".rtp"))
	if err != nil {
		t.Fatal(err)
	}
	for len(b) > 0 {
		n := int(binary.BigEndian.Uint16(b))
		packets = append(packets, b[2:2+n])
		b = b[2+n:]
	}
	if report, err = os.ReadFile(filepath.Join("testdata", name+".rtcp")); err != nil {
		t.Fatal(err)
	}
	return packets, report
}

// Each suite is that of libsrtp, to the bit, both ways.
func TestLibsrtp(t *testing.T) {
	clear, clearReport := record(t, "clear")
	if len(clear) != 2 {
		t.Fatalf("%d packets", len(clear))
	}
	for _, suite := range Suites() {
		key := suite + " inline:" + keyOf(suite)
		out, in, _ := pair(t, key, key)
		sealed, sealedReport := record(t, suite)
		for i, p := range clear {
			mine, err := out.Send.Seal(append(make([]byte, 0, 250), p...))
			if !bytes.Equal(mine, sealed[i]) || err != nil {
				t.Errorf("%s: packet %d is sealed otherwise, %v", suite, i, err)
			}
			opened, err := in.Open(bytes.Clone(sealed[i]), 12)
			if diff := cmp.Diff(p, opened); diff != "" || err != nil {
				t.Errorf("%s: packet %d: %v %s", suite, i, err, diff)
			}
		}
		mine, err := out.SendReport.Seal(append(make([]byte, 0, 250), clearReport...))
		if diff := cmp.Diff(sealedReport, mine); diff != "" || err != nil {
			t.Errorf("%s: the report is sealed otherwise: %v %s", suite, err, diff)
		}
		opened, err := (*reportOpener)(in).Open(bytes.Clone(sealedReport), 0)
		if diff := cmp.Diff(clearReport, opened); diff != "" || err != nil {
			t.Errorf("%s: report: %v %s", suite, err, diff)
		}
	}
}
