package jira

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/tidwall/gjson"
)

// projectState is the state of project PAY: what was created in it, and how much of
// that the search index shows.
type projectState struct {
	s      *scripted
	issues map[int]kept
	next   int
	hidden map[int]bool                // numbers that the index does not show yet
	fail   func(w http.ResponseWriter) // answers a creation; nil: 201
	drop   bool                        // creates nothing
	late   bool                        // what is created is not indexed
}

type kept struct{ labels, properties string }

const formFields = `{"fieldId":"summary","name":"Summary","required":true,"hasDefaultValue":false,"schema":{"type":"string","system":"summary"}},
{"fieldId":"project","name":"Project","required":true,"hasDefaultValue":false,"schema":{"type":"project"}},
{"fieldId":"issuetype","name":"Issue Type","required":true,"hasDefaultValue":false,"schema":{"type":"issuetype"}},
{"fieldId":"description","name":"Description","required":false,"hasDefaultValue":false,"schema":{"type":"string"}},
{"fieldId":"labels","name":"Labels","required":false,"hasDefaultValue":false,"schema":{"type":"array","items":"string"}},
{"fieldId":"reporter","name":"Reporter","required":true,"hasDefaultValue":false,"schema":{"type":"user"}},
{"fieldId":"priority","name":"Priority","required":true,"hasDefaultValue":true,"defaultValue":{"id":"3","name":"Medium"},"schema":{"type":"priority"},"allowedValues":[{"id":"2","name":"High"},{"id":"3","name":"Medium"}]},
{"fieldId":"components","name":"Components","required":false,"hasDefaultValue":false,"schema":{"type":"array","items":"component"},"allowedValues":[{"id":"8","name":"ledger"},{"id":"9","name":"web"}]},
{"fieldId":"customfield_10100","name":"Team","required":true,"hasDefaultValue":false,"schema":{"type":"option","custom":"com.atlassian.jira.plugin.system.customfieldtypes:select","customId":10100},"allowedValues":[{"id":"10200","value":"Mail"},{"id":"10201","value":"Ledger"}]},
{"fieldId":"customfield_10101","name":"Asked by","required":false,"hasDefaultValue":false,"schema":{"type":"string","custom":"com.atlassian.jira.plugin.system.customfieldtypes:textfield"}},
{"fieldId":"customfield_10102","name":"Requester","required":false,"hasDefaultValue":false,"schema":{"type":"user"}},
{"fieldId":"customfield_10103","name":"Customers hit","required":false,"hasDefaultValue":false,"schema":{"type":"number"}},
{"fieldId":"customfield_10104","name":"Twice","required":false,"hasDefaultValue":false,"schema":{"type":"string"}},
{"fieldId":"customfield_10105","name":"Twice","required":false,"hasDefaultValue":false,"schema":{"type":"string"}}`

const formTypes = `{"id":"10004","name":"Bug","subtask":false},{"id":"10005","name":"Task","subtask":false}`

// payments is a project with ten issues, one of them deleted.
func payments(s *scripted) *projectState {
	p := &projectState{s: s, issues: map[int]kept{}, next: 11, hidden: map[int]bool{}}
	for n := 1; n <= 10; n++ {
		p.issues[n] = kept{labels: `[]`, properties: `[]`}
	}
	delete(p.issues, 7)
	p.form(formFields)
	s.on("GET search/jql", p.search)
	s.on("GET search", p.search)
	s.on("POST issue", p.create)
	for n := 1; n <= 40; n++ {
		s.on(fmt.Sprintf("GET issue/PAY-%d", n), func(w http.ResponseWriter, r *http.Request, _ []byte) { p.get(w, r, n) })
	}
	if s.cloud {
		s.on("GET user", func(w http.ResponseWriter, r *http.Request, _ []byte) {
			reply(w, 200, `{"accountId":"`+r.URL.Query().Get("accountId")+`","displayName":"Ines","active":true,"accountType":"atlassian"}`)
		})
	} else {
		s.on("GET user", func(w http.ResponseWriter, r *http.Request, _ []byte) {
			reply(w, 200, `{"key":"`+r.URL.Query().Get("key")+`","name":"ines.login","displayName":"Ines","active":true}`)
		})
	}
	return p
}

