package store_test

import (
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"andon/signals"
	"andon/store"
)

// record makes a new record of a case.
func record(k signals.Key, occasion string) *signals.Record {
	s := &signals.Signal{
		Detector: "stall", Problem: k, Case: k, Occasion: occasion, At: monday, Score: 0.7, Reason: "Nobody has answered for two days.",
		Evidence: []string{occasion}, About: "jira/main/ann", Need: signals.NeedHolder, Audience: signals.Public,
	}
	return &signals.Record{Signal: s, Ledger: signals.NewLedger(s, monday.Add(-time.Hour))}
}

// nudge adds a nudge to a record.
func nudge(r *signals.Record, to string, state signals.State, message string) *signals.Nudge {
	n := &signals.Nudge{Signal: r.Signal, To: to, Step: len(r.Nudges), State: state, Why: "because", Route: "holds it", At: monday, Message: message}
	r.Nudges = append(r.Nudges, n)
	return n
}

func commit(t testing.TB, db *store.DB, o signals.Outcome) {
	t.Helper()
	require.NoError(t, db.Commit(t.Context(), o))
}

func records(t testing.TB, db *store.DB, keys ...signals.Key) []*signals.Record {
	t.Helper()
	out, err := db.Records(t.Context(), keys...)
	require.NoError(t, err)
	return out
}

func occasions(list []*signals.Record) (out []string) {
	for _, r := range list {
		out = append(out, r.Signal.Occasion)
	}
	return out
}

func TestRecords(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		b, a, c := record(issue(1), "b"), record(issue(1), "a"), record(thread("C1", 1), "c")
		n := nudge(b, "jira/main/bob", signals.Held, "")
		n.Look = monday.Add(time.Hour)
		seen := *b.Signal
		seen.Reason, seen.Evidence = "Somebody waits.", nil
		nudge(b, "jira/main/cat", signals.Shadowed, "").Signal = &seen
		commit(t, db, signals.Outcome{Case: issue(1), Records: []*signals.Record{b, c, a}})
		require.Equal(t, []int{1, 1, 1}, []int{a.Rev, b.Rev, c.Rev}, "the revision counts in what was given too")

		require.Equal(t, []*signals.Record{b, a}, records(t, db, issue(1)), "in the order of storing")
		require.Equal(t, []*signals.Record{b, c, a}, records(t, db, thread("C1", 1), issue(1), issue(5)))
		got := records(t, db, issue(1))[0]
		require.Same(t, got.Signal, got.Nudges[0].Signal)
		require.NotSame(t, got.Signal, got.Nudges[1].Signal)
		of, err := db.RecordsOf(t.Context(), n.Key(), "unknown", b.Nudges[1].Key())
		require.NoError(t, err)
		require.Equal(t, []*signals.Record{b}, of)

		got.Nudges[0].State = signals.Superseded
		got.Nudges = got.Nudges[:1]
		got.Over = true
		got.Ledger.Reach(signals.Corrected, monday, true)
		got.Again = monday.Add(time.Minute)
		commit(t, db, signals.Outcome{Case: issue(1), Records: []*signals.Record{got}})
		require.Equal(t, 2, got.Rev)
		require.Equal(t, []*signals.Record{got, a}, records(t, db, issue(1)), "changed, and still in its place")

		s, err := db.Stats(t.Context())
		require.NoError(t, err)
		require.Equal(t, []store.NudgeCount{{Detector: "stall", State: signals.Superseded, N: 1}}, s.Nudges)
		require.Equal(t, []store.SignalCount{{Detector: "stall", Stage: signals.Corrected, Over: true, N: 1}, {Detector: "stall", Stage: signals.Generated, N: 2}}, s.Signals)
		require.Positive(t, s.Bytes)
	})
}

func TestRecordsRefused(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		twice := record(issue(1), "a")
		nudge(twice, "x", signals.Held, "")
		again := nudge(twice, "x", signals.Held, "")
		again.Step = 0
		nan := record(issue(1), "a")
		nan.Signal.Score = math.NaN()
		for name, list := range map[string][]*signals.Record{
			"nothing": {nil}, "no signal": {{}}, "given twice": {record(issue(1), "a"), record(issue(1), "a")}, "a nudge twice": {twice}, "no number": {nan},
		} {
			require.Error(t, db.Commit(t.Context(), signals.Outcome{Case: issue(1), Records: append([]*signals.Record{record(issue(1), "first")}, list...)}), name)
			require.Empty(t, records(t, db, issue(1)), name)
		}
	})
}

