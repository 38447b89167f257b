package store

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riverdatabasesql"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivermigrate"
	"github.com/riverqueue/river/rivertype"
)

// settings are the times of the queue, all of them real time.
type settings struct {
	workers  int           // looks and sends at once, each
	cooldown time.Duration // least time between two fetches of jobs of one kind
	poll     time.Duration // how often looks and sends are asked for without a notification
	slowPoll time.Duration // the same for fetches and tasks
	rescue   time.Duration // a job that runs longer is given to another worker
	beat     time.Duration // how often a long job shows that its worker lives
	stop     time.Duration // how long running jobs may go on after the end was asked for
	cancel   time.Duration // and how long after they were told to give up
}

// settings returns what suits the database. SQLite cannot notify, so its
// workers poll quickly, which costs one small statement of one process each.
func (db *DB) settings() settings {
	s := settings{
		workers: db.o.Workers, cooldown: 20 * time.Millisecond, poll: 50 * time.Millisecond, slowPoll: 250 * time.Millisecond,
		rescue: 30 * time.Second, beat: 10 * time.Second, stop: 7 * time.Second, cancel: 2500 * time.Millisecond,
	}
	if s.workers <= 0 {
		s.workers = 8
	}
	if db.postgres {
		s.poll, s.slowPoll = time.Second, time.Second
	}
	return s
}

// ahead is how many looks are fetched for each that may run. Looks are short,
// and a fetch costs a transaction and at least the cooldown: fetching only as
// many as may run halved the looks per second.
const ahead = 4

// queues makes River's queues for what h handles.
func (s settings) queues(h Handlers) map[string]river.QueueConfig {
	qs := map[string]river.QueueConfig{}
	for _, k := range h.kinds() {
		c := river.QueueConfig{MaxWorkers: s.workers, FetchCooldown: s.cooldown, FetchPollInterval: s.poll}
		switch {
		case k.long():
			c.MaxWorkers, c.FetchPollInterval = max(2, s.workers/2), s.slowPoll
		case k == lookJob:
			c.MaxWorkers *= ahead
		}
		qs[string(k)] = c
	}
	return qs
}

// migrateRiver brings River's own tables up to date.
func migrateRiver(ctx context.Context, db *DB) error {
	if db.postgres {
		return migrateWith(ctx, riverdatabasesql.New(db.w.DB), db.log)
	}
	return migrateWith(ctx, riversqlite.New(db.w.DB), db.log)
}

func migrateWith[T any](ctx context.Context, driver riverdriver.Driver[T], log *slog.Logger) error {
	m, err := rivermigrate.New(driver, &rivermigrate.Config{Logger: quiet(log)})
	if err != nil {
		return fmt.Errorf("prepare the migration of the queue's tables: %w", err)
	}
	if _, err := m.Migrate(ctx, rivermigrate.DirectionUp, nil); err != nil {
		return fmt.Errorf("migrate the queue's tables: %w", err)
	}
	return nil
}

// executor gives access to River's own statements, outside of a transaction.
func (db *DB) executor() riverdriver.Executor {
	if db.postgres {
		return riverdatabasesql.New(db.w.DB).GetExecutor()
	}
	return riversqlite.New(db.w.DB).GetExecutor()
}

// client is what is used of River's client.
type client interface {
	Start(ctx context.Context) error
	Stop(ctx context.Context) error
	StopAndCancel(ctx context.Context) error
}

// Work runs jobs with h until ctx ends, and then stops within 10 seconds: jobs
// that run may finish, and what does not is left to be resumed. On SQLite only
// one process at a time may work a file; a second gets an error.
func (db *DB) Work(ctx context.Context, h Handlers) error { return db.work(ctx, h, db.settings()) }

func (db *DB) work(ctx context.Context, h Handlers, s settings) (err error) {
	defer explain(&err, "work the queue")
	if len(h.kinds()) == 0 {
		return errors.New("there is no handler")
	}
	if !db.postgres {
		release, err := db.sole(ctx)
		if err != nil {
			return err
		}
		defer release()
		if err := db.resume(ctx); err != nil {
			return err
		}
		db.prepare(ctx, []string{pushSQLite, db.completeQuery()})
	}
	c, err := db.client(h, s)
	if err != nil {
		return fmt.Errorf("prepare the workers: %w", err)
	}
	// The end of ctx must not cut off running jobs, so River does not see it.
	if err := c.Start(context.WithoutCancel(ctx)); err != nil {
		return fmt.Errorf("start the workers: %w", err)
	}
	<-ctx.Done()
	return stop(c, s)
}

func stop(c client, s settings) error {
	ctx, cancel := context.WithTimeout(context.Background(), s.stop)
	defer cancel()
	if err := c.Stop(ctx); err == nil {
		return nil
	}
	ctx, cancel = context.WithTimeout(context.Background(), s.cancel)
	defer cancel()
	if err := c.StopAndCancel(ctx); err != nil {
		return fmt.Errorf("stop the workers within %s: jobs that still run are left to be resumed: %w", s.stop+s.cancel, err)
	}
	return nil
}

