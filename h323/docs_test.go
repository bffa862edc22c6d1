package h323_test

import (
	"os"
	"strings"
	"testing"
)

// The code on the library's page is that of the example, which is run.
func TestLibraryPage(t *testing.T) {
	page, err := os.ReadFile("../docs/h323-library.md")
	if err != nil {
		t.Fatal(err)
	}
	example, err := os.ReadFile("example_test.go")
	if err != nil {
		t.Fatal(err)
	}
	blocks := strings.Split(string(page), "\n```go\n")[1:]
	if len(blocks) != 3 {
		t.Errorf("%d blocks of code", len(blocks))
	}
	for _, block := range blocks {
		code, _, closed := strings.Cut(block, "\n```\n")
		if !closed || !strings.Contains(string(example), code) {
			t.Errorf("not of example_test.go:\n%s", code)
		}
	}
}
