package per_test

import (
	"sync"
	"testing"

	"parley/h323/per"
)

type firstMet struct {
	Tree node
	Item *everything `per:"optional"`
}

// Many meet a type for the first time at once.
func TestConcurrentFirstUse(t *testing.T) {
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			v := firstMet{Tree: node{Leaf: ptr(true)}}
			data, err := per.Marshal(v)
			if err != nil || len(data) != 1 || data[0] != 0x10 {
				t.Errorf("Marshal: %x, %v", data, err)
			}
			var w firstMet
			if _, err := per.Unmarshal(data, &w); err != nil || w.Tree.Leaf == nil || !*w.Tree.Leaf {
				t.Errorf("Unmarshal: %+v, %v", w, err)
			}
		})
	}
	all.Wait()
}
