package config

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// YAML writes a configuration as a file that Parse reads back: what differs
// from the defaults, and never a secret.
func (c Config) YAML() ([]byte, error) {
	n := node(reflect.ValueOf(c), reflect.ValueOf(Default()))
	if n == nil {
		return nil, nil
	}
	b, err := yaml.Marshal(n)
	if err != nil {
		return nil, fmt.Errorf("write configuration: %w", err)
	}
	return b, nil
}

// node makes the YAML of a value, nil where it is the default.
func node(v, def reflect.Value) *yaml.Node {
	switch {
	case v.Type() == secretType:
		return nil
	case v.Kind() == reflect.Struct:
		return structNode(v, def)
	case v.Kind() == reflect.Map:
		return mapNode(v, def)
	case reflect.DeepEqual(v.Interface(), def.Interface()):
		return nil
	case v.Kind() == reflect.Slice:
		return listNode(v)
	}
	return leaf(v)
}

func structNode(v, def reflect.Value) *yaml.Node {
	n := &yaml.Node{Kind: yaml.MappingNode}
	for i := range v.NumField() {
		k := key(v.Type().Field(i))
		if k == "" {
			continue
		}
		if value := node(v.Field(i), def.Field(i)); value != nil {
			n.Content = append(n.Content, text(k), value)
		}
	}
	if len(n.Content) == 0 {
		return nil
	}
	return n
}

func mapNode(v, def reflect.Value) *yaml.Node {
	n := &yaml.Node{Kind: yaml.MappingNode}
	keys := v.MapKeys()
	slices.SortFunc(keys, func(a, b reflect.Value) int {
		if a.String() < b.String() {
			return -1
		}
		return 1
	})
	for _, k := range keys {
		old := reflect.Zero(v.Type().Elem())
		if d := def.MapIndex(k); d.IsValid() {
			old = d
		}
		if value := node(v.MapIndex(k), old); value != nil {
			n.Content = append(n.Content, text(k.String()), value)
		}
	}
	if len(n.Content) == 0 {
		return nil
	}
	return n
}

// listNode writes lists of single values in one line.
func listNode(v reflect.Value) *yaml.Node {
	n := &yaml.Node{Kind: yaml.SequenceNode}
	if v.Type().Elem().Kind() != reflect.Struct {
		n.Style = yaml.FlowStyle
	}
	for i := range v.Len() {
		item := v.Index(i)
		value := (*yaml.Node)(nil)
		if item.Kind() == reflect.Struct {
			value = structNode(item, reflect.Zero(item.Type()))
		} else {
			value = leaf(item)
		}
		if value == nil {
			value = &yaml.Node{Kind: yaml.MappingNode, Style: yaml.FlowStyle}
		}
		n.Content = append(n.Content, value)
	}
	return n
}

func leaf(v reflect.Value) *yaml.Node {
	if d, ok := v.Interface().(time.Duration); ok {
		return str(FormatDuration(d))
	}
	if v.Kind() == reflect.String {
		return str(v.String())
	}
	n := &yaml.Node{}
	if err := n.Encode(v.Interface()); err != nil {
		panic("config: a leaf that is no leaf: " + err.Error())
	}
	return n
}

// str is a value; ${ is escaped so that it is read as it stands.
func str(s string) *yaml.Node { return text(escape(s)) }

func text(s string) *yaml.Node {
	n := &yaml.Node{}
	n.SetString(s)
	if strings.ContainsAny(s, "\r\n\t") {
		n.Style = yaml.DoubleQuotedStyle // a block would have to say where its indentation begins
	}
	return n
}
