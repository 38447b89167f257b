package fakejira

import (
	"cmp"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/tidwall/gjson"
)

// Field is a field of the form for new issues, besides the common ones.
type Field struct {
	ID, Name string
	Required bool
	Values   []string // the options, where it is a choice
}

// CreateField puts a field into the form for new issues of a project.
func (s *Server) CreateField(project string, f Field) {
	s.mu.Lock()
	defer s.mu.Unlock()
	info := s.site.field(f.ID)
	info.name = cmp.Or(f.Name, info.name)
	if len(f.Values) > 0 {
		info.shape = option
	}
	s.required[project] = append(s.required[project], f)
}

// formField is a field as createmeta tells it.
func formField(id, name, kind string, required bool) map[string]any {
	return map[string]any{"fieldId": id, "key": id, "name": name, "required": required, "hasDefaultValue": id == "reporter" || id == "priority", "schema": map[string]any{"type": kind, "system": id}, "operations": []string{"set"}}
}

// formOf is the form for new issues of a project and type.
func (c *call) formOf(p *projectInfo, kind string) []map[string]any {
	out := []map[string]any{
		formField("project", "Project", "project", true), formField("issuetype", "Issue Type", "issuetype", true), formField("summary", "Summary", "string", true),
		formField("description", "Description", "string", false), formField("reporter", "Reporter", "user", false), formField("assignee", "Assignee", "user", false),
		formField("labels", "Labels", "array", false), formField("priority", "Priority", "priority", false), formField("components", "Component/s", "array", false),
	}
	out[0]["allowedValues"] = []any{p.json(c)}
	out[1]["allowedValues"] = []any{c.typeJSON(kind)}
	priorities := []any{}
	for _, n := range sortedKeys(c.site.values["priority"]) {
		priorities = append(priorities, c.site.values["priority"][n].json("priority"))
	}
	out[7]["allowedValues"] = priorities
	for _, f := range c.required[p.key] {
		x := formField(f.ID, f.Name, c.site.field(f.ID).schema(), f.Required)
		x["schema"] = c.site.field(f.ID).json()["schema"]
		if len(f.Values) > 0 {
			var values []any
			for i, v := range f.Values {
				values = append(values, map[string]string{"id": strconv.Itoa(madeIDs + i), "value": v})
			}
			x["allowedValues"] = values
		}
		out = append(out, x)
	}
	return out
}

// pageJSON is a page of createmeta: the two dialects call its content
// differently.
func (c *call) pageJSON(all []map[string]any, cloudName string) reply {
	from, to, size := c.pageOf(len(all), 50)
	out := map[string]any{"startAt": from, "maxResults": size, "total": len(all)}
	if c.o.Dialect == Cloud {
		out[cloudName] = all[from:to]
	} else {
		out["values"], out["isLast"] = all[from:to], to >= len(all)
	}
	return ok(out)
}

func (c *call) createMetaTypes() reply {
	p, none, found := c.ofProject()
	if !found {
		return none
	}
	types := []map[string]any{}
	for _, t := range p.types {
		types = append(types, c.typeJSON(t))
	}
	return c.pageJSON(types, "issueTypes")
}

func (c *call) createMetaFields() reply {
	p, none, found := c.ofProject()
	if !found {
		return none
	}
	for _, t := range p.types {
		if c.site.values["issuetype"][t].id == c.vars["type"] {
			return c.pageJSON(c.formOf(p, t), "fields")
		}
	}
	return fail(http.StatusNotFound, "Issue type with id '"+c.vars["type"]+"' not found.")
}

// createMetaAll answers the old form of createmeta, of all projects at once.
func (c *call) createMetaAll() reply {
	keys, types := split(c.form("projectKeys")), split(c.form("issuetypeNames"))
	projects := []map[string]any{}
	for _, k := range c.site.order {
		if len(keys) > 0 && !slices.Contains(keys, k) {
			continue
		}
		p := c.site.projects[k]
		out, list := p.json(c), []map[string]any{}
		for _, t := range p.types {
			if len(types) > 0 && !slices.Contains(types, t) {
				continue
			}
			x := c.typeJSON(t)
			if strings.Contains(c.form("expand"), "projects.issuetypes.fields") {
				fields := map[string]any{}
				for _, f := range c.formOf(p, t) {
					fields[f["fieldId"].(string)] = f
				}
				x["fields"] = fields
			}
			list = append(list, x)
		}
		out["issuetypes"] = list
		projects = append(projects, out)
	}
	return ok(map[string]any{"expand": "projects", "projects": projects})
}

func split(list string) []string {
	if list == "" {
		return nil
	}
	return strings.Split(list, ",")
}