// A stale decision stores nothing at all.
func TestStale(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		appendAll(t, db, delivery("1", event(issue(1), 1, signals.Opened)))
		a := record(issue(1), "a")
		commit(t, db, signals.Outcome{Case: issue(1), Records: []*signals.Record{a}, Told: map[string][]signals.Told{"bob": {{ID: "m", At: monday}}}, Spent: map[string]int{"ch|1": 3}})
		before := standing(t, db, issue(1))
		older := *a
		older.Rev = 0
		newer := *a
		newer.Rev = 2
		unknown := record(issue(1), "z")
		unknown.Rev = 1
		for name, o := range map[string]signals.Outcome{
			"must not exist":       {Records: []*signals.Record{record(issue(1), "new"), &older}},
			"a later revision":     {Records: []*signals.Record{record(issue(1), "new"), &newer}},
			"does not exist":       {Records: []*signals.Record{record(issue(1), "new"), unknown}},
			"the person's counter": {Records: []*signals.Record{record(issue(1), "new")}, Rests: map[string]int64{"bob": 0}},
			"the channel's":        {Records: []*signals.Record{record(issue(1), "new")}, Rests: map[string]int64{"bob": 1, "ch|1": 2}},
			"an unknown counter":   {Records: []*signals.Record{record(issue(1), "new")}, Rests: map[string]int64{"eve": 1}},
		} {
			o.Case, o.Look, o.Looked = issue(1), monday, 1_000
			o.Told, o.Spent = map[string][]signals.Told{"cat": {{ID: "x"}}}, map[string]int{"ch|2": 1}
			err := db.Commit(ctx, o)
			require.ErrorIs(t, err, store.ErrStale, name)
			require.Equal(t, []*signals.Record{a}, records(t, db, issue(1)), name)
			require.Equal(t, before, standing(t, db, issue(1)), name)
			_, version, err := db.Told(ctx, "cat", 9)
			require.NoError(t, err)
			require.Zero(t, version, name)
			require.Zero(t, o.Records[0].Rev, name)
		}
		commit(t, db, signals.Outcome{Case: issue(1), Rests: map[string]int64{"bob": 1, "ch|1": 1, "eve": 0}})
	})
}

func TestCounters(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		told := func(i int) signals.Told {
			return signals.Told{ID: fmt.Sprint("m", i), At: monday.Add(time.Duration(i) * time.Minute), Cases: []signals.Key{issue(i), thread("C1", i)}, Nudges: i, Asked: i%2 == 0}
		}
		list, version, err := db.Told(ctx, "bob", 3)
		require.NoError(t, err)
		require.Empty(t, list)
		require.Zero(t, version)
		commit(t, db, signals.Outcome{Case: issue(1), Told: map[string][]signals.Told{"bob": {told(3), told(1)}, "cat": {told(9)}}})
		commit(t, db, signals.Outcome{Case: issue(1), Told: map[string][]signals.Told{"bob": {told(2), told(4)}}, Spent: map[string]int{"bob": 2}})
		list, version, err = db.Told(ctx, "bob", 3)
		require.NoError(t, err)
		require.EqualValues(t, 2, version, "by one for each time it is written")
		require.Equal(t, []signals.Told{told(2), told(3), told(4)}, list)
		changed := told(3)
		changed.Nudges, changed.Cases = 7, nil
		commit(t, db, signals.Outcome{Case: issue(1), Told: map[string][]signals.Told{"bob": {changed}}, Rests: map[string]int64{"bob": 2}})
		list, version, err = db.Told(ctx, "bob", 9)
		require.NoError(t, err)
		require.EqualValues(t, 3, version)
		require.Equal(t, []signals.Told{told(1), told(2), changed, told(4)}, list)

		n, version, err := db.Spent(ctx, "C1|2026-03-02")
		require.NoError(t, err)
		require.Zero(t, n)
		require.Zero(t, version)
		commit(t, db, signals.Outcome{Case: issue(1), Spent: map[string]int{"C1|2026-03-02": 2, "C2|2026-03-02": 1}, Rests: map[string]int64{"C1|2026-03-02": 0}})
		n, version, err = db.Spent(ctx, "C1|2026-03-02")
		require.NoError(t, err)
		require.Equal(t, 2, n)
		require.EqualValues(t, 1, version)
	})
}

func TestLately(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		var list []*signals.Record
		for i := range 6 {
			r := record(thread("C1", i%3), fmt.Sprint(i))
			r.Over = i == 3
			list = append(list, r)
		}
		list = append(list, record(thread("C2", 1), "elsewhere"), record(issue(1), "no channel"))
		commit(t, db, signals.Outcome{Case: thread("C1", 0), Records: list})
		late := func(channel string, n int) []string {
			out, err := db.Lately(t.Context(), channel, n)
			require.NoError(t, err)
			return occasions(out)
		}
		require.Equal(t, []string{"2", "4", "5"}, late(thread("C1", 0).Channel(), 3))
		require.Equal(t, []string{"0", "1", "2", "4", "5"}, late(thread("C1", 0).Channel(), 64))
		require.Empty(t, late("", 64))
	})
}

