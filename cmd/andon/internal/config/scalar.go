package config

import (
	"math"
	"reflect"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// maxCount is the greatest whole number that makes sense anywhere.
const maxCount = 1_000_000

// mayBeZero are the durations and counts that 0 switches off.
var mayBeZero = map[string]bool{"policy.corrected": true, "policy.routes.last": true, "policy.routes.liaison": true, "policy.routes.thin": true}

// scalar reads a text, a number, a truth value or a duration. Whole numbers are
// at least 1, fractions lie in 0 to 1 and durations are positive, but for
// those that 0 switches off: nothing in the configuration wants anything else.
func (w *walker) scalar(n *yaml.Node, t reflect.Type, path string) (any, bool) {
	if n.Kind != yaml.ScalarNode {
		w.fault(path, "expected %s, found %s", wanted(t), found(n))
		return nil, false
	}
	text, asked := n.Value, false
	if n.ShortTag() == "!!str" {
		out, used, err := expand(n.Value, w.env)
		if err != nil {
			w.fault(path, "%v", err)
			return nil, false
		}
		text, asked = out, used
	}
	switch {
	case t.Kind() == reflect.String:
		return w.text(n, t, path, text, asked)
	case n.ShortTag() == "!!str" && !asked && t != durationType:
		w.fault(path, "expected %s, found text", wanted(t))
		return nil, false
	case mayBeZero[path] && (text == "0" || text == "0s" || text == "0h"):
		return reflect.Zero(t).Interface(), true
	}
	v, ok := number(t, text)
	if !ok {
		w.fault(path, "expected %s%s", wanted(t), because(t, n))
	}
	return v, ok
}

// because adds to what was expected what stands there instead.
func because(t reflect.Type, n *yaml.Node) string {
	tag := n.ShortTag()
	switch {
	case t == durationType && (tag == "!!int" || tag == "!!float"):
		return ", found a number without a unit"
	case t.Kind() == reflect.Int && tag == "!!int", t.Kind() == reflect.Float64 && (tag == "!!float" || tag == "!!int"):
		return ""
	case tag == "!!str":
		return ""
	}
	return ", found " + found(n)
}

// text reads a string. A number or a truth value is refused: YAML would change
// its form, as in 007 or 1e5, before anybody sees it.
func (w *walker) text(n *yaml.Node, t reflect.Type, path, text string, asked bool) (any, bool) {
	switch n.ShortTag() {
	case "!!str", "!!timestamp", "!!merge":
	default:
		w.fault(path, "expected text, found %s; put it in quotes", found(n))
		return nil, false
	}
	if t == secretType {
		w.secrets = append(w.secrets, text)
		w.from[path] = "in the file"
		if asked {
			w.from[path] = "environment"
		}
	}
	return text, true
}

func wanted(t reflect.Type) string {
	switch {
	case t == durationType:
		return "a duration above 0 such as 30m, 4h, 1h30m, 14d or 2w"
	case t.Kind() == reflect.Int:
		return "a whole number of at least 1"
	case t.Kind() == reflect.Float64:
		return "a number from 0 to 1"
	case t.Kind() == reflect.Bool:
		return "true or false"
	}
	return "text"
}

// number reads everything but text.
func number(t reflect.Type, s string) (any, bool) {
	switch {
	case t == durationType:
		d, err := ParseDuration(s)
		return d, err == nil && d > 0
	case t.Kind() == reflect.Int:
		i, err := strconv.ParseInt(strings.ReplaceAll(s, "_", ""), 10, 64)
		return int(i), err == nil && i >= 1 && i <= maxCount
	case t.Kind() == reflect.Float64:
		f, err := strconv.ParseFloat(s, 64)
		return f, err == nil && !math.IsNaN(f) && f >= 0 && f <= 1
	case t.Kind() == reflect.Bool:
		b, err := strconv.ParseBool(strings.ToLower(s))
		return b, err == nil && len(s) > 1
	}
	return nil, false
}
