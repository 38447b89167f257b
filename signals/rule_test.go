package signals_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"andon/signals"
)

// TestRules: a later event of a pair and kind takes the place of an earlier one,
// present names count, and what ran out or was taken back does not.
func TestRules(t *testing.T) {
	set := func(at time.Time, actor, from, text string) *signals.Event {
		return &signals.Event{ID: "rule/" + at.String(), Kind: signals.RosterSet, Field: "rule", To: "web>payments|stall", At: at, Actor: actor, From: from, Text: text}
	}
	text := func(until string) string {
		return `{"from":"Web","to":"Payments","for":"stall","at":"2026-03-02T00:00:00Z","until":"` + until + `","how":"agreed"}`
	}
	events := []*signals.Event{
		{ID: "team", Kind: signals.RosterSet, Field: "team", To: "Money", Text: `{"aliases":["Payments"]}`, At: time.Unix(0, 0)},
		set(monday, "bea", "", text("2026-04-01T00:00:00Z")),
		set(monday.AddDate(0, 0, 7), "ann", signals.Renewed, text("2026-05-01T00:00:00Z")),
		set(monday.AddDate(1, 0, 0), "ann", "", ""),
	}
	at := func(day time.Time) []signals.Rule {
		o, err := signals.FoldOrg(signals.DefaultPolicy(), events, day)
		require.NoError(t, err)
		var body []byte
		o.Save(func(b []byte) { body = b })
		again, err := signals.LoadOrg(signals.DefaultPolicy(), func() []byte { return body })
		require.NoError(t, err)
		require.Equal(t, o.Rules(day), again.Rules(day), "from a snapshot")
		return o.RulesFor("Web", "stall", day)
	}
	until := time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC)
	require.Empty(t, at(until.AddDate(0, -3, 0)))
	got := at(until.AddDate(0, 0, -1))
	require.Len(t, got, 1)
	require.Equal(t, "Money", got[0].To)
	require.Equal(t, "bea", got[0].By, "who agreed at first")
	require.Equal(t, "Web and Money agreed on this route on 2 March", got[0].Said())
	require.Empty(t, at(until), "it ran out")
	require.Empty(t, at(until.AddDate(2, 0, 0)), "it was taken back")
	_, err := signals.FoldOrg(signals.DefaultPolicy(), []*signals.Event{set(monday, "bea", "", "{")}, until)
	require.ErrorContains(t, err, "read the standing route of event")
}