// form serves the fields in the shape of the dialect, in pages of five.
func (p *projectState) form(fields string) {
	serve := func(name, list string) answer {
		all := gjson.Parse("[" + list + "]").Array()
		return func(w http.ResponseWriter, r *http.Request, _ []byte) {
			var start int
			_, _ = fmt.Sscan(r.URL.Query().Get("startAt"), &start)
			end := min(start+5, len(all))
			var some []string
			for _, x := range all[min(start, end):end] {
				some = append(some, x.Raw)
			}
			last := ""
			if !p.s.cloud {
				last = fmt.Sprintf(`"isLast":%v,`, end == len(all))
			}
			reply(w, 200, fmt.Sprintf(`{%s"maxResults":5,"startAt":%d,"total":%d,"%s":[%s]}`, last, start, len(all), name, strings.Join(some, ",")))
		}
	}
	types, names := "values", "values"
	if p.s.cloud {
		types, names = "issueTypes", "fields"
	}
	p.s.on("GET issue/createmeta/PAY/issuetypes", serve(types, formTypes))
	p.s.on("GET issue/createmeta/PAY/issuetypes/10004", serve(names, fields))
}

func (p *projectState) search(w http.ResponseWriter, r *http.Request, _ []byte) {
	if want := map[bool]string{true: "search/jql", false: "search"}[p.s.cloud]; !strings.HasSuffix(r.URL.Path, "/"+want) {
		reply(w, 410, `{"errorMessages":["The requested API has been removed."],"errors":{}}`)
		return
	}
	jql := r.URL.Query().Get("jql")
	label := ""
	if rest, ok := strings.CutPrefix(jql, `labels = "`); ok {
		label = strings.TrimSuffix(rest, `"`)
	} else if jql != `project = "PAY" ORDER BY created DESC, key DESC` {
		reply(w, 400, `{"errorMessages":["cannot parse"],"errors":{}}`)
		return
	}
	var found []string
	for n := p.next - 1; n > 0; n-- {
		x, ok := p.issues[n]
		if ok && !p.hidden[n] && (label == "" || strings.Contains(x.labels, `"`+label+`"`)) {
			found = append(found, fmt.Sprintf(`{"id":"%d","key":"PAY-%d","fields":{"labels":%s}}`, 10000+n, n, x.labels))
		}
	}
	reply(w, 200, fmt.Sprintf(`{"startAt":0,"maxResults":50,"total":%d,"isLast":true,"issues":[%s]}`, len(found), strings.Join(found, ",")))
}

func (p *projectState) get(w http.ResponseWriter, r *http.Request, n int) {
	x, ok := p.issues[n]
	if !ok {
		reply(w, 404, `{"errorMessages":["Issue does not exist or you do not have permission to see it."],"errors":{}}`)
		return
	}
	properties := ""
	if r.URL.Query().Get("properties") == ticketProperty {
		for _, v := range gjson.Parse(x.properties).Array() {
			properties = `,"properties":{"` + v.Get("key").Str + `":` + v.Get("value").Raw + `}`
		}
	}
	reply(w, 200, fmt.Sprintf(`{"id":"%d","key":"PAY-%d","fields":{"labels":%s}%s}`, 10000+n, n, x.labels, properties))
}

func (p *projectState) create(w http.ResponseWriter, _ *http.Request, body []byte) {
	n := p.next
	if !p.drop {
		p.next++
		labels := gjson.GetBytes(body, "fields.labels").Raw
		if labels == "" {
			labels = `[]`
		}
		p.issues[n] = kept{labels: labels, properties: gjson.GetBytes(body, "properties").Raw}
		p.hidden[n] = p.late
	}
	if p.fail != nil {
		p.fail(w)
		return
	}
	reply(w, 201, fmt.Sprintf(`{"id":"%d","key":"PAY-%d","self":"https://x/rest/api/2/issue/%d"}`, 10000+n, n, 10000+n))
}

// others lets somebody else create issues that the index shows at once.
func (p *projectState) others(n int) {
	for range n {
		p.issues[p.next] = kept{labels: `[]`, properties: `[]`}
		p.next++
	}
}

// made is how many issues there are of the ticket.
func (p *projectState) made(t Ticket) (n int) {
	for _, x := range p.issues {
		if strings.Contains(x.properties, noteMark("ticket", t.Key)) {
			n++
		}
	}
	return n
}

