package store

import (
	"context"
	"fmt"
	"strings"
	"time"
)

// QueueState says how one queue stands.
type QueueState struct {
	Name     string        // look, send, fetch or task
	Waiting  int           // due, and not begun
	Later    int           // put off, or waiting to be tried again
	Running  int           // under way
	Age      time.Duration // how long the oldest of the waiting has been due, in real time
	Failures int           // jobs that failed 10 times or more and are still tried
	Failing  []FailingJob  // the oldest of those, at most 20
}

// FailingJob is a job that fails again and again.
type FailingJob struct {
	Arg      string    // key of the case, id of the message, SOURCE|REF or name of the task
	Attempts int       // how often it was tried, at least
	Since    time.Time // when it was stored, in real time
	Error    string    // of the latest attempt, cut to 300 characters
}

// failingShown is how many failing jobs Queue lists by name.
const failingShown = 20

// Queue says how the queues stand, always all four, in the order look, send,
// fetch, task.
func (db *DB) Queue(ctx context.Context) (_ []QueueState, err error) {
	defer explain(&err, "read how the queue stands")
	states := []QueueState{{Name: string(lookJob)}, {Name: string(sendJob)}, {Name: string(fetchJob)}, {Name: string(taskJob)}}
	byName := map[string]*QueueState{}
	for i := range states {
		byName[states[i].Name] = &states[i]
	}
	if err := db.queueDepth(ctx, byName); err != nil {
		return nil, err
	}
	if err := db.queueFailing(ctx, byName); err != nil {
		return nil, fmt.Errorf("which jobs fail: %w", err)
	}
	return states, nil
}

func (db *DB) queueDepth(ctx context.Context, byName map[string]*QueueState) error {
	now, oldest := db.realNow(), `MIN(scheduled_at)`
	if db.postgres {
		oldest = `to_char(MIN(scheduled_at) AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.MS')`
	}
	var rows []struct {
		Kind    string `db:"kind"`
		Running bool   `db:"running"`
		Due     bool   `db:"due"`
		N       int    `db:"n"`
		Oldest  string `db:"oldest"`
	}
	err := db.r.SelectContext(ctx, &rows, `SELECT kind, state = 'running' AS running, state <> 'scheduled' AND scheduled_at <= `+now+` AS due,
		COUNT(*) AS n, `+oldest+` AS oldest
		FROM river_job WHERE state IN ('available', 'retryable', 'scheduled', 'running') GROUP BY 1, 2, 3`)
	if err != nil {
		return err
	}
	for _, r := range rows {
		s := byName[r.Kind]
		switch {
		case s == nil: // of a later version
		case r.Running:
			s.Running += r.N
		case !r.Due:
			s.Later += r.N
		default:
			s.Waiting += r.N
			since, err := riverTime(r.Oldest)
			if err != nil {
				return err
			}
			s.Age = max(time.Since(since), 0)
		}
	}
	return nil
}

// riverTime reads a time in UTC as River's tables in SQLite hold it: date and
// time, perhaps followed by a zone, which is UTC.
func riverTime(s string) (time.Time, error) {
	s = strings.Replace(s, "T", " ", 1)
	s = strings.TrimSuffix(strings.TrimSuffix(s, "Z"), "+00:00")
	if f := strings.Fields(s); len(f) > 2 {
		s = f[0] + " " + f[1]
	}
	return time.Parse("2006-01-02 15:04:05.999999999", s)
}

func (db *DB) queueFailing(ctx context.Context, byName map[string]*QueueState) error {
	arg, last, created := `CAST(args AS TEXT) ->> 'arg'`, `COALESCE(CAST(errors AS TEXT) ->> '$[#-1].error', '')`, `CAST(created_at AS TEXT)`
	if db.postgres {
		arg, last = `args ->> 'arg'`, `COALESCE(errors[array_upper(errors, 1)] ->> 'error', '')`
		created = `to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.MS')`
	}
	var rows []struct {
		Kind     string `db:"kind"`
		Arg      string `db:"arg"`
		Attempts int    `db:"attempt"`
		Created  string `db:"created"`
		Error    string `db:"last"`
	}
	err := db.r.SelectContext(ctx, &rows, db.r.Rebind(`SELECT kind, `+arg+` AS arg, attempt, `+created+` AS created, `+last+` AS last
		FROM river_job WHERE state IN ('available', 'retryable', 'running') AND attempt >= ? AND errors IS NOT NULL ORDER BY id`), someFailures)
	if err != nil {
		return err
	}
	for _, r := range rows {
		s := byName[r.Kind]
		if s == nil {
			continue
		}
		if s.Failures++; len(s.Failing) == failingShown {
			continue
		}
		since, err := riverTime(r.Created)
		if err != nil {
			return err
		}
		s.Failing = append(s.Failing, FailingJob{Arg: r.Arg, Attempts: r.Attempts, Since: since, Error: r.Error})
	}
	return nil
}
