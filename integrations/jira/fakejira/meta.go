package fakejira

import (
	"cmp"
	"net/http"
	"strconv"
	"strings"
)

// Holder is who may browse a project, as permission schemes tell it: Type
// "anyone", "applicationRole", "group", "projectRole", "user", and so on.
type Holder struct {
	Type      string `json:"type"`
	Parameter string `json:"parameter,omitempty"`
}

// AddProject makes a project without issues, with the types of issues that it
// knows; none stands for Task.
func (s *Server) AddProject(key, name string, issueTypes ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.site.project(key, "", name)
	if len(issueTypes) == 0 && len(p.types) == 0 {
		issueTypes = []string{"Task"}
	}
	for _, t := range issueTypes {
		s.site.value("issuetype", "", t, "")
		s.site.numbered(key+"-0", t)
	}
}

// AddUser makes a user; email may be empty, as where the profile hides it.
func (s *Server) AddUser(id, name, email string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.site.users[id] = &person{id: id, name: id, display: cmp.Or(name, id), email: email}
}

// SetBrowse says who may browse a project. Without it every user may.
func (s *Server) SetBrowse(project string, holders ...Holder) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.browse[project] = holders
}

// SetRole says who has a role in a project, by user ids.
func (s *Server) SetRole(project, role string, users ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.members[project+"/"+role] = users
}

func (c *call) serverInfo() reply {
	version, numbers := "1001.0.0-SNAPSHOT", []int{1001, 0, 0}
	if c.o.Dialect == DataCenter {
		version, numbers = "10.3.5", []int{10, 3, 5}
	}
	return ok(map[string]any{
		"baseUrl": c.url(""), "version": version, "versionNumbers": numbers, "deploymentType": c.o.Dialect, "buildNumber": 100_000,
		"serverTime": c.stamp(c.now), "serverTitle": "Jira",
	})
}

func (c *call) myself() reply {
	me := c.userJSON(serviceID, "")
	me["timeZone"] = c.o.Zone.String()
	return ok(me)
}

func (c *call) user() reply {
	id := c.form("accountId")
	if c.o.Dialect == DataCenter {
		id = cmp.Or(c.form("username"), c.form("key"))
	}
	if p := c.site.users[id]; p != nil {
		return ok(p.json(c.o.Dialect))
	}
	return fail(http.StatusNotFound, "Specified user does not exist or you do not have required permissions")
}

// userSearch finds users whose name or mail address begins with the text.
func (c *call) userSearch() reply {
	text := c.form("query")
	if c.o.Dialect == DataCenter {
		text = c.form("username")
	}
	if text == "" {
		return fail(http.StatusBadRequest, "The search text must be provided.")
	}
	text = strings.ToLower(text)
	out := []map[string]any{}
	for _, id := range sortedKeys(c.site.users) {
		p := c.site.users[id]
		for _, s := range append(strings.Fields(p.display), p.display, p.email, p.name) {
			if strings.HasPrefix(strings.ToLower(s), text) {
				out = append(out, p.json(c.o.Dialect))
				break
			}
		}
	}
	from, to, _ := c.pageOf(len(out), 1000)
	return ok(out[from:min(to, from+c.number("maxResults", 50))])
}

// systemFields are the fields that every Jira has.
var systemFields = [][2]string{
	{"summary", "Summary"}, {"description", "Description"}, {"status", "Status"}, {"resolution", "Resolution"}, {"priority", "Priority"},
	{"assignee", "Assignee"}, {"reporter", "Reporter"}, {"creator", "Creator"}, {"components", "Component/s"}, {"labels", "Labels"},
	{"issuelinks", "Linked Issues"}, {"issuetype", "Issue Type"}, {"project", "Project"}, {"comment", "Comment"}, {"created", "Created"},
	{"updated", "Updated"}, {"resolutiondate", "Resolved"}, {"duedate", "Due date"}, {"fixVersions", "Fix Version/s"},
	{"versions", "Affects Version/s"}, {"security", "Security Level"}, {"environment", "Environment"},
}

func (c *call) fields() reply {
	out := []map[string]any{}
	for _, f := range systemFields {
		out = append(out, map[string]any{"id": f[0], "key": f[0], "name": f[1], "custom": false, "orderable": true, "navigable": true, "searchable": true, "clauseNames": []string{f[0]}, "schema": map[string]any{"type": "string", "system": f[0]}})
	}
	for _, id := range sortedKeys(c.site.fields) {
		if strings.HasPrefix(id, customPrefix) {
			out = append(out, c.site.fields[id].json())
		}
	}
	return ok(out)
}

func (f *fieldInfo) json() map[string]any {
	number, _ := strconv.Atoi(strings.TrimPrefix(f.id, customPrefix))
	return map[string]any{
		"id": f.id, "key": f.id, "name": f.name, "custom": true, "orderable": true, "navigable": true, "searchable": true,
		"clauseNames": []string{"cf[" + strconv.Itoa(number) + "]", f.name}, "schema": map[string]any{"type": f.schema(), "custom": "com.atlassian.jira.plugin.system.customfieldtypes:" + f.schema(), "customId": number},
	}
}

// schema is the type that Jira tells for the shape.
func (f *fieldInfo) schema() string {
	switch {
	case f.shape == plainNumber:
		return "number"
	case f.shape == option || f.shape == named:
		return "option"
	case f.shape == userLike:
		return "user"
	case f.shape.listOf() != unshaped:
		return "array"
	}
	return "string"
}

func (c *call) statuses() reply {
	out := []map[string]any{}
	for _, name := range sortedKeys(c.site.values["status"]) {
		out = append(out, c.site.values["status"][name].json("status"))
	}
	return ok(out)
}

func (p *projectInfo) json(c *call) map[string]any {
	return map[string]any{"id": p.id, "key": p.key, "name": p.name, "projectTypeKey": "software", "self": c.url("/rest/api/2/project/" + p.id)}
}

func (c *call) allProjects() []map[string]any {
	out := []map[string]any{}
	for _, k := range c.site.order {
		out = append(out, c.site.projects[k].json(c))
	}
	return out
}

func (c *call) projects() reply { return ok(c.allProjects()) }

func (c *call) projectSearch() reply {
	all := c.allProjects()
	from, to, size := c.pageOf(len(all), 50)
	return ok(map[string]any{"startAt": from, "maxResults": size, "total": len(all), "isLast": to >= len(all), "values": all[from:to]})
}

// ofProject finds the project of the route.
func (c *call) ofProject() (*projectInfo, reply, bool) {
	name := c.vars["project"]
	for _, k := range c.site.order {
		if p := c.site.projects[k]; p.id == name || strings.EqualFold(p.key, name) {
			return p, reply{}, true
		}
	}
	return nil, fail(http.StatusNotFound, "No project could be found with key '"+name+"'."), false
}

func (c *call) project() reply {
	p, none, found := c.ofProject()
	if !found {
		return none
	}
	out := p.json(c)
	types := []map[string]any{}
	for _, t := range p.types {
		types = append(types, c.typeJSON(t))
	}
	out["issueTypes"], out["isPrivate"] = types, len(c.browse[p.key]) > 0
	return ok(out)
}

func (c *call) typeJSON(name string) map[string]any {
	v := c.site.values["issuetype"][name]
	return map[string]any{"id": v.id, "name": name, "subtask": false, "self": c.url("/rest/api/2/issuetype/" + v.id)}
}
