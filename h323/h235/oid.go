package h235

import (
	"strings"

	"parley/h323/per"
)

// Object identifiers of the procedures here.
const (
	// OIDMessage is "A" of H.235.1: the hash is over the whole message.
	OIDMessage per.OID = "0.0.8.235.0.2.1"
	// OIDClearToken is "T" of H.235.1: the ClearToken that is hashed.
	OIDClearToken per.OID = "0.0.8.235.0.2.5"
	// OIDHMACSHA196 is "U" of H.235.1: HMAC-SHA1-96 (RFC 2104, RFC 2404).
	OIDHMACSHA196 per.OID = "0.0.8.235.0.2.6"
	// OIDMD5 is MD5 (RFC 1321), the algorithm of a hashed password.
	OIDMD5 per.OID = "1.2.840.113549.2.5"
	// OIDAccessToken is the token of Cisco's gateways.
	OIDAccessToken per.OID = "1.2.840.113548.10.1.2.1"
	// oidNone is the tokenOID of a ClearToken whose kind is told elsewhere.
	oidNone per.OID = "0.0"
)

// arcs that OIDs of H.235.1 begin with; the version follows.
const oidRoot = "0.0.8.235.0."

// sameProcedure tells whether the identifiers are alike but for the version:
// H.235.1 has 2, Annex D of the first H.235 had 1, and stacks with 3 exist.
func sameProcedure(a, b per.OID) bool {
	a1, ok1 := strings.CutPrefix(string(a), oidRoot)
	b1, ok2 := strings.CutPrefix(string(b), oidRoot)
	version, a1, ok3 := strings.Cut(a1, ".")
	_, b1, ok4 := strings.Cut(b1, ".")
	if !ok1 || !ok2 || !ok3 || !ok4 || a1 != b1 {
		return false
	}
	return version == "1" || version == "2" || version == "3" || version == "4"
}
