package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"andon/signals"
)

func TestANudgeSaysWhatWhyAndWhom(t *testing.T) {
	f := newFloor(t, nil)
	key := f.ask("C1", 100, signals.Public)
	require.NotEmpty(t, key)
	got := f.shows(key)
	for _, want := range []string{"A thread in #", "nobody has answered", "Somebody waits for an answer", "Why you: You lead Payments", "The thread (https://slack.example/archives/C1/p", "andon · ", " why ",
		"[*I'm on it*]", "[Not me ...]", "[Bring us together]", "[Snooze] {For 1 hour} {Until tomorrow 9:00} {Until Monday 9:00}", "[More] {Solved} {Create ticket ...} {Link to issue ...} {Not useful ...}"} {
		require.Contains(t, got, want)
	}
	require.NotContains(t, got, "Lately", "too few answers")
}

func TestAfterAClickTheMessageSaysWhoDidWhat(t *testing.T) {
	f := newFloor(t, nil)
	key := f.ask("C1", 100, signals.Public)
	require.Nil(t, f.press("slack/T1/U1", "claim", key).Card)
	got := f.shows(key)
	require.Contains(t, got, "4 March 10:00: Bea is on it.", "in her own zone")
	require.Contains(t, got, "[*Solved*]\n[Not me after all ...]\n[Bring us together]")
	require.NotContains(t, got, "[Snooze]")
	f.press("slack/T1/U1", "claim", key) // twice is harmless
	require.Equal(t, 1, strings.Count(f.shows(key), "Bea is on it."))

	require.Nil(t, f.press("slack/T1/U1", "solved", key).Card)
	got = f.shows(key)
	require.Contains(t, got, "Bea says that it is solved.")
	require.NotContains(t, got, "[", "nothing is left to do for her")
	require.Contains(t, f.press("slack/T1/U1", "claim", key).Card.Text(), "It is solved already")
	require.Contains(t, f.press("slack/T1/U1", "snooze", "1h:"+key).Card.Text(), "It is solved already")
	require.Contains(t, f.press("slack/T1/U1", "denied", key).Card.Text(), "Only who raised it")
	require.Len(t, f.fake.Messages(), 2, "one living message, and the question to who raised it")
}

func TestClicksThatDoNothing(t *testing.T) {
	f := newFloor(t, nil)
	key := f.ask("C1", 100, signals.Public)
	for name, c := range map[string]struct{ user, action, value, want string }{
		"by another":            {"slack/T1/U2", "claim", key, "for somebody else"},
		"not me, by another":    {"slack/T1/U2", "refuse", key, "for somebody else"},
		"of a forgotten one":    {"slack/T1/U1", "claim", "m0", "do not have that message any more"},
		"without a value":       {"slack/T1/U1", "claim", "", "do not have that message any more"},
		"of another time":       {"slack/T1/U1", "dance", key, "do not know that button"},
		"about another signal":  {"slack/T1/U1", "claim", key + "|zzzzzz", "not part of this message any more"},
		"for an unknown while":  {"slack/T1/U1", "snooze", "year:" + key, "do not know for how long"},
		"approval of something": {"slack/T1/U1", "approve", key, "do not have that any more"},
	} {
		t.Run(name, func(t *testing.T) {
			r := f.press(c.user, c.action, c.value)
			require.NotNil(t, r.Card)
			require.True(t, r.Ephemeral)
			require.Contains(t, r.Card.Text(), c.want)
		})
	}
	require.Empty(t, f.happened("C1", 100))
}

func TestNotMeAsksWhomInsteadAndTeaches(t *testing.T) {
	f := newFloor(t, nil)
	key := f.ask("C1", 100, signals.Public)
	m := f.press("slack/T1/U1", "refuse", key).Modal
	require.Contains(t, form(m), "Who could take it instead?")
	require.Contains(t, f.send("slack/T1/U1", m, "whom", "slack/T1/U1").Errors["whom"], "That is you")
	require.Contains(t, f.send("slack/T1/U2", m).Modal.Lines[0].Text, "for somebody else", "a form that was sent on")
	r := f.send("slack/T1/U1", m, "whom", "slack/T1/U2", "reason", "he built it")
	require.Empty(t, r.Errors)
	require.Equal(t, []string{"refused slack/T1/U1 slack/T1/U2"}, f.happened("C1", 100))
	got := f.shows(key)
	require.Contains(t, got, "Bea said that it is rather for Carl.")
	require.Contains(t, got, "[I'm on it after all]")
	org, err := f.db.CaseEvents(t.Context(), 0, signals.Key{Source: signals.Own, Site: "slack", ID: "org"})
	require.NoError(t, err)
	var hints []string
	for _, list := range org {
		for _, e := range list {
			if e.Field == "hint" {
				hints = append(hints, e.Text)
			}
		}
	}
	require.Len(t, hints, 1)
	require.Contains(t, hints[0], `"scope":"slack/T1/C1"`)
	require.Contains(t, hints[0], `"not":"bea","instead":"carl"`)
}

