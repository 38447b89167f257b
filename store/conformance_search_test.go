package store_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"andon/signals"
	"andon/store"
)

func TestToward(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		var list []*signals.Record
		for i := range 5 {
			r := record(issue(i), fmt.Sprint(i))
			r.Over = i == 1
			nudge(r, []string{"bob", "cat"}[i%2], signals.Shadowed, "")
			nudge(r, "bob", signals.Held, "")
			list = append(list, r)
		}
		list = append(list, record(issue(9), "to nobody"))
		commit(t, db, signals.Outcome{Case: issue(1), Records: list})
		toward := func(n int, who ...string) []string {
			out, err := db.Toward(t.Context(), who, n)
			require.NoError(t, err)
			return occasions(out)
		}
		require.Equal(t, []string{"4", "3", "2"}, toward(3, "bob"), "the newest first, each once")
		require.Equal(t, []string{"3", "1"}, toward(9, "cat"))
		require.Equal(t, []string{"4", "3", "2", "1", "0"}, toward(9, "cat", "bob", "eve"))
		require.Empty(t, toward(9, "eve"))
		require.Empty(t, toward(9))
		require.Empty(t, toward(0, "bob"))
		out, err := db.Toward(t.Context(), []string{"cat"}, 1)
		require.NoError(t, err)
		require.Equal(t, []*signals.Record{list[3]}, out, "with all its nudges, in their order")
	})
}

func TestRaised(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		var list []*signals.Record
		for i, who := range []string{"jira/main/ann", "", bob, "jira/main/ann", "odd\x00"} {
			r := record(issue(i), fmt.Sprint(i))
			r.Raiser = who
			list = append(list, r)
		}
		commit(t, db, signals.Outcome{Case: issue(1), Records: list})
		raised := func(n int, who ...string) []string {
			out, err := db.Raised(t.Context(), who, n)
			require.NoError(t, err)
			return occasions(out)
		}
		require.Equal(t, []string{"3", "0"}, raised(9, "jira/main/ann"))
		require.Equal(t, []string{"3", "2"}, raised(2, bob, "jira/main/ann"))
		require.Equal(t, []string{"4"}, raised(2, "odd\x00"))
		require.Empty(t, raised(9, ""), "nobody raised nothing")
		require.Empty(t, raised(9))
		got := records(t, db, issue(0))[0]
		require.Equal(t, "jira/main/ann", got.Raiser)
		got.Raiser = bob
		commit(t, db, signals.Outcome{Case: issue(0), Records: []*signals.Record{got}})
		require.Equal(t, []string{"2", "0"}, raised(9, bob))
		require.Equal(t, []string{"3"}, raised(9, "jira/main/ann"))
	})
}

// What was stored since then counts, by the time of the decision or of the
// settling, and what was found since then.
func TestSince(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		early := monday.AddDate(0, 0, -20)
		var list []*signals.Record
		for i := range 3 {
			r := record(issue(i), fmt.Sprint(i))
			r.Signal.At = early
			list = append(list, r)
		}
		late := record(issue(7), "found later")
		late.Signal.At = monday.Add(time.Hour)
		list = append(list, late)
		commit(t, db, signals.Outcome{Case: issue(1), Records: list, Basis: signals.Basis{Now: early}})
		since := func(at time.Time) (out []string) {
			require.NoError(t, db.Since(t.Context(), at, func(r *signals.Record) error {
				out = append(out, r.Signal.Occasion)
				return nil
			}))
			return out
		}
		require.Equal(t, []string{"0", "1", "2", "found later"}, since(early))
		require.Equal(t, []string{"0", "1", "2", "found later"}, since(time.Time{}))
		require.Equal(t, []string{"found later"}, since(early.Add(time.Microsecond)))
		commit(t, db, signals.Outcome{Case: issue(2), Records: list[2:3], Basis: signals.Basis{Now: monday.Add(-time.Hour)}})
		commit(t, db, signals.Outcome{Case: issue(1), Records: list[1:2]})
		require.Equal(t, []string{"1", "2", "found later"}, since(monday.Add(-time.Hour)), "in the order in which they were first stored")
		require.Equal(t, []string{"1", "found later"}, since(monday), "a decision without a time was made now")
		require.Empty(t, since(monday.Add(2*time.Hour)))

		nudge(list[0], bob, signals.Sending, "m1")
		commit(t, db, signals.Outcome{Case: issue(0), Records: list[:1], Basis: signals.Basis{Now: early}})
		m, rs := claimed(t, db, "m1", monday)
		m.State, m.SentRev = signals.Sent, 1
		require.NoError(t, db.Settle(t.Context(), m, rs, time.Time{}))
		require.Equal(t, []string{"0", "1", "found later"}, since(monday))
		enough := errors.New("enough")
		calls := 0
		require.ErrorIs(t, db.Since(t.Context(), early, func(*signals.Record) error { calls++; return enough }), enough)
		require.Equal(t, 1, calls)
	})
}

func TestMoved(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		appendAll(t, db, delivery("1", event(issue(2), 1, signals.Assigned), event(issue(10), 2, signals.TeamMoved), event(issue(2), 3, signals.Assigned),
			event(issue(3), 4, signals.Said), event(thread("C1", 1), 5, signals.Closed)))
		moved := func(from, until int, kinds ...signals.Kind) []signals.Key {
			out, err := db.Moved(t.Context(), kinds, monday.Add(time.Duration(from)*time.Minute), monday.Add(time.Duration(until)*time.Minute))
			require.NoError(t, err)
			return out
		}
		require.Equal(t, []signals.Key{issue(10), issue(2), thread("C1", 1)}, moved(0, 9, signals.Assigned, signals.TeamMoved, signals.Closed))
		require.Equal(t, []signals.Key{issue(2)}, moved(1, 2, signals.Assigned, signals.TeamMoved), "until is not within")
		require.Equal(t, []signals.Key{issue(2)}, moved(2, 9, signals.Assigned))
		require.Empty(t, moved(4, 9, signals.Assigned))
		require.Empty(t, moved(0, 9))
	})
}

// What one person says of a nudge replaces what they said of it before.
func TestOpinionReplaces(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		first := signals.Opinion{Nudge: "n1", By: bob, Verdict: "useless", Why: "noise", At: monday}
		other := signals.Opinion{Nudge: "n1", By: "ann", Verdict: "useless", Why: "late", At: monday}
		then := signals.Opinion{Nudge: "n1", By: bob, Verdict: "useful", At: monday.Add(time.Minute)}
		for _, o := range []signals.Opinion{first, other, then, first} {
			require.NoError(t, db.AddOpinion(ctx, o))
		}
		got, err := db.Opinions(ctx, time.Time{})
		require.NoError(t, err)
		require.Equal(t, []signals.Opinion{other, then}, got, "an older one that comes late changes nothing")
	})
}
