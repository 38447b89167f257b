package config

import (
	"fmt"
	"reflect"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// The bounds of a walk.
const (
	maxDepth   = 32     // nesting; the configuration itself needs seven
	maxAliased = 10_000 // nodes reached through aliases, so that a few lines cannot stand for millions
	maxFaults  = 1000   // faults that are kept
)

var (
	secretType   = reflect.TypeFor[Secret]()
	durationType = reflect.TypeFor[time.Duration]()
)

// place is where a value stands and what stands there, before the environment
// was expanded.
type place struct {
	line, column int
	raw          string
}

// walker checks nodes against Go types and makes plain values of them: maps,
// lists, strings, numbers, durations. What is wrong is noted and left out; in
// a list its zero value keeps the place, so that indexes stay true.
type walker struct {
	file    string
	env     func(string) (string, bool)
	faults  Faults
	hints   Faults
	places  map[string]place
	broken  map[string]bool   // paths with a fault
	from    map[string]string // secret -> where it comes from
	secrets []string          // what must not be repeated in a fault
	aliased int
	depth   int
	inside  map[*yaml.Node]bool // aliases that are open
}

func newWalker(file string, env func(string) (string, bool)) *walker {
	return &walker{file: file, env: env, places: make(map[string]place), broken: make(map[string]bool), from: make(map[string]string), inside: make(map[*yaml.Node]bool)}
}

// fault notes what is wrong at a path, with the position of the path or of the
// nearest one around it. A path has one fault at most, and none when something
// around it is wrong already.
func (w *walker) fault(path, format string, args ...any) {
	for p := path; p != ""; p = parent(p) {
		if w.broken[p] {
			return
		}
	}
	w.broken[path] = true
	at := w.place(path)
	w.add(at.line, at.column, path, fmt.Sprintf(format, args...))
}

// faultAt notes what is wrong at a node that has no path of its own.
func (w *walker) faultAt(n *yaml.Node, path, format string, args ...any) {
	w.add(n.Line, n.Column, path, fmt.Sprintf(format, args...))
}

func (w *walker) add(line, column int, path, problem string) {
	if len(w.faults) < maxFaults {
		w.faults = append(w.faults, Fault{w.file, line, column, path, problem})
	}
}

func (w *walker) hint(path, format string, args ...any) {
	at := w.place(path)
	w.hints = append(w.hints, Fault{w.file, at.line, at.column, path, fmt.Sprintf(format, args...)})
}

// place is the position of a path, or of the nearest one around it.
func (w *walker) place(path string) place {
	for p := path; p != ""; p = parent(p) {
		if at, ok := w.places[p]; ok {
			return at
		}
	}
	return place{line: 1, column: 1}
}

// parent is the path without its last part.
func parent(path string) string {
	return path[:max(0, strings.LastIndexAny(path, ".["))]
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

// value reads one node as a value of type t. ok is false where there is none,
// be it because nothing stands there or because it is wrong.
func (w *walker) value(n *yaml.Node, t reflect.Type, path string) (v any, ok bool) {
	if w.depth++; w.depth > maxDepth {
		w.depth--
		w.fault(path, "this is nested deeper than %d levels", maxDepth)
		return nil, false
	}
	defer func() { w.depth-- }()
	if path != "" {
		w.places[path] = place{n.Line, n.Column, n.Value}
	}
	if len(w.inside) > 0 && !w.bounded(n) {
		return nil, false
	}
	if n.Kind == yaml.AliasNode {
		return w.alias(n, t, path)
	}
	if t == secretType {
		w.keep(n)
	}
	if n.Style&yaml.TaggedStyle != 0 && n.Tag != "!!str" {
		w.fault(path, "tags (!...) are not used here; put the value in quotes if it is text")
		return nil, false
	}
	if n.Kind == yaml.ScalarNode && n.ShortTag() == "!!null" {
		return nil, false
	}
	switch t.Kind() {
	case reflect.Struct:
		return w.structure(n, t, path)
	case reflect.Map:
		return w.named(n, t, path)
	case reflect.Slice:
		return w.list(n, t, path)
	}
	return w.scalar(n, t, path)
}

// bounded counts a node that is reached through an alias.
func (w *walker) bounded(n *yaml.Node) bool {
	if w.aliased++; w.aliased == maxAliased+1 {
		w.faultAt(n, "", "the aliases stand for more than %d values", maxAliased)
	}
	return w.aliased <= maxAliased
}

// keep remembers every text below a secret key, right or wrong, as a secret.
func (w *walker) keep(n *yaml.Node) {
	if n.Value != "" {
		w.secrets = append(w.secrets, n.Value)
	}
	for _, c := range n.Content {
		w.keep(c)
	}
}

func (w *walker) alias(n *yaml.Node, t reflect.Type, path string) (any, bool) {
	if w.inside[n.Alias] {
		w.fault(path, "the alias stands for something that holds it")
		return nil, false
	}
	w.inside[n.Alias] = true
	v, ok := w.value(n.Alias, t, path)
	delete(w.inside, n.Alias)
	if at, found := w.places[path]; found {
		w.places[path] = place{n.Line, n.Column, at.raw}
	}
	return v, ok
}

// structure reads a mapping with fixed keys.
func (w *walker) structure(n *yaml.Node, t reflect.Type, path string) (any, bool) {
	fields := fieldsOf(t)
	out := make(map[string]any)
	pairs, ok := w.pairs(n, path)
	for _, p := range pairs {
		f, known := fields.types[p.name]
		if !known {
			w.unknown(p.key, path, fields.names)
			continue
		}
		if v, ok := w.value(p.value, f, join(path, p.name)); ok {
			out[p.name] = v
		}
	}
	return out, ok
}

func (w *walker) unknown(key *yaml.Node, path string, known []string) {
	if !word(key.Value) {
		w.faultAt(key, path, "unknown key%s", suggest("", known))
		return
	}
	w.faultAt(key, join(path, key.Value), "unknown key%s", suggest(key.Value, known))
}

// named reads a mapping whose keys the file chooses.
func (w *walker) named(n *yaml.Node, t reflect.Type, path string) (any, bool) {
	out := make(map[string]any)
	pairs, ok := w.pairs(n, path)
	for _, p := range pairs {
		if !name(p.name) {
			w.faultAt(p.key, path, "a key that is no name")
			continue
		}
		if v, ok := w.value(p.value, t.Elem(), join(path, p.name)); ok {
			out[p.name] = v
		}
	}
	return out, ok
}

func (w *walker) list(n *yaml.Node, t reflect.Type, path string) (any, bool) {
	if n.Kind != yaml.SequenceNode {
		w.fault(path, "expected a list of %ss, found %s", expected(t.Elem()), found(n))
		return nil, false
	}
	out := make([]any, 0, len(n.Content))
	for i, item := range n.Content {
		at := fmt.Sprintf("%s[%d]", path, i)
		v, ok := w.value(item, t.Elem(), at)
		if !ok {
			w.fault(at, "the entry is empty")
			if v = reflect.Zero(t.Elem()).Interface(); t.Elem().Kind() == reflect.Struct {
				v = map[string]any{}
			}
		}
		out = append(out, v)
	}
	return out, true
}

// found says what stands at a node, never its value.
func found(n *yaml.Node) string {
	switch n.Kind {
	case yaml.MappingNode:
		return "a mapping"
	case yaml.SequenceNode:
		return "a list"
	}
	switch n.ShortTag() {
	case "!!int", "!!float":
		return "a number"
	case "!!bool":
		return "true or false"
	case "!!timestamp":
		return "a date"
	case "!!null":
		return "nothing"
	}
	return "text"
}

// expected says what a type wants to see.
func expected(t reflect.Type) string {
	switch {
	case t == durationType:
		return "duration"
	case t.Kind() == reflect.Struct, t.Kind() == reflect.Map:
		return "mapping"
	case t.Kind() == reflect.String:
		return "text"
	case t.Kind() == reflect.Slice:
		return "list"
	}
	return "value"
}
