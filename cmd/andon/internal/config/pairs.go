package config

import (
	"reflect"
	"strings"

	"go.yaml.in/yaml/v3"
)

// pair is one key of a mapping with its value.
type pair struct {
	name       string
	key, value *yaml.Node
}

// pairs returns the keys of a mapping in their order, those that << takes over
// from elsewhere last. Keys given twice are a fault, the first one counts.
func (w *walker) pairs(n *yaml.Node, path string) (out []pair, ok bool) {
	if n.Kind != yaml.MappingNode {
		w.mismatch(n, path)
		return nil, false
	}
	lines := make(map[string]int)
	var merged []*yaml.Node
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		switch {
		case key.Kind == yaml.ScalarNode && key.ShortTag() == "!!merge":
			merged = append(merged, value)
		case key.Kind != yaml.ScalarNode || key.ShortTag() == "!!null":
			w.faultAt(key, path, "a key is a word, not %s", found(key))
		case lines[key.Value] > 0:
			w.twice(key, path, lines[key.Value])
		default:
			lines[key.Value] = key.Line
			out = append(out, pair{key.Value, key, value})
		}
	}
	for _, m := range merged {
		out = append(out, w.merge(m, path, lines)...)
	}
	return out, true
}

func (w *walker) mismatch(n *yaml.Node, path string) {
	if path == "" {
		w.faultAt(n, "", "expected keys such as policy:, found %s", found(n))
		return
	}
	w.fault(path, "expected a mapping, found %s", found(n))
}

func (w *walker) twice(key *yaml.Node, path string, line int) {
	if word(key.Value) {
		path = join(path, key.Value)
	}
	w.faultAt(key, path, "the key is given twice, first on line %d", line)
}

// merge returns what << takes over: the keys of one mapping, or of several,
// that are not there yet.
func (w *walker) merge(n *yaml.Node, path string, have map[string]int) (out []pair) {
	if n.Kind == yaml.AliasNode {
		if w.inside[n.Alias] {
			w.faultAt(n, path, "the alias stands for something that holds it")
			return nil
		}
		w.inside[n.Alias] = true
		defer delete(w.inside, n.Alias)
		n = n.Alias
	}
	if !w.bounded(n) {
		return nil
	}
	switch n.Kind {
	case yaml.SequenceNode:
		for _, c := range n.Content {
			out = append(out, w.merge(c, path, have)...)
		}
	case yaml.MappingNode:
		pairs, _ := w.pairs(n, path)
		for _, p := range pairs {
			if have[p.name] == 0 {
				have[p.name] = p.key.Line
				out = append(out, p)
			}
		}
	default:
		w.faultAt(n, path, "<< takes over the keys of a mapping, found %s", found(n))
	}
	return out
}

// fields are the keys of a struct by their koanf tags.
type fields struct {
	names []string
	types map[string]reflect.Type
}

func fieldsOf(t reflect.Type) fields {
	f := fields{types: make(map[string]reflect.Type)}
	for i := range t.NumField() {
		if tag := key(t.Field(i)); tag != "" {
			f.names = append(f.names, tag)
			f.types[tag] = t.Field(i).Type
		}
	}
	return f
}

// key is the name of a field in the file, "" when it has none.
func key(f reflect.StructField) string {
	tag, _, _ := strings.Cut(f.Tag.Get("koanf"), ",")
	return tag
}
