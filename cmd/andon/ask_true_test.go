package main

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"andon/bot"
	"andon/bot/view"
	"andon/signals"
)

// TestAskStatusNamesNobodyBesideTimes: how long somebody let something lie, and
// when they answered, is told to them alone.
func TestAskStatusNamesNobodyBesideTimes(t *testing.T) {
	o := newOffice(t, nil)
	k := signals.Key{Source: signals.Jira, Site: "jira", ID: "7"}
	given := &signals.Event{ID: k.String() + "/9.0", Case: k, Kind: signals.Assigned, Actor: "jira/jira/bea", To: "jira/jira/carl", At: tuesday, Seq: signals.Seq{Entry: 9}, Audience: signals.Public}
	quiet := &signals.Event{ID: "jira/jira/9/created", Case: signals.Key{Source: signals.Jira, Site: "jira", ID: "9"}, Kind: signals.Opened, Actor: "jira/jira/ann", At: tuesday, Text: "A small thing", Audience: signals.Public, Set: []signals.Value{{Field: signals.FieldLabel, To: "PAY-9"}, {Field: signals.FieldHolder, To: "jira/jira/carl"}}}
	require.NoError(t, o.bot.Accept(t.Context(), signals.Delivery{Events: []*signals.Event{given, quiet}}))
	o.drain()
	require.Contains(t, o.ask("U3", "status PAY-9"), "Whose turn: carl", "nothing was found in it")
	got := o.ask("U3", "status PAY-7")
	require.Contains(t, got, "Whose turn: Payments")
	require.NotContains(t, got, "carl")
	require.Contains(t, o.ask("U2", "status PAY-7"), "Whose turn: yours")

	o.clock.set(tuesday.Add(time.Hour))
	require.Contains(t, o.ask("U1", "snooze PAY-7 tomorrow"), "Wed 4 Mar")
	o.drain()
	for _, text := range []string{"status PAY-7", "why PAY-7"} {
		require.Contains(t, o.ask("U1", text), " reacted 3 Mar", text)
		got := o.ask("U3", text)
		require.Contains(t, got, " reacted (proxy)", text)
		require.NotContains(t, got, "reacted 3 Mar", text)
		require.NotContains(t, got, "To others: received", text)
	}
}

// TestAskTakesNoAppForAPerson: an app takes nothing on, and stands in for nobody.
func TestAskTakesNoAppForAPerson(t *testing.T) {
	app := func(c *bot.Config) { c.App = func(account string) bool { return account == "slack/T1/U0ANDON" } }
	o := newOffice(t, app)
	for _, text := range []string{"settings backup <@U0ANDON>", "away until monday backup <@U0ANDON|andon>"} {
		require.Contains(t, o.ask("U3", text), "That is an app.", text)
	}
	require.Nil(t, o.last(signals.AwaySet))
	pull := o.reply(view.Asked{ID: "p", Kind: view.Pressed, User: "slack/T1/U3", Action: "raise.open", TriggerID: "t"}).Modal
	pull.Hidden = ""
	r := o.reply(view.Asked{ID: "s", Kind: view.Submit, User: "slack/T1/U3", Action: pull.ID, Entered: map[string]string{"words": "it burns", "channel": "slack/T1/C1", "helper": "slack/T1/U0ANDON"}})
	require.Contains(t, r.Errors["helper"], "an app")
	r = o.reply(view.Asked{ID: "h", Kind: view.Submit, User: "slack/T1/U3", Action: "home.settings", Entered: map[string]string{"backup": "slack/T1/U0ANDON"}})
	require.Contains(t, r.Errors["backup"], "an app")

	f := newFloor(t, app)
	key := f.ask("C1", 100, signals.Public)
	m := f.press("slack/T1/U1", "refuse", key).Modal
	require.Contains(t, f.send("slack/T1/U1", m, "whom", "slack/T1/U0ANDON").Errors["whom"], "an app")
	require.Empty(t, f.happened("C1", 100))
}

// TestAskPathSaysWhereTheRouteBegins: the team of whoever raised it stands in the
// direct route, and may never have held it.
func TestAskPathSaysWhereTheRouteBegins(t *testing.T) {
	o := newOffice(t, nil)
	ann := &signals.Event{ID: "andon/test/person/ann", Kind: signals.RosterSet, Case: orgKey, Field: "person", To: "ann", Text: `{"id":"ann","team":"Support","accounts":["jira/jira/ann"]}`, At: time.Unix(0, 0).UTC()}
	require.NoError(t, o.bot.Accept(t.Context(), signals.Delivery{Events: []*signals.Event{ann}}))
	require.NoError(t, o.bot.Follow(t.Context()))
	require.Contains(t, o.ask("U3", "path PAY-7"), "Direct route: Support (where it was raised) → Payments, because")
}

// TestAskSettingsThanks: the name of a setting is no polite word.
func TestAskSettingsThanks(t *testing.T) {
	o := newOffice(t, nil)
	require.Contains(t, o.ask("U3", "settings thanks"), "Say on or off: settings thanks on.")
	require.Contains(t, o.ask("U3", "settings thanks on thanks"), "Your thanks: on")
}
