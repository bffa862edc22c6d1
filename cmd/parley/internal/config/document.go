package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// document is a file that was read: its values as viper takes them, and where
// each stands.
type document struct {
	name     string
	root     *schema
	tree     map[string]any
	lines    map[string]int // by full path
	problems Problems
}

// readDocument takes a YAML file apart. What is wrong with it lands in
// problems and is left out of tree.
//
// The file is walked as nodes and not unmarshalled: only nodes know their
// lines, and a PIN of 0123 stays what was written instead of the number 83.
func readDocument(name string, data []byte, root *schema) *document {
	d := &document{name: name, root: root, tree: make(map[string]any), lines: make(map[string]int)}
	if len(data) > maxFileSize {
		d.problem(0, "", fmt.Sprintf("is larger than %d bytes", maxFileSize))
		return d
	}
	dec := yaml.NewDecoder(bytes.NewReader(data))
	var doc yaml.Node
	switch err := dec.Decode(&doc); {
	case errors.Is(err, io.EOF):
		return d // an empty file is all defaults
	case err != nil:
		d.syntax(err)
		return d
	}
	if err := dec.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		if err != nil {
			d.syntax(err)
		} else {
			d.problem(0, "", "holds more than one YAML document; only one is read")
		}
	}
	top := doc.Content[0]
	if isNull(top) {
		return d
	}
	if top.Kind != yaml.MappingNode {
		d.problem(top.Line, "", "must be keys and values, such as \"http:\"")
		return d
	}
	d.tree = d.section(top, root, "", 0)
	return d
}

func (d *document) problem(line int, key, text string) {
	d.problems = append(d.problems, Problem{Where: d.name, Line: line, Key: key, Text: text})
}

var yamlLine = regexp.MustCompile(`line (\d+): `)

// syntax reports what the YAML parser says, with its line in our place.
func (d *document) syntax(err error) {
	text := strings.TrimPrefix(err.Error(), "yaml: ")
	line := 0
	if m := yamlLine.FindStringSubmatchIndex(text); m != nil {
		line, _ = strconv.Atoi(text[m[2]:m[3]])
		text = text[:m[0]] + text[m[1]:]
	}
	if strings.Contains(text, "cannot start any token") { // as a rule so
		text += "; indent with spaces, not with tabs, and put quotes around what begins with @, ` or %"
	}
	d.problem(line, "", "is not YAML: "+text)
}

// section reads a mapping whose keys are s's.
func (d *document) section(n *yaml.Node, s *schema, path string, depth int) map[string]any {
	out := make(map[string]any, len(n.Content)/2)
	seen := make(map[string]int, len(n.Content)/2)
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		full := join(path, keyText(key))
		if key.Kind != yaml.ScalarNode {
			d.problem(key.Line, path, "has a key that is no word")
			continue
		}
		if first, ok := seen[key.Value]; ok {
			d.problem(key.Line, full, fmt.Sprintf("is given twice, first in line %d", first))
			continue
		}
		seen[key.Value] = key.Line
		field := s.fields[key.Value]
		if field == nil {
			d.problem(key.Line, full, "unknown key"+didYouMean(s.suggest(d.root, key.Value)))
			continue
		}
		d.lines[full] = key.Line
		if v, ok := d.value(value, field, full, depth+1); ok {
			out[key.Value] = v
		}
	}
	return out
}

// keyText is a key as a Problem names it: foreign, so cut and escaped unless
// it is a plain word.
func keyText(n *yaml.Node) string {
	for _, r := range n.Value {
		if (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '_' && r != '-' {
			return quote(n.Value)
		}
	}
	if len(n.Value) > maxQuoted {
		return quote(n.Value)
	}
	return n.Value
}

// value reads what stands behind a key.
func (d *document) value(n *yaml.Node, s *schema, path string, depth int) (any, bool) {
	switch {
	case depth > maxDepth:
		d.problem(n.Line, path, "nests too deep")
		return nil, false
	case n.Kind == yaml.AliasNode || n.Anchor != "":
		// Aliases of aliases grow without bound when followed.
		d.problem(n.Line, path, "anchors and aliases are not read; write the value out")
		return nil, false
	case isNull(n) && s.kind == kindSection:
		return nil, false // all of its keys are commented out
	case isNull(n):
		d.problem(n.Line, path, "has no value; "+s.kind.expects())
		return nil, false
	case s.kind == kindSection && n.Kind == yaml.MappingNode:
		return d.section(n, s, path, depth), true
	case s.kind == kindList && n.Kind == yaml.SequenceNode:
		return d.list(n, s, path, depth)
	case s.kind == kindStrings && n.Kind == yaml.SequenceNode:
		return d.words(n, path)
	case n.Kind == yaml.ScalarNode && s.kind >= kindString:
		return d.scalar(n, s, path)
	}
	d.problem(n.Line, path, s.kind.expects())
	return nil, false
}

// list reads a list of sections. An element that is wrong leaves an empty one
// behind, so that the indices of the others stay true.
func (d *document) list(n *yaml.Node, s *schema, path string, depth int) (any, bool) {
	if len(n.Content) > maxListItems {
		d.problem(n.Line, path, fmt.Sprintf("has more than %d entries", maxListItems))
		return nil, false
	}
	element := &schema{kind: kindSection, names: s.names, fields: s.fields}
	out := make([]any, len(n.Content))
	for i, c := range n.Content {
		at := path + "[" + strconv.Itoa(i) + "]"
		d.lines[at] = c.Line
		if isNull(c) {
			d.problem(c.Line, at, "has no value; "+element.kind.expects())
		} else if v, ok := d.value(c, element, at, depth+1); ok {
			out[i] = v
			continue
		}
		out[i] = map[string]any{}
	}
	return out, true
}

// words reads a list of words.
func (d *document) words(n *yaml.Node, path string) (any, bool) {
	if len(n.Content) > maxListItems {
		d.problem(n.Line, path, fmt.Sprintf("has more than %d entries", maxListItems))
		return nil, false
	}
	out := make([]string, 0, len(n.Content))
	for i, c := range n.Content {
		at := path + "[" + strconv.Itoa(i) + "]"
		d.lines[at] = c.Line
		if c.Kind != yaml.ScalarNode || c.Anchor != "" || isNull(c) {
			d.problem(c.Line, at, kindString.expects())
			continue
		}
		out = append(out, c.Value)
	}
	return out, true
}

// scalar reads a single value. A text may be written without quotes even where
// YAML would see a number in it; true and false are not texts.
func (d *document) scalar(n *yaml.Node, s *schema, path string) (any, bool) {
	quoted := n.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle|yaml.LiteralStyle|yaml.FoldedStyle) != 0
	wrong := (s.kind == kindString && n.Tag == "!!bool") ||
		((s.kind == kindBool || s.kind == kindInt) && quoted)
	if !wrong {
		if v, ok := s.kind.parse(n.Value); ok {
			return v, true
		}
	}
	d.problem(n.Line, path, s.kind.expects()+", not "+quote(n.Value))
	return nil, false
}

func isNull(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.Tag == "!!null" }