// drawRecord draws a record of one case, with nothing left out.
func drawRecord(t *rapid.T, k signals.Key, occasion string) *signals.Record {
	text := rapid.StringMatching(`[a-zß-ÿ"\\\n🙂<>&]{0,12}`)
	at := rapid.Custom(func(t *rapid.T) time.Time {
		if rapid.Bool().Draw(t, "no time") {
			return time.Time{}
		}
		return time.UnixMicro(rapid.Int64Range(-1e15, 4e15).Filter(func(n int64) bool { return n != 0 }).Draw(t, "at")).UTC()
	})
	signal := func() *signals.Signal {
		return &signals.Signal{
			Detector: "d" + rapid.StringMatching(`[a-z]{1,5}`).Draw(t, "detector"), Problem: issue(rapid.IntRange(1, 3).Draw(t, "problem")), Case: k, Occasion: occasion,
			At: at.Draw(t, "at"), Score: rapid.Float64().Draw(t, "score"), Reason: text.Draw(t, "reason"), About: text.Draw(t, "about"), Asked: text.Draw(t, "asked"),
			Need: signals.Need(text.Draw(t, "need")), Audience: signals.Audience(text.Draw(t, "audience")), Evidence: rapid.SliceOfN(text, 0, 3).Draw(t, "evidence"),
		}
	}
	r := &signals.Record{Signal: signal(), Again: at.Draw(t, "again"), Over: rapid.Bool().Draw(t, "over"), Rule: text.Draw(t, "rule")}
	for range rapid.IntRange(0, 2).Draw(t, "asks") {
		r.Asks = append(r.Asks, signals.Asking{
			Of: at.Draw(t, "ask of"), At: at.Draw(t, "asked at"), State: signals.State(text.Draw(t, "ask state")), Why: text.Draw(t, "ask why"), Look: at.Draw(t, "ask look"), Message: text.Draw(t, "ask message"),
		})
	}
	if rapid.Bool().Draw(t, "ledger") {
		r.Ledger = &signals.Ledger{
			Signal: text.Draw(t, "of"), Case: k, Quiet: at.Draw(t, "quiet"), Partly: at.Draw(t, "partly"), Died: signals.Stage(text.Draw(t, "died")), Why: text.Draw(t, "why"), DiedAt: at.Draw(t, "died at"),
			Times: rapid.MapOf(rapid.SampledFrom(signals.Stages), at).Draw(t, "times"), Proxy: rapid.MapOf(rapid.SampledFrom(signals.Stages), rapid.Just(true)).Draw(t, "proxy"),
		}
	}
	for i := range rapid.IntRange(0, 3).Draw(t, "nudges") {
		n := &signals.Nudge{
			Signal: r.Signal, To: text.Draw(t, "to"), Owner: text.Draw(t, "owner"), Step: i, State: signals.State(text.Draw(t, "state")), Why: text.Draw(t, "why"),
			Route: text.Draw(t, "route"), At: at.Draw(t, "at"), Look: at.Draw(t, "look"), Message: text.Draw(t, "message"),
		}
		if rapid.Bool().Draw(t, "another signal") {
			n.Signal = signal()
		}
		r.Nudges = append(r.Nudges, n)
	}
	return r
}

// alike takes away what is allowed to differ: nil and empty, and times that are zero.
func alike(r *signals.Record) *signals.Record {
	plain := func(s *signals.Signal) *signals.Signal {
		c := *s
		if len(c.Evidence) == 0 {
			c.Evidence = nil
		}
		return &c
	}
	out := *r
	out.Signal = plain(r.Signal)
	if r.Ledger != nil {
		l := *r.Ledger
		l.Times, l.Proxy = map[signals.Stage]time.Time{}, map[signals.Stage]bool{}
		for s, at := range r.Ledger.Times {
			if !at.IsZero() {
				l.Times[s] = at
			}
		}
		for s, p := range r.Ledger.Proxy {
			l.Proxy[s] = p
		}
		out.Ledger = &l
	}
	out.Nudges = nil
	for _, n := range r.Nudges {
		c := *n
		c.Signal = plain(n.Signal)
		out.Nudges = append(out.Nudges, &c)
	}
	return &out
}

// What is stored is what is read, new and changed.
func TestRecordRoundTrip(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		n := 0
		rapid.Check(t, func(t *rapid.T) {
			n++
			if n > 60 {
				return // enough: each costs two commits
			}
			k := issue(n)
			list := []*signals.Record{drawRecord(t, k, "a"), drawRecord(t, k, "b")}
			for range 2 {
				require.NoError(t, db.Commit(t.Context(), signals.Outcome{Case: k, Records: list}))
				got, err := db.Records(t.Context(), k)
				require.NoError(t, err)
				require.Len(t, got, 2)
				for i := range got {
					require.Equal(t, alike(list[i]), alike(got[i]))
				}
				again := drawRecord(t, k, "a")
				again.Signal.Detector, again.Rev = list[0].Signal.Detector, list[0].Rev
				list = slices.Clone(list)
				list[0] = again
			}
		})
	})
}
