package fakejira

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// roleNames are the roles of every project; their ids follow roleIDs.
var roleNames = []string{"Administrators", "Developers", "Users"}

const roleIDs = 10_002

// roles tells the roles of a project with their addresses.
func (c *call) roles() reply {
	p, none, found := c.ofProject()
	if !found {
		return none
	}
	out := map[string]string{}
	for i, name := range c.rolesOf(p) {
		out[name] = c.url("/rest/api/2/project/" + p.id + "/role/" + strconv.Itoa(roleIDs+i))
	}
	return ok(out)
}

// rolesOf are the common roles and those that SetRole made.
func (c *call) rolesOf(p *projectInfo) []string {
	out := slices.Clone(roleNames)
	for _, k := range sortedKeys(c.members) {
		if role, mine := strings.CutPrefix(k, p.key+"/"); mine && !slices.Contains(out, role) {
			out = append(out, role)
		}
	}
	return out
}

// role tells who has a role.
func (c *call) role() reply {
	p, none, found := c.ofProject()
	if !found {
		return none
	}
	names := c.rolesOf(p)
	n, err := strconv.Atoi(c.vars["role"])
	if err != nil || n < roleIDs || n-roleIDs >= len(names) {
		return fail(http.StatusNotFound, "Can not retrieve a role that does not exist.")
	}
	name := names[n-roleIDs]
	actors := []map[string]any{}
	for i, id := range c.members[p.key+"/"+name] {
		a := map[string]any{"id": i + 1, "displayName": id, "type": "atlassian-user-role-actor"}
		if u := c.site.users[id]; u != nil {
			a["displayName"] = u.display
		}
		if c.o.Dialect == Cloud {
			a["actorUser"] = map[string]string{"accountId": id}
		} else {
			a["name"] = id
		}
		actors = append(actors, a)
	}
	return ok(map[string]any{"id": n, "name": name, "self": c.url(c.r.URL.Path), "actors": actors})
}

// grants are who may browse a project, as a permission scheme tells it.
func (c *call) grants(project string) []map[string]any {
	holders := c.browse[project]
	if holders == nil {
		holders = []Holder{{Type: "applicationRole"}}
	}
	out := []map[string]any{}
	for i, h := range holders {
		out = append(out, map[string]any{"id": 10_100 + i, "holder": h, "permission": "BROWSE_PROJECTS"})
	}
	return out
}

// permissionScheme answers with the scheme of a project; its permissions are
// there only when they are asked for.
func (c *call) permissionScheme() reply {
	p, none, found := c.ofProject()
	if !found {
		return none
	}
	return ok(c.schemeJSON(p))
}

func (c *call) schemeJSON(p *projectInfo) map[string]any {
	id, _ := strconv.Atoi(p.id)
	out := map[string]any{"id": id, "name": "Permissions of " + p.key, "self": c.url("/rest/api/2/permissionscheme/" + p.id)}
	for e := range strings.SplitSeq(c.form("expand"), ",") {
		if e == "permissions" || e == "all" {
			out["permissions"] = c.grants(p.key)
		}
	}
	return out
}

// scheme answers with a permission scheme by its id, which is the project's.
func (c *call) scheme() reply {
	c.vars["project"] = c.vars["scheme"]
	return c.permissionScheme()
}

func (c *call) schemePermissions() reply {
	c.vars["project"] = c.vars["scheme"]
	p, none, found := c.ofProject()
	if !found {
		return none
	}
	return ok(map[string]any{"permissions": c.grants(p.key)})
}

// myPermissions says that the service may do what it asks about.
func (c *call) myPermissions() reply {
	asked := c.form("permissions")
	if asked == "" && c.o.Dialect == Cloud {
		return fail(http.StatusBadRequest, "The 'permissions' query parameter is required.")
	}
	if key := cmp.Or(c.form("projectKey"), c.form("projectId")); key != "" {
		c.vars["project"] = key
		if _, none, found := c.ofProject(); !found {
			return none
		}
	}
	out := map[string]any{}
	for i, p := range strings.Split(cmp.Or(asked, "BROWSE_PROJECTS,ADD_COMMENTS,CREATE_ISSUES,LINK_ISSUES"), ",") {
		out[p] = map[string]any{"id": strconv.Itoa(10 + i), "key": p, "name": p, "type": "PROJECT", "description": "", "havePermission": true}
	}
	return ok(map[string]any{"permissions": out})
}
