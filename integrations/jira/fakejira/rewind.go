package fakejira

import (
	"cmp"
	"maps"
	"slices"
	"strconv"

	"github.com/tidwall/gjson"
)

// rewind takes back what happened after the time of the view.
func (v *view) rewind() {
	is := v.is
	r := rewinding{view: v, first: map[string]item{}, lists: map[string][]element{}}
	for i := len(is.histories) - 1; i >= len(v.histories); i-- {
		items := []item{}
		is.histories[i].items(func(it item) { items = append(items, it) })
		for _, it := range slices.Backward(items) {
			r.back(it)
		}
	}
	r.finish()
	v.resolution(r.first)
	v.links(r)
	v.dates()
}

// rewinding is the state of going back.
type rewinding struct {
	*view
	first  map[string]item // the earliest of the later changes, by field
	lists  map[string][]element
	linked []item // changes of links, newest first
	moved  bool
	from   item // the change of the project
}

// element is one element of a list of named things.
type element struct {
	name string
	raw  string
}

func (r *rewinding) back(it item) {
	switch field := it.target(r.is); field {
	case "":
	case keyField:
		r.moved = true
	case "project":
		r.from = it
	case "issuelinks":
		r.linked = append(r.linked, it)
	case "components", "fixVersions", "versions":
		r.undo(field, it)
	default:
		r.first[field] = it
	}
}

// undo takes back one change of a list of named things.
func (r *rewinding) undo(field string, it item) {
	l, ok := r.lists[field]
	if !ok {
		each(gjson.Get(r.is.fields, field), func(_, x gjson.Result) bool {
			l = append(l, element{text(x), x.Raw})
			return true
		})
	}
	called := func(name string) func(element) bool { return func(e element) bool { return e.name == name } }
	if i := slices.IndexFunc(l, called(it.toText)); it.toText != "" && i >= 0 {
		l = slices.Delete(l, i, i+1)
	}
	if it.fromText != "" && !slices.ContainsFunc(l, called(it.fromText)) {
		l = append(l, element{it.fromText, string(encoded(object(it.from, "name", it.fromText)))})
	}
	r.lists[field] = l
}

// finish writes the values that were found into the view.
func (r *rewinding) finish() {
	for field, l := range r.lists {
		parts := [][]byte{}
		for _, e := range l {
			parts = append(parts, []byte(e.raw))
		}
		r.changed[field] = list(parts)
	}
	for field, it := range r.first {
		r.set(field, r.s.before(field, it, gjson.Get(r.is.fields, field)))
	}
	if r.moved || r.from.field != "" {
		r.set("project", r.s.projectBefore(r.key, r.from, r.moved))
	}
}

// before is the value of a field before a change, in the shape of the field.
func (s *Server) before(field string, it item, final gjson.Result) any {
	switch field {
	case "assignee", "reporter", "creator":
		if it.from == "" {
			return nil
		}
		return s.userJSON(it.from, it.fromText)
	case "parent":
		if it.fromText == "" {
			return nil
		}
		return object(it.from, "key", it.fromText)
	case "labels":
		return listOfTexts.value("", it.fromText, s.o.Dialect)
	case "summary", "description", "environment", "duedate":
		return plainText.value("", it.fromText, s.o.Dialect)
	case "security":
		return named.value(it.from, it.fromText, s.o.Dialect)
	}
	if options, ok := s.site.values[field]; ok {
		if it.fromText == "" {
			return nil
		}
		o := options[it.fromText]
		return value{id: cmp.Or(it.from, o.id), name: it.fromText, category: o.category}.json(field)
	}
	sh := shapeOf(final)
	if f := s.site.fields[field]; sh == unshaped && f != nil {
		sh = f.shape
	}
	return sh.value(it.from, it.fromText, s.o.Dialect)
}

