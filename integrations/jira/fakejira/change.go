package fakejira

import (
	"cmp"
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/tidwall/gjson"
)

// change is a new value of one field.
type change struct {
	field    string // member of "fields"
	name     string // what the changelog calls it
	value    any    // in the shape of the field
	id, text string // what the changelog writes of it
}

// whole is the issue as it was loaded, to be changed and put again. It has
// nothing of the issue that is in use.
func (is *issue) whole() (top, fields map[string]any, histories []any) {
	top, fields = map[string]any{"id": is.id, "key": is.key, "names": json.RawMessage(is.names)}, map[string]any{}
	each(gjson.Parse(is.fields), func(k, v gjson.Result) bool {
		fields[k.Str] = json.RawMessage(v.Raw)
		return true
	})
	for i := range is.histories {
		histories = append(histories, json.RawMessage(is.histories[i].raw))
	}
	top["fields"] = fields
	return top, fields, histories
}

// store puts a changed issue in the place of the old one.
func (c *call) store(top map[string]any, histories []any) error {
	top["changelog"] = map[string]any{"histories": append([]any{}, histories...), "total": len(histories)}
	return c.put(encoded(top))
}

// millis is the present time as Jira writes it down.
func (c *call) millis() int64 { return c.now / 1e6 * 1e6 }

// nextID gives out an id.
func (s *Server) nextID() string {
	s.lastID++
	return strconv.FormatInt(s.lastID, 10)
}

// apply writes changes into an issue as one entry of its changelog. What
// changes again later keeps what it becomes then: only the value before that
// change is another.
func (c *call) apply(is *issue, changes []change) error {
	v := c.see(is, c.now)
	top, fields, histories := is.whole()
	items := []map[string]any{}
	for _, ch := range changes {
		items = append(items, c.itemOf(v, ch))
		if !rebase(is, histories, len(v.histories), ch) && ch.field != "" {
			fields[ch.field] = ch.value
		}
		if ch.field == "resolution" {
			fields["resolutiondate"] = nil
			if ch.text != "" {
				fields["resolutiondate"] = c.stamp(c.millis())
			}
		}
	}
	histories = slices.Insert(histories, len(v.histories), any(map[string]any{
		"id": c.nextID(), "author": c.userJSON(serviceID, ""), "created": c.stamp(c.millis()), "items": items,
	}))
	return c.store(top, histories)
}

// itemOf is the item of the changelog that tells a change.
func (c *call) itemOf(v *view, ch change) map[string]any {
	old := v.now(ch.field)
	id, shown := old.Get("id").String(), text(old)
	switch {
	case ch.field == "assignee" || ch.field == "reporter":
		id = localID(old)
	case ch.field == "issuelinks":
		id, shown = "", ""
	case ch.field == "parent":
		shown = old.Get("key").Str
	case old.IsArray():
		shown = joined(old)
	}
	kind := "jira"
	if strings.HasPrefix(ch.field, customPrefix) {
		kind = "custom"
	}
	out := map[string]any{"field": ch.name, "fieldtype": kind, "from": orNull(id), "fromString": orNull(shown), "to": orNull(ch.id), "toString": orNull(ch.text)}
	if ch.field != "" {
		out["fieldId"] = ch.field
	}
	return out
}

func joined(list gjson.Result) string {
	var parts []string
	each(list, func(_, x gjson.Result) bool {
		parts = append(parts, text(x))
		return true
	})
	return strings.Join(parts, " ")
}

func orNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// rebase gives the first later change of the field the new value as its
// "from", and reports whether there is one.
func rebase(is *issue, histories []any, from int, ch change) bool {
	if ch.field == "" || ch.field == "issuelinks" { // each link is a thing of its own
		return false
	}
	for i := from; i < len(is.histories); i++ {
		hit := false
		raw := members(is.histories[i].raw, func(k string, x gjson.Result) []byte {
			if k != "items" {
				return []byte(x.Raw)
			}
			var items [][]byte
			each(x, func(_, v gjson.Result) bool {
				it := readItem(v)
				if !hit && it.target(is) == ch.field {
					hit = true
					items = append(items, withFrom(v, ch))
				} else {
					items = append(items, []byte(v.Raw))
				}
				return true
			})
			return list(items)
		})
		if hit {
			histories[i] = json.RawMessage(raw)
			return true
		}
	}
	return false
}

