package fakejira

import (
	"bytes"
	"cmp"
	"slices"
	"strings"

	"github.com/tidwall/gjson"

	"andon/integrations/jira"
)

// view is an issue as it was at one time.
type view struct {
	is        *issue
	s         *Server
	at        int64
	key       string
	changed   map[string][]byte // members of "fields" that are not the final ones, JSON
	histories []history         // in the order of time
	updated   int64
}

// see makes the view of an issue at t. The caller holds the lock.
func (s *Server) see(is *issue, t int64) *view {
	n, _ := slices.BinarySearchFunc(is.histories, t+1, func(h history, t int64) int { return cmp.Compare(h.at, t) })
	v := &view{is: is, s: s, at: t, key: is.keyAt(t), changed: map[string][]byte{}, histories: is.histories[:n], updated: is.updatedAt(t)}
	v.rewind()
	return v
}

// set overrides a field.
func (v *view) set(field string, x any) { v.changed[field] = encoded(x) }

// now is the value of a field in the view.
func (v *view) now(field string) gjson.Result {
	if raw, ok := v.changed[field]; ok {
		return gjson.ParseBytes(raw)
	}
	return gjson.Get(v.is.fields, field)
}

// comments are those that were written by then, as they read then.
func (v *view) comments() [][]byte {
	out := [][]byte{}
	for i := range v.is.comments {
		c := &v.is.comments[i]
		switch {
		case c.at > v.at:
		case c.edited > v.at:
			out = append(out, v.s.shownComment(c, true))
		default:
			out = append(out, v.s.shownComment(c, false))
		}
	}
	return out
}

// shownComment writes a comment for the dialect, with its text hidden where
// only the later one is known.
func (s *Server) shownComment(c *comment, early bool) []byte {
	created := gjson.Get(c.raw, "created").Raw
	return members(c.raw, func(k string, x gjson.Result) []byte {
		switch {
		case k == "author" || k == "updateAuthor":
			return s.shownPerson(x)
		case early && k == "body":
			return encoded(jira.UnknownText)
		case early && k == "updated":
			return []byte(created)
		}
		return []byte(x.Raw)
	})
}

// members writes an object anew, each value as change has it, nil to leave it
// out.
func members(raw string, change func(key string, x gjson.Result) []byte) []byte {
	var b bytes.Buffer
	b.WriteByte('{')
	each(gjson.Parse(raw), func(k, x gjson.Result) bool {
		if v := change(k.Str, x); v != nil {
			if b.Len() > 1 {
				b.WriteByte(',')
			}
			b.WriteString(k.Raw)
			b.WriteByte(':')
			b.Write(v)
		}
		return true
	})
	b.WriteByte('}')
	return b.Bytes()
}

// shownPerson writes a person for the dialect; one who is in it already stays
// as it came.
func (s *Server) shownPerson(v gjson.Result) []byte {
	id := localID(v)
	if id == "" || v.IsObject() && v.Get("accountId").Exists() == (s.o.Dialect == Cloud) {
		return []byte(v.Raw)
	}
	return encoded(s.userJSON(id, ""))
}

func (s *Server) userJSON(id, display string) map[string]any {
	p := s.site.users[id]
	if p == nil {
		p = &person{id: id, name: id, display: cmp.Or(display, id)}
	}
	return p.json(s.o.Dialect)
}

// shownHistory writes an entry of the changelog for the dialect. millis writes
// its time as milliseconds.
func (s *Server) shownHistory(h *history, millis bool) []byte {
	return members(h.raw, func(k string, x gjson.Result) []byte {
		switch {
		case k == "author":
			return s.shownPerson(x)
		case k == "created" && millis:
			return encoded(h.at / 1e6)
		case k == "items" && s.o.Dialect == DataCenter:
			return withoutIDs(x)
		}
		return []byte(x.Raw)
	})
}

