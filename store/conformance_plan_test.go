package store_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"andon/signals"
	"andon/store"
	"andon/store/storetest"
)

// The statements that run for every event and every look must find their rows
// by an index however much the journal holds.
func TestPlans(t *testing.T) {
	db := open(t, storetest.SQLite(t))
	for name, q := range store.HotQueries(db) {
		var plan []struct {
			ID, Parent, NotUsed int
			Detail              string
		}
		args := make([]any, strings.Count(q, "?"))
		for i := range args {
			args[i] = "[1]"
		}
		require.NoError(t, db.Writer().Select(&plan, "EXPLAIN QUERY PLAN "+q, args...), name)
		require.NotEmpty(t, plan, name)
		for _, p := range plan {
			// json_each is the list in the argument, p the few posts that a subquery found.
			if whole, ok := strings.CutPrefix(p.Detail, "SCAN "); ok && !strings.HasPrefix(whole, "json_each") && whole != "p" {
				t.Errorf("%s reads a whole table: %s", name, p.Detail)
			}
		}
		t.Log(name, plan)
	}
}

// With many records of which few are recent, both databases find those by an
// index.
func TestSearchPlans(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		const many, recent = 100_000, 500
		series, explain := "generate_series(1, ?::bigint) AS s(n)", "EXPLAIN "
		postgres := db.Writer().DriverName() != "sqlite"
		if !postgres {
			series, explain = "(WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < ?) SELECT n FROM s) AS s", "EXPLAIN QUERY PLAN "
		}
		w := db.Writer()
		for _, q := range []string{
			`INSERT INTO records (key, case_key, channel, detector, state, at, over, rev, raiser, stored, body)
				SELECT 'k' || n, 'jira/main/' || n, '', 'stall', 'generated', n, 0, 1, 'jira/main/p' || (n % 999), n,
				'{"signal":{"detector":"stall","problem":["jira","main","1"],"case":["jira","main","1"],"occasion":"o","at":1,"score":1,"reason":""}}' FROM ` + series,
			`INSERT INTO nudges (key, record, place, detector, target, step, owner, state, message, at, look, why, route)
				SELECT 'k' || n, n, 0, 'stall', 'p' || (n % 999), 0, '', 'sent', '', 1, 0, '', '' FROM ` + series,
			`INSERT INTO cases (key, source, channel) SELECT 'jira/main/' || n, 'jira', '' FROM ` + series,
			`INSERT INTO events (id, case_id, envelope, room, learn, kind, at, entry, item) SELECT 'e' || n, n, 0, 0, 0, CASE n % 9 WHEN 0 THEN 'closed' ELSE 'said' END, n, 0, 0 FROM ` + series,
		} {
			_, err := w.Exec(w.Rebind(q), many)
			require.NoError(t, err)
		}
		if postgres {
			_, err := w.Exec("ANALYZE")
			require.NoError(t, err)
		}
		since := time.UnixMicro(many - recent + 1)
		for name, q := range store.SearchQueries(db, since) {
			rows, err := w.Query(w.Rebind(explain+q.SQL), q.Args...)
			require.NoError(t, err, name)
			var plan strings.Builder
			for rows.Next() {
				cols, err := rows.Columns()
				require.NoError(t, err)
				into := make([]any, len(cols))
				for i := range into {
					into[i] = new(any)
				}
				require.NoError(t, rows.Scan(into...))
				fmt.Fprintln(&plan, *into[len(into)-1].(*any))
			}
			require.NoError(t, rows.Err())
			require.NotContains(t, plan.String(), "Seq Scan", name)
			require.NotRegexp(t, `SCAN (r|n|e|c|records|nudges|events|cases)\b`, plan.String(), name)
			t.Log(name, plan.String())
		}
		n := 0
		require.NoError(t, db.Since(t.Context(), since, func(r *signals.Record) error {
			n++
			return nil
		}))
		require.Equal(t, recent, n)
		keys, err := db.Moved(t.Context(), []signals.Kind{signals.Closed}, time.UnixMicro(90), time.UnixMicro(100))
		require.NoError(t, err)
		require.Equal(t, []signals.Key{issue(90), issue(99)}, keys)
	})
}