func someTicket() Ticket {
	return Ticket{
		Key: "slack/T1/C1/17.0", Allowed: []string{"PAY"}, Project: "PAY", Type: "bug", Title: "wrong\nsum", Text: "Since Monday {code}",
		Fields: map[string]any{"team": "ledger"}, By: Asker{Account: "ines", Name: "Ines"},
	}
}

func TestCreateForm(t *testing.T) {
	check := func(t *testing.T, f Form, err error) {
		require.NoError(t, err)
		require.Equal(t, "10004", f.TypeID)
		require.Equal(t, "Bug", f.Type)
		require.Len(t, f.Fields, 14)
		require.Equal(t, FormField{
			ID: "customfield_10100", Name: "Team", Required: true, Type: "option", Custom: "com.atlassian.jira.plugin.system.customfieldtypes:select",
			Allowed: []Choice{{"10200", "Mail"}, {"10201", "Ledger"}},
		}, *f.Field("TEAM"))
		require.Equal(t, "Medium", f.Field("priority").Default)
		require.Nil(t, f.Field("Twice"), "a name that two fields have names none")
		require.NotNil(t, f.Field("customfield_10105"))
		var asks []string
		for i := range f.Fields {
			if f.Fields[i].Asks() {
				asks = append(asks, f.Fields[i].ID)
			}
		}
		require.Equal(t, []string{"summary", "customfield_10100"}, asks)
	}
	dialects(t, func(t *testing.T, s *scripted, c *Client) {
		payments(s)
		for _, named := range []string{"Bug", "bug", "10004"} {
			f, err := c.CreateForm(context.Background(), "PAY", named)
			check(t, f, err)
		}
		require.Equal(t, 9, s.count("GET issue/createmeta/PAY/issuetypes/10004"), "three pages each")
		_, err := c.CreateForm(context.Background(), "PAY", "Epic")
		require.ErrorContains(t, err, `it has no issue type "Epic"; there are Bug, Task`)
		_, err = c.CreateForm(context.Background(), "PAY/x", "Bug")
		require.ErrorContains(t, err, "is no project key")
		_, err = c.CreateForm(context.Background(), "WEB", "Bug")
		if s.cloud {
			require.ErrorIs(t, err, ErrGone)
			require.Zero(t, s.count("GET issue/createmeta"))
		}
		s.says("GET issue/createmeta/PAY/issuetypes", 200, `{"startAt":0,"total":0,"issueTypes":[],"values":[]}`)
		_, err = c.CreateForm(context.Background(), "PAY", "Bug")
		require.ErrorIs(t, err, ErrGone)
	})
	t.Run("Data Center before 8.4", func(t *testing.T) {
		s := newScripted(t, false)
		c := s.client()
		byID := []string{}
		for _, x := range gjson.Parse("[" + formFields + "]").Array() {
			byID = append(byID, toJSON(x.Get("fieldId").Str)+":"+strings.Replace(x.Raw, `"fieldId"`, `"x"`, 1))
		}
		s.on("GET issue/createmeta", func(w http.ResponseWriter, r *http.Request, _ []byte) {
			require.Equal(t, "projects.issuetypes.fields", r.URL.Query().Get("expand"))
			if r.URL.Query().Get("projectKeys") != "PAY" {
				reply(w, 200, `{"expand":"projects","projects":[]}`)
				return
			}
			reply(w, 200, `{"expand":"projects","projects":[{"id":"1","key":"PAY","issuetypes":[{"id":"10005","name":"Task","fields":{}},{"id":"10004","name":"Bug","fields":{`+strings.Join(byID, ",")+`}}]}]}`)
		})
		f, err := c.CreateForm(context.Background(), "PAY", "Bug")
		check(t, f, err)
		_, err = c.CreateForm(context.Background(), "WEB", "Bug")
		require.ErrorIs(t, err, ErrGone)
	})
}

