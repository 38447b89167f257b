package jira

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"andon/signals"
)

// life is an issue as its people lived it: its present values, and what they
// did to it. render shows it as Jira would at any moment.
type life struct {
	cloud    bool // newest entry first, and field ids in the changelog
	created  time.Time
	now      map[string]string // present values by field
	parts    []string          // components
	steps    []done
	comments []map[string]any
	links    []map[string]any
}

// done is one history entry.
type done struct {
	at    time.Time
	by    string
	items []map[string]any
}

var fieldIDs = map[string]string{
	"Team": "customfield_10100", "Support Level": "customfield_10101", "Area": "customfield_10102", "Points": "customfield_10103",
	"assignee": "assignee", "status": "status", "priority": "priority", "resolution": "resolution", "summary": "summary",
	"Component": "components", "Key": "issuekey", "Link": "issuelinks", "description": "description", "issuetype": "issuetype",
}

func (l *life) item(field, from, to string) map[string]any {
	it := map[string]any{"field": field, "fieldtype": "jira", "fromString": orNull(from), "toString": orNull(to), "from": orNull(from), "to": orNull(to)}
	if fieldIDs[field][:4] == "cust" {
		it["fieldtype"] = "custom"
	}
	if l.cloud {
		it["fieldId"] = fieldIDs[field]
	}
	return it
}

func orNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// change draws one field and gives it a new value.
func (l *life) change(t *rapid.T, field string) map[string]any {
	switch field {
	case "Component":
		c := rapid.SampledFrom([]string{"ledger", "invoices", "mail"}).Draw(t, "component")
		if i := slices.Index(l.parts, c); i >= 0 {
			l.parts = slices.Delete(slices.Clone(l.parts), i, i+1)
			return l.item(field, c, "")
		}
		l.parts = append(slices.Clone(l.parts), c)
		return l.item(field, "", c)
	case "Link":
		to := fmt.Sprintf("PAY-%d", rapid.IntRange(100, 105).Draw(t, "other"))
		it := l.item(field, "", to)
		it["toString"] = "This issue duplicates " + to
		l.links = append(slices.Clone(l.links), map[string]any{"id": "1" + to[4:], "type": map[string]any{"name": "Duplicate", "outward": "duplicates"}, "outwardIssue": map[string]any{"key": to}})
		return it
	}
	values := map[string][]string{
		"status": {"Open", "In Progress", "Done", "Closed"}, "resolution": {"", "Fixed", "Duplicate"}, "priority": {"", "Low", "High"},
		"assignee": {"", "ines", "otto", "pia"}, "Team": {"", "Ledger", "Mail", "Web"}, "Support Level": {"", "L1", "L2"},
		"Area": {"", "north", "south"}, "Points": {"", "3", "2.5"}, "summary": {"wrong sum", "wrong tax"}, "description": {"", "see invoice", "see \"tax\"\n"},
		"issuetype": {"Bug", "Task"}, "Key": {"PAY-1", "OPS-1", "WEB-1"},
	}[field]
	from := l.now[field]
	l.now[field] = rapid.SampledFrom(values).Draw(t, field)
	return l.item(field, from, l.now[field])
}

func (l *life) render(updated time.Time) []byte {
	named := func(field, as string) any {
		if l.now[field] == "" {
			return nil
		}
		return map[string]any{as: l.now[field]}
	}
	fields := map[string]any{
		"created": jiraTime(l.created), "updated": jiraTime(updated), "summary": l.now["summary"], "description": orNull(l.now["description"]),
		"status": named("status", "name"), "resolution": named("resolution", "name"), "priority": named("priority", "name"), "issuetype": named("issuetype", "name"),
		"assignee": named("assignee", "accountId"), "reporter": map[string]any{"accountId": "rosa"},
		"customfield_10100": named("Team", "value"), "customfield_10101": named("Support Level", "value"), "customfield_10102": orNull(l.now["Area"]),
		"customfield_10103": json.Number("0"), "project": map[string]any{"key": projectOf(l.now["Key"])},
		"comment": map[string]any{"comments": l.comments, "total": len(l.comments)}, "issuelinks": l.links,
	}
	fields["customfield_10103"] = nil
	if l.now["Points"] != "" {
		fields["customfield_10103"] = json.Number(l.now["Points"])
	}
	var parts []any
	for _, c := range l.parts {
		parts = append(parts, map[string]any{"name": c})
	}
	fields["components"] = parts
	var log []any
	for i, s := range l.steps {
		log = append(log, map[string]any{"id": fmt.Sprint(5000 + i), "created": jiraTime(s.at), "author": map[string]any{"accountId": s.by}, "items": s.items})
	}
	if l.cloud {
		slices.Reverse(log)
	}
	raw, err := json.Marshal(map[string]any{
		"id": "17", "key": l.now["Key"], "fields": fields, "changelog": map[string]any{"total": len(log), "histories": append([]any{}, log...)},
		"names": map[string]any{"customfield_10100": "Team", "customfield_10101": "Support Level", "customfield_10102": "Area", "customfield_10103": "Points"},
	})
	if err != nil {
		panic(err)
	}
	return raw
}

func jiraTime(t time.Time) string { return t.Format("2006-01-02T15:04:05.000-0700") }

// moment is what a watcher who asks at a time gets.
type moment struct {
	at  time.Time
	raw []byte
}

