package fakejira

import (
	"net/http"
	"strings"
)

// route is one thing that can be asked. path is below /rest/api/2/; parts in
// braces stand for anything.
type route struct {
	method, path string
	only         Dialect // "" = both
	handle       func(*call) reply
	writes       bool
	open         bool  // needs no credentials
	refusal      reply // the answer where handle is nil
}

const (
	get  = http.MethodGet
	post = http.MethodPost
	put  = http.MethodPut
)

// routes are tried in order: the more exact ones come first.
var routes = []route{
	{method: get, path: "serverInfo", handle: (*call).serverInfo, open: true},
	{method: get, path: "myself", handle: (*call).myself},
	{method: get, path: "field", handle: (*call).fields},
	{method: get, path: "status", handle: (*call).statuses},
	{method: get, path: "mypermissions", handle: (*call).myPermissions},
	{method: get, path: "user", handle: (*call).user},
	{method: get, path: "user/search", handle: (*call).userSearch},
	{method: get, path: "project", handle: (*call).projects},
	{method: get, path: "project/search", only: Cloud, handle: (*call).projectSearch},
	{method: get, path: "project/{project}", handle: (*call).project},
	{method: get, path: "project/{project}/role", handle: (*call).roles},
	{method: get, path: "project/{project}/role/{role}", handle: (*call).role},
	{method: get, path: "project/{project}/permissionscheme", handle: (*call).permissionScheme},
	{method: get, path: "permissionscheme/{scheme}", handle: (*call).scheme},
	{method: get, path: "permissionscheme/{scheme}/permission", handle: (*call).schemePermissions},
	{method: get, path: "search/jql", only: Cloud, handle: (*call).searchCloud},
	{method: post, path: "search/jql", only: Cloud, handle: (*call).searchCloud},
	{method: get, path: "search", only: DataCenter, handle: (*call).searchDataCenter},
	{method: post, path: "search", only: DataCenter, handle: (*call).searchDataCenter},
	{path: "search", only: Cloud, refusal: fail(http.StatusGone, "The requested API has been removed. Please migrate to the /rest/api/3/search/jql API. A full migration guideline is available at https://developer.atlassian.com/changelog/#CHANGE-2046")},
	{method: post, path: "changelog/bulkfetch", only: Cloud, handle: (*call).bulkChangelog},
	{method: get, path: "issue/createmeta", only: DataCenter, handle: (*call).createMetaAll},
	{method: get, path: "issue/createmeta/{project}/issuetypes", handle: (*call).createMetaTypes},
	{method: get, path: "issue/createmeta/{project}/issuetypes/{type}", handle: (*call).createMetaFields},
	{method: post, path: "issue", handle: (*call).create, writes: true},
	{method: post, path: "issueLink", handle: (*call).addLink, writes: true},
	{method: get, path: "issue/{id}", handle: (*call).issue},
	{method: put, path: "issue/{id}", handle: (*call).edit, writes: true},
	{method: get, path: "issue/{id}/changelog", only: Cloud, handle: (*call).changelog},
	{method: get, path: "issue/{id}/comment", handle: (*call).comments},
	{method: post, path: "issue/{id}/comment", handle: (*call).addComment, writes: true},
	{method: get, path: "issue/{id}/remotelink", handle: (*call).remoteLinks},
	{method: post, path: "issue/{id}/remotelink", handle: (*call).addRemoteLink, writes: true},
	{method: get, path: "issue/{id}/transitions", handle: (*call).transitions},
	{method: post, path: "issue/{id}/transitions", handle: (*call).transition, writes: true},
}

// unknown is the route of requests that nobody answers.
const unknown = "?"

// find returns the route of a request and the parts of its path that stand for
// something.
func (s *Server) find(r *http.Request) (route, map[string]string) {
	_, path, found := strings.Cut(r.URL.Path, "/rest/api/")
	version, path, _ := strings.Cut(path, "/")
	if !found || version != "2" && version != "latest" {
		return route{path: unknown, refusal: fail(http.StatusNotFound, "There is nothing here: only version 2 of the REST API is spoken.")}, nil
	}
	parts := strings.Split(strings.Trim(path, "/"), "/")
	wrong := ""
	for _, rt := range routes {
		vars, fits := rt.match(parts)
		switch {
		case !fits || rt.only != "" && rt.only != s.o.Dialect:
		case rt.method == "" || rt.method == r.Method:
			return rt, vars
		default:
			wrong = rt.path
		}
	}
	if wrong != "" {
		return route{path: wrong, refusal: fail(http.StatusMethodNotAllowed, "Method Not Allowed")}, nil
	}
	return route{path: unknown, refusal: fail(http.StatusNotFound, "null for uri: "+r.URL.Path)}, nil
}

func (rt *route) match(parts []string) (map[string]string, bool) {
	want := strings.Split(rt.path, "/")
	if len(want) != len(parts) {
		return nil, false
	}
	vars := map[string]string{}
	for i, w := range want {
		if strings.HasPrefix(w, "{") {
			vars[strings.Trim(w, "{}")] = parts[i]
		} else if w != parts[i] {
			return nil, false
		}
	}
	return vars, true
}
