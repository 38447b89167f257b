package fakejira

import (
	"cmp"
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/tidwall/gjson"
)

// site is what the issues tell of the site they come from.
type site struct {
	users    map[string]*person
	values   map[string]map[string]value // field -> name -> value, of the fields in valued
	fields   map[string]*fieldInfo       // custom fields by id
	projects map[string]*projectInfo     // by key
	order    []string                    // keys of the projects
}

// person is one user. id is the account id, or the key in Data Center.
type person struct {
	id, name, display, email string
	inactive                 bool
}

// value is an option of a field: a status, a priority, a type.
type value struct {
	id, name, category string
	told               bool // the id came from Jira and was not made here
}

// madeIDs is where the ids of options begin that came without any.
const madeIDs = 10_000

type fieldInfo struct {
	id, name string
	shape    shape
}

type projectInfo struct {
	id, key, name string
	types         []string
	last          int // number of its last key
}

// valued are the fields whose options have ids.
var valued = []string{"status", "priority", "resolution", "issuetype"}

func newSite() site {
	s := site{users: map[string]*person{}, values: map[string]map[string]value{}, fields: map[string]*fieldInfo{}, projects: map[string]*projectInfo{}}
	for _, f := range valued {
		s.values[f] = map[string]value{}
	}
	return s
}

// learn takes from an issue what later answers need.
func (s *site) learn(is *issue) {
	s.names(is)
	var project, kind string
	each(gjson.Parse(is.fields), func(k, v gjson.Result) bool {
		switch {
		case k.Str == "project":
			project = v.Get("name").String()
			s.project(v.Get("key").String(), v.Get("id").String(), project)
		case k.Str == "assignee" || k.Str == "reporter" || k.Str == "creator":
			s.person(v)
		case slices.Contains(valued, k.Str):
			if k.Str == "issuetype" {
				kind = text(v)
			}
			s.value(k.Str, v.Get("id").String(), text(v), v.Get("statusCategory.key").Str)
		case strings.HasPrefix(k.Str, customPrefix):
			s.shape(k.Str, v)
		}
		return true
	})
	for i := range is.histories {
		h := &is.histories[i]
		s.person(gjson.Get(h.raw, "author"))
		h.items(func(it item) { s.ends(it, is) })
	}
	for i := range is.comments {
		s.person(gjson.Get(is.comments[i].raw, "author"))
	}
	for _, k := range append([]keyUntil{{key: is.key}}, is.keys...) {
		s.numbered(k.key, kind)
	}
}

// names gives the custom fields that the changelog names and the issue does
// not the name that the changelog has for them, and learns all.
func (s *site) names(is *issue) {
	missing := map[string]string{}
	for i := range is.histories {
		is.histories[i].items(func(it item) {
			if strings.HasPrefix(it.fieldID, customPrefix) && missing[it.fieldID] == "" && !gjson.Get(is.names, it.fieldID).Exists() {
				missing[it.fieldID] = it.field
			}
		})
	}
	if len(missing) > 0 || is.names == "" {
		is.names = merged(is.names, missing)
	}
	each(gjson.Parse(is.names), func(k, v gjson.Result) bool {
		s.field(k.Str).name = v.Str
		return true
	})
}

// merged adds members to a JSON object of texts.
func merged(object string, more map[string]string) string {
	all := map[string]string{}
	each(gjson.Parse(object), func(k, v gjson.Result) bool {
		all[k.Str] = v.Str
		return true
	})
	for k, v := range more {
		all[k] = v
	}
	return string(encoded(all))
}

// encoded is the JSON of something that always has one.
func encoded(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return b
}

func (s *site) field(id string) *fieldInfo {
	f := s.fields[id]
	if f == nil {
		f = &fieldInfo{id: id, name: id}
		s.fields[id] = f
	}
	return f
}

// shape learns how the values of a custom field look.
func (s *site) shape(id string, v gjson.Result) {
	if f := s.field(id); f.shape == unshaped || f.shape == listOfTexts {
		f.shape = cmp.Or(shapeOf(v), f.shape)
	}
}