func TestCreate(t *testing.T) {
	dialects(t, func(t *testing.T, s *scripted, c *Client) {
		p := payments(s)
		made, err := c.Create(context.Background(), someTicket())
		require.NoError(t, err)
		base := "https://jira.example"
		if s.cloud {
			base = "https://example.atlassian.net"
		}
		require.Equal(t, Created{ID: "10011", Key: "PAY-11", URL: base + "/browse/PAY-11", Named: "reporter"}, made)
		sent := s.last("POST issue").Get("fields")
		require.Equal(t, "wrong sum", sent.Get("summary").Str)
		require.Equal(t, `Since Monday \{code\}`, sent.Get("description").Str)
		require.Equal(t, `{"key":"PAY"}`, sent.Get("project").Raw)
		require.Equal(t, `{"id":"10004"}`, sent.Get("issuetype").Raw)
		require.Equal(t, `{"id":"10201"}`, sent.Get("customfield_10100").Raw)
		require.Regexp(t, `^\["andon-[0-9a-f]{16}"\]$`, sent.Get("labels").Raw)
		if s.cloud {
			require.Equal(t, `{"accountId":"ines"}`, sent.Get("reporter").Raw)
		} else {
			require.Equal(t, `{"name":"ines.login"}`, sent.Get("reporter").Raw, "events know the key, writing wants the name")
		}

		again, err := c.Create(context.Background(), someTicket())
		require.NoError(t, err)
		require.True(t, again.Before)
		require.Equal(t, made.Key, again.Key)
		require.Equal(t, made.URL, again.URL)
		other := someTicket()
		other.Key, other.First = "other", true
		other.Labels, other.Fields["Labels"] = []string{"chat"}, []string{"ledger", "web"}
		s.forget()
		_, err = c.Create(context.Background(), other)
		require.NoError(t, err)
		require.Zero(t, s.count("GET search")+s.count("GET search/jql"), "the first time needs no search")
		require.Equal(t, `["ledger","web","chat","`+ticketLabel("other")+`"]`, s.last("POST issue").Get("fields.labels").Raw)
		require.Equal(t, 12, p.next-1)
	})
}

func TestCreateAllowed(t *testing.T) {
	s := newScripted(t, true)
	c := s.client()
	payments(s)
	for _, allowed := range [][]string{nil, {}, {"WEB"}, {"pay"}, {""}} {
		x := someTicket()
		x.Allowed = allowed
		_, err := c.Create(context.Background(), x)
		require.ErrorIs(t, err, ErrNotAllowed)
	}
	x := someTicket()
	x.Key = ""
	_, err := c.Create(context.Background(), x)
	require.ErrorContains(t, err, "could be created twice")
	x = someTicket()
	x.Title = " \n"
	_, err = c.Create(context.Background(), x)
	require.ErrorContains(t, err, "Title: is required")
	require.Empty(t, s.asked)
}

// TestCreateAmbiguous: the answer gets lost after Jira created the issue, or
// before; the index shows it at once, or not; others create issues meanwhile.
// One issue comes of it in the end.
func TestCreateAmbiguous(t *testing.T) {
	faults := map[string]func(w http.ResponseWriter){
		"connection reset": lose,
		"server error":     func(w http.ResponseWriter) { reply(w, 500, `{"errorMessages":["Internal server error"]}`) },
		"a proxy's page":   func(w http.ResponseWriter) { reply(w, 200, `<html>gateway</html>`) },
		"truncated answer": func(w http.ResponseWriter) { reply(w, 201, `{"id":"1`) },
		"empty answer":     func(w http.ResponseWriter) { reply(w, 201, ``) },
		"answer without a key": func(w http.ResponseWriter) {
			reply(w, 201, `{"id":"10011"}`)
		},
	}
	for name, fault := range faults {
		t.Run(name, func(t *testing.T) {
			dialects(t, func(t *testing.T, s *scripted, c *Client) {
				for _, late := range []bool{false, true} {
					for _, others := range []int{0, 4} {
						p := payments(s)
						p.fail, p.late = fault, late
						made, err := c.Create(context.Background(), someTicket())
						require.NoError(t, err, "it was created, and is seen")
						require.Equal(t, Created{ID: "10011", Key: "PAY-11", URL: made.URL, Before: true}, made)
						p.fail = nil
						p.others(others) // these are indexed: the one in question is a gap among them
						made, err = c.Create(context.Background(), someTicket())
						require.NoError(t, err)
						require.Equal(t, "PAY-11", made.Key)
						require.Equal(t, 1, p.made(someTicket()), "late %v, others %d", late, others)

						p = payments(s)
						p.fail, p.drop = fault, true
						_, err = c.Create(context.Background(), someTicket())
						require.ErrorIs(t, err, ErrUnsure)
						require.Zero(t, p.made(someTicket()))
						p.fail, p.drop = nil, false
						made, err = c.Create(context.Background(), someTicket())
						require.NoError(t, err)
						require.False(t, made.Before)
						require.Equal(t, 1, p.made(someTicket()))
					}
				}
			})
		})
	}
}

