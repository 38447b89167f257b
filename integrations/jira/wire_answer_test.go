package jira

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

var (
	wireSince = regexp.MustCompile(`updated >= (\d+)`)
	wireIDs   = regexp.MustCompile(`id in \(([^)]*)\)`)
	wireScope = regexp.MustCompile(`^\((.*)\) AND`)
	wirePath  = regexp.MustCompile(`issue/[^/]+`)
)

func (w *wire) serve(rw http.ResponseWriter, r *http.Request) {
	route := strings.TrimPrefix(strings.TrimPrefix(r.URL.Path, "/ex/jira/cloud-1"), "/rest/api/2/")
	route = wirePath.ReplaceAllString(route, "issue/{id}")
	w.mu.Lock()
	w.requests = append(w.requests, r.Method+" "+route)
	fault, listed := w.fault, w.listed
	w.mu.Unlock()
	rw.Header().Set("Date", w.clock().Format(http.TimeFormat))
	if fault != nil && fault(rw, r, route) {
		return
	}
	rw.Header().Set("Content-Type", "application/json;charset=UTF-8")
	w.mu.Lock()
	status, answer := w.answer(r, route)
	w.mu.Unlock()
	rw.WriteHeader(status)
	if answer != nil {
		_ = json.NewEncoder(rw).Encode(answer)
	}
	if listed != nil && strings.HasPrefix(route, "search") && r.FormValue("fields") == "updated" {
		listed()
	}
}

func wireRefusal(status int, text string) (int, any) {
	return status, map[string]any{"errorMessages": []string{text}, "errors": map[string]any{}}
}

func (w *wire) answer(r *http.Request, route string) (int, any) {
	switch route {
	case "serverInfo":
		kind := "Server"
		if w.cloud {
			kind = "Cloud"
		}
		return 200, map[string]any{"baseUrl": w.URL, "version": "10.3.0", "deploymentType": kind}
	case "myself":
		return 200, map[string]any{"accountId": "andon", "displayName": "andon"}
	case "field":
		return 200, []any{map[string]any{"id": "summary", "name": "Summary"}, map[string]any{"id": "customfield_1", "name": "Team", "custom": true}, map[string]any{"id": "customfield_2", "name": "Support Level", "custom": true}, 17}
	case "status":
		return 200, []any{map[string]any{"name": "Verified", "statusCategory": map[string]any{"key": "done"}}, map[string]any{"name": "Completed", "statusCategory": map[string]any{"key": "indeterminate"}}}
	case "mypermissions":
		return 200, map[string]any{"permissions": map[string]any{"BROWSE_PROJECTS": map[string]any{"havePermission": true}}}
	case "search", "search/jql":
		return w.search(r, route)
	case "changelog/bulkfetch":
		return w.bulkfetch(r)
	}
	id := strings.Split(strings.TrimPrefix(r.URL.Path[strings.Index(r.URL.Path, "/rest/"):], "/rest/api/2/issue/"), "/")
	i := w.find(id[0])
	if i == nil {
		return wireRefusal(404, "Issue does not exist or you do not have permission to see it.")
	}
	start, size := atoi(r.FormValue("startAt")), min(atoi(r.FormValue("maxResults")), 100)
	switch {
	case route == "issue/{id}":
		return 200, w.render(i, "*all", 100)
	case route == "issue/{id}/changelog" && w.paging:
		return 200, map[string]any{"startAt": start, "maxResults": size, "total": len(i.histories), "values": slice(i.histories, start, size), "isLast": false}
	case route == "issue/{id}/comment":
		return 200, map[string]any{"startAt": start, "maxResults": size, "total": len(i.comments), "comments": slice(i.comments, start, size)}
	}
	return wireRefusal(404, "no such endpoint")
}

func (w *wire) find(id string) *wireIssue {
	if i := w.issues[id]; i != nil {
		return i
	}
	for _, i := range w.issues {
		if i.id == id || i.key == id {
			return i
		}
	}
	return nil
}

func slice(list []map[string]any, start, size int) []map[string]any {
	start = min(start, len(list))
	return list[start:min(start+size, len(list))]
}