// value learns an option. A status that is told with its category wins.
func (s *site) value(field, id, name, category string) {
	if name == "" {
		return
	}
	old, ok := s.values[field][name]
	if ok && old.told && (old.category != "" || category == "") {
		return
	}
	told := id != "" || old.told
	made := strconv.Itoa(madeIDs + len(s.values[field]))
	s.values[field][name] = value{cmp.Or(id, old.id, made), name, cmp.Or(category, old.category), told}
}

// ends learns the options and people that a change speaks of.
func (s *site) ends(it item, is *issue) {
	switch t := it.target(is); {
	case slices.Contains(valued, t):
		s.value(t, it.from, it.fromText, "")
		s.value(t, it.to, it.toText, "")
	case t == "assignee" || t == "reporter":
		s.known(it.from, it.fromText)
		s.known(it.to, it.toText)
	}
}

func (s *site) known(id, display string) {
	if _, ok := s.users[id]; !ok && id != "" {
		s.users[id] = &person{id: id, name: id, display: cmp.Or(display, id)}
	}
}

// person learns a user from how an issue shows one.
func (s *site) person(v gjson.Result) {
	id := localID(v)
	if id == "" {
		return
	}
	p, ok := s.users[id]
	if ok && (p.email != "" || !v.Get("emailAddress").Exists()) {
		return
	}
	s.users[id] = &person{
		id: id, name: cmp.Or(v.Get("name").String(), id), display: cmp.Or(v.Get("displayName").String(), id),
		email: v.Get("emailAddress").String(), inactive: v.Get("active").Type == gjson.False,
	}
}

// localID is what Jira calls a person in ids.
func localID(v gjson.Result) string {
	return cmp.Or(scalar(v), v.Get("accountId").String(), v.Get("key").String(), v.Get("name").String())
}

func (s *site) project(key, id, name string) *projectInfo {
	if key == "" {
		return nil
	}
	p := s.projects[key]
	if p == nil {
		p = &projectInfo{id: cmp.Or(id, strconv.Itoa(10_000+len(s.order))), key: key, name: cmp.Or(name, key)}
		s.projects[key] = p
		s.order = append(s.order, key)
	}
	if name != "" {
		p.name = name
	}
	return p
}

// numbered takes note of a key, so that new issues get others.
func (s *site) numbered(key, kind string) {
	prefix, number := splitKey(key)
	p := s.project(prefix, "", "")
	if p == nil {
		return
	}
	p.last = max(p.last, number)
	if kind != "" && !slices.Contains(p.types, kind) {
		p.types = append(p.types, kind)
	}
}

// splitKey splits PAY-17 into PAY and 17.
func splitKey(key string) (project string, number int) {
	i := strings.LastIndexByte(key, '-')
	if i < 0 {
		return "", 0
	}
	number, _ = strconv.Atoi(key[i+1:])
	return key[:i], number
}

// category is the category of a status. One that no issue ends in is told by
// its name where it can be.
func (v value) statusCategory() string {
	if v.category == "" && closedName(v.name) {
		return "done"
	}
	return cmp.Or(v.category, "indeterminate")
}

var categories = map[string]map[string]any{
	"new":           {"id": 2, "key": "new", "colorName": "blue-gray", "name": "To Do"},
	"indeterminate": {"id": 4, "key": "indeterminate", "colorName": "yellow", "name": "In Progress"},
	"done":          {"id": 3, "key": "done", "colorName": "green", "name": "Done"},
	"undefined":     {"id": 1, "key": "undefined", "colorName": "medium-gray", "name": "No Category"},
}

// json is how Jira writes an option.
func (v value) json(field string) map[string]any {
	out := map[string]any{"id": v.id, "name": v.name}
	if field == "status" {
		out["statusCategory"] = cmp.Or(v.statusCategory(), "undefined")
		if c, ok := categories[v.statusCategory()]; ok {
			out["statusCategory"] = c
		}
	}
	return out
}

// json is how the dialect writes a person.
func (p *person) json(d Dialect) map[string]any {
	out := map[string]any{"displayName": p.display, "active": !p.inactive, "timeZone": "Etc/UTC"}
	if p.email != "" {
		out["emailAddress"] = p.email
	}
	if d == Cloud {
		out["accountId"], out["accountType"] = p.id, "atlassian"
	} else {
		out["key"], out["name"] = p.id, p.name
	}
	return out
}