func TestSnooze(t *testing.T) {
	f := newFloor(t, nil)
	key := f.ask("C1", 100, signals.Public)
	m := f.press("slack/T1/U1", "snooze", key).Modal
	require.Contains(t, form(m), "When shall I tell you again?:  {For 1 hour}")
	require.Nil(t, f.press("slack/T1/U1", "snooze", "tomorrow:"+key).Card)
	require.Equal(t, []string{"snoozed slack/T1/U1 2026-03-05T08:00:00Z"}, f.happened("C1", 100), "nine in Berlin")
	require.Contains(t, f.shows(key), "You are told again on 5 March 09:00.")
}

func TestNotUseful(t *testing.T) {
	f := newFloor(t, nil)
	key := f.ask("C1", 100, signals.Public)
	m := f.press("slack/T1/U1", "more", "useless:"+key).Modal
	require.Contains(t, f.send("slack/T1/U1", m).Errors["why"], "choose")
	r := f.send("slack/T1/U1", m, "why", "private")
	require.Contains(t, form(r.Modal), "<Opt out>")
	said, err := f.db.Opinions(t.Context(), tuesday)
	require.NoError(t, err)
	require.NotEmpty(t, said)
	for _, o := range said {
		require.Equal(t, []string{"bea", "useless", "private"}, []string{o.By, o.Verdict, o.Why})
	}
	require.Contains(t, f.shows(key), "You said that it was not useful.")
	require.Contains(t, form(f.send("slack/T1/U1", r.Modal).Modal), "not looked at any more")
}

func TestSeveralThingsInOneMessage(t *testing.T) {
	f := newFloor(t, nil)
	at := tuesday.Add(-10 * time.Minute)
	require.NoError(t, f.bot.Accept(t.Context(), signals.Delivery{Events: pingpong("7", at)}, signals.Delivery{Events: pingpong("8", at)}))
	f.drain()
	var key string
	for k := range f.said.cards {
		key = k
	}
	got := f.shows(key)
	require.Contains(t, got, "2 things that may need you")
	require.Contains(t, got, "1. PAY-7 Invoices arrive twice: It came back to Payments")
	require.Contains(t, got, "[I'm on it] {1. PAY-7 Invoices arrive twice} {2. PAY-8 Invoices arrive twice}")
	require.Contains(t, got, "[Snooze] {For 1 hour}")
	claims := func(id string) (n int) {
		news, err := f.db.News(t.Context(), signals.Key{Source: signals.Jira, Site: "jira", ID: id}, 0)
		require.NoError(t, err)
		for _, e := range news {
			if e.Kind == signals.Claimed {
				n++
			}
		}
		return n
	}
	for _, a := range f.said.cards[key].Actions {
		if a.ID == "claim" {
			f.press("slack/T1/U1", "claim", a.Options[1].Value)
		}
	}
	require.Equal(t, []int{0, 1}, []int{claims("7"), claims("8")})
	require.Contains(t, f.shows(key), "[*1. I'm on it*]", "of the other one")
	require.Contains(t, form(f.press("slack/T1/U1", "refuse", key).Modal), "Which one?:  {1. PAY-7 Invoices arrive twice} {2. PAY-8 Invoices arrive twice}")
	require.Contains(t, form(f.press("slack/T1/U1", "together", key).Modal), "Which one?")
}

// TestLatelyTellsHowUsefulItWas, where five people said so: of fewer it would be
// known who said what, however often they did.
func TestLatelyTellsHowUsefulItWas(t *testing.T) {
	for people, want := range map[int]string{5: "Lately: useful 6 of 7 times here in the last 30 days", 4: "", 1: ""} {
		f := newFloor(t, nil)
		for i, verdict := range []string{"useful", "useful", "useless", "useful", "useful", "useful", "useful"} {
			o := signals.Opinion{Nudge: fmt.Sprintf("unanswered_ask|slack/T1/C1/%d.0|x|0|bea", i+1), By: fmt.Sprint("p", i%people), Verdict: verdict, At: tuesday}
			require.NoError(t, f.db.AddOpinion(t.Context(), o))
		}
		got := f.shows(f.ask("C1", 100, signals.Public))
		require.Equal(t, want != "", strings.Contains(got, "Lately: useful"), got)
		require.Contains(t, got, want)
	}
}
