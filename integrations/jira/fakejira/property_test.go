package fakejira

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/tidwall/gjson"
	"pgregory.net/rapid"

	"andon/integrations/jira"
)

// life is an issue as it is at the end of its drawn history.
type life struct {
	cloud    bool // whose form it is written in
	created  time.Time
	now      map[string]string // final values by field
	parts    []string          // components
	links    []string          // keys of linked issues
	entries  []map[string]any
	comments []map[string]any
}

var lifeFields = map[string]string{
	"Team": "customfield_10100", "Support Level": "customfield_10101", "Area": "customfield_10102", "Points": "customfield_10103", "Lead": "customfield_10104",
	"assignee": "assignee", "reporter": "reporter", "status": "status", "priority": "priority", "resolution": "resolution", "summary": "summary",
	"Component": "components", "Key": "issuekey", "Link": "issuelinks", "description": "description", "issuetype": "issuetype", "labels": "labels", "project": "project",
}

var lifeValues = map[string][]string{
	"status": {"Open", "In Progress", "Done", "Closed", "Verified"}, "resolution": {"", "Fixed", "Duplicate"}, "priority": {"", "Low", "High"},
	"assignee": {"", "ines", "otto", "pia"}, "reporter": {"rosa", "pia"}, "Team": {"", "Ledger", "Mail", "Web"}, "Support Level": {"", "L1", "L2"},
	"Area": {"", "north", "south \"x\"", "7"}, "Points": {"", "3", "2.5"}, "Lead": {"", "Ines Roth", "Otto Beck"}, "summary": {"wrong sum", "wrong tax <b>"}, "description": {"", "see invoice", "see \"tax\"\n"},
	"issuetype": {"Bug", "Task"}, "Key": {"PAY-1", "OPS-1", "WEB-1"}, "labels": {"", "a", "a b", "b c d"},
}

// withID are the fields whose options have ids.
func withID(field, v string) string {
	switch field {
	case "status", "priority", "resolution", "issuetype", "Team", "Support Level":
		if v != "" {
			return fmt.Sprint(100 + len(v)*7 + int(v[0]))
		}
	case "assignee", "reporter":
		return v
	}
	return ""
}

func (l *life) item(field, from, to string) map[string]any {
	it := map[string]any{"field": field, "fieldtype": "jira", "from": orNull(withID(field, from)), "fromString": orNull(from), "to": orNull(withID(field, to)), "toString": orNull(to)}
	if strings.HasPrefix(lifeFields[field], customPrefix) {
		it["fieldtype"] = "custom"
	}
	if l.cloud {
		it["fieldId"] = lifeFields[field]
	}
	return it
}

// change draws a change of a field and does it.
func (l *life) change(t *rapid.T, field string) []map[string]any {
	switch field {
	case "Component":
		c := rapid.SampledFrom([]string{"ledger", "invoices", "mail"}).Draw(t, "component")
		if i := slices.Index(l.parts, c); i >= 0 {
			l.parts = slices.Delete(l.parts, i, i+1)
			return []map[string]any{l.item(field, c, "")}
		}
		l.parts = append(l.parts, c)
		return []map[string]any{l.item(field, "", c)}
	case "Link":
		other := fmt.Sprintf("PAY-%d", rapid.IntRange(100, 103).Draw(t, "other"))
		it := l.item(field, "", "")
		text := "This issue duplicates " + other
		if i := slices.Index(l.links, other); i >= 0 {
			l.links = slices.Delete(l.links, i, i+1)
			it["from"], it["fromString"] = other, text
		} else {
			l.links = append(l.links, other)
			it["to"], it["toString"] = other, text
		}
		return []map[string]any{it}
	case "Key":
		from := l.now[field]
		l.now[field] = rapid.SampledFrom(lifeValues[field]).Draw(t, field)
		names := map[string]string{"PAY": "Payments", "OPS": "Operations", "WEB": "Web shop"}
		if rapid.Bool().Draw(t, "tells no project") {
			return []map[string]any{l.item(field, from, l.now[field])}
		}
		return []map[string]any{l.item(field, from, l.now[field]), l.item("project", names[from[:3]], names[l.now[field][:3]])}
	}
	from := l.now[field]
	l.now[field] = rapid.SampledFrom(lifeValues[field]).Draw(t, field)
	return []map[string]any{l.item(field, from, l.now[field])}
}

