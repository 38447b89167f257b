package jira

import (
	"bytes"
	"errors"
	"fmt"
	"unicode/utf8"
	"unsafe"

	"github.com/tidwall/gjson"

	"andon/signals"
)

// Faults of a whole file or of one answer of Jira.
var (
	ErrLogin = errors.New("this looks like a login page, not JSON: check the credentials with which it was fetched")
	ErrEmpty = errors.New("it is empty")
	errJSON  = errors.New("no valid JSON")
	errDeep  = fmt.Errorf("JSON nested deeper than %d", maxNesting)
)

// Normalize turns one issue, as Jira's REST API returns it with its changelog,
// into its events, in order. It is pure: equal input gives equal events, and
// the events share no memory with raw. o is not changed; nil means the defaults.
// What could not be used without making the whole issue worthless (a comment
// without a date, a changelog that is cut short) is left out silently; Read
// reports it as a warning.
func Normalize(raw []byte, o *Options) ([]*signals.Event, error) {
	var opts Options
	if o != nil {
		opts = *o
	}
	opts = opts.withDefaults()
	raw, _ = validText(raw)
	if err := check(raw); err != nil {
		return nil, err
	}
	p := newParser(&opts)
	if err := p.read(topOf(gjson.Parse(view(raw)))); err != nil {
		return nil, err
	}
	return p.events(), nil
}

// view returns the bytes as a string without copying them. It lives as long as
// the bytes stay as they are.
func view(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

// validText replaces what is no UTF-8, and reports whether there was any.
func validText(raw []byte) ([]byte, bool) {
	if utf8.Valid(raw) {
		return raw, false
	}
	return bytes.ToValidUTF8(raw, []byte("\uFFFD")), true
}

// check tells whether raw is JSON that can be walked safely.
func check(raw []byte) error {
	text := bytes.TrimLeft(raw, " \t\r\n")
	if len(text) > 0 && text[0] == '<' {
		return ErrLogin
	}
	if tooDeep(raw) {
		return errDeep
	}
	if !gjson.ValidBytes(raw) {
		return errJSON
	}
	return nil
}

// tooDeep guards the validity check, which recurses. Counting brackets is much
// faster than following them, so only suspicious input is followed.
func tooDeep(raw []byte) bool {
	if bytes.Count(raw, []byte{'['})+bytes.Count(raw, []byte{'{'}) <= maxNesting {
		return false
	}
	depth, quoted := 0, false
	for i := 0; i < len(raw); i++ {
		switch c := raw[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '[' || c == '{':
			if depth++; depth > maxNesting {
				return true
			}
		case c == ']' || c == '}':
			depth--
		}
	}
	return false
}

// outcome is what became of one issue of a file.
type outcome struct {
	events []*signals.Event
	label  string
	id     string
	notes  []string
	err    error
	raw    []byte // of a rejected one
	nth    int    // its place in the page, from 1; 0 outside of pages
}

// line turns one line of a file, an issue or a page of them, into outcomes.
// names are the names of the fields where the issues have none of their own.
func (p *parser) line(raw []byte, out []outcome) []outcome {
	raw, dirty := validText(raw)
	if err := check(raw); err != nil {
		return append(out, outcome{err: err, raw: keep(raw)})
	}
	doc := gjson.Parse(view(raw))
	if !doc.IsObject() {
		return append(out, outcome{err: errors.New("no issue but another JSON value"), raw: keep(raw)})
	}
	start := len(out)
	if top := topOf(doc); top.isPage() {
		n := 0
		each(top.issues, func(_, v gjson.Result) bool {
			n++
			out = append(out, p.one(v, top.names, n))
			return true
		})
	} else {
		out = append(out, p.outcome(doc, top, 0))
	}
	if dirty && len(out) > start {
		o := &out[start]
		o.notes = append(o.notes, "bytes that are no UTF-8 were replaced")
	}
	return out
}

// top is the outermost members of an issue or of a page of them.
type top struct {
	id, key, fields, log, errs, issues gjson.Result
	names                              string
}

func topOf(doc gjson.Result) (t top) {
	each(doc, func(k, v gjson.Result) bool {
		switch k.Str {
		case "id":
			t.id = v
		case "key":
			t.key = v
		case "fields":
			t.fields = v
		case "names":
			t.names = v.Raw
		case "changelog":
			t.log = v
		case "errorMessages":
			t.errs = v
		case "issues", "values":
			t.issues = v
		}
		return true
	})
	return t
}

// isPage reports whether it is a page of a search and not an issue.
func (t *top) isPage() bool { return t.issues.IsArray() && !t.fields.Exists() }

func (p *parser) one(v gjson.Result, names string, nth int) outcome {
	if !v.IsObject() {
		return outcome{err: errors.New("no issue but another JSON value"), raw: keep([]byte(v.Raw)), nth: nth}
	}
	t := topOf(v)
	if t.names == "" {
		t.names = names
	}
	return p.outcome(v, t, nth)
}

func (p *parser) outcome(v gjson.Result, t top, nth int) outcome {
	if err := p.read(t); err != nil {
		return outcome{err: err, raw: keep([]byte(v.Raw)), nth: nth}
	}
	events := p.events()
	return outcome{events: events, id: events[0].Case.ID, label: p.word(p.iss.label), notes: p.iss.notes, nth: nth}
}

// keep copies the beginning of what is rejected.
func keep(raw []byte) []byte { return bytes.Clone(raw[:min(len(raw), maxRaw)]) }
