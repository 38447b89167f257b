package store

import (
	"context"
	"encoding/json"
	"io/fs"
	"strings"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/require"
)

// TakeJobs empties the queue of a kind of jobs and returns their arguments in
// their order.
func TakeJobs(t testing.TB, db *DB, kind string) (taken []string) {
	t.Helper()
	require.NoError(t, db.inTx(context.Background(), func(x *txn) error {
		taken = nil
		rows, err := x.query(context.Background(), "SELECT CAST(args AS TEXT) FROM river_job WHERE kind = ? AND state IN ('available', 'scheduled', 'retryable') ORDER BY id", kind)
		if err != nil {
			return err
		}
		err = each(rows, func(scan func(...any) error) error {
			var s string
			if err := scan(&s); err != nil {
				return err
			}
			var a args
			err := json.Unmarshal([]byte(s), &a)
			taken = append(taken, a.Arg)
			return err
		})
		if err != nil {
			return err
		}
		_, err = x.exec(context.Background(), "DELETE FROM river_job WHERE kind = ?", kind)
		return err
	}))
	return taken
}

// Writer is the writing handle, to break things past the store's methods.
func (db *DB) Writer() *sqlx.DB { return db.w }

// Migrations lists the names of the migrations of a dialect.
func Migrations(t testing.TB, dialect string) (names []string) {
	t.Helper()
	files, err := fs.ReadDir(migrations, "migrations/"+dialect)
	require.NoError(t, err)
	for _, f := range files {
		names = append(names, strings.TrimSuffix(f.Name(), ".sql"))
	}
	return names
}

// RawInsert stores the rows of an Append as bare as can be: the same rows in
// the same tables, without asking what was there, in one transaction.
func RawInsert(ctx context.Context, db *DB, sets ...RawSet) error {
	return db.inTx(ctx, func(t *txn) error {
		for _, s := range sets {
			err := batches(len(s.Rows), func(from, to int) error {
				var args []any
				for _, r := range s.Rows[from:to] {
					args = append(args, r...)
				}
				_, err := t.exec(ctx, "INSERT INTO "+s.Into+" VALUES "+values("("+strings.TrimSuffix(strings.Repeat("?, ", len(s.Rows[0])), ", ")+")", to-from), args...)
				return err
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// RawSet is rows for a table and its columns.
type RawSet struct {
	Into string
	Rows [][]any
}

// HotQueries are the statements that run for every event and every look.
func HotQueries(db *DB) map[string]string {
	return map[string]string{
		"follow": followQuery, "case events": caseEventsQuery(db.dialect), "room": roomQuery, "room cases": roomCasesQuery, "due": dueQuery, "head": headQuery,
		"records of cases":  recordsQuery + "WHERE " + db.dialect.in("r.case_key") + recordsOrder,
		"records of nudges": recordsQuery + "WHERE r.id IN (SELECT record FROM nudges WHERE " + db.dialect.in("key") + ")" + recordsOrder,
		"lately":            recordsQuery + latelyWhere + recordsOrder,
		"toward":            recordsQuery + towardWhere(db.dialect) + newestFirst,
		"raised":            recordsQuery + raisedWhere(db.dialect) + newestFirst,
		"since":             recordsQuery + sinceWhere + recordsOrder,
		"moved":             movedQuery(db.dialect),
		"failing":           failingQuery(db.dialect),
		"person of a token": personQuery,
		"old tokens":        oldTokensQuery,
	}
}

// SearchQueries are the statements over more than one case, with the arguments
// to ask for a little.
func SearchQueries(db *DB, at time.Time) map[string]Query {
	few := list(db.dialect, []string{"nobody"})
	return map[string]Query{
		"toward": {recordsQuery + towardWhere(db.dialect) + newestFirst, []any{few, 9}},
		"raised": {recordsQuery + raisedWhere(db.dialect) + newestFirst, []any{few, 9}},
		"since":  {recordsQuery + sinceWhere + recordsOrder, []any{micros(at)}},
		"moved":  {movedQuery(db.dialect), []any{few, micros(at), micros(at.Add(time.Hour))}},
	}
}

// Query is a statement with its arguments.
type Query struct {
	SQL  string
	Args []any
}

// Lanes returns the lanes of the jobs of a kind that wait, by argument.
func Lanes(t testing.TB, db *DB, kind string) map[string]int {
	t.Helper()
	rows, err := db.w.Query(db.w.Rebind("SELECT CAST(args AS TEXT), priority FROM river_job WHERE kind = ? AND state IN ('available', 'scheduled', 'retryable')"), kind)
	require.NoError(t, err)
	out := make(map[string]int)
	require.NoError(t, each(rows, func(scan func(...any) error) error {
		var s string
		var lane int
		if err := scan(&s, &lane); err != nil {
			return err
		}
		var a args
		err := json.Unmarshal([]byte(s), &a)
		out[a.Arg] = lane
		return err
	}))
	return out
}

// MigrateTo takes the schema back to a version.
func MigrateTo(t testing.TB, db *DB, version int64) {
	t.Helper()
	p, err := db.provider()
	require.NoError(t, err)
	_, err = p.DownTo(context.Background(), version)
	require.NoError(t, err)
}