// create answers POST issue.
func (c *call) create() reply {
	if !gjson.ValidBytes(c.body) {
		return fail(http.StatusBadRequest, "The body is no JSON.")
	}
	ask := gjson.ParseBytes(c.body).Get("fields")
	p := c.site.projectOf(ask.Get("project"))
	if p == nil {
		return failFields(map[string]string{"project": "valid project is required"})
	}
	kind, known := c.site.option("issuetype", ask.Get("issuetype"))
	if !known || !slices.Contains(p.types, kind.name) {
		return failFields(map[string]string{"issuetype": "Specify a valid issue type"})
	}
	fields, bad := c.newFields(p, ask)
	if len(bad) > 0 {
		return failFields(bad)
	}
	fields["project"], fields["issuetype"] = p.json(c), kind.json("issuetype")
	p.last++
	id, key := c.nextID(), p.key+"-"+strconv.Itoa(p.last)
	names := map[string]string{}
	for f := range fields {
		if strings.HasPrefix(f, customPrefix) {
			names[f] = c.site.fields[f].name
		}
	}
	if err := c.store(map[string]any{"id": id, "key": key, "fields": fields, "names": names}, nil); err != nil {
		return fail(http.StatusInternalServerError, err.Error())
	}
	c.setProperties(id, gjson.GetBytes(c.body, "properties"))
	return reply{http.StatusCreated, map[string]string{"id": id, "key": key, "self": c.url("/rest/api/2/issue/" + id)}}
}

func (s *site) projectOf(v gjson.Result) *projectInfo {
	for _, k := range s.order {
		if p := s.projects[k]; v.Get("id").String() == p.id || v.Get("key").String() == p.key {
			return p
		}
	}
	return nil
}

// newFields are the fields of a new issue, and what is wrong with what was
// sent.
func (c *call) newFields(p *projectInfo, ask gjson.Result) (fields map[string]any, bad map[string]string) {
	me, now := c.userJSON(serviceID, ""), c.stamp(c.millis())
	fields = map[string]any{
		"created": now, "updated": now, "resolutiondate": nil, "resolution": nil, "priority": nil, "assignee": nil, "description": nil,
		"reporter": me, "creator": me, "status": c.site.firstStatus().json("status"), "labels": []any{}, "components": []any{}, "issuelinks": []any{},
		"comment": map[string]any{"comments": []any{}, "total": 0},
	}
	bad = map[string]string{}
	each(ask, func(k, v gjson.Result) bool {
		switch k.Str {
		case "project", "issuetype":
		case "components":
			fields["components"] = json.RawMessage(v.Raw)
		default:
			ch, why := c.settable(k.Str, v)
			if why == "" {
				why = c.offForm(p, k.Str, v)
			}
			if why != "" {
				bad[k.Str] = why
			}
			fields[k.Str] = ch.value
		}
		return true
	})
	if !ask.Get("summary").Exists() {
		bad["summary"] = "You must specify a summary of the issue."
	}
	for _, f := range c.required[p.key] {
		if v := ask.Get(f.ID); f.Required && (!v.Exists() || v.Type == gjson.Null || v.Type == gjson.String && v.Str == "") {
			bad[f.ID] = cmp.Or(f.Name, f.ID) + " is required."
		}
	}
	return fields, bad
}

// offForm tells why a field with this value cannot be set in a new issue.
func (c *call) offForm(p *projectInfo, field string, v gjson.Result) string {
	if !strings.HasPrefix(field, customPrefix) {
		return ""
	}
	i := slices.IndexFunc(c.required[p.key], func(f Field) bool { return f.ID == field })
	if i < 0 {
		return "Field '" + field + "' cannot be set. It is not on the appropriate screen, or unknown."
	}
	if f := c.required[p.key][i]; len(f.Values) > 0 {
		n, err := strconv.Atoi(v.Get("id").String())
		if !slices.Contains(f.Values, text(v)) && (err != nil || n < madeIDs || n-madeIDs >= len(f.Values)) {
			return "Option value '" + text(v) + "' is not valid"
		}
	}
	return ""
}

// firstStatus is the status of a new issue.
func (s *site) firstStatus() value {
	all := s.values["status"]
	for _, name := range []string{"To Do", "Open", "New"} {
		if v, ok := all[name]; ok {
			return v
		}
	}
	for _, name := range sortedKeys(all) {
		if all[name].statusCategory() != "done" {
			return all[name]
		}
	}
	for _, st := range [][2]string{{"To Do", "new"}, {"In Progress", "indeterminate"}, {"Done", "done"}} {
		s.value("status", "", st[0], st[1])
	}
	return all["To Do"]
}