func (w *wire) search(r *http.Request, route string) (int, any) {
	if (route == "search/jql") != w.cloud {
		return wireRefusal(410, "The requested API has been removed.")
	}
	jql, fields, token := r.FormValue("jql"), r.FormValue("fields"), r.FormValue("nextPageToken")
	start, size := atoi(r.FormValue("startAt")), atoi(r.FormValue("maxResults"))
	if r.Method == http.MethodPost {
		var b struct {
			JQL, NextPageToken  string
			Fields              []string
			MaxResults, StartAt int
		}
		raw, _ := io.ReadAll(r.Body)
		if err := json.Unmarshal(raw, &b); err != nil {
			return wireRefusal(400, err.Error())
		}
		jql, fields, token, start, size = b.JQL, strings.Join(b.Fields, ","), b.NextPageToken, b.StartAt, b.MaxResults
	}
	w.queries = append(w.queries, jql)
	found, refusal := w.match(jql)
	if refusal != "" {
		return wireRefusal(400, refusal)
	}
	if w.cloud {
		start = atoi(token)
	}
	end := min(start+min(size, w.pageMax), len(found))
	start = min(start, end)
	list := []any{}
	most := 0
	if w.cloud {
		most = 40
	}
	for _, i := range found[start:end] {
		list = append(list, w.render(i, fields, most))
	}
	out := map[string]any{"issues": list, "names": map[string]any{"customfield_1": "Team"}}
	switch {
	case !w.cloud:
		out["startAt"], out["maxResults"], out["total"] = start, size, len(found)
	case end < len(found):
		out["nextPageToken"] = strconv.Itoa(end)
	}
	return 200, out
}

// match finds issues by the JQL that the client sends.
func (w *wire) match(jql string) (found []*wireIssue, refusal string) {
	if m := wireScope.FindStringSubmatch(jql); m != nil && m[1] == "broken" {
		return nil, "Error in the JQL Query: broken"
	}
	if !strings.HasSuffix(jql, " ORDER BY updated ASC, key ASC") {
		return nil, "a client must ask for an order"
	}
	if m := wireIDs.FindStringSubmatch(jql); m != nil {
		for _, id := range strings.Split(m[1], ", ") {
			i := w.find(id)
			if i == nil && w.strict {
				return nil, fmt.Sprintf("A value with ID '%s' does not exist for the field 'id'.", id)
			}
			if i != nil {
				found = append(found, i)
			}
		}
	} else if m := wireSince.FindStringSubmatch(jql); m != nil {
		for _, i := range w.issues {
			if i.place().UnixMilli() >= int64(atoi(m[1])) && !i.indexed.After(w.now) {
				found = append(found, i)
			}
		}
	} else {
		return nil, "unbounded JQL"
	}
	slices.SortFunc(found, func(a, b *wireIssue) int {
		if c := a.place().Compare(b.place()); c != 0 {
			return c
		}
		return strings.Compare(a.key, b.key)
	})
	return found, ""
}

// render shows an issue. Cloud shows the newest entries of the changelog first,
// at most so many.
func (w *wire) render(i *wireIssue, fields string, most int) any {
	if i.raw != "" {
		return json.RawMessage(i.raw)
	}
	if fields == "updated" {
		return map[string]any{"id": i.id, "key": i.key, "fields": map[string]any{"updated": wireTime(i.updated)}}
	}
	f := map[string]any{"created": wireTime(i.created), "updated": wireTime(i.updated)}
	for k, v := range i.fields {
		f[k] = v
	}
	last := i.comments[max(0, len(i.comments)-20):]
	f["comment"] = map[string]any{"comments": last, "total": len(i.comments), "maxResults": len(last)}
	log := slices.Clone(i.histories)
	if w.cloud {
		slices.Reverse(log)
		log = log[:min(len(log), most)]
	}
	cl := map[string]any{"histories": log, "maxResults": len(log), "startAt": 0}
	if !i.noTotal {
		cl["total"] = len(i.histories)
	}
	return map[string]any{"id": i.id, "key": i.key, "fields": f, "changelog": cl}
}

func (w *wire) bulkfetch(r *http.Request) (int, any) {
	if !w.cloud || !w.bulk {
		return wireRefusal(404, "no such endpoint")
	}
	var b struct {
		IssueIDsOrKeys []string
		NextPageToken  string
	}
	if err := json.NewDecoder(r.Body).Decode(&b); err != nil {
		return wireRefusal(400, err.Error())
	}
	type entry struct {
		issue string
		h     map[string]any
	}
	var all []entry
	for _, id := range b.IssueIDsOrKeys {
		for _, h := range w.find(id).histories {
			e := map[string]any{}
			for k, v := range h {
				e[k] = v
			}
			t, _ := time.Parse("2006-01-02T15:04:05.000-0700", fmt.Sprint(h["created"]))
			e["created"] = t.UnixMilli() // a number here
			all = append(all, entry{id, e})
		}
	}
	start := atoi(b.NextPageToken)
	end := min(start+150, len(all)) // the changelog of one issue may lie on two pages
	logs := []any{}
	for _, e := range all[start:end] {
		logs = append(logs, map[string]any{"issueId": e.issue, "changeHistories": []any{e.h}})
	}
	out := map[string]any{"issueChangeLogs": logs}
	if end < len(all) {
		out["nextPageToken"] = strconv.Itoa(end)
	}
	return 200, out
}
