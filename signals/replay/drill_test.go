package replay

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"andon/signals"
	"andon/signals/decide"
)

// TestDrillsChangeNoReport: in any week a drill is found and told like a signal,
// and every other line, sum and sample of the report is what it is without.
func TestDrillsChangeNoReport(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		events := week(t)
		without := everythingLive(t, events)
		at := events[len(events)-1].At.Add(-time.Minute)
		with := slices.Clone(events)
		for i := range rapid.IntRange(1, 3).Draw(t, "drills") {
			k := signals.Key{Source: signals.Drills, Site: "chain", ID: fmt.Sprint("d", i)}
			d := signals.Drill{Scope: rapid.SampledFrom([]string{"PAY", "slack/s/C1"}).Draw(t, "scope"), By: "jira/s/ann", Asked: begin}
			with = append(with, &signals.Event{ID: k.String() + "/plan", Case: k, Kind: signals.Drilled, Actor: d.By, At: begin, Ref: d.Scope, To: at.Format(time.RFC3339), Audience: signals.Public}, d.Begin(k, k.String()+"/begin", at, signals.Public))
		}
		got := everythingLive(t, signals.Sort(with))
		require.Equal(t, told(without.World.Book.Real()), told(got.World.Book.Real()))
		require.Greater(t, len(got.World.Book.Records), len(got.World.Book.Real()), "a drill is found")
		want, is := Summarize(without), Summarize(got)
		is.Events = want.Events
		require.ElementsMatch(t, want.all, is.all) // in no order
		want.all, is.all = nil, nil
		require.Equal(t, want, is)
	})
}

// everythingLive replays events as the service would judge them.
func everythingLive(t require.TestingT, events []*signals.Event) *Result {
	in := &Input{}
	require.NoError(t, in.Play.Add(slices.Clone(events)))
	res, err := Run(in, Options{Policy: signals.DefaultPolicy(), Lexicon: lexicon, Nudges: true, AsLive: true}, &lines{})
	require.NoError(t, err)
	return res
}

// told is what became of the nudges of records.
func told(records []*decide.Record) (out []string) {
	for _, r := range records {
		for _, n := range r.Nudges {
			out = append(out, fmt.Sprint(n.Key(), n.State, n.Why, n.At))
		}
	}
	return out
}
