package jira

import (
	"slices"
	"strings"

	"github.com/tidwall/gjson"
)

// rewind walks the history backwards from the final values. Afterwards the
// slots, the components and the label hold what they were at creation, and every
// item tells the value that really stood after it.
func (p *parser) rewind() {
	is := &p.iss
	for i := range is.slots {
		s := &is.slots[i]
		s.cur, s.known = p.final(s, i)
	}
	for h := len(is.history) - 1; h >= 0; h-- {
		for i := is.history[h].last - 1; i >= is.history[h].first; i-- {
			is.back(&is.items[i])
		}
	}
	slices.Sort(is.components)
}

// back takes back one item.
func (is *issue) back(it *item) {
	s := &is.slots[it.slot]
	switch s.role {
	case linked, several:
		return
	case component:
		is.components = undo(is.components, it)
		return
	}
	if s.known && !is.cut {
		it.to = s.cur
	}
	s.cur, s.known = it.from, true
}

// undo takes back one change of a list.
func undo(list []string, it *item) []string {
	if it.to != "" {
		if i := slices.Index(list, it.to); i >= 0 {
			list = slices.Delete(list, i, i+1)
		}
	}
	if it.from != "" && !slices.Contains(list, it.from) {
		list = append(list, it.from)
	}
	return list
}

// final returns the final value of a field that changed, in the form in which
// the changelog writes it. ok is false where the issue does not tell it.
func (p *parser) final(s *slot, index int) (v string, ok bool) {
	is := &p.iss
	switch s.role {
	case holder:
		return localPerson(is.assignee), true
	case reporter:
		return localPerson(is.reporter), true
	case status:
		return shown(is.status)
	case priority:
		return shown(is.priority)
	case resolution:
		return shown(is.resolution)
	case title:
		return shown(is.summary)
	case issueType:
		return shown(is.kind)
	case label:
		return is.label, is.label != ""
	case parent:
		return shown(is.parent)
	case body:
		if is.body.Type == gjson.String || is.body.Type == gjson.Null {
			return is.body.Str, true
		}
		return "", false
	case team, level, other:
		for i := range is.custom {
			if is.custom[i].slot == index+1 {
				return shown(is.custom[i].v)
			}
		}
	}
	return "", false
}

// atCreation returns what a field with a meaning of its own was at creation:
// the rewound value where it changed, otherwise the final one.
func (p *parser) atCreation(r role, final gjson.Result) string {
	is := &p.iss
	for i := range is.slots {
		if is.slots[i].role == r {
			return is.slots[i].cur
		}
	}
	if is.cut && r.moves() {
		return ""
	}
	if r == holder || r == reporter {
		return localPerson(final)
	}
	s, _ := shown(final)
	return s
}

// moves reports whether the final value of a field whose history is unknown
// must not stand at the creation.
func (r role) moves() bool {
	switch r {
	case holder, team, level, status, priority, resolution:
		return true
	}
	return false
}

// customField finds the final value of the team or the level field.
func (p *parser) customField(id string) (v gjson.Result) {
	for i := range p.iss.custom {
		if p.iss.custom[i].id == id {
			return p.iss.custom[i].v
		}
	}
	return v
}

// isComputed reports whether a field without history looks like one that Jira
// computes later: a time after the creation, or the times spent per status.
func (is *issue) isComputed(v gjson.Result) bool {
	if v.Type != gjson.String || len(v.Str) < 16 {
		return false
	}
	if t, ok := stamp(v.Str); ok {
		return t.After(is.created)
	}
	return strings.Contains(v.Str, "_*:*_")
}

// isDone reports whether a status means closed.
func (p *parser) isDone(name string) bool {
	if name == "" {
		return false
	}
	if d, ok := p.done[name]; ok && d {
		return true
	}
	if p.iss.category.Str == "done" {
		if s, _ := shown(p.iss.status); s == name {
			return true
		}
	}
	return p.done[strings.ToLower(name)]
}
