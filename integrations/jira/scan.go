package jira

import (
	"strconv"
	"strings"

	"github.com/tidwall/gjson"
)

// each calls visit with every member of an object, or with every element of an
// array and no key, until visit returns false. The text must be valid JSON, which
// check has seen to. It does what gjson's ForEach does; it is faster where texts
// are long, since it jumps from quote to quote.
func each(v gjson.Result, visit func(k, x gjson.Result) bool) {
	s := v.Raw
	if len(s) < 2 || s[0] != '{' && s[0] != '[' {
		return
	}
	for i := gap(s, 1); i < len(s) && s[i] != '}' && s[i] != ']'; {
		var k, x gjson.Result
		if s[0] == '{' {
			k, i = valueAt(s, i)
			i = gap(s, i)
		}
		x, i = valueAt(s, i)
		if !visit(k, x) {
			return
		}
		i = gap(s, i)
	}
}

// gap returns the first position from i on that holds something other than
// space, commas and colons.
func gap(s string, i int) int {
	for i < len(s) {
		switch s[i] {
		case ' ', '\t', '\r', '\n', ',', ':':
			i++
		default:
			return i
		}
	}
	return i
}

// valueAt reads the value that begins at i and returns the position after it.
func valueAt(s string, i int) (gjson.Result, int) {
	if i >= len(s) {
		return gjson.Result{}, i
	}
	switch s[i] {
	case '"':
		end := stringEnd(s, i)
		return textOf(s[i:end]), end
	case '{', '[':
		end := nestEnd(s, i)
		return gjson.Result{Type: gjson.JSON, Raw: s[i:end]}, end
	}
	end := i + 1
	for end < len(s) && s[end] > ' ' && s[end] != ',' && s[end] != ']' && s[end] != '}' {
		end++
	}
	v := gjson.Result{Raw: s[i:end]}
	switch s[i] {
	case 't':
		v.Type = gjson.True
	case 'f':
		v.Type = gjson.False
	case 'n':
		v.Type = gjson.Null
	default:
		v.Type = gjson.Number
		v.Num, _ = strconv.ParseFloat(v.Raw, 64)
	}
	return v, end
}

// textOf reads a string with its quotes.
func textOf(raw string) gjson.Result {
	if len(raw) >= 2 && strings.IndexByte(raw, '\\') < 0 {
		return gjson.Result{Type: gjson.String, Raw: raw, Str: raw[1 : len(raw)-1]}
	}
	return gjson.Parse(raw)
}

// stringEnd returns the position after the string that begins at i.
func stringEnd(s string, i int) int {
	for i++; ; i++ {
		n := strings.IndexByte(s[i:], '"')
		if n < 0 {
			return len(s)
		}
		i += n
		slashes := 0
		for s[i-1-slashes] == '\\' {
			slashes++
		}
		if slashes%2 == 0 {
			return i + 1
		}
	}
}

// nestEnd returns the position after the object or array that begins at i.
func nestEnd(s string, i int) int {
	depth := 0
	for i < len(s) {
		switch s[i] {
		case '"':
			i = stringEnd(s, i)
			continue
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth == 0 {
				return i + 1
			}
		}
		i++
	}
	return len(s)
}
