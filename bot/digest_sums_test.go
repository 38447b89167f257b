package bot

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"andon/signals"
)

var digestMonday = time.Date(2026, 11, 16, 0, 0, 0, 0, time.UTC)

// anyRecord is a record found some time in four weeks, with a ledger that went
// some of the way.
func anyRecord(t *rapid.T, i int) *signals.Record {
	minute := rapid.IntRange(0, 4*7*24*60)
	s := &signals.Signal{
		Detector: rapid.SampledFrom([]string{"stall", "cord", "came_back", "ping_pong"}).Draw(t, "detector"),
		Case:     signals.Key{Source: signals.Jira, Site: "jira", ID: fmt.Sprint(i)}, Occasion: "o",
		At: digestMonday.AddDate(0, 0, -14).Add(time.Duration(minute.Draw(t, "found")) * time.Minute), Audience: signals.Public,
	}
	r := &signals.Record{Signal: s, Ledger: signals.NewLedger(s, s.At.Add(-time.Hour))}
	at := s.At
	for _, st := range signals.Stages[1:] {
		if rapid.Bool().Draw(t, string(st)) {
			at = at.Add(time.Duration(minute.Draw(t, "later")) * time.Minute)
			r.Ledger.Reach(st, at, rapid.Bool().Draw(t, "proxy"))
		}
	}
	if next := r.Ledger.Next(); next != "" && rapid.Bool().Draw(t, "dies") {
		r.Ledger.Die(next, rapid.SampledFrom([]string{"no answer within 8 hours", "stall is in shadow mode", "whatever"}).Draw(t, "why"), at.Add(time.Hour))
	}
	if r.Ledger.Reached(signals.Corrected) && rapid.Bool().Draw(t, "quiet") {
		r.Ledger.Quiet = r.Ledger.Times[signals.Corrected].Add(time.Duration(minute.Draw(t, "watch")) * time.Minute)
	}
	if !r.Ledger.Reached(signals.Corrected) && rapid.Bool().Draw(t, "partly") {
		r.Ledger.Partly = at
	}
	state := rapid.SampledFrom([]signals.State{signals.Sent, signals.Acted, signals.Declined, signals.Shadowed}).Draw(t, "state")
	r.Nudges = []*signals.Nudge{{Signal: s, To: "bea", State: state, At: s.At, Message: "m" + fmt.Sprint(i)}}
	return r
}

// TestSumsAreTheLedgers: each signal counts once, in one week, and the sums are
// what the ledgers say.
func TestSumsAreTheLedgers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var records []*signals.Record
		for i := range rapid.IntRange(0, 30).Draw(t, "records") {
			records = append(records, anyRecord(t, i))
		}
		all, ended, ends := 0, 0, 0
		for w := range 12 {
			week := weekSpan{digestMonday.AddDate(0, 0, 7*(w-2)), digestMonday.AddDate(0, 0, 7*(w-1))}
			got := sumWeek(records, nil, week)
			all += got.Found
			ended += got.Confirmed + got.Partly
			sumsAreRight(t, got, records, week)
			mixed := slices.Clone(records)
			slices.Reverse(mixed)
			require.Equal(t, got, sumWeek(mixed, nil, week), "the order does not matter")
		}
		for _, r := range records {
			for _, at := range []time.Time{r.Ledger.Times[signals.ConfirmedBy], r.Ledger.Partly} {
				if !at.IsZero() && at.Before(digestMonday.AddDate(0, 0, 7*10)) {
					ends++
				}
			}
		}
		require.Equal(t, len(records), all, "each signal belongs to one week")
		require.Equal(t, ends, ended, "each end belongs to one week")
	})
}