// user writes a person in one of the dialects.
func (l *life) user(id string) any {
	if id == "" {
		return nil
	}
	if l.cloud {
		return map[string]any{"accountId": id, "displayName": strings.ToUpper(id)}
	}
	return map[string]any{"name": "login." + id, "key": id, "displayName": strings.ToUpper(id)}
}

// whole writes the issue with all its history.
func (l *life) whole(updated time.Time) []byte {
	opt := func(field, as string) any {
		if l.now[field] == "" {
			return nil
		}
		return map[string]any{"id": withID(field, l.now[field]), as: l.now[field]}
	}
	status := opt("status", "name").(map[string]any)
	status["statusCategory"] = map[string]any{"key": map[string]string{"Open": "new", "In Progress": "indeterminate"}[l.now["status"]]}
	if c := status["statusCategory"].(map[string]any); c["key"] == "" {
		c["key"] = "done"
	}
	fields := map[string]any{
		"created": jiraTime(l.created), "updated": jiraTime(updated), "summary": l.now["summary"], "description": orNull(l.now["description"]),
		"status": status, "resolution": opt("resolution", "name"), "priority": opt("priority", "name"), "issuetype": opt("issuetype", "name"),
		"assignee": l.user(l.now["assignee"]), "reporter": l.user(l.now["reporter"]), "project": map[string]any{"key": l.now["Key"][:3]},
		"customfield_10100": opt("Team", "value"), "customfield_10101": opt("Support Level", "value"), "customfield_10102": orNull(l.now["Area"]), "customfield_10103": nil, "customfield_10104": nil,
		"labels": strings.Fields(l.now["labels"]), "comment": map[string]any{"comments": l.comments, "total": len(l.comments)}, "resolutiondate": nil,
	}
	if l.now["Points"] != "" {
		fields["customfield_10103"] = json.Number(l.now["Points"])
	}
	if l.now["Lead"] != "" {
		fields["customfield_10104"] = map[string]any{"accountId": "x", "displayName": l.now["Lead"]}
	}
	var parts, links []any
	for _, c := range l.parts {
		parts = append(parts, map[string]any{"id": "1", "name": c})
	}
	for _, k := range l.links {
		links = append(links, map[string]any{"id": "1" + k[4:], "type": map[string]any{"name": "Duplicate", "inward": "is duplicated by", "outward": "duplicates"}, "outwardIssue": map[string]any{"key": k}})
	}
	fields["components"], fields["issuelinks"] = parts, links
	log := slices.Clone(l.entries)
	if l.cloud {
		slices.Reverse(log)
	}
	return encoded(map[string]any{
		"id": "17", "key": l.now["Key"], "fields": fields, "changelog": map[string]any{"total": len(log), "histories": append([]map[string]any{}, log...)},
		"names": map[string]any{"customfield_10100": "Team", "customfield_10101": "Support Level", "customfield_10102": "Area", "customfield_10103": "Points", "customfield_10104": "Lead"},
	})
}

func jiraTime(t time.Time) string { return t.Format("2006-01-02T15:04:05.000-0700") }

var start = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

// was is how an issue was from a time on.
type was struct {
	at           int64
	now          map[string]string
	parts, links []string
}

// draw draws an issue and its history, and how it was all along.
func draw(t *rapid.T) (raw []byte, all []was) {
	l := &life{
		cloud: rapid.Bool().Draw(t, "cloud"), created: start,
		now: map[string]string{"status": "Open", "summary": "wrong sum", "Key": "PAY-1", "issuetype": "Bug", "reporter": "rosa"},
	}
	for _, f := range []string{"assignee", "Team", "Support Level", "Area", "Points", "Lead", "priority", "description", "status", "resolution", "labels", "Component"} {
		if rapid.Bool().Draw(t, "set "+f) {
			l.change(t, f)
		}
	}
	changing := []string{
		"assignee", "reporter", "Team", "Support Level", "Area", "Points", "Lead", "priority", "description", "status", "status", "resolution", "Component", "summary", "Link", "Key", "issuetype", "labels",
	}
	at := l.created
	note := func() {
		all = append(all, was{at.UnixNano(), maps.Clone(l.now), slices.Sorted(slices.Values(l.parts)), slices.Sorted(slices.Values(l.links))})
	}
	note()
	for n := range rapid.IntRange(0, 14).Draw(t, "steps") {
		at = at.Add(time.Duration(rapid.IntRange(0, 2).Draw(t, "wait")) * time.Hour)
		by := l.user(rapid.SampledFrom([]string{"ines", "otto", "rosa"}).Draw(t, "by"))
		if rapid.IntRange(0, 3).Draw(t, "what") == 0 {
			edited := at.Add(time.Duration(rapid.SampledFrom([]int{0, 0, 30, 4000, 9000}).Draw(t, "edited")) * time.Second)
			l.comments = append(l.comments, map[string]any{"id": fmt.Sprint(900 + n), "author": by, "created": jiraTime(at), "updated": jiraTime(edited), "body": fmt.Sprintf("word %d", n)})
			continue
		}
		var items []map[string]any
		for _, f := range rapid.SliceOfNDistinct(rapid.SampledFrom(changing), 1, 4, rapid.ID).Draw(t, "fields") {
			items = append(items, l.change(t, f)...)
		}
		l.entries = append(l.entries, map[string]any{"id": fmt.Sprint(5000 + n), "created": jiraTime(at), "author": by, "items": items})
		note()
	}
	return l.whole(at), all
}

