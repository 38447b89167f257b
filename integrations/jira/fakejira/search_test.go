package fakejira

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/tidwall/gjson"
	"pgregory.net/rapid"
)

// small writes an issue whose status changed at the given hours after start.
func small(n int, key string, born float64, changes ...float64) []byte {
	hour := func(h float64) string { return jiraTime(start.Add(time.Duration(h * float64(time.Hour)))) }
	var log []string
	last := born
	for i, h := range changes {
		log = append(log, fmt.Sprintf(`{"id":"%d","created":"%s","author":{"accountId":"ines","displayName":"Ines Roth"},"items":[{"field":"status","fieldtype":"jira","fieldId":"status","from":"1","fromString":"Step %d","to":"2","toString":"Step %d"}]}`, n*1000+i, hour(h), i, i+1))
		last = max(last, h)
	}
	project, _, _ := strings.Cut(key, "-")
	return fmt.Appendf(nil, `{"id":"%d","key":"%s","names":{"customfield_10100":"Team"},"fields":{"created":"%s","updated":"%s","summary":"issue %d","project":{"key":"%s"},"issuetype":{"name":"Bug"},"status":{"id":"2","name":"Step %d"},"customfield_10100":{"id":"9","value":"Mail"},"assignee":{"accountId":"otto","displayName":"Otto Beck"}},"changelog":{"histories":[%s]}}`,
		n, key, hour(born), hour(last), n, project, len(changes), strings.Join(log, ","))
}

// at makes a Jira at a number of hours after start, which the test moves on.
func atHour(o Options, hour *float64, issues ...[]byte) *Server {
	o.Now = func() time.Time { return start.Add(time.Duration(*hour * float64(time.Hour))) }
	s := New(o)
	for _, raw := range issues {
		if err := s.Put(raw); err != nil {
			panic(err)
		}
	}
	return s
}

func keys(v gjson.Result) (out []string) {
	for _, x := range v.Get("issues").Array() {
		out = append(out, x.Get("key").String())
	}
	return out
}

func ids(v gjson.Result) (out []string) {
	for _, x := range v.Get("issues").Array() {
		out = append(out, x.Get("id").String())
	}
	return out
}

func query2(path string, kv ...string) string {
	q := url.Values{}
	for i := 0; i < len(kv); i += 2 {
		q.Set(kv[i], kv[i+1])
	}
	return "/rest/api/2/" + path + "?" + q.Encode()
}

const inOrder = " ORDER BY updated ASC, key ASC"

func TestCloudSearch(t *testing.T) {
	hour := 5.0
	s := atHour(Options{PageSize: 2}, &hour, small(11, "PAY-2", 0, 1, 9), small(12, "PAY-10", 0, 3), small(13, "OPS-1", 2), small(14, "PAY-3", 0, 1), small(15, "PAY-4", 6))
	do(t, s, "GET", query2("search", "jql", "project = PAY"), "", 410)
	do(t, s, "POST", "/rest/api/2/search", `{"jql":"project = PAY"}`, 410)
	require.Contains(t, do(t, s, "GET", query2("search/jql", "jql", "ORDER BY key"), "", 400).Get("errorMessages.0").Str, "Unbounded")
	require.Contains(t, do(t, s, "GET", query2("search/jql", "jql", "project = NIX"), "", 400).Get("errorMessages.0").Str, "does not exist for the field 'project'")

	page := do(t, s, "GET", query2("search/jql", "jql", "project in (PAY, OPS)"+inOrder), "", 200)
	require.Equal(t, []string{"11", "14", "13", "12"}, ids(page), "without fields there are ids only, and a great page")
	require.False(t, page.Get("issues.0.key").Exists() || page.Get("total").Exists())

	one := do(t, s, "GET", query2("search/jql", "jql", "project in (PAY, OPS)"+inOrder, "fields", "status,updated", "expand", "names,changelog"), "", 200)
	require.Equal(t, []string{"PAY-2", "PAY-3"}, keys(one))
	require.Equal(t, "Step 1", one.Get("issues.0.fields.status.name").Str)
	require.False(t, one.Get("issues.0.fields.summary").Exists())
	require.Equal(t, "2026-03-02T10:00:00.000+0000", one.Get("issues.0.fields.updated").Str)
	require.Equal(t, int64(1), one.Get("issues.0.changelog.total").Int())
	require.Equal(t, "Team", one.Get("names.customfield_10100").Str)
	require.False(t, one.Get("isLast").Bool())

	hour = 10 // PAY-2 moved on: the search that has begun does not notice
	two := do(t, s, "POST", "/rest/api/2/search/jql", string(encoded(map[string]any{
		"jql": "project in (PAY, OPS)" + inOrder, "fields": []string{"*all"}, "nextPageToken": one.Get("nextPageToken").Str, "maxResults": 100})), 200)
	require.Equal(t, []string{"OPS-1", "PAY-10"}, keys(two))
	require.True(t, two.Get("isLast").Bool() && !two.Get("nextPageToken").Exists())
	do(t, s, "GET", query2("search/jql", "jql", "project = PAY", "nextPageToken", one.Get("nextPageToken").Str), "", 400)
	do(t, s, "GET", query2("search/jql", "jql", "project = PAY", "nextPageToken", "x"), "", 400)

	since := func(h int) string { return fmt.Sprint(start.Add(time.Duration(h) * time.Hour).UnixMilli()) }
	require.Equal(t, []string{"15", "11"}, ids(do(t, s, "GET", query2("search/jql", "jql", "(project = PAY) AND updated >= "+since(4)+inOrder), "", 200)))
	require.Equal(t, []string{"11"}, ids(do(t, s, "GET", query2("search/jql", "jql", "updated >= "+since(9)), "", 200)), "the time itself belongs to it")
	require.Empty(t, ids(do(t, s, "GET", query2("search/jql", "jql", "updated >= "+since(10)), "", 200)))
	require.Equal(t, []string{"11", "14", "12"}, ids(do(t, s, "GET", query2("search/jql", "jql", "id in (12, 14, 11) ORDER BY key"), "", 200)))
	require.Contains(t, do(t, s, "GET", query2("search/jql", "jql", "key in (PAY-2, PAY-99)"), "", 400).Get("errorMessages.0").Str, "An issue with key 'PAY-99' does not exist")
}