func sumsAreRight(t *rapid.T, got weekSums, records []*signals.Record, week weekSpan) {
	reached, died, furthest, detectors, deaths := make(map[signals.Stage]int), 0, 0, 0, 0
	confirmed, quiet := 0, 0
	for _, r := range records {
		said := r.Ledger.Times[signals.ConfirmedBy]
		if week.holds(said) {
			confirmed++
		}
		if week.holds(r.Ledger.Quiet) && (said.IsZero() || !said.Before(week.until)) {
			quiet++
		}
		if !week.holds(r.Signal.At) {
			continue
		}
		for _, st := range signals.Stages {
			if at := r.Ledger.Times[st]; !at.IsZero() && at.Before(week.until) {
				reached[st]++
			}
		}
		if r.Ledger.Died != "" && r.Ledger.DiedAt.Before(week.until) {
			died++
		}
	}
	for i, st := range signals.Stages {
		require.Equal(t, reached[st], got.Reached[st], st)
		require.LessOrEqual(t, got.Reached[st], got.Found)
		furthest += got.Furthest[st]
		beyond := 0
		for _, later := range signals.Stages[i:] {
			beyond += got.Furthest[later]
		}
		require.GreaterOrEqual(t, beyond, got.Reached[st], "who reached a stage is at it or beyond")
	}
	for _, d := range got.Deaths {
		deaths += d.N
	}
	for _, d := range got.Detectors {
		detectors += d.Found
		require.LessOrEqual(t, d.Told, d.Found)
	}
	require.Equal(t, got.Found, furthest, "each signal stands at one stage")
	require.Equal(t, got.Found, detectors)
	require.Equal(t, died, deaths)
	require.Equal(t, confirmed, got.Confirmed)
	require.Equal(t, quiet, got.Quiet, "silence is counted apart")
	f := got.Stands
	require.Equal(t, got.Found, f.Confirmed+f.Quiet+f.Stopped+f.UnderWay, "each signal stands somewhere")
	require.Equal(t, died, f.Stopped)
	require.LessOrEqual(t, f.Confirmed, got.Reached[signals.ConfirmedBy])
}

func TestUsefulness(t *testing.T) {
	s := &signals.Signal{Detector: "stall", Case: signals.Key{Source: signals.Jira, Site: "j", ID: "1"}, At: digestMonday}
	nudge := func(step int, state signals.State) *signals.Nudge {
		return &signals.Nudge{Signal: s, To: "bea", Step: step, State: state, At: digestMonday, Message: "m"}
	}
	unsaid := nudge(4, signals.Acted)
	unsaid.Message = ""
	old := nudge(5, signals.Acted)
	old.At = digestMonday.Add(-time.Second)
	r := &signals.Record{Signal: s, Nudges: []*signals.Nudge{nudge(0, signals.Acted), nudge(1, signals.Acted), nudge(2, signals.Received), nudge(3, signals.Sent), unsaid, old}}
	say := func(i int, verdict, by string) signals.Opinion {
		return signals.Opinion{Nudge: r.Nudges[i].Key(), Verdict: verdict, By: by}
	}
	got := sumUseful([]*signals.Record{r}, []signals.Opinion{say(1, "useful", "bea"), say(1, useless, "bea"), say(2, "useful", "carl"), {Nudge: "of nobody", Verdict: useless}}, weekSpan{digestMonday, digestMonday.AddDate(0, 0, 7)})
	require.Equal(t, map[string]usefulness{"stall": {Useful: 2, Answered: 3, People: 2}}, got, "acted, said useless in the end, said useful")
	require.Equal(t, "too few answers", got["stall"].words(3), "three answers of two people")
	require.Equal(t, "2 of 3", got["stall"].words(2))
	require.Equal(t, "too few answers", usefulness{}.words(0))
}

func TestReasonClasses(t *testing.T) {
	for why, want := range map[string]string{
		"stall is in shadow mode": "not switched on to speak",
		"it is not sure enough to disturb anybody (0.30, where 0.50 is asked for)":      "not sure enough",
		"nobody is known who could help":                                                "nobody known to ask",
		"no answer within 8 hours of working time":                                      "no answer",
		"no answer within 8 hours of working time; 3 people were asked":                 "no answer",
		"who was asked said that it is not for them; nobody is left who could be asked": "nobody else to ask",
		"who was asked said that it is not for them":                                    "it was for somebody else",
		"it was solved before it was time to speak":                                     "overtaken by events",
		"it was held too long: the person's budget of 3 nudges for the day is spent":    "no room in the day",
		"it was 3 days old when it was first judged":                                    "too old",
		"it began in history that was learnt, not watched":                              "too old",
		"somebody reacted, and it was not solved within 14 days":                        "not solved in time",
		"the person has left the company":                                               "the person could not be asked",
		"something new":                                                                 "another reason",
	} {
		r := &signals.Record{Signal: &signals.Signal{}, Ledger: &signals.Ledger{Died: signals.Transmitted, Why: why}}
		require.Equal(t, want, reasonClass(r), why)
	}
	r := &signals.Record{Signal: &signals.Signal{}, Ledger: &signals.Ledger{Died: signals.Transmitted, Why: "the account was closed"}, Nudges: []*signals.Nudge{{State: signals.Failed, To: "bea"}}}
	require.Equal(t, "could not be delivered", reasonClass(r))
}
