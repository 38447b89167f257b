package fakejira

import (
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/tidwall/gjson"

	"andon/integrations/jira"
)

// long writes an issue with many entries and comments, an hour apart.
func long(entries, comments int) []byte {
	var log, said []map[string]any
	for i := range entries {
		log = append(log, map[string]any{"id": fmt.Sprint(7000 + i), "created": jiraTime(start.Add(time.Duration(i+1) * time.Hour)), "author": map[string]any{"accountId": "ines"}, "items": []any{
			map[string]any{"field": "Team", "fieldtype": "custom", "fieldId": "customfield_10100", "from": fmt.Sprint(i), "fromString": fmt.Sprint("Team ", i), "to": fmt.Sprint(i + 1), "toString": fmt.Sprint("Team ", i+1)},
		}})
	}
	for i := range comments {
		at := jiraTime(start.Add(time.Duration(i+1)*time.Hour + time.Minute))
		said = append(said, map[string]any{"id": fmt.Sprint(90_000 + i), "created": at, "updated": at, "author": map[string]any{"accountId": "otto"}, "body": fmt.Sprint("word ", i)})
	}
	return encoded(map[string]any{
		"id": "17", "key": "PAY-17", "names": map[string]any{"customfield_10100": "Team"}, "changelog": map[string]any{"histories": log},
		"fields": map[string]any{
			"created": jiraTime(start), "updated": jiraTime(start.Add(time.Duration(entries) * time.Hour)), "summary": "wrong sum", "project": map[string]any{"key": "PAY"},
			"status": map[string]any{"id": "1", "name": "Open"}, "customfield_10100": map[string]any{"id": fmt.Sprint(entries), "value": fmt.Sprint("Team ", entries)},
			"comment": map[string]any{"comments": said, "total": len(said)},
		},
	})
}

// Who fetches page by page what is cut in the first answer has the whole
// history until then.
func TestFetchingEverything(t *testing.T) {
	hour := 130.5
	raw := long(250, 240)
	s := atHour(Options{}, &hour, raw)
	found := do(t, s, "GET", query2("search/jql", "jql", "project = PAY", "fields", "*all", "expand", "changelog"), "", 200).Get("issues.0")
	log := found.Get("changelog")
	require.Equal(t, []int64{40, 130}, []int64{log.Get("histories.#").Int(), log.Get("total").Int()}, "the search cuts the changelog")
	require.Equal(t, "7129", log.Get("histories.0.id").Str, "the newest comes first")

	top := do(t, s, "GET", "/rest/api/2/issue/PAY-17?expand=changelog,names", "", 200)
	require.Equal(t, int64(100), top.Get("changelog.histories.#").Int())
	require.Equal(t, []int64{100, 130}, []int64{top.Get("fields.comment.comments.#").Int(), top.Get("fields.comment.total").Int()})

	var entries, comments []json.RawMessage
	for len(entries) < int(log.Get("total").Int()) {
		page := do(t, s, "GET", fmt.Sprintf("/rest/api/2/issue/17/changelog?startAt=%d&maxResults=500", len(entries)), "", 200)
		require.Equal(t, int64(100), page.Get("maxResults").Int())
		for _, v := range page.Get("values").Array() {
			entries = append(entries, json.RawMessage(v.Raw))
		}
		require.Equal(t, len(entries) == 130, page.Get("isLast").Bool())
	}
	for len(comments) < 130 {
		page := do(t, s, "GET", fmt.Sprintf("/rest/api/2/issue/17/comment?startAt=%d", len(comments)), "", 200)
		require.Equal(t, int64(130), page.Get("total").Int())
		for _, v := range page.Get("comments").Array() {
			comments = append(comments, json.RawMessage(v.Raw))
		}
	}
	fields := map[string]any{}
	require.NoError(t, json.Unmarshal([]byte(top.Get("fields").Raw), &fields))
	fields["comment"] = map[string]any{"comments": comments, "total": 130}
	whole := encoded(map[string]any{"id": "17", "key": "PAY-17", "names": json.RawMessage(top.Get("names").Raw), "fields": fields, "changelog": map[string]any{"histories": entries, "total": 130}})
	known, err := jira.Normalize(whole, watcher(s))
	require.NoError(t, err)
	all, err := jira.Normalize(raw, watcher(s))
	require.NoError(t, err)
	require.Equal(t, until(all, s.o.Now().UnixNano()), until(known, 1<<62))
	require.Len(t, known, 1+130+130)
}

