package main

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"andon/bot"
	"andon/bot/view"
	"andon/signals"
)

// TestAddressesThatNameNoIssue: whatever is written into the form is answered.
func TestAddressesThatNameNoIssue(t *testing.T) {
	f := newFloor(t, nil)
	key := f.ask("C1", 100, signals.Public)
	m := f.press("slack/T1/U1", "more", "link:"+key).Modal
	for _, said := range []string{
		"https://jira.example/browse/", "/browse/?", "/browse/#/", "<>", "<https://jira.example/browse/|PAY-90>", "-", "https://jira.example/browse//PAY-90", "PAY-90/../../secret", strings.Repeat("A-", 2000), "\x00-\xff", "<!channel>-1",
	} {
		r := f.send("slack/T1/U1", m, "issue", said)
		require.NotEmpty(t, r.Errors["issue"], "%q", said)
	}
	require.Empty(t, f.happened("C1", 100))
	require.Contains(t, form(f.send("slack/T1/U1", m, "issue", "<https://jira.example/browse/pay-90?focus=1|PAY-90>").Modal), "PAY-90")
}

// cord lets somebody pull the cord without their name; it returns the message.
func (f *floor) cord(person string) string {
	said := wondered("C1", 100, tuesday, "U2", "the deploy of billing runs")
	pulled := &signals.Event{ID: "andon/pulled/1", Case: said.Case, Kind: signals.Pulled, Actor: "andon/anonymous/tok1", At: tuesday.Add(time.Minute), Text: "refunds are paid twice", Audience: signals.Public}
	require.NoError(f.t, f.db.PutToken(f.t.Context(), "tok1", "", person, tuesday))
	require.NoError(f.t, f.bot.Accept(f.t.Context(), signals.Delivery{Events: []*signals.Event{said, pulled}}))
	f.clock.set(tuesday.Add(2 * time.Minute))
	f.drain()
	for k := range f.said.cards {
		return k
	}
	return ""
}

// TestWhoIsNotNamedSolvesItWithoutTheirName: who is asked may be who pulled the
// cord. That one person says that it is solved and somebody unnamed confirms it
// with the same click would name them.
func TestWhoIsNotNamedSolvesItWithoutTheirName(t *testing.T) {
	f := newFloor(t, nil)
	key := f.cord("slack/T1/U1")
	require.Equal(t, "slack/T1/U1", f.said.posts[key])
	require.Nil(t, f.press("slack/T1/U1", "solved", key).Card)
	require.Equal(t, []string{"pulled andon/anonymous/tok1", "closed andon/anonymous/tok1 solved", "confirmed andon/anonymous/tok1"}, f.happened("C1", 100))
	require.NotContains(t, f.shows(key), "Bea says")
}

// TestWhoWasNotAskedChangesNothing, whatever they press or send, with the values
// of a message that they do not see.
func TestWhoWasNotAskedChangesNothing(t *testing.T) {
	f := newFloor(t, func(c *bot.Config) { c.Admins = []string{"ann"} })
	private := signals.MembersOf("slack/T1/C2")
	for _, u := range []string{"slack/T1/U1", "slack/T1/U3"} {
		joined := &signals.Event{ID: "in/" + u, Kind: signals.Joined, Case: signals.SlackThread("T1", "C2", ""), To: u, At: tuesday.Add(-time.Hour), Audience: private}
		require.NoError(t, f.bot.Accept(t.Context(), signals.Delivery{Events: []*signals.Event{joined}, Rooms: map[string]string{"slack/T1/C2": "merger"}}))
	}
	f.lobby.members["slack/T1/C2"] = []string{"slack/T1/U1", "slack/T1/U3"}
	key := f.ask("C2", 100, private)
	require.NotEmpty(t, key)
	require.Contains(t, f.shows(key), "merger")
	r := f.records("C2", 100)[0]
	f.press("slack/T1/U1", "together", key)
	group := ""
	for k, to := range f.said.posts {
		if to == "slack/T1/G77" {
			group = k
		}
	}
	require.NotEmpty(t, group)
	before := f.happened("C2", 100)
	verbs := []string{"claim", "refuse", "together", "pass", "snooze", "solved", "denied", "ticket", "link", "useless", "more", "approve", "decline", "gathered", "home.solved", "home.still", "home.mode", "home.back", "raise.x", "answer.x", "", "."}
	var shown []string
	keep := func(a view.Asked) {
		f.asked++
		a.ID = "wrong" + string(rune('0'+f.asked))
		out, err := f.bot.Ask(t.Context(), a)
		require.NoError(t, err, "%+v", a)
		if out.Card != nil {
			shown = append(shown, drawn(out.Card))
		}
		if out.Modal != nil {
			shown = append(shown, form(out.Modal))
		}
		for _, c := range out.Home {
			shown = append(shown, drawn(c))
		}
		for _, s := range out.Errors {
			shown = append(shown, s)
		}
	}
	for _, user := range []string{"slack/T1/U2", "slack/T1/U9", ""} {
		for _, id := range []string{key, group, key + "|", r.Signal.Key(), r.Nudges[0].Key(), "w0", ":|", strings.Repeat(":", 50), "1h:" + key, "useless:" + group} {
			for _, verb := range verbs {
				keep(view.Asked{Kind: view.Pressed, User: user, Action: verb, Value: id})
				keep(view.Asked{Kind: view.Pressed, User: user, Action: "more", Value: verb + ":" + id})
				keep(view.Asked{Kind: view.Submit, User: user, Action: verb, Hidden: id, Entered: map[string]string{"which": "", "why": "noise", "text": "x", "issue": "PAY-90", "snooze": "1h", "title": "x", "project": "jira/jira|PAY", "whom": "slack/T1/U2"}})
				keep(view.Asked{Kind: view.Submit, User: user, Action: verb, Hidden: id + "\njira/jira\nPAY\nBug\nx"})
			}
		}
		keep(view.Asked{Kind: view.Home, User: user})
	}
	f.drain()
	require.Equal(t, before, f.happened("C2", 100))
	require.Empty(t, f.desk.made)
	for _, s := range shown {
		require.NotContains(t, s, "merger")
		require.NotContains(t, s, "export")
		require.NotContains(t, s, "A question was asked")
	}
}
