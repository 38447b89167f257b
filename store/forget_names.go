package store

import (
	"bytes"
	"cmp"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"andon/signals"
)

// pseudonym is what the ids begin with that stand for forgotten ones.
const pseudonym = "gone:"

// somebody stands where the name of a forgotten person stood.
const somebody = "somebody"

// needles are what is looked for to be cut out, and what stands there instead.
// Each id gets a random stand-in of its own for this one Forget, in the same
// source and site: hand-offs stay hand-offs, and nothing leads back.
type needles struct {
	ids   []string // as given
	sure  []needle // ids, and local parts that can be nothing else: cut wherever they stand
	plain []needle // local parts that may be words too, and names: cut from what people wrote and from keys
	whole map[string]string
}

type needle struct{ text, instead string }

// newNeedles makes the needles of ids and of names in plain text.
func newNeedles(ids, names []string) (*needles, error) {
	n := &needles{whole: make(map[string]string)}
	locals := make(map[string]string)
	for _, id := range ids {
		if id = storable(id); id == "" || n.whole[id] != "" {
			continue
		}
		local := signals.Bare(id)
		if strings.TrimSpace(local) == "" {
			return nil, fmt.Errorf("%q is not the id of anybody: it has no local part", id)
		}
		if locals[local] == "" {
			locals[local] = pseudonym + strings.ToLower(rand.Text()[:16])
		}
		n.ids = append(n.ids, id)
		n.whole[id] = strings.TrimSuffix(id, local) + locals[local]
		if id != local {
			n.sure = append(n.sure, needle{id, n.whole[id]})
		}
	}
	for local, instead := range locals {
		switch kindOfLocal(local) {
		case bareID:
			n.sure = append(n.sure, needle{local, instead})
		case wordID:
			n.plain = append(n.plain, needle{local, instead})
		}
	}
	for _, name := range names {
		if len(name) > 4 {
			n.plain = append(n.plain, needle{storable(name), somebody})
		}
	}
	longest := func(a, b needle) int {
		return cmp.Or(cmp.Compare(len(b.text), len(a.text)), cmp.Compare(a.text, b.text))
	}
	slices.SortFunc(n.sure, longest)
	slices.SortFunc(n.plain, longest)
	return n, nil
}

// The kinds of ids in the table forgotten.
const (
	fullID    = "id"      // as made by signals.ID
	bareID    = "bare"    // a local part that can be nothing else
	wordID    = "word"    // one that may be a word too
	channelID = "channel" // of a channel: what happened there until then
)

// kindOfLocal says how a local part can be told from other text; "" when it
// cannot: a short number could be anything.
func kindOfLocal(s string) string {
	letters := strings.ContainsFunc(s, unicode.IsLetter)
	marks := strings.ContainsFunc(s, unicode.IsDigit) || strings.ContainsAny(s, "._-@:")
	switch {
	case letters && marks && len(s) >= 5, !letters && len(s) >= 9:
		return bareID
	case letters && len(s) >= 3:
		return wordID
	}
	return ""
}

// cut replaces the needles in a text, the plain ones only if all is set.
func (n *needles) cut(s string, all bool) string {
	s = cutOut(s, n.sure)
	if all {
		s = cutOut(s, n.plain)
	}
	return s
}

func cutOut(s string, list []needle) string {
	for _, x := range list {
		if !strings.Contains(s, x.text) {
			continue
		}
		var b strings.Builder
		for {
			i := find(s, x.text)
			if i < 0 {
				break
			}
			b.WriteString(s[:i])
			b.WriteString(x.instead)
			s = s[i+len(x.text):]
		}
		b.WriteString(s)
		s = b.String()
	}
	return s
}

// find is where a word stands in a text on its own; -1 for nowhere.
func find(s, word string) int {
	for from := 0; ; {
		i := strings.Index(s[from:], word)
		if i < 0 {
			return -1
		}
		i += from
		if bounded(s[:i], s[i+len(word):]) {
			return i
		}
		_, size := utf8.DecodeRuneInString(s[i:])
		from = i + size
	}
}

// bounded reports whether a word ends where the one text meets it and the other
// leaves it. A dot or a hyphen joins it to a word behind.
func bounded(before, after string) bool {
	r, size := utf8.DecodeLastRuneInString(before)
	if joiner(r) {
		r, _ = utf8.DecodeLastRuneInString(before[:len(before)-size])
	}
	if letter(r) {
		return false
	}
	r, size = utf8.DecodeRuneInString(after)
	if joiner(r) {
		r, _ = utf8.DecodeRuneInString(after[size:])
	}
	return !letter(r)
}

func joiner(r rune) bool { return r == '.' || r == '-' }

func letter(r rune) bool {
	return r != utf8.RuneError && (r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r))
}

// within reports whether a text holds any of the needles.
func (n *needles) within(s string) bool {
	for _, list := range [][]needle{n.sure, n.plain} {
		for _, x := range list {
			if find(s, x.text) >= 0 {
				return true
			}
		}
	}
	return false
}

// withinBody reports whether the body of an envelope holds any of the needles,
// also where JSON spells them in escapes.
func (n *needles) withinBody(body []byte) bool {
	if n.within(string(body)) {
		return true
	}
	if !bytes.Contains(body, []byte(`\`)) {
		return false
	}
	found := false
	v, err := decodeAny(body)
	if err != nil {
		return false
	}
	walk(v, func(s string) string {
		found = found || n.within(s)
		return s
	})
	return found
}

// cutKey cuts a key of a record or a nudge, DETECTOR|CASE|OCCASION...
func (n *needles) cutKey(s string) string {
	detector, rest, ok := strings.Cut(s, "|")
	if !ok {
		return n.cut(s, true)
	}
	return detector + "|" + n.cut(rest, true)
}

// cutValue cuts a text, or every string within it when it is JSON.
func (n *needles) cutValue(s string, cut func(string) string) string {
	if s == "" || (s[0] != '{' && s[0] != '[') {
		return cut(s)
	}
	v, err := decodeAny([]byte(s))
	if err != nil {
		return cut(s)
	}
	changed := false
	v = walk(v, func(s string) string {
		now := cut(s)
		changed = changed || now != s
		return now
	})
	if !changed {
		return s
	}
	b, err := json.Marshal(v)
	if err != nil {
		return cut(s)
	}
	return string(b)
}

func decodeAny(b []byte) (v any, err error) {
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	if err := d.Decode(&v); err != nil {
		return nil, err
	}
	if d.More() {
		return nil, fmt.Errorf("something stands behind the JSON")
	}
	return v, nil
}

// walk changes every string within a decoded JSON value, and names of members
// that may be ids.
func walk(v any, f func(string) string) any {
	switch v := v.(type) {
	case string:
		return f(v)
	case []any:
		for i := range v {
			v[i] = walk(v[i], f)
		}
	case map[string]any:
		for _, k := range slices.Sorted(maps.Keys(v)) {
			x := walk(v[k], f)
			if strings.Contains(k, "/") || kindOfLocal(k) == bareID {
				delete(v, k)
				k = f(k)
			}
			v[k] = x
		}
	}
	return v
}
