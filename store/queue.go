package store

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"
)

// jobKind says what a job is for; it is also the name of the queue that it
// waits in, so that slow work of one kind never holds up another.
type jobKind string

// The kinds of jobs.
const (
	lookJob  jobKind = "look"  // look at a case; Arg is its key
	sendJob  jobKind = "send"  // send a message; Arg is its id
	fetchJob jobKind = "fetch" // fetch something from a source; Arg is made by fetchArg
	taskJob  jobKind = "task"  // periodic work; Arg is its name
)

// maxAttempts is the most that River's tables can hold. A job is never given
// up: see [failures.HandleError], which starts the count anew long before.
const maxAttempts = 32767

// schedulerEvery is how often River makes scheduled jobs available. What is due
// sooner is made available at once, with its time, and so is not late.
const schedulerEvery = 5 * time.Second

// job is something to do later. Arg is a key, an id or a name, never text.
type job struct {
	Kind jobKind
	Arg  string
	At   time.Time // when to do it, in real time; zero for now
	Lane lane      // who goes first; usualLane when zero
}

// args is what River stores of a job.
type args struct {
	Arg  string `json:"arg"`
	kind jobKind
}

// Kind returns the name under which River finds the worker.
func (a args) Kind() string { return string(a.kind) }

// row is a job on its way into River's table.
type row struct {
	Args  args     `json:"args"`
	Kind  jobKind  `json:"kind"`
	Lane  lane     `json:"lane"`
	Meta  metadata `json:"meta"`
	State string   `json:"state"`
	At    string   `json:"at"`   // SQLite
	Wait  int64    `json:"wait"` // PostgreSQL: microseconds from now, on the server's clock
}

// metadata stands beside the arguments of a job.
type metadata struct {
	At int64 `json:"at,omitempty"` // when it is due on the domain's clock, in microseconds; 0 for at once
}

// The two ways to store many jobs in one statement, in the given order: ids
// are given in that order, and Drain runs by id.
const (
	pushPostgres = `INSERT INTO river_job (args, kind, queue, max_attempts, priority, metadata, state, scheduled_at)
SELECT e.v->'args', e.v->>'kind', e.v->>'kind', 32767, (e.v->>'lane')::smallint, e.v->'meta', (e.v->>'state')::river_job_state,
	now() + (e.v->>'wait')::bigint * interval '1 microsecond'
FROM jsonb_array_elements(CAST(? AS jsonb)) WITH ORDINALITY AS e(v, n) ORDER BY e.n`

	pushSQLite = `INSERT INTO river_job (args, kind, queue, max_attempts, priority, metadata, state, scheduled_at, created_at)
SELECT CAST(e.value->'args' AS BLOB), e.value->>'kind', e.value->>'kind', 32767, e.value->>'lane', e.value->'meta', e.value->>'state',
	e.value->>'at', strftime('%Y-%m-%d %H:%M:%f', 'now')
FROM json_each(?) AS e ORDER BY e.key`
)

// push stores jobs in tx: they exist exactly if it commits. On PostgreSQL the
// commit also wakes the workers of all replicas.
func push(ctx context.Context, db *DB, tx *sqlx.Tx, jobs ...job) error {
	if len(jobs) == 0 {
		return nil
	}
	rows := make([]row, len(jobs))
	now := time.Now()
	for i, j := range jobs {
		rows[i] = newRow(j, now, db.now())
	}
	body, err := json.Marshal(rows)
	if err != nil {
		return fmt.Errorf("encode %d jobs: %w", len(jobs), err)
	}
	query := pushSQLite
	if db.postgres {
		query = pushPostgres
	}
	if _, err := db.execIn(ctx, tx, query, string(body)); err != nil {
		return fmt.Errorf("store %d jobs, the first to %s %s: %w", len(jobs), jobs[0].Kind, jobs[0].Arg, err)
	}
	for _, r := range rows {
		db.pushed[r.Lane].Add(1)
	}
	return notify(ctx, db, tx, jobs)
}

// newRow makes the row of j. wall and domain are what the two clocks say.
func newRow(j job, wall, domain time.Time) row {
	r := row{Args: args{Arg: storable(j.Arg)}, Kind: j.Kind, Lane: cmp.Or(j.Lane, usualLane), State: "available", At: sqliteTime(wall)}
	if wait := j.At.Sub(wall); !j.At.IsZero() && wait > 0 {
		r.Wait = wait.Microseconds()
		r.At = sqliteTime(j.At)
		r.Meta.At = domain.Add(wait).UnixMicro()
		if wait > schedulerEvery {
			r.State = "scheduled"
		}
	}
	return r
}

