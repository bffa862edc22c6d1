package codecs

import "testing"

func TestTakesSizesAndAnnexes(t *testing.T) {
	f := func(name, fmtp string) Format {
		return Format{Name: name, ClockRate: 90000, Fmtp: fmtp}.Canonical()
	}
	tests := []struct {
		sink, source Format
		want         bool
	}{
		{f("H261", "CIF=1"), f("H261", "CIF=1"), true},
		{f("H261", "CIF=1;QCIF=1"), f("H261", "QCIF=2"), true},
		{f("H261", "QCIF=1"), f("H261", "CIF=1"), false},
		{f("H261", "CIF=1"), f("H261", "QCIF=1"), true},
		{f("H263", "CIF=1"), f("H263", "QCIF=1;SQCIF=1"), true},
		// It may send either.
		{f("H261", "QCIF=1"), f("H261", "CIF=1;QCIF=1"), false},
		// How many pictures a second is not compared.
		{f("H261", "CIF=2"), f("H261", "CIF=1"), true},
		{f("H261", ""), f("H261", "CIF=1"), true},
		{f("H261", "QCIF=1"), f("H261", ""), true},
		{f("H261", ""), f("H261", ""), true},
		{f("H261", "CIF=1"), f("H261", "CIF=1;D=1"), false},
		{f("H261", "CIF=1;D=1"), f("H261", "CIF=1;D=1"), true},
		{f("H261", "CIF=1"), f("H263", "CIF=1"), false},

		{f("H263", "CIF=1;QCIF=1"), f("H263", "CIF4=2"), false},
		{f("H263", "CIF=1;CIF4=1"), f("H263", "CIF4=2"), true},
		{f("H263", "CIF=1"), f("H263-1998", "CIF=1"), false},
		{f("H263-1998", "CIF=1"), f("H263-2000", "CIF=1"), true},
		{f("H263-2000", "CIF=1"), f("H263-1998", "CIF=1"), true},

		{f("H263-1998", "CUSTOM=640,480,1"), f("H263-1998", "CUSTOM=320,240,2"), true},
		{f("H263-1998", "CUSTOM=320,240,1"), f("H263-1998", "CUSTOM=640,480,2"), false},
		{f("H263-1998", "CUSTOM=640,240,1"), f("H263-1998", "CUSTOM=640,480,2"), false},
		{f("H263-1998", "CUSTOM=x,480,1"), f("H263-1998", "CUSTOM=320,240,2"), false},
		{f("H263-1998", "CUSTOM=640,480,1"), f("H263-1998", "CUSTOM=x"), false},
		{f("H263-1998", "CIF=1"), f("H263-1998", "CUSTOM=320,240,2"), false},

		{f("H263-1998", "CIF=1"), f("H263-1998", "CIF=1;F=1"), false},
		{f("H263-1998", "CIF=1;F=1"), f("H263-1998", "CIF=1;F=1"), true},
		{f("H263-1998", "CIF=1;F=0"), f("H263-1998", "CIF=1;F=1"), false},
		{f("H263-1998", "CIF=1"), f("H263-1998", "CIF=1;F=0"), true},
		{f("H263-1998", "CIF=1;F=1"), f("H263-1998", "CIF=1"), true},
		{f("H263-1998", "P=1,2,3"), f("H263-1998", "P=1,3"), true},
		{f("H263-1998", "P=1,2"), f("H263-1998", "P=1,3"), false},
		{f("H263-1998", "K=4"), f("H263-1998", "K=1"), false},

		{f("H263-2000", "PROFILE=0;LEVEL=10"), f("H263-2000", "PROFILE=0;LEVEL=40"), true},
		{f("H263-2000", "PROFILE=0;LEVEL=10"), f("H263-2000", "PROFILE=3;LEVEL=10"), false},
		{f("H263-2000", "PROFILE=3;LEVEL=10"), f("H263-2000", "PROFILE=3;LEVEL=10"), true},
		{f("H263-2000", "PROFILE=3;LEVEL=10"), f("H263-2000", "PROFILE=0;LEVEL=10"), true},
		{f("H263-1998", ""), f("H263-2000", "PROFILE=3;LEVEL=10"), false},
	}
	for _, tt := range tests {
		if got := tt.sink.Takes(tt.source); got != tt.want {
			t.Errorf("%v %s takes %v %s: %v", tt.sink, tt.sink.Fmtp, tt.source, tt.source.Fmtp, got)
		}
	}
}
