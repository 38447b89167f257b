package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"andon/bot"
	"andon/bot/view"
	"andon/integrations/slack"
	"andon/signals"
)

// blocksOfForm lets a Slack take a form, and returns what it shows of it.
func (f *floor) blocksOfForm(m *view.Modal) string {
	require.NotNil(f.t, m)
	p := f.said.Poster.(*slack.Poster)
	require.NoError(f.t, p.OpenModal(f.t.Context(), "a trigger", m))
	open := f.fake.Modals("U0")
	require.Len(f.t, open, 1)
	return apart(string(open[0].Body))
}

// apart gives each block a line.
func apart(blocks string) string {
	return strings.ReplaceAll(blocks, `},{"type":"`, "},\n{\"type\":\"")
}

// TestCardsOfAlertsAndProposals compares what stands in channels, and what asks
// for leave to be said, with what it looked like before.
func TestCardsOfAlertsAndProposals(t *testing.T) {
	var out []string
	show := func(f *floor, name, key string) {
		out = append(out, "-- "+name+" --", f.shows(key), blocksOf(f, key))
	}
	f := newFloor(t, nil)
	key := f.alert()
	show(f, "an alert in a thread", key)
	f.press("slack/T1/U2", "claim", key)
	show(f, "somebody there is on it", key)
	f.press("slack/T1/U2", "solved", key)
	show(f, "somebody there says that it is solved", key)

	for _, press := range []string{"approve", "decline"} {
		f := newFloor(t, asking)
		key := f.proposal()
		if press == "approve" {
			show(f, "a proposal", key)
		}
		f.press("slack/T1/U2", press, key)
		show(f, "a proposal after "+press, key)
	}
	f = newFloor(t, func(c *bot.Config) { asking(c); c.Policy.Mode = signals.Preview })
	f.ask("C1", 100, signals.Public)
	for key := range f.said.cards {
		show(f, "a preview", key)
	}
	golden(t, "alerts.golden", out)
}

// TestForms compares every form with what it looked like before.
func TestForms(t *testing.T) {
	f := newFloor(t, func(c *bot.Config) { c.Admins = []string{"slack/T1/U2"} })
	var out []string
	show := func(name string, m *view.Modal) *view.Modal {
		out = append(out, "-- "+name+" --", form(m), f.blocksOfForm(m))
		return m
	}
	const bea = "slack/T1/U1"
	key := f.ask("C1", 100, signals.Public)
	show("not me", f.press(bea, "refuse", key).Modal)
	show("snooze", f.press(bea, "snooze", key).Modal)
	why := show("not useful", f.press(bea, "more", "useless:"+key).Modal)
	show("link to an issue", f.press(bea, "more", "link:"+key).Modal)
	one := show("a ticket: where", f.press(bea, "more", "ticket:"+key).Modal)
	two := show("a ticket: what", f.send(bea, one, "project", "jira/jira|PAY").Modal)
	three := show("a ticket: the rest", f.send(bea, two, "type", "Bug").Modal)
	show("a ticket: done", f.send(bea, three, "field.env", "test").Modal)
	show("not useful, because it is private", f.send(bea, why, "why", "private").Modal)
	for _, a := range []string{bot.RaiseShortcut, bot.PullShortcut} {
		asked := view.Asked{ID: a, Kind: view.Shortcut, User: bea, Channel: "slack/T1/C1", Action: a}
		if a == bot.RaiseShortcut {
			asked.Message, asked.Author, asked.Text = threadAt("C1", 100).String(), "slack/T1/U3", askWords
		}
		r, err := f.bot.Ask(t.Context(), asked)
		require.NoError(t, err)
		show("the shortcut "+a, r.Modal)
	}
	show("the mode of a detector", f.open("slack/T1/U2", "home.mode", "long_path"))
	f.blocksOfForm(f.open(bea, "home.settings", "")) // it names every detector
	golden(t, "forms.golden", append(out, f.passing()...))
}

// open is the form that a button of the Home tab opens.
func (f *floor) open(user, action, value string) *view.Modal {
	f.asked++
	r, err := f.bot.Ask(f.t.Context(), view.Asked{ID: fmt.Sprint("open", f.asked), Kind: view.Pressed, User: user, Action: action, Value: value})
	require.NoError(f.t, err)
	return r.Modal
}

// passing is the form that passes a message on to who pulled the cord without a
// name.
func (f *floor) passing() []string {
	f = newFloor(f.t.(*testing.T), nil)
	said := wondered("C1", 100, tuesday, "U2", "the deploy of billing runs")
	pulled := &signals.Event{ID: "andon/pulled/1", Case: said.Case, Kind: signals.Pulled, Actor: "andon/anonymous/tok1", At: tuesday.Add(time.Minute), Text: "refunds are paid twice", Audience: signals.Public}
	require.NoError(f.t, f.db.PutToken(f.t.Context(), "tok1", "", "slack/T1/U3", tuesday))
	require.NoError(f.t, f.bot.Accept(f.t.Context(), signals.Delivery{Events: []*signals.Event{said, pulled}}))
	f.clock.set(tuesday.Add(2 * time.Minute))
	f.drain()
	for key := range f.said.cards {
		m := f.press("slack/T1/U1", "pass", key).Modal
		return []string{"-- a message for who is not named --", form(m), f.blocksOfForm(m)}
	}
	require.Fail(f.t, "nobody is asked")
	return nil
}
