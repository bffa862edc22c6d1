package per

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// tags are the items of a struct tag: an item without "=" has the value "".
type tags map[string]string

// overlay parses text onto t.
func (t tags) overlay(text string) error {
	for text != "" {
		item, rest, err := cutItem(text)
		if err != nil {
			return err
		}
		text = rest
		key, value, _ := strings.Cut(item, "=")
		if inner, ok := strings.CutPrefix(item, "elem("); ok {
			key, value = "elem", strings.TrimSuffix(inner, ")")
		}
		if !known(key) {
			return fmt.Errorf("%w: tag item %q", ErrType, item)
		}
		t[key] = value
	}
	return nil
}

func known(key string) bool {
	switch key {
	case "optional", "range", "size", "enum", "ext", "from", "elem", "open", "group", "name":
		return true
	}
	return isText(key)
}

// cutItem cuts the text at the first comma outside of quotes and parentheses.
func cutItem(text string) (item, rest string, err error) {
	depth, quoted := 0, false
	for i, c := range text {
		switch {
		case c == '\'':
			quoted = !quoted
		case quoted:
		case c == '(':
			depth++
		case c == ')':
			depth--
		case c == ',' && depth == 0:
			return text[:i], text[i+1:], nil
		}
	}
	if quoted || depth != 0 {
		return "", "", fmt.Errorf("%w: tag %q does not close", ErrType, text)
	}
	return text, "", nil
}

// String is the same for the same tags.
func (t tags) String() string {
	var b strings.Builder
	for _, k := range slices.Sorted(maps.Keys(t)) {
		fmt.Fprintf(&b, "%s=%s;", k, t[k])
	}
	return b.String()
}

// only tells whether t has no items but these.
func (t tags) only(keys ...string) error {
next:
	for k := range t {
		for _, allowed := range keys {
			if k == allowed {
				continue next
			}
		}
		return fmt.Errorf("%w: tag item %s has no meaning here", ErrType, k)
	}
	return nil
}

func (t tags) has(key string) bool { _, ok := t[key]; return ok }

// drop removes the item and tells whether it was there.
func (t tags) drop(key string) bool {
	ok := t.has(key)
	delete(t, key)
	return ok
}

// size parses the size item; without one, any size.
func (t tags) size() (size, error) {
	text, ok := t["size"]
	if !ok {
		if t.has("ext") {
			return size{}, fmt.Errorf("%w: ext without size", ErrType)
		}
		return anySize, nil
	}
	lo, hi, ranged := strings.Cut(text, "..")
	s := size{hi: -1, ext: t.has("ext")}
	var err error
	if s.lo, err = strconv.Atoi(lo); err != nil || s.lo < 0 {
		return s, fmt.Errorf("%w: size=%s", ErrType, text)
	}
	switch {
	case !ranged:
		s.hi = s.lo
	case hi != "":
		if s.hi, err = strconv.Atoi(hi); err != nil || s.hi < s.lo {
			return s, fmt.Errorf("%w: size=%s", ErrType, text)
		}
	}
	return s, nil
}

var tagged = reflect.TypeFor[Tagged]()

// tagsOf returns the type's own tags with the field's laid over them.
func tagsOf(t reflect.Type, field string) (tags, error) {
	all := tags{}
	if t.Kind() != reflect.Pointer && t.Kind() != reflect.Interface && t.Implements(tagged) {
		own := reflect.Zero(t).Interface().(Tagged).PERTag()
		if err := all.overlay(own); err != nil {
			return nil, err
		}
	}
	return all, all.overlay(field)
}