// TestCreateWithoutLabels: where the form has no labels, the property marks the
// issue.
func TestCreateWithoutLabels(t *testing.T) {
	dialects(t, func(t *testing.T, s *scripted, c *Client) {
		p := payments(s)
		p.form(strings.Replace(formFields, `"fieldId":"labels"`, `"fieldId":"votes"`, 1))
		p.fail, p.late = lose, true
		made, err := c.Create(context.Background(), someTicket())
		require.NoError(t, err)
		require.Equal(t, "PAY-11", made.Key)
		require.False(t, s.last("POST issue").Get("fields.labels").Exists())
		require.Equal(t, 1, p.made(someTicket()))
	})
}

// TestNearbyIsBounded: a project full of gaps costs no storm of questions.
func TestNearbyIsBounded(t *testing.T) {
	s := newScripted(t, true)
	c := s.client()
	p := payments(s)
	p.others(29)
	for n := 1; n < 40; n += 2 {
		delete(p.issues, n)
	}
	s.forget()
	_, found, err := c.findTicket(context.Background(), someTicket())
	require.NoError(t, err)
	require.False(t, found)
	require.LessOrEqual(t, len(s.asked), 2+maxGaps+maxMiss+1)

	for n := 1; n <= 40; n++ { // the index shows nothing at all
		p.hidden[n] = true
		p.issues[n] = kept{labels: `[]`, properties: `[]`}
	}
	s.forget()
	_, _, err = c.findTicket(context.Background(), someTicket())
	require.NoError(t, err)
	require.Len(t, s.asked, 2+maxAhead)
}

func TestCreateInWhoseName(t *testing.T) {
	noReporter := strings.Replace(formFields, `"fieldId":"reporter"`, `"fieldId":"watches"`, 1)
	noReporter = strings.Replace(noReporter, `"name":"Reporter","required":true`, `"name":"Watches","required":false`, 1)
	for _, x := range []struct {
		name   string
		form   string
		refuse string // the field that Jira refuses
		edit   func(*Ticket)
		named  string
		where  string // path of what is sent
		want   string // in Cloud
	}{
		{"the reporter", formFields, "", func(*Ticket) {}, "reporter", "reporter.accountId", "ines"},
		{"a text field, where the reporter cannot be set", noReporter, "", func(x *Ticket) { x.ByField = "asked by" }, "Asked by", "customfield_10101", "Ines"},
		{"a user field", noReporter, "", func(x *Ticket) { x.ByField = "Requester" }, "Requester", "customfield_10102.accountId", "ines"},
		{"the description, where there is no such field", noReporter, "", func(*Ticket) {}, "description", "description", "Since Monday \\{code\\}\n\nAsked for by Ines, through andon."},
		{"the description, where their account is not known", formFields, "", func(x *Ticket) { x.By.Account = "" }, "description", "reporter.accountId", cloudSelf},
		{"a text field, where Jira refuses the reporter", formFields, "reporter", func(x *Ticket) { x.ByField = "Asked by" }, "Asked by", "customfield_10101", "Ines"},
		{"the description, where Jira refuses the reporter and there is no text", formFields, "reporter", func(x *Ticket) { x.Text = "" }, "description", "description", "Asked for by Ines, through andon."},
		{"nobody asked", noReporter, "", func(x *Ticket) { x.By = Asker{} }, "", "description", `Since Monday \{code\}`},
		{"the reporter that the ticket states", formFields, "", func(x *Ticket) { x.Fields["Reporter"] = "otto" }, "description", "reporter.accountId", "otto"},
	} {
		t.Run(x.name, func(t *testing.T) {
			s := newScripted(t, true)
			c := s.client()
			p := payments(s)
			p.form(x.form)
			s.on("POST issue", func(w http.ResponseWriter, r *http.Request, body []byte) {
				if x.refuse != "" && gjson.GetBytes(body, "fields."+x.refuse+".accountId").Str == "ines" {
					reply(w, 400, `{"errorMessages":[],"errors":{"`+x.refuse+`":"The reporter specified is not a user."}}`)
					return
				}
				p.create(w, r, body)
			})
			tk := someTicket()
			x.edit(&tk)
			made, err := c.Create(context.Background(), tk)
			require.NoError(t, err)
			require.Equal(t, x.named, made.Named)
			require.Equal(t, x.want, s.last("POST issue").Get("fields."+x.where).Str)
			require.Equal(t, 1, p.made(tk))
		})
	}
}

