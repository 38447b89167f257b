package fakejira

import (
	"fmt"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/tidwall/gjson"
)

func TestComments(t *testing.T) {
	hour := 2.0
	s := atHour(Options{}, &hour, small(11, "PAY-1", 0, 5))
	made := do(t, s, "POST", "/rest/api/2/issue/PAY-1/comment", `{"body":"Ines can help","visibility":{"type":"role","value":"Developers"}}`, 201)
	require.Equal(t, serviceID, made.Get("author.accountId").Str)
	require.Equal(t, "Developers", made.Get("visibility.value").Str)
	require.Contains(t, do(t, s, "POST", "/rest/api/2/issue/PAY-1/comment", `{"body":""}`, 400).Get("errors.comment").Str, "empty")
	do(t, s, "POST", "/rest/api/2/issue/PAY-1/comment", `{`, 400)
	do(t, s, "POST", "/rest/api/2/issue/PAY-9/comment", `{"body":"x"}`, 404)
	hour = 3
	got := do(t, s, "GET", "/rest/api/2/issue/11", "", 200)
	require.Equal(t, made.Raw, got.Get("fields.comment.comments.0").Raw)
	require.Equal(t, "2026-03-02T11:00:00.000+0000", got.Get("fields.updated").Str)
	require.Equal(t, []string{"11"}, ids(do(t, s, "GET", query2("search/jql", "jql", "updated >= 1772449200000"), "", 200)), "the search knows of it")
	require.Equal(t, map[string]int{"total": 6, "issue/{id}/comment": 4, "POST issue/{id}/comment": 4, "issue/{id}": 1, "search/jql": 1}, s.Requests())
}

func TestRemoteLinks(t *testing.T) {
	hour := 2.0
	s := atHour(Options{}, &hour, small(11, "PAY-1", 0))
	link := func(title string) string {
		return `{"globalId":"andon/1","application":{"name":"andon"},"object":{"url":"https://example.com/1","title":"` + title + `"}}`
	}
	made := do(t, s, "POST", "/rest/api/2/issue/11/remotelink", link("thread"), 201)
	hour = 3
	again := do(t, s, "POST", "/rest/api/2/issue/PAY-1/remotelink", link("the thread"), 200)
	require.Equal(t, made.Get("id").Int(), again.Get("id").Int())
	all := do(t, s, "GET", "/rest/api/2/issue/11/remotelink", "", 200)
	require.Equal(t, int64(1), all.Get("#").Int())
	require.Equal(t, "the thread", all.Get("0.object.title").Str)
	require.Equal(t, "the thread", do(t, s, "GET", "/rest/api/2/issue/11/remotelink?globalId=andon/1", "", 200).Get("object.title").Str)
	do(t, s, "GET", "/rest/api/2/issue/11/remotelink?globalId=other", "", 404)
	do(t, s, "POST", "/rest/api/2/issue/11/remotelink", `{"object":{}}`, 400)
	log := do(t, s, "GET", "/rest/api/2/issue/11/changelog", "", 200)
	require.Equal(t, int64(1), log.Get("total").Int(), "once")
	require.Equal(t, `This issue links to "thread (andon)"`, log.Get("values.0.items.0.toString").Str)
}

// What is set now is there until the change that comes later anyway.
func TestEditBeforeALaterChange(t *testing.T) {
	hour := 2.0
	s := atHour(Options{}, &hour, small(11, "PAY-1", 0, 1, 5))
	do(t, s, "PUT", "/rest/api/2/issue/11", `{"fields":{"labels":["a","b"],"assignee":null,"summary":"another","customfield_10100":{"value":"Web"}}}`, 204)
	bad := do(t, s, "PUT", "/rest/api/2/issue/11", `{"fields":{"labels":["a b"],"assignee":{"accountId":"nobody"},"status":{"name":"Done"},"summary":" "}}`, 400).Get("errors")
	require.Len(t, bad.Map(), 4, bad.Raw)
	status := func() string {
		return do(t, s, "GET", "/rest/api/2/issue/11", "", 200).Get("fields.status.name").Str
	}
	v := do(t, s, "GET", "/rest/api/2/issue/11?expand=changelog", "", 200)
	require.Equal(t, `["a","b"]`, v.Get("fields.labels").Raw)
	require.Equal(t, gjson.Null, v.Get("fields.assignee").Type)
	require.Equal(t, "Web", v.Get("fields.customfield_10100.value").Str)
	require.Equal(t, "otto", v.Get(`changelog.histories.0.items.#(field=="assignee").from`).Str)
	require.Equal(t, "Step 1", status())

	moves := do(t, s, "GET", "/rest/api/2/issue/11/transitions", "", 200).Get("transitions")
	require.Equal(t, int64(2), moves.Get("#").Int(), "Step 0 and Step 2")
	id := moves.Get(`#(name=="Step 0").id`).Str
	do(t, s, "POST", "/rest/api/2/issue/11/transitions", `{"transition":{"id":"`+id+`"},"update":{"comment":[{"add":{"body":"back again"}}]}}`, 204)
	require.Equal(t, "Step 0", status())
	do(t, s, "POST", "/rest/api/2/issue/11/transitions", `{"transition":{"id":"`+id+`"}}`, 400)
	do(t, s, "POST", "/rest/api/2/issue/11/transitions", `{"transition":{"id":"9999"}}`, 400)
	hour = 1.5
	require.Equal(t, "Step 1", status(), "before it was set")
	hour = 5
	v = do(t, s, "GET", "/rest/api/2/issue/11?expand=changelog", "", 200)
	require.Equal(t, "Step 2", v.Get("fields.status.name").Str, "the later change comes as it was recorded")
	require.Equal(t, "Step 0", v.Get("changelog.histories.0.items.0.fromString").Str, "from what was written")
	require.Equal(t, "back again", v.Get("fields.comment.comments.0.body").Str)
}

