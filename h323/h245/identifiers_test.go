package h245

import "testing"

func TestIdentifierName(t *testing.T) {
	if name, ok := IdentifierName(H264OID); name != "H.264" || !ok {
		t.Errorf("%q %v", name, ok)
	}
	if name, ok := IdentifierName("1.2.3"); ok {
		t.Errorf("%q", name)
	}
}
