package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"strings"
	"sync"
	"time"

	"github.com/jmoiron/sqlx"
)

// dialect is where the two databases differ.
type dialect struct{ postgres bool }

// lock is what a SELECT ends with when its rows are to be held until the
// transaction ends. SQLite has one writer, which holds everything.
func (d dialect) lock() string {
	if d.postgres {
		return " FOR UPDATE"
	}
	return ""
}

// in is a condition "column is one of a list"; the list is one argument, made
// by list, so that the text of a statement does not depend on its length.
func (d dialect) in(column string) string {
	if d.postgres {
		return column + " = ANY(?)"
	}
	return column + " IN (SELECT value FROM json_each(?))"
}

// list is the argument of in.
func list[T string | int64](d dialect, values []T) any {
	if values == nil {
		values = []T{}
	}
	if d.postgres {
		return values
	}
	b, err := json.Marshal(values)
	if err != nil {
		panic("strings and numbers cannot fail to encode: " + err.Error())
	}
	return string(b)
}

// txn is one writing transaction.
type txn struct {
	*sqlx.Tx
	db     *DB
	missed []string
}

// retries is how often a transaction that lost a race inside the database is
// tried again. The order of locks makes that rare.
const retries = 5

// inTx runs f in one writing transaction; on an error nothing of it is stored.
// f may run more than once.
func (db *DB) inTx(ctx context.Context, f func(*txn) error) error {
	for try := 0; ; try++ {
		err := db.tryTx(ctx, f)
		if err == nil || !again(err) || try == retries || ctx.Err() != nil {
			return err
		}
		db.log.Debug("a transaction lost a race inside the database and is tried again", "error", err)
	}
}

func (db *DB) tryTx(ctx context.Context, f func(*txn) error) error {
	x, err := db.w.BeginTxx(ctx, nil)
	if err != nil {
		return err
	}
	t := &txn{Tx: x, db: db}
	if err := f(t); err != nil {
		_ = x.Rollback() // the first error says more; the database rolls back in any case
		return err
	}
	if err := x.Commit(); err != nil {
		return err
	}
	db.prepare(ctx, t.missed)
	return nil
}

// prepare keeps statements that a transaction had to parse, for the next one.
// It runs between transactions because SQLite has one writing connection.
func (db *DB) prepare(ctx context.Context, queries []string) {
	for _, q := range queries {
		keep(ctx, db.w, &db.stmts, q)
	}
}

func keep(ctx context.Context, on *sqlx.DB, in *sync.Map, q string) *sqlx.Stmt {
	s, err := on.PreparexContext(ctx, q)
	if err != nil {
		return nil // the statement runs unprepared and shows its error there
	}
	if had, loaded := in.LoadOrStore(q, s); loaded {
		_ = s.Close() // nobody else has it
		return had.(*sqlx.Stmt)
	}
	return s
}

// stmt is the prepared form of q, or nil when there is none yet.
func (t *txn) stmt(ctx context.Context, q string) *sqlx.Stmt {
	if t.db.dialect.postgres {
		return nil
	}
	if s, ok := t.db.stmts.Load(q); ok {
		return t.StmtxContext(ctx, s.(*sqlx.Stmt))
	}
	t.missed = append(t.missed, q)
	return nil
}

func (t *txn) exec(ctx context.Context, q string, args ...any) (sql.Result, error) {
	if s := t.stmt(ctx, q); s != nil {
		return s.ExecContext(ctx, args...)
	}
	return t.ExecContext(ctx, t.Rebind(q), args...)
}

func (t *txn) query(ctx context.Context, q string, args ...any) (*sql.Rows, error) {
	if s := t.stmt(ctx, q); s != nil {
		return s.QueryContext(ctx, args...)
	}
	return t.QueryContext(ctx, t.Rebind(q), args...)
}

// one scans the single row of a query; sql.ErrNoRows when there is none.
func (t *txn) one(ctx context.Context, q string, args []any, into ...any) error {
	return scanOne(ctx, t.query, q, args, into...)
}

// read runs a query on the reading handle.
func (db *DB) read(ctx context.Context, q string, args ...any) (*sql.Rows, error) {
	if db.dialect.postgres {
		return db.r.QueryContext(ctx, db.r.Rebind(q), args...)
	}
	s, ok := db.reads.Load(q)
	if !ok {
		if s = keep(ctx, db.r, &db.reads, q); s.(*sqlx.Stmt) == nil {
			return db.r.QueryContext(ctx, q, args...)
		}
	}
	return s.(*sqlx.Stmt).QueryContext(ctx, args...)
}

// readOne scans the single row of a query; sql.ErrNoRows when there is none.
func (db *DB) readOne(ctx context.Context, q string, args []any, into ...any) error {
	return scanOne(ctx, db.read, q, args, into...)
}

// each calls f for every row and closes rows.
func each(rows *sql.Rows, f func(scan func(...any) error) error) error {
	defer func() { _ = rows.Close() }() // rows.Err tells what matters
	for rows.Next() {
		if err := f(rows.Scan); err != nil {
			return err
		}
	}
	return rows.Err()
}

// widest is how many rows one statement stores; both databases limit the
// number of arguments.
const widest = 512

// batches splits n rows into statements of 512, 256, ... 1 rows, so that few
// different texts serve every n.
func batches(n int, f func(from, to int) error) error {
	size := widest
	for from := 0; from < n; {
		for size > n-from {
			size /= 2
		}
		if err := f(from, from+size); err != nil {
			return err
		}
		from += size
	}
	return nil
}

// values is "(?, ?), (?, ?)" for so many rows of a row's pattern.
func values(row string, rows int) string {
	return strings.TrimSuffix(strings.Repeat(row+", ", rows), ", ")
}

// storable makes text that both databases take.
func storable(s string) string {
	if strings.IndexByte(s, 0) >= 0 {
		s = strings.ReplaceAll(s, "\x00", "\uFFFD")
	}
	return strings.ToValidUTF8(s, "\uFFFD")
}

// micros is how a time is stored; 0 stands for no time.
func micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

// timeOf is the inverse of micros.
func timeOf(us int64) time.Time {
	if us == 0 {
		return time.Time{}
	}
	return time.UnixMicro(us).UTC()
}

func bit(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// texts reads rows of one column, a text.
func texts(rows *sql.Rows) (out []string, err error) {
	err = each(rows, func(scan func(...any) error) error {
		var s string
		err := scan(&s)
		out = append(out, s)
		return err
	})
	return out, err
}
