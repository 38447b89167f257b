package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/rivertype"
)

// drainTries is how often a job may fail in one Drain.
const drainTries = 5

// Drain runs due jobs by lane and then by id, one at a time, in this goroutine
// and without River's client, until none is left, and returns how many
// attempts that were. A job that was put off is due by the domain's clock;
// one that failed is due again at once, after those that are due already. What
// becomes due meanwhile and is more urgent than what is left goes first. A job
// that fails 5 times ends the Drain with its error. It serves tests and
// step-by-step runs on a virtual clock.
func (db *DB) Drain(ctx context.Context, h Handlers) (jobs int, err error) {
	defer explain(&err, "run the due jobs")
	tries, failed := map[int64]int{}, map[int64]bool{}
	for {
		seen := db.lanes()
		due, err := db.due(ctx, h)
		if err != nil {
			return jobs, err
		}
		due = slices.DeleteFunc(due, func(c claim) bool { return failed[c.id] })
		if len(due) == 0 && len(failed) == 0 {
			return jobs, nil
		}
		ended := true
		for _, c := range due {
			if ended = !db.overtaken(c, seen); !ended {
				break
			}
			ran, cause, err := db.drainOne(ctx, h, c)
			if ran {
				jobs++
			}
			if err != nil {
				return jobs, err
			}
			if cause == nil {
				continue
			}
			failed[c.id] = true
			if tries[c.id]++; tries[c.id] >= drainTries {
				return jobs, fmt.Errorf("%s %s failed %d times: %w", c.kind, c.arg, drainTries, cause)
			}
		}
		if ended {
			clear(failed) // they are due again
		}
	}
}

// drainOne runs one job, unless a worker took it. failed is the error of its
// handler, err that of the queue, or both when ctx ended.
func (db *DB) drainOne(ctx context.Context, h Handlers, c claim) (ran bool, failed, err error) {
	if ran, err = db.begin(ctx, &c); err != nil || !ran {
		return false, nil, err
	}
	failed = db.perform(ctx, h, c)
	if err := db.end(ctx, c, failed); err != nil {
		return true, failed, errors.Join(failed, err)
	}
	if failed != nil && ctx.Err() != nil {
		return true, failed, errors.Join(failed, ctx.Err())
	}
	return true, failed, nil
}

// lanes counts the jobs that this process stored or hastened, by lane.
func (db *DB) lanes() (n [idleLane + 1]int64) {
	for i := range n {
		n[i] = db.pushed[i].Load()
	}
	return n
}

// overtaken reports whether something more urgent than a job may have come since
// the lanes were counted.
func (db *DB) overtaken(c claim, seen [idleLane + 1]int64) bool {
	now := db.lanes()
	for i := range c.lane {
		if now[i] != seen[i] {
			return true
		}
	}
	return false
}

// due lists the jobs that are due now, by lane and then by id.
func (db *DB) due(ctx context.Context, h Handlers) ([]claim, error) {
	query, params, err := sqlx.In(`SELECT id, attempt, kind, priority, CAST(args AS TEXT) AS args, CAST(metadata AS TEXT) AS metadata, state
		FROM river_job WHERE state IN ('available', 'retryable', 'scheduled') AND queue IN (?) ORDER BY priority, id`, h.kinds())
	if err != nil {
		return nil, fmt.Errorf("read the jobs that are due: there is no handler: %w", err)
	}
	var rows []struct {
		ID       int64  `db:"id"`
		Attempt  int    `db:"attempt"`
		Kind     string `db:"kind"`
		Lane     lane   `db:"priority"`
		Args     string `db:"args"`
		Metadata string `db:"metadata"`
		State    string `db:"state"`
	}
	if err := db.w.SelectContext(ctx, &rows, db.w.Rebind(query), params...); err != nil {
		return nil, fmt.Errorf("read the jobs that are due: %w", err)
	}
	now := db.now().UnixMicro()
	due := make([]claim, 0, len(rows))
	for _, r := range rows {
		var a args
		var m metadata
		if err := errors.Join(json.Unmarshal([]byte(r.Args), &a), json.Unmarshal([]byte(r.Metadata), &m)); err != nil {
			return nil, fmt.Errorf("read the arguments of job %d: %w", r.ID, err)
		}
		if m.At > now && r.Attempt == 0 {
			continue
		}
		due = append(due, claim{id: r.ID, attempt: r.Attempt, kind: jobKind(r.Kind), arg: a.Arg, lane: r.Lane})
	}
	return due, nil
}

// begin takes the job, unless a worker did. PostgreSQL need not wait for its
// disk: a beginning that a crash undoes leaves the job to be begun again.
func (db *DB) begin(ctx context.Context, c *claim) (bool, error) {
	from := ""
	if db.postgres {
		from = " FROM (SELECT set_config('synchronous_commit', 'off', true)) AS hasty"
	}
	res, err := db.w.ExecContext(ctx, db.w.Rebind(`UPDATE river_job SET state = 'running', attempt = attempt + 1, attempted_at = `+db.realNow()+
		from+` WHERE id = ? AND attempt = ? AND state IN ('available', 'retryable', 'scheduled')`), c.id, c.attempt)
	if err != nil {
		return false, fmt.Errorf("begin the job to %s %s: %w", c.kind, c.arg, err)
	}
	n, err := res.RowsAffected()
	c.attempt++
	return n > 0, err
}

// end completes the job, unless its handler did, or notes how it failed.
func (db *DB) end(ctx context.Context, c claim, failed error) error {
	ctx, cancel := aside(ctx)
	defer cancel()
	if failed == nil && c.kind == lookJob {
		return nil // perform made sure of it
	}
	if failed == nil {
		_, err := db.w.ExecContext(ctx, db.w.Rebind(db.completeQuery()), c.id, c.attempt)
		if err != nil {
			return fmt.Errorf("complete the job to %s %s: %w", c.kind, c.arg, err)
		}
		return nil
	}
	now := time.Now().UTC().Round(0)
	note, err := json.Marshal(rivertype.AttemptError{At: now, Attempt: c.attempt, Error: short(failed.Error())})
	if err != nil {
		return fmt.Errorf("encode the error of the job to %s %s: %w", c.kind, c.arg, err)
	}
	at := now.Add(pause(c.attempt))
	_, err = db.executor().JobSetStateIfRunningMany(ctx, &riverdriver.JobSetStateIfRunningManyParams{
		ID: []int64{c.id}, Attempt: []*int{nil}, ErrData: [][]byte{note}, FinalizedAt: []*time.Time{nil},
		MetadataDoMerge: []bool{false}, MetadataUpdates: [][]byte{nil}, ScheduledAt: []*time.Time{&at},
		State: []rivertype.JobState{rivertype.JobStateRetryable},
	})
	if err != nil {
		return fmt.Errorf("note the error of the job to %s %s: %w", c.kind, c.arg, err)
	}
	return nil
}