func TestBulkChangelog(t *testing.T) {
	hour := 50.0
	s := atHour(Options{}, &hour, long(120, 0), small(18, "PAY-18", 0, 1, 2, 60))
	var got []string
	token := ""
	for {
		page := do(t, s, "POST", "/rest/api/2/changelog/bulkfetch", fmt.Sprintf(`{"issueIdsOrKeys":["PAY-18","404","17"],"maxResults":20,"nextPageToken":%q}`, token), 200)
		for _, l := range page.Get("issueChangeLogs").Array() {
			for _, h := range l.Get("changeHistories").Array() {
				got = append(got, l.Get("issueId").Str+"/"+h.Get("id").Str)
				require.Equal(t, gjson.Number, h.Get("created").Type)
			}
		}
		if token = page.Get("nextPageToken").String(); token == "" {
			break
		}
	}
	require.Len(t, got, 52)
	require.Equal(t, []string{"18/18000", "18/18001", "17/7000"}, got[:3])
	require.Equal(t, "17/7049", got[51])
	one := do(t, s, "POST", "/rest/api/2/changelog/bulkfetch", `{"issueIdsOrKeys":["18","17"],"fieldIds":["status"]}`, 200)
	require.Equal(t, int64(1), one.Get("issueChangeLogs.#").Int())
	do(t, s, "POST", "/rest/api/2/changelog/bulkfetch", `{"issueIdsOrKeys":[]}`, 400)
	do(t, s, "POST", "/rest/api/2/changelog/bulkfetch", `{"issueIdsOrKeys":["17"],"nextPageToken":"%"}`, 400)
	do(t, s, "POST", "/rest/api/2/changelog/bulkfetch", `[`, 400)
}

// An edited comment is there from the beginning, its present text from the
// edit on; a security level that was set later is not there before.
func TestWhatIsNotKnownOfThePast(t *testing.T) {
	hour := 2.0
	raw := strings.Replace(string(small(11, "PAY-1", 0, 5)), `"summary"`, `"security":{"id":"3","name":"Staff"},"comment":{"comments":[{"id":"4","author":{"accountId":"ines"},"body":"final words","created":"2026-03-02T10:00:00.000+0000","updated":"2026-03-02T13:00:00.000+0000"}],"total":1},"summary"`, 1)
	raw = strings.Replace(raw, `"items":[`, `"items":[{"field":"security","fieldtype":"jira","fieldId":"security","from":null,"fromString":null,"to":"3","toString":"Staff"},`, 1)
	s := atHour(Options{}, &hour, []byte(raw))
	v := do(t, s, "GET", "/rest/api/2/issue/11", "", 200).Get("fields")
	require.Equal(t, jira.UnknownText, v.Get("comment.comments.0.body").Str)
	require.Equal(t, v.Get("comment.comments.0.created").Str, v.Get("comment.comments.0.updated").Str)
	require.Equal(t, gjson.Null, v.Get("security").Type)
	require.Equal(t, "2026-03-02T10:00:00.000+0000", v.Get("updated").Str)
	hour = 4.5
	v = do(t, s, "GET", "/rest/api/2/issue/11", "", 200).Get("fields")
	require.Equal(t, "final words", v.Get("comment.comments.0.body").Str)
	require.Equal(t, "2026-03-02T13:00:00.000+0000", v.Get("updated").Str)
	hour = 5
	require.Equal(t, "Staff", do(t, s, "GET", "/rest/api/2/issue/11", "", 200).Get("fields.security.name").Str)
}

