package h245

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestH264(t *testing.T) {
	// As a room system sent it.
	g := &GenericCapability{
		CapabilityIdentifier: CapabilityIdentifier{Standard: H264OID},
		MaxBitRate:           ptr[uint32](40000),
		Collapsing: []GenericParameter{
			booleanArray(41, 64), unsignedMin(42, 78), unsignedMin(3, 490), unsignedMin(4, 32),
		},
	}
	want := H264Capability{MaxBitRate: 40000, Profile: H264Baseline, Level: 78, CustomMaxMBPS: 490, CustomMaxFS: 32}
	c, ok := g.H264()
	if d := cmp.Diff(want, c); d != "" || !ok {
		t.Errorf("%v %s", ok, d)
	}
	if d := cmp.Diff(g, c.Generic()); d != "" {
		t.Error(d)
	}
	full := H264Capability{MaxBitRate: 1, Profile: H264High | H264Main, Level: 99, CustomMaxMBPS: 2, CustomMaxFS: 3,
		CustomMaxDPB: 4, CustomMaxBRAndCPB: 5, MaxStaticMBPS: 6, MaxRcmdNALUnitSize: 1400, MaxNALUnitSize: 70000}
	if c, ok := full.Generic().H264(); !ok || c != full {
		t.Errorf("%+v", c)
	}
}

func TestH264IsNotAnother(t *testing.T) {
	for _, g := range []*GenericCapability{nil, {}, {CapabilityIdentifier: CapabilityIdentifier{Standard: G7221OID}}} {
		if c, ok := g.H264(); ok {
			t.Errorf("%+v is %+v", g, c)
		}
	}
}

// The first parameter of a number counts, and one without a number does not.
func TestH264StrangeParameters(t *testing.T) {
	g := &GenericCapability{
		CapabilityIdentifier: CapabilityIdentifier{Standard: H264OID},
		NonCollapsing:        []GenericParameter{unsignedMin(42, 71)},
		Collapsing: []GenericParameter{
			{ParameterIdentifier: ParameterIdentifier{DomainBased: "x"}},
			logical(3), unsignedMin(3, 7), unsignedMin(3, 8), unsignedMin(41, 3000),
		},
	}
	c, ok := g.H264()
	if want := (H264Capability{Profile: 255, Level: 71, CustomMaxMBPS: 7}); !ok || c != want {
		t.Errorf("%+v", c)
	}
}

func TestH264Levels(t *testing.T) {
	for _, c := range []struct{ level, idc uint8 }{{0, 0}, {15, 10}, {71, 31}, {77, 31}, {113, 51}, {255, 51}} {
		if got := (H264Capability{Level: c.level}).LevelIDC(); got != c.idc {
			t.Errorf("level %d is level_idc %d, want %d", c.level, got, c.idc)
		}
	}
	for _, c := range []struct{ idc, level uint8 }{{0, 0}, {9, 19}, {10, 15}, {11, 22}, {31, 71}, {39, 78}, {52, 113}} {
		if got := H264Level(c.idc); got != c.level {
			t.Errorf("level_idc %d is level %d, want %d", c.idc, got, c.level)
		}
	}
}
