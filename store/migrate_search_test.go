package store_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"andon/signals"
	"andon/store"
	"andon/store/storetest"
)

// older takes a database with records, opinions and messages back to the schema
// before searches, in which a person may have said several things of one nudge.
func older(t testing.TB, db *store.DB) {
	t.Helper()
	ctx := t.Context()
	early := monday.AddDate(0, 0, -20)
	pulled := event(issue(3), 1, signals.Pulled)
	pulled.Actor = bob
	appendAll(t, db, delivery("1", pulled))
	plain, told, solved, cord := record(issue(0), "plain"), record(issue(1), "told"), record(issue(2), "solved"), record(issue(3), pulled.ID)
	cord.Signal.Detector = "cord"
	for _, r := range []*signals.Record{plain, told, solved, cord} {
		r.Signal.At = early
		r.Ledger.Times[signals.Generated] = early
	}
	nudge(told, bob, signals.Sending, "m1").At = early.AddDate(0, 0, 5)
	solved.Ledger.Reach(signals.Corrected, early.AddDate(0, 0, 9), false)
	commit(t, db, signals.Outcome{Case: issue(0), Records: []*signals.Record{plain, told, solved, cord}})
	require.NoError(t, db.AddOpinion(ctx, signals.Opinion{Nudge: "n", By: bob, Verdict: "useless", At: monday}))
	require.NoError(t, db.Notice(ctx, "weekly", "admin", []byte("digest"), monday))
	store.MigrateTo(t, db, 21)
	for _, q := range []string{
		"INSERT INTO feedback (nudge, person, verdict, why, at) VALUES ('n', 'slack/T1/U2', 'useful', '', 1)",
		"INSERT INTO feedback (nudge, person, verdict, why, at) VALUES ('n', 'ann', 'useful', '', 2)",
	} {
		_, err := db.Writer().Exec(q)
		require.NoError(t, err)
	}
}

func requireMended(t testing.TB, db *store.DB, solvedKnown bool) {
	t.Helper()
	ctx := t.Context()
	since := func(days int) (out []string) {
		require.NoError(t, db.Since(ctx, monday.AddDate(0, 0, days), func(r *signals.Record) error {
			out = append(out, r.Signal.Occasion)
			return nil
		}))
		return out
	}
	require.Len(t, since(-20), 4)
	if solvedKnown {
		require.Equal(t, []string{"told", "solved"}, since(-15))
		require.Equal(t, []string{"solved"}, since(-11))
	} else {
		require.Equal(t, []string{"told"}, since(-15))
	}
	require.Empty(t, since(0))
	got, err := db.Opinions(ctx, time.Time{})
	require.NoError(t, err)
	require.Equal(t, []string{"ann useful", bob + " useless"}, []string{got[0].By + " " + got[0].Verdict, got[1].By + " " + got[1].Verdict})
	require.NoError(t, db.AddOpinion(ctx, signals.Opinion{Nudge: "n", By: bob, Verdict: "useful", At: monday.Add(time.Hour)}))
	got, err = db.Opinions(ctx, time.Time{})
	require.NoError(t, err)
	require.Len(t, got, 2)
	n, _ := claimed(t, db, "weekly", monday)
	require.NoError(t, db.Settle(ctx, n, nil, time.Now().Add(time.Hour)))
	require.Equal(t, 4, store.Lanes(t, db, "send")["weekly"])
}

func TestMigrateSearch(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		older(t, db)
		from, to, err := db.Migrate(t.Context())
		require.NoError(t, err)
		require.EqualValues(t, 21, from)
		require.GreaterOrEqual(t, to, int64(30))
		store.TakeJobs(t, db, "send")
		requireMended(t, db, true)
		raised, err := db.Raised(t.Context(), []string{bob}, 9)
		require.NoError(t, err)
		require.Len(t, raised, 1, "who pulled a cord is known")
	})
}

func TestImportOlderCopy(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		old := open(t, storetest.SQLite(t))
		older(t, old)
		_, err := db.Import(t.Context(), strings.NewReader(export(t, old)))
		require.NoError(t, err)
		store.TakeJobs(t, db, "send")
		requireMended(t, db, false)
	})
}
