package h225

import (
	"strconv"
	"strings"

	"parley/h323/per"
)

// protocol is {itu-t(0) recommendation(0) h(8) h225-0(2250) version(0)}.
const protocol = "0.0.8.2250.0."

// Protocol is the ProtocolIdentifier of version 7, which is spoken here.
const Protocol per.OID = protocol + "7"

// Version returns the version of H.225.0 that a protocol identifier stands for,
// 0 where it is none.
func Version(id ProtocolIdentifier) int {
	text, ok := strings.CutPrefix(string(id), protocol)
	if !ok {
		return 0
	}
	v, err := strconv.ParseUint(text, 10, 16)
	if err != nil {
		return 0
	}
	return int(v)
}