// sameAs compares an answer with how the issue was.
func (w was) sameAs(t require.TestingT, got gjson.Result) {
	list := func(path string) []string {
		var out []string
		for _, x := range got.Get(path).Array() {
			out = append(out, x.String())
		}
		return slices.Sorted(slices.Values(out))
	}
	for field, want := range w.now {
		v := got.Get("fields." + lifeFields[field])
		switch field {
		case "Key":
			require.Equal(t, []string{want, want[:3]}, []string{got.Get("key").Str, got.Get("fields.project.key").Str})
		case "assignee", "reporter":
			require.Equal(t, want, localID(v), field)
		case "labels":
			require.Equal(t, want, joined(v))
		default:
			require.Equal(t, want, text(v), field)
			require.Equal(t, withID(field, want), v.Get("id").String(), field)
		}
	}
	require.Equal(t, w.parts, list("fields.components.#.name"))
	require.Equal(t, w.links, list("fields.issuelinks.#.outwardIssue.key"))
}

// What a watcher makes of the answers at t is what the whole history tells of
// the time until t: the same events with the same contents. And the answers are
// what the issue was then.
func TestViewsAreTheHistoryUntilThen(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		raw, past := draw(t)
		s := New(Options{Dialect: rapid.SampledFrom([]Dialect{Cloud, DataCenter}).Draw(t, "dialect"), PageSize: 1000})
		require.NoError(t, s.Put(raw))
		o := watcher(s)
		o.Done = append(o.Done, "Verified")
		all, err := jira.Normalize(raw, o)
		require.NoError(t, err)
		for _, at := range looks(s.issues[0]) {
			seen := complete(s, s.issues[0], at)
			known, err := jira.Normalize(seen, o)
			require.NoError(t, err)
			require.Equal(t, until(all, at), until(known, 1<<62), "at %v: %s", time.Unix(0, at).UTC(), seen)
			n, _ := slices.BinarySearchFunc(past, at+1, func(w was, t int64) int { return cmp.Compare(w.at, t) })
			past[n-1].sameAs(t, gjson.ParseBytes(seen))
		}
	})
}

// What is written by a client stands in the history from then on, and neither
// changes what was before nor what comes later.
func TestWritingKeepsTheRest(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		raw, _ := draw(t)
		now := start.Add(time.Duration(rapid.IntRange(0, 40).Draw(t, "now")) * 30 * time.Minute)
		s := New(Options{Dialect: Cloud, PageSize: 1000, Now: func() time.Time { return now }})
		require.NoError(t, s.Put(raw))
		o := watcher(s)
		o.Done = append(o.Done, "Verified")
		before, err := jira.Normalize(raw, o)
		require.NoError(t, err)
		do(t, s, "POST", "/rest/api/2/issue/17/comment", `{"body":"written"}`, 201)
		do(t, s, "PUT", "/rest/api/2/issue/17", `{"fields":{"summary":"another","customfield_10102":"west","assignee":{"accountId":"rosa"}}}`, 204)
		after, err := jira.Normalize(complete(s, s.issues[0], 1<<62), o)
		require.NoError(t, err)
		ids := map[string]bool{}
		for _, e := range after {
			ids[e.ID] = true
		}
		for _, e := range before {
			require.True(t, ids[e.ID], e.ID)
		}
		require.Len(t, after, len(before)+4)
		for _, at := range looks(s.issues[0]) {
			known, err := jira.Normalize(complete(s, s.issues[0], at), o)
			require.NoError(t, err)
			require.Equal(t, until(after, at), until(known, 1<<62), "at %v", time.Unix(0, at).UTC())
		}
	})
}