// TestCreateForDeletedAccount: who has left is named as the operator calls them,
// never as reporter.
func TestCreateForDeletedAccount(t *testing.T) {
	dialects(t, func(t *testing.T, s *scripted, c *Client) {
		payments(s)
		s.says("GET user", 404, `{"errorMessages":["The user does not exist"],"errors":{}}`)
		made, err := c.Create(context.Background(), someTicket())
		require.NoError(t, err)
		require.Equal(t, "description", made.Named)
		want := map[bool]string{true: `{"accountId":"` + cloudSelf + `"}`, false: `{"name":"andon"}`}[s.cloud]
		require.Equal(t, want, s.last("POST issue").Get("fields.reporter").Raw, "a reporter that must be set is our account")
	})
}

func TestCreateInvalid(t *testing.T) {
	dialects(t, func(t *testing.T, s *scripted, c *Client) {
		p := payments(s)
		x := someTicket()
		x.Fields = map[string]any{"Twice": "x", "Nonsense": "x", "Customers hit": "many", "Priority": "Urgent", "Components": []string{"web", "moon"}}
		_, err := c.Create(context.Background(), x)
		var bad *Invalid
		require.ErrorAs(t, err, &bad)
		var names []string
		for _, f := range bad.Fields {
			names = append(names, f.Name+": "+f.Problem)
		}
		slices.Sort(names)
		require.Equal(t, []string{
			`Components: "moon" is not allowed; allowed are ledger, web`,
			`Customers hit: "many" is no number`,
			"Nonsense: is no field of a new Bug that our account may set, or the name of several",
			`Priority: "Urgent" is not allowed; allowed are High, Medium`,
			"Team: is required",
			"Twice: is no field of a new Bug that our account may set, or the name of several",
		}, names)
		require.Zero(t, s.count("POST issue"), "all faults at once, before Jira is bothered")

		p.fail, p.drop = func(w http.ResponseWriter) {
			reply(w, 400, `{"errorMessages":["The workflow says no."],"errors":{"customfield_10100":"Team: Mail: is closed","customfield_999":"Field 'customfield_999' cannot be set.","summary":"Too long."}}`)
		}, true
		_, err = c.Create(context.Background(), someTicket())
		require.ErrorAs(t, err, &bad)
		require.ElementsMatch(t, []FieldError{
			{"customfield_10100", "Team", "Team: Mail: is closed"}, {"customfield_999", "customfield_999", "Field 'customfield_999' cannot be set."}, {"summary", "Summary", "Too long."},
		}, bad.Fields)
		require.Equal(t, []string{"The workflow says no."}, bad.Other)
		require.NotErrorIs(t, err, ErrUnsure)

		p.fail = func(w http.ResponseWriter) {
			reply(w, 403, `{"errorMessages":["You do not have permission to create issues in this project."]}`)
		}
		_, err = c.Create(context.Background(), someTicket())
		require.ErrorIs(t, err, ErrAuth)
		require.NotErrorIs(t, err, ErrUnsure)

		p.form(strings.Replace(formFields, `"fieldId":"description"`, `"fieldId":"environment"`, 1))
		_, err = c.Create(context.Background(), someTicket())
		require.ErrorContains(t, err, "the text would be lost")
	})
}

