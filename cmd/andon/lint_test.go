package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"andon/bot"
	"andon/bot/view"
	"andon/integrations/slack"
	"andon/signals"
	"andon/store/storetest"
)

// linter is a floor whose admins are told of what is broken.
type linter struct {
	*floor
	other *floor
}

func newLinter(t *testing.T) *linter { return newLinterOn(t, storetest.SQLite(t)) }

func newLinterOn(t *testing.T, url string) *linter {
	l := &linter{floor: newFloorOn(t, url, func(c *bot.Config) { c.Admins, c.Told.Command = []string{"ann"}, "/andon" })}
	l.other = l.replica()
	l.roster("ben", "person", `{"id":"ben","name":"Ben","team":"Payments","manager":"ann","backup":"bea","zone":"Europe/Berlin","accounts":["slack/T1/U7"]}`)
	l.roster("bea", "person", `{"id":"bea","name":"Bea","team":"Payments","manager":"ann","backup":"ben","zone":"Europe/Berlin","accounts":["slack/T1/U1"]}`)
	l.clock.set(l.clock.now().Add(time.Second))
	return l
}

// roster says something of the roster from now on.
func (l *linter) roster(id, field, text string) {
	l.t.Helper()
	l.clock.set(l.clock.now().Add(time.Second))
	require.NoError(l.t, l.bot.Accept(l.t.Context(), signals.Delivery{Events: []*signals.Event{{
		ID: "andon/lint/" + id + "/" + l.clock.now().Format(time.RFC3339), Kind: signals.RosterSet, Case: orgKey, Field: field, To: id, Text: text, At: l.clock.now(),
	}}}))
}

// round lets two replicas do the round of lint at once, and returns what was said.
func (l *linter) round() (out []string) {
	l.t.Helper()
	had := map[string]bool{}
	for key := range l.said.cards {
		had[key] = true
	}
	both(l.floor, l.other, does((*bot.Bot).Lint))
	for key, card := range l.said.cards {
		if !had[key] && strings.HasPrefix(key, "lint/") {
			require.Equal(l.t, slack.Admin, l.said.posts[key])
			out = append(out, card.Text())
		}
	}
	l.clock.set(l.clock.now().Add(time.Hour))
	return out
}

// TestLintSaysOnceAndMendedOnce through a Slack: the lead leaves, is told of at
// once, and only once, over a restart too, by one of two replicas, however long
// nobody mends it; so is that it was mended.
func TestLintSaysOnceAndMendedOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, url string) {
		l := newLinterOn(t, url)
		require.Empty(t, l.round(), "all is in order")

		l.roster("bea", "person", `{"id":"bea","name":"Bea","team":"Payments","left":true,"accounts":["slack/T1/U1"]}`)
		said := l.round()
		require.Len(t, said, 1)
		require.Contains(t, said[0], "team Payments (broken): Bea, who leads Payments, has left the company. To mend it: name somebody else.")
		for range 30 { // more than a day
			require.Empty(t, l.round())
		}
		l.start()
		require.Empty(t, l.round(), "nor after a restart")

		l.roster("Payments", "team", `{"id":"Payments","lead":"ben","owns":[{"project":"PAY"},{"channel":"slack/T1/C1"},{"channel":"slack/T1/C2"}]}`)
		said = l.round()
		require.Len(t, said, 1)
		require.Contains(t, said[0], "Mended: team Payments: Bea, who leads Payments, has left the company.")
		require.Contains(t, said[0], "Ben, who leads Payments, has a backup who cannot be asked any more: Bea")
		for range 30 {
			require.Empty(t, l.round())
		}
	})
}

// TestLintWaitsWithWhatCanWait: what breaks nothing yet is told once a day.
func TestLintWaitsWithWhatCanWait(t *testing.T) {
	l := newLinter(t)
	ben := func(more string) {
		l.roster("ben", "person", `{"id":"ben","name":"Ben","team":"Payments","accounts":["slack/T1/U7"]`+more+`}`)
	}
	l.roster("Web", "team", `{"id":"Web","lead":"ben","owns":[{"project":"WEB"}]}`)
	l.roster("carl", "person", `{"id":"carl","name":"Carl","team":"Web","accounts":["slack/T1/U2"]}`)
	ben(`,"backup":"bea","zone":"Europe/Berlin"`)
	require.Len(t, l.round(), 1, "no manager")
	ben(`,"backup":"bea"`)
	n := 0
	for range 22 {
		n += len(l.round())
	}
	require.Zero(t, n)
	for range 4 {
		n += len(l.round())
	}
	require.Equal(t, 1, n)
}

