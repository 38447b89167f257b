package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"andon/signals"
)

const standingColumns = "key, last, looked, look, posts_at, learnt"

const dueQuery = "SELECT id, key FROM cases WHERE look > 0 AND queued = 0 AND look <= ? ORDER BY look, key LIMIT ?"

func scanStanding(scan func(...any) error) (s signals.Standing, err error) {
	var key string
	var look, learnt int64
	if err := scan(&key, &s.Last, &s.Looked, &look, &s.Posts, &learnt); err != nil {
		return s, err
	}
	s.Look, s.Learnt = timeOf(look), timeOf(learnt)
	s.Case, err = readKey(key)
	return s, err
}

// Standing returns where a case stands with the loop; false for one that has no
// events.
func (db *DB) Standing(ctx context.Context, k signals.Key) (s signals.Standing, ok bool, err error) {
	defer explain(&err, "read where a case stands")
	rows, err := db.read(ctx, "SELECT "+standingColumns+" FROM cases WHERE key = ? AND last > 0", keyText(k))
	if err != nil {
		return s, false, err
	}
	err = each(rows, func(scan func(...any) error) error {
		ok = true
		s, err = scanStanding(scan)
		return err
	})
	return s, ok && err == nil, err
}

// Standings yields where each case of a source stands ("" for all sources), by
// key. It stops with the first error of yield.
func (db *DB) Standings(ctx context.Context, source string, yield func(signals.Standing) error) (err error) {
	defer explain(&err, "read where the cases stand")
	rows, err := db.read(ctx, "SELECT "+standingColumns+" FROM cases WHERE last > 0 AND (? = '' OR source = ?) ORDER BY key", source, source)
	if err != nil {
		return err
	}
	return each(rows, func(scan func(...any) error) error {
		s, err := scanStanding(scan)
		if err != nil {
			return err
		}
		return yield(s)
	})
}

// Wake queues looks at up to limit cases whose time has come and that are not
// queued, the longest waiting first, and says how many.
func (db *DB) Wake(ctx context.Context, now time.Time, limit int) (n int, err error) {
	defer explain(&err, "wake the cases whose time has come")
	skip := ""
	if db.dialect.postgres {
		skip = " FOR UPDATE SKIP LOCKED" // who holds it will leave a wish of its own; and nobody waits in a circle
	}
	err = db.inTx(ctx, func(t *txn) error {
		var ids []int64
		var jobs []job
		rows, err := t.query(ctx, dueQuery+skip, micros(now), limit)
		if err != nil {
			return err
		}
		err = each(rows, func(scan func(...any) error) error {
			var id int64
			var key string
			err := scan(&id, &key)
			ids, jobs = append(ids, id), append(jobs, job{Kind: lookJob, Arg: key})
			return err
		})
		n = len(ids)
		if err != nil || n == 0 {
			return err
		}
		if _, err := t.exec(ctx, "UPDATE cases SET queued = 1 WHERE "+t.db.dialect.in("id"), list(t.db.dialect, ids)); err != nil {
			return err
		}
		return push(ctx, t.db, t.Tx, jobs...)
	})
	if err != nil {
		return 0, err
	}
	return n, nil
}

// NextLook is the earliest time at which a case that is not queued wants to be
// looked at; zero when none does.
func (db *DB) NextLook(ctx context.Context) (at time.Time, err error) {
	defer explain(&err, "read when the next case is due")
	var us int64
	err = db.readOne(ctx, "SELECT look FROM cases WHERE look > 0 AND queued = 0 ORDER BY look, key LIMIT 1", nil, &us)
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	return timeOf(us), err
}