func TestDataCenterSearch(t *testing.T) {
	hour := 5.0
	s := atHour(Options{Dialect: DataCenter}, &hour, small(11, "PAY-2", 0, 1, 9), small(12, "PAY-10", 0, 3), small(13, "OPS-1", 2))
	do(t, s, "GET", query2("search/jql", "jql", "project = PAY"), "", 404)
	do(t, s, "GET", "/rest/api/2/issue/11/changelog", "", 404)
	do(t, s, "POST", "/rest/api/2/changelog/bulkfetch", `{"issueIdsOrKeys":["11"]}`, 404)
	page := do(t, s, "GET", query2("search", "jql", inOrder, "startAt", "1", "maxResults", "1", "expand", "changelog"), "", 200)
	require.Equal(t, []string{"OPS-1"}, keys(page))
	require.Equal(t, []int64{1, 1, 3}, []int64{page.Get("startAt").Int(), page.Get("maxResults").Int(), page.Get("total").Int()})
	require.Equal(t, "otto", page.Get("issues.0.fields.assignee.key").Str)
	require.False(t, page.Get("issues.0.fields.assignee.accountId").Exists())

	h := do(t, s, "GET", "/rest/api/2/issue/PAY-2?expand=changelog", "", 200).Get("changelog.histories.0")
	require.Equal(t, "ines", h.Get("author.key").Str)
	require.False(t, h.Get("items.0.fieldId").Exists(), "Data Center tells no field ids")
	require.Equal(t, "status", h.Get("items.0.field").Str)

	require.Contains(t, do(t, s, "GET", query2("search", "jql", "key in (PAY-2, PAY-99)"), "", 400).Get("errorMessages.0").Str, "PAY-99")
	require.Equal(t, []string{"PAY-2"}, keys(do(t, s, "GET", query2("search", "jql", "key in (PAY-2, PAY-99)", "validateQuery", "false"), "", 200)))
}

// A quoted date is one of the zone of the searching user.
func TestQuotedDateIsOfTheProfile(t *testing.T) {
	hour := 5.0
	s := atHour(Options{Zone: time.FixedZone("EST", -5*3600)}, &hour, small(11, "PAY-2", 0, 3), small(12, "PAY-3", 0, 1))
	require.Equal(t, []string{"11"}, ids(do(t, s, "GET", query2("search/jql", "jql", `updated >= "2026-03-02 06:00"`), "", 200)))
	require.Empty(t, ids(do(t, s, "GET", query2("search/jql", "jql", `updated >= "2026-03-02 12:00"`), "", 200)), "who thinks in UTC asks for the future")
}