// projectBefore is the project of an issue that was moved later.
func (s *Server) projectBefore(key string, it item, moved bool) any {
	prefix, _ := splitKey(key)
	out := map[string]any{"key": prefix}
	if !moved { // the change of the project alone tells only its name
		out["key"] = cmp.Or(s.site.projectNamed(it.fromText), prefix)
	}
	if p := s.site.projects[out["key"].(string)]; p != nil {
		out["id"], out["name"] = p.id, p.name
	}
	if it.from != "" {
		out["id"] = it.from
	}
	if it.fromText != "" {
		out["name"] = it.fromText
	}
	return out
}

func (s *site) projectNamed(name string) string {
	for _, k := range s.order {
		if s.projects[k].name == name {
			return k
		}
	}
	return ""
}

// resolution sets the date that belongs to the resolution of the time, and
// takes back one that came without being told.
func (v *view) resolution(first map[string]item) {
	is := v.is
	dated := is.late.links || is.late.resolution // jira.Normalize dates by it
	switch _, later := first["resolution"]; {
	case is.late.resolution && v.at < is.resolved:
		v.set("resolution", nil)
		v.set("resolutiondate", nil)
		if is.late.status {
			v.set("status", nil)
		}
	case is.resolved > 0 && is.resolved <= v.at && (dated || !later && text(v.now("resolution")) != ""):
	case text(v.now("resolution")) != "" && !dated:
		v.set("resolutiondate", v.s.stamp(v.resolvedAt()))
	case is.resolved > 0:
		v.set("resolutiondate", nil)
	}
}

// resolvedAt is when the resolution of the view was set.
func (v *view) resolvedAt() int64 {
	at := v.is.created
	for i := range v.histories {
		v.histories[i].items(func(it item) {
			if it.toText != "" && it.target(v.is) == "resolution" {
				at = v.histories[i].at
			}
		})
	}
	return at
}

// dates sets the last update.
func (v *view) dates() {
	if v.updated != v.is.updated {
		v.set("updated", v.s.stamp(v.updated))
	}
}

// links sets the links of the time.
func (v *view) links(r rewinding) {
	late := v.is.late
	switch {
	case late.links && v.at < late.linksAt, late.linkItems > v.at:
		v.set("issuelinks", []any{})
		return
	case len(r.linked) == 0:
		return
	}
	kept := [][]byte{}
	gone := map[string]bool{}
	for _, it := range r.linked { // the earliest comes last and decides
		if it.to != "" {
			gone[it.to] = true
		} else {
			delete(gone, it.from)
		}
	}
	there := map[string]bool{}
	each(gjson.Get(v.is.fields, "issuelinks"), func(_, x gjson.Result) bool {
		other := cmp.Or(x.Get("outwardIssue.key").String(), x.Get("inwardIssue.key").String())
		if !gone[other] {
			kept, there[other] = append(kept, []byte(x.Raw)), true
		}
		return true
	})
	for _, it := range slices.Backward(r.linked) {
		if it.to == "" && !gone[it.from] && !there[it.from] {
			if raw := v.s.linkBefore(it); raw != nil {
				kept, there[it.from] = append(kept, raw), true
			}
		}
	}
	v.changed["issuelinks"] = list(kept)
}

// linkBefore is a link that was removed later, as far as the text of its
// removal tells it.
func (s *Server) linkBefore(it item) []byte {
	phrase, ok := linkPhrase(it)
	if !ok {
		return nil
	}
	id := int64(1_000_000)
	for _, c := range []byte(it.from + phrase) { // the same link has the same id each time
		id = (id*31 + int64(c)) % 1_000_000_007
	}
	return encoded(map[string]any{
		"id": strconv.FormatInt(id, 10), "type": map[string]any{"name": phrase, "inward": phrase, "outward": phrase},
		"outwardIssue": map[string]any{"key": it.from},
	})
}

// linkPhrase takes "duplicates" out of "This issue duplicates PAY-3".
func linkPhrase(it item) (string, bool) {
	const head = "This issue "
	tail := " " + it.from
	if n := len(it.fromText); n > len(head)+len(tail) && it.fromText[:len(head)] == head && it.fromText[n-len(tail):] == tail {
		return it.fromText[len(head) : n-len(tail)], true
	}
	return "", false
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
