package company

import (
	"fmt"
	"hash/fnv"
	"strconv"
	"time"
)

const (
	fieldTeam  = "customfield_10010"
	fieldLevel = "customfield_10011"
)

var fieldNames = map[string]string{fieldTeam: "Team", fieldLevel: "Support Level"}

func jiraTime(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000+0000") }

// idOf gives a name a stable numeric id.
func idOf(name string) string {
	h := fnv.New32a()
	h.Write([]byte(name))
	return strconv.Itoa(10000 + int(h.Sum32()%80000))
}

func status(name string) Status {
	s := Status{ID: idOf("status " + name), Name: name}
	s.Category.Key = map[string]string{"Open": "new", "Backlog": "new", "Reopened": "new", "Done": "done", "Closed": "done"}[name]
	if s.Category.Key == "" {
		s.Category.Key = "indeterminate"
	}
	return s
}

func (p *Person) user() *User {
	if p == nil {
		return nil
	}
	return &User{p.AccountID, p.Name, p.LeftAt == nil}
}

func (is *Issue) where() string { return "jira:" + is.Key }

// option is the value of a select field, nil for none.
func option(value string) *Option {
	if value == "" {
		return nil
	}
	return &Option{idOf("option " + value), value}
}

// change sets fields at one moment by one author and writes the history. It returns the history's id, or "" when the
// moment lies after the end, when the author has left, or when nothing changes: then nothing is done.
func (w *world) change(is *Issue, by *Person, at time.Time, sets ...func(*Issue) (Item, bool)) string {
	if at.IsZero() || !at.Before(w.end) || at.Before(is.last) || by.gone(at) {
		return ""
	}
	h := History{Author: by.user(), Created: jiraTime(at), at: at}
	for _, set := range sets {
		if item, changed := set(is); changed {
			h.Items = append(h.Items, item)
		}
	}
	if len(h.Items) == 0 {
		return ""
	}
	n := len(is.Changelog.Histories)
	h.ID = fmt.Sprintf("%s%03d", is.ID, n+1)
	is.Changelog.Histories = append(is.Changelog.Histories, h)
	is.last = at
	is.Fields.Updated = jiraTime(at)
	if is.Fields.Resolution == nil {
		is.Fields.Resolved = nil
	} else if is.Fields.Resolved == nil {
		s := jiraTime(at)
		is.Fields.Resolved = &s
	}
	return h.ID
}

func item(field, kind, id string, from, fromS, to, toS *string) (Item, bool) {
	same := (from == nil) == (to == nil) && (from == nil || *from == *to)
	return Item{field, kind, id, from, fromS, to, toS}, !same
}

func setStatus(name string) func(*Issue) (Item, bool) {
	return func(is *Issue) (Item, bool) {
		old, new := is.Fields.Status, status(name)
		is.Fields.Status = new
		return item("status", "jira", "status", &old.ID, &old.Name, &new.ID, &new.Name)
	}
}

func setResolution(name string) func(*Issue) (Item, bool) {
	return func(is *Issue) (Item, bool) {
		old := is.Fields.Resolution
		is.Fields.Resolution = nil
		if name != "" {
			is.Fields.Resolution = &Named{ID: idOf("resolution " + name), Name: name}
		}
		of, os := old.strings()
		nf, ns := is.Fields.Resolution.strings()
		return item("resolution", "jira", "resolution", of, os, nf, ns)
	}
}

func setPriority(name string) func(*Issue) (Item, bool) {
	return func(is *Issue) (Item, bool) {
		of, os := is.Fields.Priority.strings()
		is.Fields.Priority = priority(name)
		nf, ns := is.Fields.Priority.strings()
		return item("priority", "jira", "priority", of, os, nf, ns)
	}
}

func priority(name string) *Named { return &Named{ID: idOf("priority " + name), Name: name} }

func (n *Named) strings() (id, name *string) {
	if n == nil {
		return nil, nil
	}
	return &n.ID, &n.Name
}

func setAssignee(p *Person) func(*Issue) (Item, bool) {
	return func(is *Issue) (Item, bool) {
		of, os := is.Fields.Assignee.strings()
		is.holder, is.Fields.Assignee = p, p.user()
		nf, ns := is.Fields.Assignee.strings()
		return item("assignee", "jira", "assignee", of, os, nf, ns)
	}
}

func (u *User) strings() (id, name *string) {
	if u == nil {
		return nil, nil
	}
	return &u.AccountID, &u.DisplayName
}

func setTeam(name string) func(*Issue) (Item, bool) {
	return func(is *Issue) (Item, bool) {
		of, os := is.Fields.Team.strings()
		is.team, is.Fields.Team = name, option(name)
		nf, ns := is.Fields.Team.strings()
		return item("Team", "custom", fieldTeam, of, os, nf, ns)
	}
}

func setLevel(name string) func(*Issue) (Item, bool) {
	return func(is *Issue) (Item, bool) {
		of, os := is.Fields.Level.strings()
		is.Fields.Level = option(name)
		nf, ns := is.Fields.Level.strings()
		return item("Support Level", "custom", fieldLevel, of, os, nf, ns)
	}
}

func (o *Option) strings() (id, value *string) {
	if o == nil {
		return nil, nil
	}
	return &o.ID, &o.Value
}

// comment writes under the issue; "" when it cannot, as with change.
func (w *world) comment(is *Issue, by *Person, at time.Time, text string) string {
	if at.IsZero() || !at.Before(w.end) || at.Before(is.last) || by.gone(at) {
		return ""
	}
	w.seq.comment++
	s := jiraTime(at)
	c := Comment{ID: strconv.Itoa(w.seq.comment), Author: by.user(), Body: text, Created: s, Updated: s, at: at}
	is.Fields.Comment.List = append(is.Fields.Comment.List, c)
	is.Fields.Comment.Total++
	is.last, is.Fields.Updated = at, s
	return c.ID
}

var linkTypes = map[string]LinkType{
	"Relates":   {"10003", "Relates", "relates to", "relates to"},
	"Blocks":    {"10000", "Blocks", "is blocked by", "blocks"},
	"Duplicate": {"10002", "Duplicate", "is duplicated by", "duplicates"},
}

// link joins two issues, on both ends, as far as both may change at that moment.
func (w *world) link(kind string, from, to *Issue, by *Person, at time.Time) bool {
	if at.Before(from.last) || at.Before(to.last) || !at.Before(w.end) || by.gone(at) {
		return false
	}
	t := linkTypes[kind]
	w.seq.link++
	id := strconv.Itoa(w.seq.link)
	end := func(is, other *Issue, words string, l Link) {
		text := "This issue " + words + " " + other.Key
		key := other.Key
		w.change(is, by, at, func(is *Issue) (Item, bool) {
			is.Fields.Links = append(is.Fields.Links, l)
			return Item{"Link", "jira", "", nil, nil, &key, &text}, true
		})
	}
	end(from, to, t.Outward, Link{ID: id, Type: t, Outward: &Named{ID: to.ID, Key: to.Key}})
	end(to, from, t.Inward, Link{ID: id, Type: t, Inward: &Named{ID: from.ID, Key: from.Key}})
	return true
}