// The index is late: it finds and orders what was, and tells what is.
func TestIndexing(t *testing.T) {
	hour := 3.25
	s := atHour(Options{Indexing: 30 * time.Minute}, &hour, small(11, "PAY-1", 0, 1, 3), small(12, "PAY-2", 3), small(13, "PAY-3", 0, 2))
	find := func(since float64) gjson.Result {
		ms := start.Add(time.Duration(since * float64(time.Hour))).UnixMilli()
		return do(t, s, "GET", query2("search/jql", "jql", fmt.Sprintf("updated >= %d", ms)+inOrder, "fields", "updated,status"), "", 200)
	}
	require.Equal(t, []string{"PAY-1", "PAY-3"}, keys(find(0)), "as they were half an hour ago, and the new one is not there")
	require.Equal(t, "Step 2", find(0).Get("issues.0.fields.status.name").Str)
	require.Empty(t, keys(find(3)))
	do(t, s, "GET", "/rest/api/2/issue/PAY-2", "", 200)
	hour = 3.75
	require.Equal(t, []string{"PAY-1", "PAY-2"}, keys(find(3)))
	s.Faults().Indexing(2 * time.Hour)
	require.Equal(t, []string{"PAY-1"}, keys(find(1)))
	s.Faults().Clear()
	require.Equal(t, []string{"PAY-1", "PAY-2"}, keys(find(3)))
}

func TestMovedAndDeleted(t *testing.T) {
	hour := 1.0
	raw := strings.ReplaceAll(string(small(11, "OPS-7", 0, 2)), `{"field":"status","fieldtype":"jira","fieldId":"status","from":"1","fromString":"Step 0","to":"2","toString":"Step 1"}`,
		`{"field":"Key","fieldtype":"jira","fieldId":"issuekey","from":null,"fromString":"PAY-1","to":null,"toString":"OPS-7"},{"field":"project","fieldtype":"jira","from":"1","fromString":"Payments","to":"2","toString":"Operations"}`)
	s := atHour(Options{}, &hour, []byte(raw))
	before := do(t, s, "GET", "/rest/api/2/issue/11", "", 200)
	require.Equal(t, []string{"PAY-1", "PAY", "Payments"}, []string{before.Get("key").Str, before.Get("fields.project.key").Str, before.Get("fields.project.name").Str})
	do(t, s, "GET", "/rest/api/2/issue/OPS-7", "", 404)
	require.Len(t, ids(do(t, s, "GET", query2("search/jql", "jql", "project = PAY"), "", 200)), 1)
	require.Empty(t, ids(do(t, s, "GET", query2("search/jql", "jql", "project = OPS"), "", 200)))
	hour = 3
	require.Equal(t, "OPS-7", do(t, s, "GET", "/rest/api/2/issue/PAY-1", "", 200).Get("key").Str, "the old key leads to it")
	require.Empty(t, ids(do(t, s, "GET", query2("search/jql", "jql", "project = PAY"), "", 200)))
	require.NoError(t, s.Delete("OPS-7"))
	do(t, s, "GET", "/rest/api/2/issue/11", "", 404)
	require.Empty(t, ids(do(t, s, "GET", query2("search/jql", "jql", "project = OPS"), "", 200)))
	require.ErrorContains(t, s.Delete("OPS-7"), "there is none now")
}

// The index finds exactly what looking at every issue finds, also after issues
// were replaced.
func TestSearchFindsWhatIsThere(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		hour := float64(rapid.IntRange(0, 30).Draw(t, "now"))
		s := atHour(Options{PageSize: 1000}, &hour)
		for range rapid.IntRange(1, 20).Draw(t, "puts") {
			n := rapid.IntRange(1, 9).Draw(t, "issue")
			born := float64(rapid.IntRange(0, 10).Draw(t, "born"))
			var changes []float64
			for _, c := range rapid.SliceOfN(rapid.IntRange(0, 20), 0, 4).Draw(t, "changes") {
				changes = append(changes, born+float64(c))
			}
			slices.Sort(changes)
			require.NoError(t, s.Put(small(n, fmt.Sprintf("PAY-%d", n), born, changes...)))
			if rapid.Bool().Draw(t, "search between") {
				do(t, s, "GET", query2("search/jql", "jql", "updated >= 0"), "", 200)
			}
		}
		now, since := s.o.Now(), start.Add(time.Duration(rapid.IntRange(0, 30).Draw(t, "since"))*time.Hour)
		var want []hit
		for _, is := range s.issues {
			if u := is.updatedAt(now.UnixNano()); is.created <= now.UnixNano() && u >= since.UnixNano() {
				want = append(want, hit{is: is, updated: u, project: "PAY", number: int(is.num)})
			}
		}
		slices.SortFunc(want, (&query{order: []string{"updated", "key"}}).compare)
		var wantIDs []string
		for _, h := range want {
			wantIDs = append(wantIDs, h.is.id)
		}
		require.Equal(t, wantIDs, ids(do(t, s, "GET", query2("search/jql", "jql", fmt.Sprintf("project = PAY AND updated >= %d", since.UnixMilli())+inOrder), "", 200)))
	})
}