// client makes River's client for h.
func (db *DB) client(h Handlers, s settings) (client, error) {
	ws := river.NewWorkers()
	for _, k := range []jobKind{lookJob, sendJob, fetchJob, taskJob} {
		// All kinds have a worker, also those without a handler: River's rescuer
		// throws away jobs of kinds that it does not know.
		river.AddWorkerArgs(ws, args{kind: k}, &worker{db: db, h: h, kind: k, beat: s.beat, places: make(chan struct{}, s.workers)})
	}
	c := &river.Config{
		Queues: s.queues(h), Workers: ws, Logger: quiet(db.log), ErrorHandler: failures{db},
		FetchCooldown: s.cooldown, FetchPollInterval: s.poll, JobTimeout: shortLimit, RescueStuckJobsAfter: s.rescue,
		MaxAttempts: maxAttempts, CompletedJobRetentionPeriod: time.Hour,
	}
	if db.postgres {
		return river.NewClient(riverpgxv5.New(db.pool), c)
	}
	return river.NewClient(riversqlite.New(db.w.DB), c)
}

// worker does the jobs of one kind.
type worker struct {
	river.WorkerDefaults[args]
	db     *DB
	h      Handlers
	kind   jobKind
	beat   time.Duration
	places chan struct{} // holds a value for each job that runs
}

// Timeout is how long River lets a job run. River also rescues no job before
// it has passed, so long jobs have none here: perform limits them, and they
// renew themselves as long as their worker lives.
func (w *worker) Timeout(*river.Job[args]) time.Duration {
	if w.kind.long() {
		return -1
	}
	return shortLimit
}

// NextRetry says when a job that failed is tried again.
func (w *worker) NextRetry(j *river.Job[args]) time.Time {
	return time.Now().UTC().Round(0).Add(pause(j.Attempt))
}

// Work does one job.
func (w *worker) Work(ctx context.Context, j *river.Job[args]) error {
	c := claim{id: j.ID, attempt: j.Attempt, kind: w.kind, arg: j.Args.Arg}
	select {
	case w.places <- struct{}{}:
		defer func() { <-w.places }()
	case <-ctx.Done():
		return fmt.Errorf("%s %s: wait for a free worker: %w", c.kind, c.arg, context.Cause(ctx))
	}
	if w.kind.long() {
		var cancel context.CancelCauseFunc
		ctx, cancel = context.WithCancelCause(ctx)
		done := make(chan struct{})
		go func() {
			defer close(done)
			w.db.beat(ctx, w.beat, c, cancel)
		}()
		defer func() { cancel(nil); <-done }()
	}
	if err := w.db.perform(ctx, w.h, c); err != nil {
		return failure{err}
	}
	return nil
}

// failure is the error of a handler, short enough to be stored with each of
// its attempts.
type failure struct{ error }

func (f failure) Error() string { return short(f.error.Error()) }
func (f failure) Unwrap() error { return f.error }

// short makes the text of an error fit to be stored.
func short(s string) string {
	const most = 300
	s = storable(s)
	r := []rune(s)
	if len(r) <= most {
		return s
	}
	return string(r[:most]) + "..."
}

// quiet passes River's warnings and errors on, not its chat about every job.
func quiet(log *slog.Logger) *slog.Logger { return slog.New(warnings{log.Handler()}) }

type warnings struct{ slog.Handler }

func (w warnings) Enabled(ctx context.Context, l slog.Level) bool {
	return l >= slog.LevelWarn && w.Handler.Enabled(ctx, l)
}
func (w warnings) WithAttrs(as []slog.Attr) slog.Handler { return warnings{w.Handler.WithAttrs(as)} }
func (w warnings) WithGroup(n string) slog.Handler       { return warnings{w.Handler.WithGroup(n)} }

// failures notes what fails again and again.
type failures struct{ db *DB }

// A job that failed as often is reported, and its count starts there anew when
// it reaches manyFailures, so that it is never given up and the list of its
// errors stays short.
const (
	someFailures = 10
	manyFailures = 100
)

// HandleError is called by River after each attempt that failed.
func (f failures) HandleError(ctx context.Context, j *rivertype.JobRow, err error) *river.ErrorHandlerResult {
	log := f.db.log.With("kind", j.Kind, "job", j.ID, "attempt", j.Attempt, "error", short(err.Error()))
	switch {
	case j.Attempt == someFailures:
		log.Error("a job fails again and again; it is retried every minute")
	case errors.Is(err, ErrStale):
		log.Debug("a job is retried: something changed meanwhile")
	case j.Attempt < someFailures:
		log.Warn("a job failed and is retried")
	}
	if j.Attempt < manyFailures {
		return nil
	}
	ctx, cancel := aside(ctx)
	defer cancel()
	query := f.db.w.Rebind(`UPDATE river_job SET attempt = ?, errors = NULL WHERE id = ? AND state = 'running' AND attempt = ?`)
	if _, err := f.db.w.ExecContext(ctx, query, someFailures+1, j.ID, j.Attempt); err != nil {
		log.Warn("the count of a job's failures could not be started anew", "cause", err)
	}
	return nil
}

// HandlePanic is called by River for panics outside of the handlers.
func (f failures) HandlePanic(_ context.Context, j *rivertype.JobRow, p any, trace string) *river.ErrorHandlerResult {
	f.db.log.Error("a worker panicked", "kind", j.Kind, "job", j.ID, "panic", fmt.Sprint(p), "stack", trace)
	return nil
}
