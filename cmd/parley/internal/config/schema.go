package config

import (
	"reflect"
	"strconv"
	"strings"
	"time"
)

// kind is the type of a key's value.
type kind uint8

const (
	kindSection kind = iota // keys of their own
	kindList                // a list of sections
	kindStrings             // a list of words
	kindString
	kindBool
	kindInt
	kindDuration
)

// expects is what a Problem says of a value of another type.
func (k kind) expects() string {
	switch k {
	case kindSection:
		return "must be a section with keys of its own"
	case kindList:
		return "must be a list of sections, each beginning with \"-\""
	case kindStrings:
		return "must be a list, such as [a, b]"
	case kindBool:
		return "must be true or false"
	case kindInt:
		return "must be a whole number"
	case kindDuration:
		return "must be a duration such as 30s or 2m"
	}
	return "must be a text"
}

// parse reads a scalar of kind k. A list of words is written with commas, as
// in a variable.
func (k kind) parse(text string) (any, bool) {
	switch k {
	case kindString:
		return text, true
	case kindBool:
		switch strings.ToLower(text) {
		case "true":
			return true, true
		case "false":
			return false, true
		}
	case kindInt:
		// Base 10 only: 010 is ten to an operator and eight to YAML 1.1.
		n, err := strconv.ParseInt(text, 10, 32)
		return int(n), err == nil
	case kindDuration:
		d, err := time.ParseDuration(text)
		return d, err == nil
	case kindStrings:
		return splitList(text), true
	}
	return nil, false
}

// splitList cuts "a, b" into its words; an empty text has none.
func splitList(text string) []string {
	words := []string{}
	for _, w := range strings.Split(text, ",") {
		if w = strings.TrimSpace(w); w != "" {
			words = append(words, w)
		}
	}
	return words
}

// schema is the tree of keys, made from the Config struct.
type schema struct {
	kind   kind
	names  []string // of the fields of a section or of a list's elements, in order
	fields map[string]*schema
}

// newSchema reads the keys of a struct type from its mapstructure tags.
func newSchema(t reflect.Type) *schema {
	s := &schema{kind: kindSection, fields: make(map[string]*schema)}
	for i := range t.NumField() {
		f := t.Field(i)
		name := f.Tag.Get("mapstructure")
		s.names = append(s.names, name)
		s.fields[name] = schemaOf(f.Type)
	}
	return s
}

func schemaOf(t reflect.Type) *schema {
	switch {
	case t == reflect.TypeFor[time.Duration]():
		return &schema{kind: kindDuration}
	case t.Kind() == reflect.Struct:
		return newSchema(t)
	case t.Kind() == reflect.Slice && t.Elem().Kind() == reflect.Struct:
		s := newSchema(t.Elem())
		s.kind = kindList
		return s
	case t.Kind() == reflect.Slice:
		return &schema{kind: kindStrings}
	case t.Kind() == reflect.Bool:
		return &schema{kind: kindBool}
	case t.Kind() == reflect.Int:
		return &schema{kind: kindInt}
	}
	return &schema{kind: kindString}
}

// walk calls f for every key that is no section, with its full path. What is
// inside a list is not visited.
func (s *schema) walk(path string, f func(path string, s *schema)) {
	for _, name := range s.names {
		field := s.fields[name]
		if field.kind == kindSection {
			field.walk(join(path, name), f)
			continue
		}
		f(join(path, name), field)
	}
}

// suggest returns the key that an unknown name in section s was probably meant
// to be: a neighbour, or a key of that very name elsewhere in the file.
func (s *schema) suggest(root *schema, name string) string {
	if near := nearest(name, s.names); near != "" {
		return near
	}
	elsewhere := ""
	root.walk("", func(path string, _ *schema) {
		if elsewhere == "" && strings.HasSuffix(path, "."+name) {
			elsewhere = path
		}
	})
	return elsewhere
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}
