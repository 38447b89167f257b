package jira

import (
	"cmp"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/tidwall/gjson"
)

// role is what a field means to andon.
type role uint8

const (
	other role = iota
	holder
	team
	level
	status
	priority
	resolution
	title
	body
	issueType
	project
	label
	component
	linked
	reporter
	several // a list that the changelog tells item by item
	parent
)

// entry is one entry of the changelog: what one person changed at one time.
type entry struct {
	id          string
	num         int64 // numeric id, 0 where there is none
	seq         int64 // grows from entry to entry
	at          time.Time
	author      string
	first, last int // its items
}

// item is one change of one field. to is mended by the rewinding.
type item struct {
	slot     int
	from, to string
	text     string // what the changelog shows of a link
	away     bool   // a link was removed
}

// slot is one field that changed.
type slot struct {
	role     role
	id, name string
	told     string // the name in the changelog; name is the present one
	cur      string // its value while the rewinding goes backwards; at the end the one at creation
	known    bool   // cur is known
}

// changelog reads the history and brings it into the order of time.
func (p *parser) changelog(log gjson.Result) error {
	is := &p.iss
	var histories, total gjson.Result
	if log.IsObject() {
		each(log, func(k, v gjson.Result) bool {
			switch k.Str {
			case "histories":
				histories = v
			case "total":
				total = v
			}
			return true
		})
	}
	if !histories.IsArray() {
		is.cut = true
		is.note("it has no changelog; its final values stand at its last update")
		return nil
	}
	var err error
	each(histories, func(_, h gjson.Result) bool {
		if h.IsObject() {
			err = p.entry(h)
		}
		return err == nil
	})
	if err != nil {
		return err
	}
	if total.Type == gjson.Number && total.Num > float64(len(is.history)) {
		is.cut = true
		is.note("its changelog is cut short: %d of %s entries; what is missing is not known", len(is.history), total.Raw)
	}
	is.order()
	return nil
}

func (p *parser) entry(h gjson.Result) error {
	is := &p.iss
	e := entry{first: len(is.items)}
	var created, items gjson.Result
	each(h, func(k, v gjson.Result) bool {
		switch k.Str {
		case "id":
			e.id = plain(v)
		case "author":
			e.author = localPerson(v)
		case "created":
			created = v
		case "items":
			items = v
		}
		return true
	})
	e.num = number(e.id)
	var err error
	if e.at, err = when(created); err != nil {
		return fmt.Errorf("history entry %.40q: %w", e.id, err)
	}
	e.at = is.notBefore(e.at)
	if items.IsArray() {
		each(items, func(_, v gjson.Result) bool {
			if v.IsObject() {
				p.item(v)
			}
			return true
		})
	}
	e.last = len(is.items)
	is.history = append(is.history, e)
	if len(is.history) >= maxSteps || len(is.items) >= maxSteps {
		return errors.New("its changelog is absurdly long")
	}
	return nil
}

// maxSteps bounds the history of one issue.
const maxSteps = 1 << 22

func (p *parser) item(v gjson.Result) {
	var field, fieldID, fieldType, from, fromText, to, toText gjson.Result
	each(v, func(k, x gjson.Result) bool {
		switch k.Str {
		case "field":
			field = x
		case "fieldId":
			fieldID = x
		case "fieldtype":
			fieldType = x
		case "from":
			from = x
		case "fromString":
			fromText = x
		case "to":
			to = x
		case "toString":
			toText = x
		}
		return true
	})
	it := item{slot: p.slot(plain(fieldID), plain(field), fieldType.Str == "custom")}
	switch p.iss.slots[it.slot].role {
	case holder, reporter:
		it.from, it.to = plain(from), plain(to)
	case linked:
		it.from, it.to, it.text = plain(from), plain(to), plain(toText)
		if it.to == "" {
			it.away, it.text = true, plain(fromText)
		}
	case parent:
		it.from, it.to = called(fromText, from), called(toText, to)
	default:
		it.from, it.to = plain(fromText), plain(toText)
	}
	p.iss.items = append(p.iss.items, it)
}

// called is the key of an issue that an item names, or its id where the item does
// not tell the key.
func called(text, id gjson.Result) string {
	if s := plain(text); projectOf(s) != "" && !strings.Contains(s, " ") {
		return s
	}
	return plain(id)
}

// slot finds or makes the slot of a field. Data Center tells no field id.
func (p *parser) slot(id, name string, isCustom bool) int {
	is := &p.iss
	for i := range is.slots {
		s := &is.slots[i]
		if id != "" && s.id != "" {
			if s.id == id {
				return i
			}
		} else if s.told == name {
			return i
		}
	}
	s := slot{id: id, name: name, told: name, role: p.role(id, name, isCustom)}
	n := len(is.slots)
	if s.role != other && s.role != several {
		for i := range is.slots {
			if is.slots[i].role == s.role {
				return i
			}
		}
	}
	for i := range is.custom {
		c := &is.custom[i]
		if c.slot == 0 && (c.id == id || id == "" && p.names[c.id] == name) {
			c.slot = n + 1
			s.id = cmp.Or(id, c.id)
			break
		}
	}
	if n := p.names[s.id]; n != "" && s.role == other {
		s.name = n
	}
	is.slots = append(is.slots, s)
	return n
}

// role tells what a field of the changelog means.
func (p *parser) role(id, name string, isCustom bool) role {
	switch {
	case p.named(p.o.Team, p.teamID, id, name):
		return team
	case p.named(p.o.Level, p.levelID, id, name):
		return level
	case isCustom:
		return other
	case id != "":
		if r, ok := roles[id]; ok {
			return r
		}
	}
	if r, ok := roles[name]; ok {
		return r
	}
	return roles[strings.ToLower(name)]
}

// named reports whether a field of the changelog is the one that the operator
// named; resolved is its id where that is known.
func (p *parser) named(named, resolved, id, name string) bool {
	if named == "" {
		return false
	}
	if resolved != "" && id != "" {
		return id == resolved
	}
	return strings.EqualFold(named, name) || resolved != "" && strings.EqualFold(p.names[resolved], name)
}

var roles = map[string]role{
	"assignee": holder, "status": status, "priority": priority, "resolution": resolution,
	"summary": title, "description": body, "issuetype": issueType, "project": project,
	"Key": label, "issuekey": label, "key": label,
	"Component": component, "component": component, "components": component,
	"Link": linked, "link": linked, "issuelinks": linked, "reporter": reporter,
	"parent": parent, "issueparentassociation": parent, "parent issue": parent,
	"Fix Version": several, "fix version": several, "fixVersions": several,
	"Version": several, "version": several, "versions": several,
	"Attachment": several, "attachment": several, "comment": several, "RemoteIssueLink": several, "remoteissuelink": several,
}
