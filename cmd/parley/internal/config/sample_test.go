package config

import (
	"os"
	"reflect"
	"regexp"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

var equateEmpty = cmpopts.EquateEmpty()

const sampleFile = "../../../../parley.yaml"

// The file that explains all keys is loaded, says what the defaults are, and
// leaves no key out.
func TestSampleFile(t *testing.T) {
	data, err := os.ReadFile(sampleFile)
	if err != nil {
		t.Fatal(err)
	}
	got, err := load(Options{Codecs: testCodecs(), Environ: []string{}}, "parley.yaml", data)
	if err != nil {
		t.Fatal(err)
	}
	none, err := load(Options{Codecs: testCodecs(), Environ: []string{}}, "", nil)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(none, got, equateEmpty); diff != "" {
		t.Errorf("values differ from the defaults (-default +file):\n%s", diff)
	}

	root := newSchema(reflect.TypeFor[Config]())
	doc := readDocument("parley.yaml", data, root)
	var every func(path string, s *schema)
	every = func(path string, s *schema) {
		for _, name := range s.names {
			full, field := join(path, name), s.fields[name]
			if field.kind == kindList {
				every(full+"[0]", field)
				continue
			}
			_, there := doc.lines[full]
			// The fields of a list that is empty by default stand in a comment.
			commented := regexp.MustCompile(`(?m)^\s*#\s+(- )?` + name + `: `).Match(data)
			if _, inList := doc.lines[path]; !there && (inList || path == "" || !commented) {
				t.Errorf("%s does not occur in parley.yaml", full)
			}
			if field.kind == kindSection {
				every(full, field)
			}
		}
	}
	every("", root)
}