func withFrom(item gjson.Result, ch change) []byte {
	return members(item.Raw, func(k string, x gjson.Result) []byte {
		switch k {
		case "from":
			return encoded(orNull(ch.id))
		case "fromString":
			return encoded(orNull(ch.text))
		}
		return []byte(x.Raw)
	})
}

// settable reads a value that a client sends for a field; why tells what is
// wrong with it.
func (c *call) settable(field string, v gjson.Result) (ch change, why string) {
	ch = change{field: field, name: field}
	switch {
	case field == "summary" || field == "description" || field == "environment" || field == "duedate":
		if v.Type != gjson.String && v.Type != gjson.Null {
			return ch, "Operation value must be a string"
		}
		ch.value, ch.text = orNull(v.Str), v.Str
		if field == "summary" && strings.TrimSpace(v.Str) == "" {
			return ch, "You must specify a summary of the issue."
		}
	case field == "assignee" || field == "reporter":
		return c.settablePerson(ch, v)
	case field == "priority" || field == "resolution" || field == "issuetype":
		o, known := c.site.option(field, v)
		if !known {
			return ch, "Specify a valid value for " + field
		}
		ch.value, ch.id, ch.text = o.json(field), o.id, o.name
	case field == "labels":
		for _, l := range v.Array() {
			if strings.Contains(l.Str, " ") {
				return ch, "The label '" + l.Str + "' contains spaces which is invalid."
			}
		}
		ch.value, ch.text = json.RawMessage(cmp.Or(v.Raw, "[]")), joined(v)
	case field == "parent":
		return c.settableParent(ch, v)
	case strings.HasPrefix(field, customPrefix) && c.site.fields[field] != nil:
		ch.name = c.site.fields[field].name
		ch.value, ch.id, ch.text = json.RawMessage(v.Raw), v.Get("id").String(), text(v)
		if v.IsArray() {
			ch.text = joined(v)
		}
	default:
		return ch, "Field '" + field + "' cannot be set. It is not on the appropriate screen, or unknown."
	}
	return ch, ""
}

func (c *call) settablePerson(ch change, v gjson.Result) (change, string) {
	if v.Type == gjson.Null {
		return ch, ""
	}
	id := v.Get("accountId").String()
	if c.o.Dialect == DataCenter {
		id = cmp.Or(v.Get("name").String(), v.Get("key").String())
	}
	p := c.site.users[id]
	if p == nil {
		return ch, "Specify a valid value for " + ch.field
	}
	ch.value, ch.id, ch.text = p.json(c.o.Dialect), p.id, p.display
	return ch, ""
}

// settableParent reads the issue that an issue is to be part of, by id or key;
// null takes it out of the one that it is in.
func (c *call) settableParent(ch change, v gjson.Result) (change, string) {
	ch.name = "IssueParentAssociation"
	if v.Type == gjson.Null {
		return ch, ""
	}
	is := c.end(v)
	if is == nil {
		return ch, "Could not find issue by id or key."
	}
	key := is.keyAt(c.now)
	ch.value, ch.id, ch.text = map[string]string{"id": is.id, "key": key}, is.id, key
	return ch, ""
}

// option finds an option by its id or name.
func (s *site) option(field string, v gjson.Result) (value, bool) {
	id, name := v.Get("id").String(), v.Get("name").String()
	for _, n := range sortedKeys(s.values[field]) {
		if o := s.values[field][n]; id != "" && o.id == id || id == "" && o.name == name {
			return o, true
		}
	}
	return value{}, false
}
