package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"andon/bot"
	"andon/integrations/jira"
	"andon/integrations/jira/fakejira"
	"andon/signals"
	"andon/store/storetest"
)

// tracked is a floor beside a Jira of its own.
type tracked struct {
	*floor
	fake  *fakejira.Server
	site  string // address of the Jira
	story *storyFile
}

// seenAs is how the Jira of a floor is read.
var seenAs = jira.Options{Site: "jira", Team: "Team", Audience: signals.Public}

func newTracked(t *testing.T, url string, change func(*bot.Config)) *tracked {
	f := &tracked{floor: newFloorOn(t, url, change), story: &storyFile{issues: map[string]*storyIssue{}}}
	f.fake = fakejira.New(fakejira.Options{Now: f.clock.now, Token: "secret"})
	srv := httptest.NewServer(f.fake)
	t.Cleanup(srv.Close)
	f.site = srv.URL
	require.NoError(t, f.fake.Put([]byte(`{"id":"1","key":"OLD-1","fields":{"project":{"id":"1","key":"OLD"},"summary":"x","status":{"name":"Done","statusCategory":{"key":"done"}},
		"issuetype":{"name":"Task"},"created":"2026-03-02T09:00:00.000+0000","updated":"2026-03-02T09:00:00.000+0000","comment":{"comments":[],"total":0}},"changelog":{"histories":[]}}`)))
	f.watch(srv.URL, seenAs)
	return f
}

// tells writes down what happens in Jira, in lines of a story: it shows as its time
// comes.
func (f *tracked) tells(lines string) {
	f.t.Helper()
	f.story.read(f.t.(*testing.T), lines)
	for _, is := range f.story.issues {
		require.NoError(f.t, f.fake.Put(is.json(f.t.(*testing.T))))
	}
}

// of is the id of an issue of the story.
func (f *tracked) of(label string) string { return f.story.issues[label].id }

// wanders is an issue that Ann opens, and that comes back to Payments from Web, and
// once more.
func wanders(label, title string, at time.Time) string {
	var b strings.Builder
	for i, said := range []string{`opened ann "` + title + `" team=Payments`, "team Web", "team Payments", "team Web", "team Payments"} {
		fmt.Fprintf(&b, "%s %s %s\n", at.Add(time.Duration(i)*time.Minute).Format("2006-01-02 15:04"), label, said)
	}
	return b.String()
}

// put opens an issue now.
func (f *tracked) put(id, key, who, parent string) {
	at := f.clock.now().Format("2006-01-02T15:04:05.000-0700")
	project, _, _ := strings.Cut(key, "-")
	more := ""
	if parent != "" {
		more = fmt.Sprintf(`,"parent":{"id":"99","key":%q}`, parent)
	}
	require.NoError(f.t, f.fake.Put([]byte(fmt.Sprintf(`{"id":%q,"key":%q,"fields":{"project":{"id":"1%s","key":%q},"summary":"Part %s","status":{"name":"Open"},
		"issuetype":{"name":"Task"},"created":%q,"updated":%q,"reporter":{"accountId":"ann","displayName":"Ann"},"assignee":{"accountId":%q},
		"comment":{"comments":[],"total":0}%s},"changelog":{"histories":[]}}`, id, key, id, project, id, at, at, who, more))))
}

// calls asks Jira as somebody else would.
func (f *tracked) calls(method, path, body string) {
	r, err := http.NewRequestWithContext(f.t.Context(), method, f.site+"/rest/api/2/"+path, strings.NewReader(body))
	require.NoError(f.t, err)
	r.Header.Set("Content-Type", "application/json")
	r.SetBasicAuth("andon", "secret")
	got, err := http.DefaultClient.Do(r)
	require.NoError(f.t, err)
	defer got.Body.Close()
	require.Less(f.t, got.StatusCode, 300, "%s %s", method, path)
}

func (f *tracked) poll() {
	require.NoError(f.t, f.bot.PollOnce(f.t.Context(), "jira/jira"))
	f.drain()
}

func (f *tracked) blocks(by, waits string) {
	f.calls("POST", "issueLink", fmt.Sprintf(`{"type":{"name":"Blocks"},"inwardIssue":{"key":%q},"outwardIssue":{"key":%q}}`, by, waits))
}

