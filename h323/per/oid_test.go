package per_test

import (
	"strings"
	"testing"

	"parley/h323/per"
)

type identified struct {
	B lead
	O per.OID
}

// X.691 clause 24, X.690 clause 8.19.
func TestOID(t *testing.T) {
	run(t, []vector{
		{"H.225.0 version 7", identified{true, "0.0.8.2250.0.7"}, "80 06 0008914a0007"},
		{"two arcs", identified{true, "1.2"}, "80 01 2a"},
		{"1.39", identified{true, "1.39"}, "80 01 4f"},
		{"2.0", identified{true, "2.0"}, "80 01 50"},
		{"2.999", identified{true, "2.999.3"}, "80 03 883703"},
		{"enterprise", identified{true, "1.2.840.113549"}, "80 06 2a864886f70d"},
		{"seven bits of zero within", identified{true, "1.2.16384"}, "80 04 2a 818000"},
		{"70 bits", identified{true, "1.2.590295810358705651712"}, "80 0b 2a c0 8080808080808080 00"},
		{"first arcs of 63 bits", identified{true, "2.9223372036854775727"}, "80 09 ffffffffffffffff7f"},
		{"64 bits", identified{true, "1.2.18446744073709551615"}, "80 0b 2a 81ffffffffffffffff7f"},
		{"133 bits", identified{true, "1.2.10889035741470030830827987437816582766591"},
			"80 14 2a ffffffffffffffffffffffffffffffffffff 7f"},
		{"a UUID", identified{true, "2.25.340282366920938463463374607431768211455"},
			"80 14 69 83 ffffffffffffffffffffffffffffffffff 7f"},
	})
	refused(t, identified{}, identified{O: "1"}, identified{O: "3.1"}, identified{O: "1.40"}, identified{O: "1..2"},
		identified{O: "1.2."}, identified{O: "1.02"}, identified{O: "1.2.-1"}, identified{O: "1.2.x"}, identified{O: "1.+2"},
		identified{O: "1.2.+340282366920938463463374607431768211455"},
		identified{O: per.OID("1.2." + strings.Repeat("9", 42))}, identified{O: "1.2.10889035741470030830827987437816582766592"}, identified{O: "2.9223372036854775728"})
	rejected(t, identified{}, per.ErrMalformed, "8000", "800180", "80022a80", "80032a8001")
	rejected(t, identified{}, per.ErrUnsupported, "80152a"+strings.Repeat("ff", 19)+"7f", "80c1", "800a"+strings.Repeat("ff", 9)+"7f")
}