// A link comes, goes and comes again; one that was there before and goes is not
// shown before the changelog first speaks of links.
func TestLinks(t *testing.T) {
	hour := 0.0
	entry := func(id, h int, from, to string) string {
		say := func(key string) string {
			if key == "" {
				return "null"
			}
			return `"This issue blocks ` + key + `"`
		}
		quote := func(key string) string { return string(encoded(orNull(key))) }
		return fmt.Sprintf(`{"id":"%d","created":"%s","items":[{"field":"Link","fieldtype":"jira","from":%s,"fromString":%s,"to":%s,"toString":%s}]}`, id, jiraTime(start.Add(time.Duration(h)*time.Hour)), quote(from), say(from), quote(to), say(to))
	}
	raw := strings.Replace(string(small(11, "A-1", 0)), `"histories":[]`, `"histories":[`+strings.Join([]string{entry(1, 1, "", "A-9"), entry(2, 2, "A-9", ""), entry(3, 3, "", "A-9"), entry(4, 4, "A-8", "")}, ",")+`]`, 1)
	raw = strings.Replace(raw, `"summary"`, `"issuelinks":[{"id":"5","type":{"name":"Blocks","inward":"is blocked by","outward":"blocks"},"outwardIssue":{"key":"A-9"}}],"summary"`, 1)
	s := atHour(Options{}, &hour, []byte(raw))
	for h, want := range [][]string{nil, {"A-8", "A-9"}, {"A-8"}, {"A-8", "A-9"}, {"A-9"}} {
		hour = float64(h)
		var got []string
		for _, l := range do(t, s, "GET", "/rest/api/2/issue/11", "", 200).Get("fields.issuelinks").Array() {
			got = append(got, l.Get("outwardIssue.key").Str)
		}
		require.Equal(t, want, slices.Sorted(slices.Values(got)), "after %d hours", h)
	}
}

func TestCredentials(t *testing.T) {
	for _, c := range []struct {
		token, user, sendUser, sendToken string
		want                             int
	}{
		{"", "", "", "", 200}, {"secret", "", "", "secret", 200}, {"secret", "", "", "wrong", 401}, {"secret", "", "", "", 401},
		{"secret", "a@example.com", "a@example.com", "secret", 200}, {"secret", "a@example.com", "b@example.com", "secret", 401},
		{"secret", "a@example.com", "", "secret", 401}, {"secret", "", "anyone", "secret", 200},
	} {
		s := New(Options{Token: c.token, User: c.user})
		r := request("GET", "/rest/api/2/myself")
		switch {
		case c.sendUser != "":
			r.SetBasicAuth(c.sendUser, c.sendToken)
		case c.sendToken != "":
			r.Header.Set("Authorization", "Bearer "+c.sendToken)
		}
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		require.Equal(t, c.want, w.Code, "%+v", c)
		do(t, s, "GET", "/rest/api/2/serverInfo", "", 200)
	}
}