// TestLintAnswersAdmins and nobody else, with all that is open.
func TestLintAnswersAdmins(t *testing.T) {
	l := newLinter(t)
	ask := func(user string) string {
		require.NoError(t, l.bot.Follow(t.Context()))
		r, err := l.bot.Ask(t.Context(), view.Asked{ID: "lint", Kind: view.Command, User: user, Text: "lint"})
		require.NoError(t, err)
		require.True(t, r.Ephemeral)
		return r.Card.Text()
	}
	require.Contains(t, ask("slack/T1/U2"), "Only admins")
	require.Equal(t, "The chain is in order", ask("slack/T1/U3"))
	l.roster("ben", "person", `{"id":"ben","name":"Ben","team":"Payments","accounts":[]}`)
	require.Contains(t, ask("slack/T1/U3"), "The chain: 1 finding\nFails when somebody is away: 1\nteam Payments (weak): Bea, who leads Payments, has a backup who cannot be told anything")
	// A secret project is nobody's business here.
	require.NoError(t, l.bot.Accept(t.Context(), signals.Delivery{Events: []*signals.Event{{ID: "x", Kind: signals.Opened, Case: signals.Key{Source: "jira", Site: "jira", ID: "70"}, At: l.clock.now(), Text: "Quiet",
		Set: []signals.Value{{Field: "project", To: "SECRET"}}, Audience: signals.MembersOf("jira/jira/security:1")}}}))
	require.NotContains(t, ask("slack/T1/U3"), "SECRET")
	require.NoError(t, l.bot.Forget(t.Context()))
	require.Contains(t, ask("slack/T1/U3"), "1 finding")
}

// TestLintCommand checks a file alone, and against a journal.
func TestLintCommand(t *testing.T) {
	dir := t.TempDir()
	issues := filepath.Join(dir, "issues.jsonl")
	require.NoError(t, os.WriteFile(issues, exampleIssues(t, 700), 0o600))
	const roster = `
admins: [ann]
jira: [{team_field: Team}]
slack: [{bot_token: xoxb-1}]
policy: {escalate: [{field: Grief}], zone: Europe/Berlin}
roster:
  people:
    - {id: ann, name: Ann, slack: [U1], team: Red, zone: Europe/Berlin}
    - {id: ben, name: Ben, slack: [U2], team: Red, zone: Europe/Berlin, manager: ann, backup: ann}
  teams:
    - {id: Red, lead: ben, owns: [{project: NEVER}]}
`
	file := func(text string) string {
		return configFile(t, dir, "database: sqlite:"+filepath.Join(dir, "andon.db")+text)
	}
	cfg := file(roster)
	require.Equal(t, "The chain is in order.\n", run(t, "lint", "--config", cfg))
	code, _, errOut := commandLine(t, "lint", "--config", cfg, "--journal")
	require.Equal(t, exitFailed, code)
	require.Contains(t, errOut, "there is no database")
	run(t, "import", "--jira", issues, "--config", cfg)
	out := run(t, "lint", "--config", cfg, "--journal")
	require.Contains(t, out, "idle    policy.escalate: no event ever had the field Grief")
	require.Contains(t, out, "idle    team Red: its rule for project NEVER never fired: no case of that project was ever seen")

	cfg = file(strings.Replace(roster, "manager: ann, backup: ann", "left: true", 1))
	code, out, errOut = commandLine(t, "lint", "--config", cfg, "--json")
	require.Equal(t, exitFailed, code)
	require.Contains(t, errOut, "1 finding broken: signals reach nobody there")
	var page struct {
		Findings []map[string]string `json:"findings"`
	}
	require.NoError(t, json.Unmarshal([]byte(out), &page))
	require.Equal(t, "gone-contact", page.Findings[0]["rule"])
	require.Equal(t, "Ben, who leads Red, has left the company", page.Findings[0]["what"])
}

// TestLintTellsDisputes: the roster goes before the catalog, and what the two say
// otherwise is a finding.
func TestLintTellsDisputes(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "catalog-info.yaml"), []byte("kind: Component\nmetadata: {name: cart, annotations: {jira/project-key: CART}}\nspec: {owner: blue}\n"), 0o600))
	cfg := configFile(t, dir, "roster: {people: [{id: ben, zone: Europe/Berlin, manager: ann, backup: ann}, {id: ann}], teams: [{id: Red, lead: ben, owns: [{project: CART}]}, {id: Blue, lead: ben}]}\nadmins: [ann]\nownership: [{backstage: catalog-info.yaml}]\n")
	require.Equal(t, "weak    project CART: the catalog (line 1) gives it to Blue, and the roster to Red: that counts — mend the file or the roster; ownership.teams names teams that are called otherwise  (disputed-owner)\n", run(t, "lint", "--config", cfg))
}

// TestLintTellsDrift: Payments owns what Web has resolved for weeks.
func TestLintTellsDrift(t *testing.T) {
	l := newLinter(t)
	var events []*signals.Event
	for i := range 60 {
		k := signals.Key{Source: signals.Jira, Site: "jira", ID: strconv.Itoa(5000 + i)}
		for j, e := range []signals.Event{
			{Kind: signals.Opened, Actor: "jira/jira/ann", Text: "Invoice", Set: []signals.Value{{Field: "project", To: "PAY"}, {Field: "team", To: "Payments"}}},
			{Kind: signals.TeamMoved, Actor: "jira/jira/bea", From: "Payments", To: "Web"},
			{Kind: signals.Assigned, Actor: "jira/jira/carl", To: "jira/jira/carl"},
			{Kind: signals.Closed, Actor: "jira/jira/carl", To: "Fixed"},
		} {
			e.ID, e.Case, e.Audience = fmt.Sprint(k, "/", j), k, signals.Public
			e.At = l.clock.now().Add(time.Duration(i-61)*12*time.Hour + time.Duration(j)*time.Minute)
			events = append(events, &e)
		}
	}
	l.learn(events)
	l.roster("Web", "team", `{"id":"Web","lead":"ben"}`)
	said := strings.Join(l.round(), "\n")
	require.Contains(t, said, "team Payments (note): it owns project PAY, and history shows that Web resolves it these days. To mend it:")
}