func TestFieldValues(t *testing.T) {
	choice := []Choice{{"1", "High"}, {"2", "1"}}
	for _, x := range []struct {
		field FormField
		in    any
		want  string
	}{
		{FormField{Type: "string"}, "x", `"x"`},
		{FormField{Type: "number"}, " 1.5 ", `1.5`},
		{FormField{Type: "number"}, 3, `3`},
		{FormField{Type: "date"}, "2026-11-22", `"2026-11-22"`},
		{FormField{Type: "array", Items: "string"}, "a", `["a"]`},
		{FormField{Type: "array", Items: "string"}, []string{"a", "b"}, `["a","b"]`},
		{FormField{Type: "array", Items: "user"}, []string{"ines"}, `[{"accountId":"ines"}]`},
		{FormField{Type: "array", Items: "option", Allowed: choice}, []string{"high"}, `[{"id":"1"}]`},
		{FormField{Type: "option", Allowed: choice}, "High", `{"id":"1"}`},
		{FormField{Type: "option", Allowed: choice}, "1", `{"id":"1"}`},
		{FormField{Type: "option", Allowed: []Choice{{"", "Low"}}}, "low", `{"name":"Low"}`},
		{FormField{Type: "option"}, "High", `{"value":"High"}`},
		{FormField{Type: "priority"}, "High", `{"name":"High"}`},
		{FormField{Type: "issuelink"}, "PAY-1", `{"key":"PAY-1"}`},
		{FormField{Type: "any"}, map[string]any{"id": "5"}, `{"id":"5"}`},
	} {
		got, err := x.field.value(x.in, true)
		require.NoError(t, err)
		require.JSONEq(t, x.want, toJSON(got))
	}
	for _, x := range []struct {
		field FormField
		in    any
	}{
		{FormField{Type: "number"}, "NaN"}, {FormField{Type: "number"}, "1e999"}, {FormField{Type: "number"}, ""},
		{FormField{Type: "option", Allowed: choice}, ""}, {FormField{Type: "string"}, []string{"a", "b"}},
	} {
		_, err := x.field.value(x.in, true)
		require.Error(t, err)
	}
	many := FormField{Type: "option"}
	for i := range 30 {
		many.Allowed = append(many.Allowed, Choice{fmt.Sprint(i), fmt.Sprintf("v%d", i)})
	}
	_, err := many.value("none", true)
	require.ErrorContains(t, err, "v9 and 20 more")
}

func TestLinkIssue(t *testing.T) {
	dialects(t, func(t *testing.T, s *scripted, c *Client) {
		links, fail := "", true
		s.on("GET issue/PAY-1", func(w http.ResponseWriter, _ *http.Request, _ []byte) {
			reply(w, 200, `{"id":"10001","key":"PAY-1","fields":{"issuelinks":[`+links+`]}}`)
		})
		drop := false
		s.on("POST issueLink", func(w http.ResponseWriter, _ *http.Request, body []byte) {
			if !drop {
				links = `{"id":"3","type":{"name":"Blocks","inward":"is blocked by","outward":"blocks"},"outwardIssue":{"id":"10002","key":"PAY-2"}}`
			}
			if fail {
				lose(w)
				return
			}
			w.WriteHeader(201)
		})
		drop = true
		require.ErrorIs(t, c.LinkIssue(context.Background(), "PAY-1", "PAY-2", "Blocks"), ErrUnsure)
		drop = false
		require.NoError(t, c.LinkIssue(context.Background(), "PAY-1", "PAY-2", "Blocks"))
		fail = false
		require.NoError(t, c.LinkIssue(context.Background(), "PAY-1", "10002", "blocks"))
		require.Equal(t, 2, s.count("POST issueLink"))
		require.JSONEq(t, `{"type":{"name":"Blocks"},"inwardIssue":{"key":"PAY-1"},"outwardIssue":{"key":"PAY-2"}}`, s.last("POST issueLink").Raw)

		links = `{"type":{"name":"Blocks","inward":"is blocked by","outward":"blocks"},"inwardIssue":{"id":"10002","key":"PAY-2"}}`
		require.NoError(t, c.LinkIssue(context.Background(), "PAY-1", "10002", "Blocks"), "the other direction is another link")
		require.Equal(t, 3, s.count("POST issueLink"))
		links = `{"type":{"name":"Relates","inward":"relates to","outward":"relates to"},"inwardIssue":{"key":"PAY-2"}}`
		require.NoError(t, c.LinkIssue(context.Background(), "PAY-1", "PAY-2", "Relates"))
		require.Equal(t, 3, s.count("POST issueLink"))
		require.ErrorIs(t, c.LinkIssue(context.Background(), "PAY-99", "PAY-2", "Relates"), ErrGone)
		require.Error(t, c.LinkIssue(context.Background(), "../x", "PAY-2", "Relates"))
	})
}
