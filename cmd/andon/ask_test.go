package main

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"andon/bot/view"
	"andon/signals"
	"andon/store/storetest"
)

// TestAnswers asks what people ask, about an issue that everybody may see and
// one that only the members of a group may.
func TestAnswers(t *testing.T) {
	s := newStepper(t, storetest.SQLite(t), tuesday, signals.DefaultPolicy(), nil)
	hidden := pingpong("8", tuesday.Add(-20*time.Minute))
	for _, e := range hidden {
		e.Audience = signals.MembersOf("jira/jira/security:1")
	}
	require.NoError(t, s.bot.Accept(t.Context(), signals.Delivery{Events: staff()}, signals.Delivery{Events: pingpong("7", tuesday.Add(-10*time.Minute))}, signals.Delivery{Events: hidden}))
	s.drain()
	ask := func(text string) string {
		r, err := s.bot.Ask(t.Context(), view.Asked{ID: "q", Kind: view.Command, User: "slack/T1/U2", Text: text})
		require.NoError(t, err)
		require.True(t, r.Ephemeral)
		return r.Card.Text()
	}
	for text, want := range map[string][]string{
		"":              {"What I answer", "status PAY-17: the six stages", "Only you see my answers."},
		"help":          {"who PAY-17"},
		"stauts PAY-7":  {`I do not know "stauts". Did you mean "status"?`},
		"status":        {"Tell me which issue"},
		"status PAY-99": {"I know nothing of PAY-99 that you may see"},
		"status PAY-8":  {"I know nothing of PAY-8 that you may see"},
		"path PAY-8":    {"I know nothing of PAY-8 that you may see"},
		"who PAY-8":     {"I know nothing of PAY-8 that you may see"},
		"status pay-7":  {"PAY-7 Invoices arrive twice", "it came back to Payments from Web", "generated 3 Mar", "transmitted 3 Mar"},
		"path PAY-7":    {"Payments\nWeb\nPayments (back again)\nWeb (back again)\nPayments (back again, now)", "Times are left out where a team has fewer than 5 people"},
		"who <https://north.example/browse/PAY-7?x=1|PAY-7>": {"bea", "leads Payments"},
	} {
		got := ask(text)
		for _, w := range want {
			require.Contains(t, got, w, "%q", text)
		}
		if strings.HasPrefix(text, "path") {
			require.NotContains(t, got, "minute", "times of small teams are nobody's business")
		}
	}
	require.Equal(t, ask("status PAY-7"), ask("status PAY-7"), "a question changes nothing")
	r, err := s.bot.Ask(t.Context(), view.Asked{Kind: view.Pressed, Action: "claim", Value: "nothing"})
	require.NoError(t, err)
	require.Contains(t, r.Card.Text(), "I do not have that message any more")
	r, err = s.bot.Ask(t.Context(), view.Asked{Kind: view.Home})
	require.NoError(t, err)
	require.Nil(t, r.Card)
}