func TestCreate(t *testing.T) {
	hour := 2.0
	for _, d := range []Dialect{Cloud, DataCenter} {
		s := atHour(Options{Dialect: d}, &hour)
		s.AddProject("PAY", "Payments", "Bug", "Task")
		s.AddUser("ines", "Ines Roth", "")
		s.CreateField("PAY", Field{ID: "customfield_10200", Name: "Area", Required: true, Values: []string{"north", "south"}})
		types := do(t, s, "GET", "/rest/api/2/issue/createmeta/PAY/issuetypes", "", 200)
		fieldsOf, user := "issueTypes", "accountId"
		if d == DataCenter {
			fieldsOf, user = "values", "name"
		}
		require.Equal(t, int64(2), types.Get("total").Int())
		id := types.Get(fieldsOf + `.#(name=="Bug").id`).Str
		require.NotEmpty(t, id)
		form := do(t, s, "GET", "/rest/api/2/issue/createmeta/PAY/issuetypes/"+id, "", 200)
		fieldsOf = map[Dialect]string{Cloud: "fields", DataCenter: "values"}[d]
		require.True(t, form.Get(fieldsOf+`.#(fieldId=="customfield_10200").required`).Bool())
		require.Equal(t, "south", form.Get(fieldsOf+`.#(fieldId=="customfield_10200").allowedValues.1.value`).Str)
		do(t, s, "GET", "/rest/api/2/issue/createmeta/PAY/issuetypes/1", "", 404)
		if d == DataCenter {
			old := do(t, s, "GET", "/rest/api/2/issue/createmeta?projectKeys=PAY&issuetypeNames=Bug&expand=projects.issuetypes.fields", "", 200)
			require.True(t, old.Get("projects.0.issuetypes.0.fields.customfield_10200.required").Bool())
			require.Equal(t, int64(1), old.Get("projects.0.issuetypes.#").Int())
		}
		for body, want := range map[string]string{
			`{"fields":{"project":{"key":"NIX"},"issuetype":{"name":"Bug"},"summary":"x"}}`:                                                                               "project",
			`{"fields":{"project":{"key":"PAY"},"issuetype":{"name":"Epic"},"summary":"x"}}`:                                                                              "issuetype",
			`{"fields":{"project":{"key":"PAY"},"issuetype":{"name":"Bug"},"customfield_10200":{"value":"north"}}}`:                                                       "summary",
			`{"fields":{"project":{"key":"PAY"},"issuetype":{"name":"Bug"},"summary":"x"}}`:                                                                               "customfield_10200",
			`{"fields":{"project":{"key":"PAY"},"issuetype":{"name":"Bug"},"summary":"x","customfield_10200":{"value":"west"}}}`:                                          "customfield_10200",
			`{"fields":{"project":{"key":"PAY"},"issuetype":{"name":"Bug"},"summary":"x","customfield_10200":{"value":"north"},"customfield_9":"x"}}`:                     "customfield_9",
			`{"fields":{"project":{"key":"PAY"},"issuetype":{"name":"Bug"},"summary":"x","customfield_10200":{"value":"north"},"reporter":{"` + user + `":"nobody"}}}`:    "reporter",
			`{"fields":{"project":{"key":"PAY"},"issuetype":{"name":"Bug"},"summary":"x","customfield_10200":{"value":"north"},"resolutiondate":"2026-03-02T10:00:00Z"}}`: "resolutiondate",
		} {
			require.True(t, do(t, s, "POST", "/rest/api/2/issue", body, 400).Get("errors."+want).Exists(), body)
		}
		made := do(t, s, "POST", "/rest/api/2/issue", `{"fields":{"project":{"key":"PAY"},"issuetype":{"id":"`+id+`"},"summary":"wrong sum","customfield_10200":{"value":"north"},"reporter":{"`+user+`":"ines"},"labels":["andon"]}}`, 201)
		require.Equal(t, "PAY-1", made.Get("key").Str)
		got := do(t, s, "GET", "/rest/api/2/issue/"+made.Get("id").Str+"?expand=names,changelog", "", 200)
		require.Equal(t, "Ines Roth", got.Get("fields.reporter.displayName").Str)
		require.Equal(t, "Bug", got.Get("fields.issuetype.name").Str)
		require.Equal(t, "To Do", got.Get("fields.status.name").Str)
		require.Equal(t, "north", got.Get("fields.customfield_10200.value").Str)
		require.Equal(t, "Area", got.Get("names.customfield_10200").Str)
		require.Equal(t, "PAY-2", do(t, s, "POST", "/rest/api/2/issue", `{"fields":{"project":{"key":"PAY"},"issuetype":{"id":"`+id+`"},"summary":"again","customfield_10200":{"id":"10001"}}}`, 201).Get("key").Str)

		move := do(t, s, "GET", "/rest/api/2/issue/PAY-1/transitions", "", 200).Get(`transitions.#(name=="Done").id`).Str
		do(t, s, "POST", "/rest/api/2/issue/PAY-1/transitions", `{"transition":{"id":"`+move+`"}}`, 204)
		done := do(t, s, "GET", "/rest/api/2/issue/PAY-1", "", 200)
		require.Equal(t, []string{"Done", "Done", "2026-03-02T11:00:00.000+0000"}, []string{done.Get("fields.status.name").Str, done.Get("fields.resolution.name").Str, done.Get("fields.resolutiondate").Str})
	}
}

