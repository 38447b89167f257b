package store

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"
)

// wakeBatch is how many cases one transaction of Tick queues.
const wakeBatch = 500

// Tick queues what is due at now, on the domain's clock: the looks that cases
// wish for, and every task whose time has come, once across all replicas. A task
// that never ran is due. It is the service's one ticker; tests call it too.
func (db *DB) Tick(ctx context.Context, h Handlers, now time.Time) (err error) {
	defer explain(&err, "queue what is due")
	var errs []error
	for {
		n, err := db.Wake(ctx, now, wakeBatch)
		if err != nil {
			errs = append(errs, err)
			break
		}
		if n < wakeBatch {
			break
		}
	}
	if len(h.Tasks) > 0 {
		errs = append(errs, db.tickTasks(ctx, h, now))
	}
	return errors.Join(errs...)
}

// taskRow is when a task ran and is to run, in microseconds.
type taskRow struct {
	Name   string `db:"name"`
	Next   int64  `db:"next_run"`
	Queued bool   `db:"queued"`
	Last   int64  `db:"last_run"`
}

// due reports whether the task is to be queued. Where its interval was
// shortened since its last run, the new one counts.
func (r taskRow) due(every time.Duration, now time.Time) bool {
	return !r.Queued && (r.Next <= now.UnixMicro() || r.Last > 0 && r.Last+every.Microseconds() <= now.UnixMicro())
}

func (db *DB) tickTasks(ctx context.Context, h Handlers, now time.Time) error {
	var rows []taskRow
	// Most ticks find nothing to do, and then a read is all they cost.
	if err := db.r.SelectContext(ctx, &rows, `SELECT name, next_run, queued <> 0 AS queued, last_run FROM tasks`); err != nil {
		return fmt.Errorf("read when tasks are due: %w", err)
	}
	byName := map[string]taskRow{}
	for _, r := range rows {
		byName[r.Name] = r
	}
	var errs []error
	for _, name := range slices.Sorted(maps.Keys(h.Tasks)) {
		if r, ok := byName[name]; ok && !r.due(h.Tasks[name].Every, now) {
			continue
		}
		errs = append(errs, db.queueTask(ctx, name, h.Tasks[name].Every, now))
	}
	return errors.Join(errs...)
}

// queueTask queues a task unless another replica did. The update that sets the
// flag is also the check: only one of several at once changes the row.
func (db *DB) queueTask(ctx context.Context, name string, every time.Duration, now time.Time) error {
	return db.inTx(ctx, func(t *txn) error {
		if _, err := t.exec(ctx, `INSERT INTO tasks (name) VALUES (?) ON CONFLICT DO NOTHING`, name); err != nil {
			return fmt.Errorf("store task %s: %w", name, err)
		}
		res, err := t.exec(ctx, `UPDATE tasks SET queued = 1
			WHERE name = ? AND queued = 0 AND (next_run <= ? OR (last_run > 0 AND last_run <= ?))`,
			name, now.UnixMicro(), now.Add(-every).UnixMicro())
		if err != nil {
			return fmt.Errorf("queue task %s: %w", name, err)
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 {
			return err
		}
		return push(ctx, db, t.Tx, job{Kind: taskJob, Arg: name})
	})
}

// performTask runs a task, and sets when it is to run next in the transaction
// that completes its job.
func (db *DB) performTask(ctx context.Context, h Handlers, c claim) error {
	t, ok := h.Tasks[c.arg]
	if !ok {
		// Of an older or a newer version: whoever knows it queues it again.
		db.log.Warn("a task was queued that this process does not have", "task", c.arg)
		return db.endTask(ctx, c, `UPDATE tasks SET queued = 0 WHERE name = ?`, c.arg)
	}
	if err := t.Do(withoutJob(ctx)); err != nil {
		ctx, cancel := aside(ctx)
		defer cancel()
		query := db.w.Rebind(`UPDATE tasks SET last_error = ? WHERE name = ?`)
		if _, errNote := db.w.ExecContext(ctx, query, short(err.Error()), c.arg); errNote != nil {
			return errors.Join(err, errNote)
		}
		return err
	}
	now := db.now()
	return db.endTask(ctx, c, `UPDATE tasks SET queued = 0, next_run = ?, last_run = ?, last_error = '' WHERE name = ?`,
		now.Add(t.Every).UnixMicro(), now.UnixMicro(), c.arg)
}

func (db *DB) endTask(ctx context.Context, c claim, query string, params ...any) error {
	ctx, cancel := aside(ctx)
	defer cancel()
	return db.inTx(ctx, func(t *txn) error {
		if _, err := t.exec(ctx, query, params...); err != nil {
			return fmt.Errorf("note that task %s ran: %w", c.arg, err)
		}
		return finish(withClaim(ctx, c), db, t.Tx)
	})
}