// live draws the life of an issue and returns it as it looked at each moment at
// which something had just happened, and everything of that time with it.
func live(t *rapid.T) []moment {
	l := &life{
		cloud: rapid.Bool().Draw(t, "cloud"), created: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC),
		now: map[string]string{"status": "Open", "summary": "wrong sum", "Key": "PAY-1", "issuetype": "Bug"},
	}
	for _, f := range []string{"assignee", "Team", "Support Level", "Area", "Points", "priority", "description", "status", "resolution", "Component"} {
		if rapid.Bool().Draw(t, "set "+f) {
			l.change(t, f)
		}
	}
	at := l.created
	out := []moment{{at, l.render(at)}}
	fields := rapid.SliceOfNDistinct(rapid.SampledFrom([]string{
		"assignee", "Team", "Support Level", "Area", "Points", "priority", "description", "status", "status", "resolution", "Component", "summary", "Link", "Key", "issuetype",
	}), 1, 4, rapid.ID)
	for n := range rapid.IntRange(1, 12).Draw(t, "steps") {
		at = at.Add(time.Duration(rapid.IntRange(0, 2).Draw(t, "wait")) * time.Hour)
		by := rapid.SampledFrom([]string{"ines", "otto", "rosa"}).Draw(t, "by")
		if rapid.IntRange(0, 3).Draw(t, "what") == 0 {
			l.comments = append(slices.Clone(l.comments), map[string]any{
				"id": fmt.Sprint(900 + n), "author": map[string]any{"accountId": by}, "created": jiraTime(at), "updated": jiraTime(at), "body": fmt.Sprintf("word %d", n),
			})
		} else {
			s := done{at: at, by: by}
			for _, f := range fields.Draw(t, "fields") {
				s.items = append(s.items, l.change(t, f))
				if f == "Key" { // a move also tells the project, by its name
					s.items = append(s.items, map[string]any{"field": "project", "fieldtype": "jira", "from": "1", "fromString": "Old", "to": "2", "toString": "New"})
				}
			}
			l.steps = append(slices.Clone(l.steps), s)
		}
		m := moment{at, l.render(at)}
		if out[len(out)-1].at.Equal(at) {
			out[len(out)-1] = m
		} else {
			out = append(out, m)
		}
	}
	return out
}

var liveOptions = Options{Team: "team", Level: "Support level"}

// What the finished issue tells of the time until t is exactly what a watcher
// knew at t, event by event and folded; and who listened all along knows the same.
func TestNoLookAhead(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		moments := live(t)
		all, err := Normalize(moments[len(moments)-1].raw, &liveOptions)
		require.NoError(t, err)
		heard := map[string]bool{}
		var union []*signals.Event
		for _, m := range moments {
			known, err := Normalize(m.raw, &liveOptions)
			require.NoError(t, err)
			n := 0
			for n < len(all) && !all[n].At.After(m.at) {
				n++
			}
			require.Equal(t, values(known), values(all[:n]), "at %v", m.at)
			for _, e := range known {
				if !heard[e.ID] {
					heard[e.ID] = true
					union = append(union, e)
				}
			}
			require.Equal(t, signals.Fold(slices.Clone(all[:n])), signals.Fold(slices.Clone(union)), "at %v", m.at)
		}
	})
}

func values(events []*signals.Event) (out []signals.Event) {
	for _, e := range events {
		out = append(out, *e)
	}
	return out
}

// Folding what is told of an issue gives the values that Jira shows, and it is
// never closed or reopened twice in a row.
func TestFoldGivesFinalValues(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		moments := live(t)
		events, err := Normalize(moments[len(moments)-1].raw, &liveOptions)
		require.NoError(t, err)
		closed := false
		ids := map[string]bool{}
		for _, e := range events {
			require.False(t, ids[e.ID], e.ID)
			ids[e.ID] = true
			switch e.Kind {
			case signals.Closed:
				require.False(t, closed)
				closed = true
			case signals.Reopened:
				require.True(t, closed)
				closed = false
			}
		}
		var raw struct {
			Key    string
			Fields struct {
				Status, Priority, Issuetype *struct{ Name string }
				Team                        *struct{ Value string } `json:"customfield_10100"`
				Assignee                    *struct{ AccountID string }
				Summary, Description, Area  string
				Components                  []struct{ Name string }
			}
		}
		require.NoError(t, json.Unmarshal(moments[len(moments)-1].raw, &raw))
		c := signals.Fold(events)
		f := raw.Fields
		require.Equal(t, raw.Key, c.Label)
		require.Equal(t, projectOf(raw.Key), c.Project)
		require.Equal(t, f.Summary, c.Title)
		require.Equal(t, f.Description, c.Body)
		require.Equal(t, f.Status.Name, c.Status)
		require.Equal(t, f.Issuetype.Name, c.Type)
		if f.Team != nil {
			require.Equal(t, f.Team.Value, c.Team)
		} else {
			require.Empty(t, c.Team)
		}
		if f.Assignee != nil {
			require.Equal(t, signals.ID(signals.Jira, "jira", f.Assignee.AccountID), c.Holder)
		} else {
			require.Empty(t, c.Holder)
		}
		var parts []string
		for _, p := range f.Components {
			parts = append(parts, p.Name)
		}
		require.ElementsMatch(t, parts, c.Components)
	})
}