// withoutIDs drops the field ids, which Data Center does not tell.
func withoutIDs(items gjson.Result) []byte {
	var out [][]byte
	each(items, func(_, it gjson.Result) bool {
		out = append(out, members(it.Raw, func(k string, x gjson.Result) []byte {
			if k == "fieldId" {
				return nil
			}
			return []byte(x.Raw)
		}))
		return true
	})
	return list(out)
}

func list(parts [][]byte) []byte {
	return slices.Concat([]byte{'['}, bytes.Join(parts, []byte{','}), []byte{']'})
}

// changelog writes the changelog as an expansion: in Cloud the newest limit
// entries, newest first; in Data Center all, oldest first.
func (v *view) changelog(limit int) []byte {
	h := v.histories
	if v.s.o.Dialect == Cloud && len(h) > limit {
		h = h[len(h)-limit:]
	}
	parts := make([][]byte, 0, len(h))
	for i := range h {
		parts = append(parts, v.s.shownHistory(&h[i], false))
	}
	if v.s.o.Dialect == Cloud && readsBackwards(h) {
		slices.Reverse(parts)
	}
	return slices.Concat([]byte(`{"startAt":0,"maxResults":`), encoded(len(parts)), []byte(`,"total":`), encoded(len(v.histories)), []byte(`,"histories":`), list(parts), []byte{'}'})
}

// readsBackwards reports whether a reader can tell that these entries are in
// the reverse order when they are written so: by their times, or by their ids.
func readsBackwards(h []history) bool {
	back := slices.Clone(h)
	slices.Reverse(back)
	return newestFirst(back)
}

// fieldSet is what the parameter "fields" asks for.
type fieldSet struct {
	all, navigable bool
	with, without  map[string]bool
}

func fieldsWanted(list []string) fieldSet {
	f := fieldSet{with: map[string]bool{}, without: map[string]bool{}}
	for _, x := range list {
		switch x = strings.TrimSpace(x); {
		case x == "*all":
			f.all = true
		case x == "*navigable":
			f.navigable = true
		case strings.HasPrefix(x, "-"):
			f.without[x[1:]] = true
		case x != "":
			f.with[x] = true
		}
	}
	if len(f.without) > 0 && len(f.with) == 0 && !f.navigable {
		f.all = true
	}
	return f
}

func (f fieldSet) has(field string) bool {
	return !f.without[field] && (f.all || f.with[field] || f.navigable && field != "comment")
}

// fieldsJSON writes the fields that are wanted.
func (v *view) fieldsJSON(want fieldSet) []byte {
	seen := map[string]bool{"comment": true}
	v.person("assignee")
	v.person("reporter")
	v.person("creator")
	body := members(v.is.fields, func(k string, x gjson.Result) []byte {
		if seen[k] || !want.has(k) {
			return nil
		}
		seen[k] = true
		if raw, ok := v.changed[k]; ok {
			return raw
		}
		return []byte(x.Raw)
	})
	b := bytes.NewBuffer(body[:len(body)-1])
	add := func(k string, raw []byte) {
		if b.Len() > 1 {
			b.WriteByte(',')
		}
		b.Write(encoded(k))
		b.WriteByte(':')
		b.Write(raw)
	}
	for _, k := range sortedKeys(v.changed) {
		if !seen[k] && want.has(k) {
			add(k, v.changed[k])
		}
	}
	if want.has("comment") {
		add("comment", v.commentsJSON())
	}
	b.WriteByte('}')
	return b.Bytes()
}

// person writes a person of the fields for the dialect.
func (v *view) person(field string) {
	if x := v.now(field); x.IsObject() {
		v.changed[field] = v.s.shownPerson(x)
	}
}

// commentsJSON is the field "comment": in Cloud its first page.
func (v *view) commentsJSON() []byte {
	all := v.comments()
	part := all
	if v.s.o.Dialect == Cloud {
		part = all[:min(len(all), v.s.o.PageSize)]
	}
	return slices.Concat([]byte(`{"comments":`), list(part), []byte(`,"maxResults":`), encoded(len(part)), []byte(`,"total":`), encoded(len(all)), []byte(`,"startAt":0}`))
}
