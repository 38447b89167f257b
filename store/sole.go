package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// sole makes this the only worker of an SQLite file until release is called or
// the process ends, however it ends: it locks a file of its own beside the
// database. Only then may jobs that were left running be taken for orphans.
func (db *DB) sole(ctx context.Context) (release func(), err error) {
	path, err := filepath.Abs(db.path)
	if err != nil {
		return nil, fmt.Errorf("find the file %s: %w", db.path, err)
	}
	if target, err := filepath.EvalSymlinks(path); err == nil {
		path = target
	}
	u := url.URL{Scheme: "file", OmitHost: true, Path: filepath.ToSlash(path + ".lock"), RawQuery: "_pragma=busy_timeout(0)"}
	lock, err := sql.Open("sqlite", u.String())
	if err != nil {
		return nil, fmt.Errorf("open %s.lock: %w", path, err)
	}
	lock.SetMaxOpenConns(1)
	// The lock must outlive ctx, which ends when the workers are to stop.
	if _, err := lock.ExecContext(context.WithoutCancel(ctx), `BEGIN EXCLUSIVE`); err != nil {
		lock.Close() //nolint:errcheck // it never held anything
		if lite := (*sqlite.Error)(nil); errors.As(err, &lite) && lite.Code()&0xff == sqlite3.SQLITE_BUSY {
			return nil, fmt.Errorf("another process works %s already: stop that one, or use PostgreSQL for several: %w", path, err)
		}
		return nil, fmt.Errorf("lock %s.lock, which keeps a second process away: %w", path, err)
	}
	return func() { lock.Close() }, nil //nolint:errcheck // closing is releasing
}

// resume makes jobs that a killed process left running available again, and
// forgets which process did River's housekeeping.
func (db *DB) resume(ctx context.Context) error {
	res, err := db.w.ExecContext(ctx, `UPDATE river_job SET state = 'available', scheduled_at = `+db.realNow()+` WHERE state = 'running'`)
	if err != nil {
		return fmt.Errorf("resume the jobs of an earlier process: %w", err)
	}
	if n, err := res.RowsAffected(); err == nil && n > 0 {
		db.log.Info("jobs of an earlier process are resumed", "jobs", n)
	}
	if _, err := db.w.ExecContext(ctx, `DELETE FROM river_leader`); err != nil {
		return fmt.Errorf("take over the queue from an earlier process: %w", err)
	}
	return nil
}