// sqliteTime writes a time as River's tables in SQLite hold it.
func sqliteTime(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05.000") }

// notify wakes the workers of the jobs' queues when tx commits. Only PostgreSQL
// can; with SQLite the workers of the one process poll.
func notify(ctx context.Context, db *DB, tx *sqlx.Tx, jobs []job) error {
	if !db.postgres {
		return nil
	}
	told := map[jobKind]bool{}
	for _, j := range jobs {
		if told[j.Kind] || !j.At.IsZero() {
			continue
		}
		told[j.Kind] = true
		const query = `SELECT pg_notify(current_schema() || '.river_insert', $1)`
		if _, err := tx.ExecContext(ctx, query, fmt.Sprintf(`{"queue": %q}`, string(j.Kind))); err != nil {
			return fmt.Errorf("wake the %s workers: %w", j.Kind, err)
		}
	}
	return nil
}

// claim is a job that is being worked, as the context of its handler carries it.
type claim struct {
	id      int64
	attempt int
	kind    jobKind
	arg     string
	lane    lane // set by Drain only
}

type claimKey struct{}

// withClaim gives the handler's context its job.
func withClaim(ctx context.Context, c claim) context.Context {
	return context.WithValue(ctx, claimKey{}, c)
}

// withoutJob hides the job from work that may commit several times.
func withoutJob(ctx context.Context) context.Context {
	return context.WithValue(ctx, claimKey{}, nil)
}

// finish completes the job that ctx carries in tx. Without one it does nothing.
// It returns ErrStale when the job is no longer this worker's: it was completed
// before, or rescued and taken by another. Then tx must not commit.
func finish(ctx context.Context, db *DB, tx *sqlx.Tx) error {
	c, ok := ctx.Value(claimKey{}).(claim)
	if !ok {
		return nil
	}
	res, err := db.execIn(ctx, tx, db.completeQuery(), c.id, c.attempt)
	if err != nil {
		return fmt.Errorf("complete the job to %s %s: %w", c.kind, c.arg, err)
	}
	n, err := res.RowsAffected()
	if err != nil {
		return fmt.Errorf("complete the job to %s %s: %w", c.kind, c.arg, err)
	}
	if n == 0 {
		return fmt.Errorf("complete the job to %s %s: it was completed or taken over: %w", c.kind, c.arg, ErrStale)
	}
	return nil
}

// completeQuery completes a job that is still its worker's: by id and attempt,
// because the same job may meanwhile be with another.
func (db *DB) completeQuery() string {
	return `UPDATE river_job SET state = 'completed', finalized_at = ` + db.realNow() + ` WHERE id = ? AND state = 'running' AND attempt = ?`
}

// execIn runs a statement of the queue in tx, in its prepared form where there
// is one.
func (db *DB) execIn(ctx context.Context, tx *sqlx.Tx, query string, args ...any) (sql.Result, error) {
	if s, ok := db.stmts.Load(query); ok {
		return tx.StmtxContext(ctx, s.(*sqlx.Stmt)).ExecContext(ctx, args...)
	}
	return tx.ExecContext(ctx, tx.Rebind(query), args...)
}

// realNow is the server's clock in SQL, in the form that River's tables hold.
func (db *DB) realNow() string {
	if db.postgres {
		return "now()"
	}
	return "strftime('%Y-%m-%d %H:%M:%f', 'now')"
}

// Hint asks for a thing to be fetched from a source soon: once while such a
// wish waits; one whose fetching has begun does not count, because it may have
// seen the thing as it was before.
func (db *DB) Hint(ctx context.Context, source, ref string) (err error) {
	defer explain(&err, fmt.Sprintf("store the hint to fetch %q from %q", ref, source))
	arg, err := fetchArg(source, ref)
	if err != nil {
		return err
	}
	return db.inTx(ctx, func(t *txn) error {
		res, err := t.exec(ctx, addHint, storable(source), storable(ref))
		if err != nil {
			return err
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 {
			return err
		}
		return push(ctx, db, t.Tx, job{Kind: fetchJob, Arg: arg})
	})
}

const addHint = `INSERT INTO hints (source, ref) VALUES (?, ?) ON CONFLICT DO NOTHING`

// fetchArg joins source and ref to the argument of a fetch job.
func fetchArg(source, ref string) (string, error) {
	if source == "" || ref == "" || strings.Contains(source, "|") {
		return "", errors.New("both must be given, and a source has no '|' in its name")
	}
	return storable(source + "|" + ref), nil
}