// TestWhoHoldsTheEndOfAChainIsTold: an issue of Ann's waits for one of Bea's,
// which waits for one of Carl's. Carl is told, once, by whichever replica; what
// the epic took is told to whoever asks; and when Carl's issue is done it counts
// as solved.
func TestWhoHoldsTheEndOfAChainIsTold(t *testing.T) {
	storetest.Each(t, func(t *testing.T, url string) {
		f := newTracked(t, url, nil)
		f.until(tuesday.Add(time.Hour), true)
		f.put("21", "WEB-21", "carl", "PAY-23")
		f.put("22", "PAY-22", "bea", "PAY-23")
		f.put("23", "PAY-23", "ann", "")
		f.poll()
		f.until(tuesday.Add(2*time.Hour), true)
		f.blocks("WEB-21", "PAY-22")
		f.blocks("PAY-22", "PAY-23")
		f.poll()

		f.start() // from the journal alone
		bothUntil(f.floor, f.replica(), tuesday.AddDate(0, 0, 7), works)
		told := f.nudges("21", "22", "23")
		require.NotEmpty(t, told)
		var chain []*signals.Nudge
		for _, n := range told {
			if n.Signal.Detector == "blocked_chain" {
				chain = append(chain, n)
			}
		}
		require.Len(t, chain, 1, "one of the row speaks")
		require.Equal(t, "carl", chain[0].To)
		require.Equal(t, "holds WEB-21 now", chain[0].Route)
		require.Equal(t, "it waits for Payments, who waits for Web, where nothing has moved for 3 days", chain[0].Signal.Reason)
		require.Contains(t, f.posts(), "It waits for Payments, who waits for Web")

		said := f.asks("U2", "cost WEB-21")
		for _, want := range []string{"PAY-23", "3 issues, the epic and its parts", "2: Web, Payments", "left out: these teams have fewer than 5 people", "Too few to compare with: 5 finished epics"} {
			require.Contains(t, said, want)
		}
		require.NotContains(t, said, "Bea")
		require.Contains(t, f.asks("U2", "cost"), "cost PAY-17")
		require.Contains(t, f.asks("U2", "help cost"), "cost EPIC or ISSUE")

		f.calls("PUT", "issue/PAY-22", `{"fields":{"parent":null}}`)
		f.poll()
		require.Contains(t, f.asks("U2", "cost PAY-23"), "2 issues, the epic and its parts")
		f.calls("POST", "issue/WEB-21/transitions", `{"transition":{"id":"11"}}`) // Done, the first of the statuses that the fake has met
		f.poll()
		require.True(t, f.ended("23").Ledger.Reached(signals.Corrected))
	})
}

// finished lets an epic with two parts go by within a day: one of them goes to and
// fro between the teams so often, and lies so many hours in review.
func (f *tracked) finished(id, moves int) {
	day := tuesday.AddDate(0, 0, id/10-110).Truncate(24 * time.Hour)
	for day.Weekday() == time.Saturday || day.Weekday() == time.Sunday {
		day = day.AddDate(0, 0, -2)
	}
	var events []*signals.Event
	for part := range 3 {
		k := signals.Key{Source: signals.Jira, Site: "jira", ID: fmt.Sprint(id + part)}
		n := int64(0)
		add := func(at time.Duration, e signals.Event) {
			n++
			e.ID, e.Case, e.At, e.Seq, e.Audience, e.Actor = fmt.Sprint(k, "/", n), k, day.Add(at), signals.Seq{Entry: n}, signals.Public, "jira/jira/ann"
			events = append(events, &e)
		}
		set := []signals.Value{{Field: signals.FieldLabel, To: fmt.Sprint("PAY-", id+part)}, {Field: signals.FieldProject, To: "PAY"}, {Field: signals.FieldTeam, To: "Payments"}, {Field: signals.FieldHolder, To: "jira/jira/bea"}}
		if part > 0 {
			set = append(set, signals.Value{Field: signals.FieldParent, To: fmt.Sprint("PAY-", id)})
		}
		add(8*time.Hour, signals.Event{Kind: signals.Opened, Text: "x", Set: set})
		if part == 1 {
			for i := range moves {
				to := []string{"Web", "Payments"}[i%2]
				add(8*time.Hour+time.Duration(i+1)*time.Minute, signals.Event{Kind: signals.TeamMoved, From: []string{"Payments", "Web"}[i%2], To: to})
			}
			add(10*time.Hour, signals.Event{Kind: signals.Status, From: "Open", To: "Code review"})
		}
		add(time.Duration(10+moves)*time.Hour, signals.Event{Kind: signals.Closed, To: "Done"})
	}
	f.learn(events)
}

// TestCostBesideOthers: from five finished epics of like size on, each figure is
// told beside their middle one; with four it is not.
func TestCostBesideOthers(t *testing.T) {
	f := newTracked(t, storetest.SQLite(t), nil)
	f.people("Web", 5)
	f.people("Payments", 5)
	for i, moves := range []int{3, 0, 5, 1, 4} {
		f.finished(1000+10*i, moves)
	}
	require.NoError(t, f.bot.Follow(t.Context()))
	said := f.asks("U2", "cost PAY-1001")
	require.Contains(t, said, "Hand-offs between teams: 3\n")
	require.Contains(t, said, "Too few to compare with: 5 finished epics")
	require.NotContains(t, said, "median")
	f.finished(1050, 2)
	require.NoError(t, f.bot.Follow(t.Context()))
	said = f.asks("U2", "cost PAY-1001")
	for _, want := range []string{
		"Counted: 3 issues, the epic and its parts\n",
		"Teams: 2: Payments, Web; the median is 2, more than in 1 of 5\n",
		"Hand-offs between teams: 3; the median is 2, more than in 3 of 5\n",
		"Waiting: 3 hours of working time; the median is 2 hours of working time, more than in 3 of 5\n",
		"Approvals asked: 1; the median is 1, more than in 0 of 5\n",
		"Compared with the 5 newest finished epics in the project",
	} {
		require.Contains(t, said, want)
	}
}

// ended is the signal of a chain that was found in an issue.
func (f *tracked) ended(id string) *signals.Record {
	records, err := f.db.Records(f.t.Context(), signals.Key{Source: signals.Jira, Site: "jira", ID: id})
	require.NoError(f.t, err)
	for _, r := range records {
		if r.Signal.Detector == "blocked_chain" {
			return r
		}
	}
	require.Fail(f.t, "no chain was found")
	return nil
}