func TestSite(t *testing.T) {
	hour := 5.0
	for _, d := range []Dialect{Cloud, DataCenter} {
		s := atHour(Options{Dialect: d}, &hour, small(11, "PAY-2", 0, 1, 9), small(13, "OPS-1", 2))
		s.AddUser("pia", "Pia Lang", "pia@example.com")
		s.SetBrowse("PAY", Holder{Type: "projectRole", Parameter: "10002"})
		s.SetRole("PAY", "Administrators", "pia")
		require.Equal(t, string(d), do(t, s, "GET", "/ex/jira/cloud-1/rest/api/2/serverInfo", "", 200).Get("deploymentType").Str)
		require.Contains(t, do(t, s, "GET", "/ex/jira/cloud-1/rest/api/2/serverInfo", "", 200).Get("baseUrl").Str, "/ex/jira/cloud-1")
		require.Equal(t, "Team", do(t, s, "GET", "/rest/api/2/field", "", 200).Get(`#(id=="customfield_10100").name`).Str)
		require.Equal(t, "indeterminate", do(t, s, "GET", "/rest/api/2/status", "", 200).Get(`#(name=="Step 1").statusCategory.key`).Str)
		require.Equal(t, int64(2), do(t, s, "GET", "/rest/api/2/project", "", 200).Get("#").Int())
		require.Equal(t, "PAY", do(t, s, "GET", "/rest/api/2/project/pay", "", 200).Get("key").Str)
		do(t, s, "GET", "/rest/api/2/project/NIX", "", 404)
		scheme := do(t, s, "GET", "/rest/api/2/project/PAY/permissionscheme?expand=permissions", "", 200)
		require.Equal(t, "projectRole", scheme.Get("permissions.0.holder.type").Str)
		require.Equal(t, scheme.Get("permissions").Raw, do(t, s, "GET", "/rest/api/2/permissionscheme/"+scheme.Get("id").String()+"/permission", "", 200).Get("permissions").Raw)
		require.Equal(t, "applicationRole", do(t, s, "GET", "/rest/api/2/project/OPS/permissionscheme?expand=all", "", 200).Get("permissions.0.holder.type").Str)
		require.Contains(t, do(t, s, "GET", "/rest/api/2/project/PAY/role", "", 200).Get("Administrators").Str, "/role/10002")
		require.Equal(t, "Pia Lang", do(t, s, "GET", "/rest/api/2/project/PAY/role/10002", "", 200).Get("actors.0.displayName").Str)
		do(t, s, "GET", "/rest/api/2/project/PAY/role/1", "", 404)
		require.True(t, do(t, s, "GET", "/rest/api/2/mypermissions?permissions=BROWSE_PROJECTS&projectKey=PAY", "", 200).Get("permissions.BROWSE_PROJECTS.havePermission").Bool())
		key, search, id := "accountId=", "query=", "accountId"
		if d == DataCenter {
			key, search, id = "username=", "username=", "key"
		}
		require.Equal(t, "pia@example.com", do(t, s, "GET", "/rest/api/2/user?"+key+"pia", "", 200).Get("emailAddress").Str)
		do(t, s, "GET", "/rest/api/2/user?"+key+"nobody", "", 404)
		require.Equal(t, "otto", do(t, s, "GET", "/rest/api/2/user/search?"+search+"beck", "", 200).Get("0."+id).Str)
		do(t, s, "GET", "/rest/api/3/myself", "", 404)
		do(t, s, "GET", "/rest/api/2/nothing", "", 404)
		do(t, s, "DELETE", "/rest/api/2/issue/11", "", 405)
	}
}

func TestLoad(t *testing.T) {
	s := New(Options{})
	n, err := s.Load(strings.NewReader(string(small(1, "A-1", 0)) + "\n\n" + string(small(2, "A-2", 0)) + "\n"))
	require.NoError(t, err)
	require.Equal(t, 2, n)
	for in, want := range map[string]string{
		"[]":                                    "line 1: no issue: it is no JSON object",
		`{"id":"1"`:                             "no valid JSON",
		string(small(3, "A-3", 0)) + "\n{}":     "line 2: no issue: it needs a numeric id and a key",
		`{"id":"x","key":"A-4","fields":{}}`:    "numeric id",
		`{"id":"4","key":"A-4"}`:                "has no fields",
		`{"id":"4","key":"A-4","fields":{}}`:    "created: no date",
		string(small(9, "A-1", 0)):              "is there already",
		strings.Repeat(`{"a":[`, 100_000) + "1": "no valid JSON",
		"\x1f\x8b broken":                       "load issues",
		strings.Replace(string(small(5, "A-5", 0, 1)), `"created":"2026-03-02T10`, `"created":"soon`, 1): "entry \"5000\" of the changelog has no date",
	} {
		_, err := s.Load(strings.NewReader(in))
		require.ErrorContains(t, err, want)
	}
	require.Len(t, s.issues, 3)
}

// Whatever comes in is refused or shown as JSON, at every time.
func FuzzPut(f *testing.F) {
	f.Add(small(1, "A-1", 0, 1, 2))
	f.Add(long(2, 2))
	f.Add([]byte(`{"id":"4","key":"A-4","fields":{"created":1,"comment":[null,{}],"components":null,"issuelinks":{"a":1},"assignee":"x","labels":{}},"names":[],"changelog":{"histories":[null,{"created":2,"items":[null,{"field":"labels","fromString":1},{"field":"Link","from":"A-2"},{"field":"Component","fromString":"c"},{"fieldId":"customfield_1","fieldtype":"custom","fromString":"c"}]}]}}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		for _, d := range []Dialect{Cloud, DataCenter} {
			s := New(Options{Dialect: d})
			if s.Put(slices.Clone(raw)) != nil {
				return
			}
			for _, at := range looks(s.issues[0]) {
				require.True(t, json.Valid(complete(s, s.issues[0], at)))
			}
		}
	})
}