func TestIssueLink(t *testing.T) {
	hour := 2.0
	s := atHour(Options{}, &hour, small(11, "PAY-1", 0), small(12, "PAY-2", 0, 1))
	do(t, s, "POST", "/rest/api/2/issueLink", `{"type":{"name":"Blocks"},"inwardIssue":{"key":"PAY-1"},"outwardIssue":{"id":"12"}}`, 201)
	from := do(t, s, "GET", "/rest/api/2/issue/PAY-1?expand=changelog", "", 200)
	require.Equal(t, []string{"blocks", "PAY-2"}, []string{from.Get("fields.issuelinks.0.type.outward").Str, from.Get("fields.issuelinks.0.outwardIssue.key").Str})
	require.Equal(t, "This issue blocks PAY-2", from.Get("changelog.histories.0.items.0.toString").Str)
	require.Equal(t, gjson.Null, from.Get("changelog.histories.0.items.0.from").Type)
	require.Equal(t, "PAY-1", do(t, s, "GET", "/rest/api/2/issue/PAY-2", "", 200).Get("fields.issuelinks.0.inwardIssue.key").Str)
	do(t, s, "POST", "/rest/api/2/issueLink", `{"type":{"name":"Eats"},"inwardIssue":{"key":"PAY-1"},"outwardIssue":{"id":"12"}}`, 404)
	do(t, s, "POST", "/rest/api/2/issueLink", `{"type":{"name":"Blocks"},"inwardIssue":{"key":"PAY-1"},"outwardIssue":{"id":"99"}}`, 404)
	hour = 1.5
	require.Equal(t, int64(0), do(t, s, "GET", "/rest/api/2/issue/PAY-2", "", 200).Get("fields.issuelinks.#").Int())

	made := do(t, s, "POST", "/rest/api/2/issue", `{"fields":{"project":{"key":"PAY"},"issuetype":{"name":"Bug"},"summary":"x"},"properties":[{"key":"mark","value":{"id":"7"}}]}`, 201)
	got := do(t, s, "GET", "/rest/api/2/issue/"+made.Get("key").Str+"?properties=mark,other", "", 200)
	require.Equal(t, `{"mark":{"id":"7"}}`, got.Get("properties").Raw)
}

// Many may ask and write at once.
func TestConcurrent(t *testing.T) {
	hour := 2.0
	s := atHour(Options{}, &hour, small(11, "PAY-1", 0, 1), small(12, "PAY-2", 0))
	var wg sync.WaitGroup
	for w := range 4 {
		wg.Go(func() {
			for i := range 25 {
				do(t, s, "POST", "/rest/api/2/issue/PAY-1/comment", fmt.Sprintf(`{"body":"%d of %d"}`, i, w), 201)
				do(t, s, "GET", query2("search/jql", "jql", "updated >= 0"+inOrder, "fields", "*all"), "", 200)
				if err := s.Put(small(13+w, fmt.Sprintf("PAY-%d", 3+w), 1, 1+float64(i)/100)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	got := do(t, s, "GET", "/rest/api/2/issue/11/comment", "", 200)
	require.Equal(t, int64(100), got.Get("total").Int())
	seen := map[string]bool{}
	for _, c := range got.Get("comments").Array() {
		seen[c.Get("id").Str] = true
	}
	require.Len(t, seen, 100, "each with an id of its own")
	require.Len(t, ids(do(t, s, "GET", query2("search/jql", "jql", "updated >= 0"), "", 200)), 6)
}
