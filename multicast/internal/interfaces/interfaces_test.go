package interfaces

import (
	"net"
	"testing"
)

func TestFind(t *testing.T) {
	lo := Find([]string{"none", "lo", "lo"})
	if len(lo) != 1 || lo[0].Name != "lo" || lo[0].Flags&net.FlagUp == 0 {
		t.Errorf("by name: %+v", lo)
	}
	if got := Find([]string{"none"}); len(got) != 0 {
		t.Errorf("by a name that there is not: %+v", got)
	}
	all := Find(nil)
	if len(all) > Max {
		t.Errorf("%d are found", len(all))
	}
	for _, i := range all {
		if i.Flags&net.FlagUp == 0 || i.Flags&net.FlagMulticast == 0 {
			t.Errorf("without names: %+v", i)
		}
	}
}
