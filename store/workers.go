package store

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"strings"
	"time"

	"andon/signals"
)

// Handlers are what the queue calls. One that is nil leaves its jobs waiting.
// A handler may be called again for the same thing: after an error, or when a
// process was killed. Errors are retried with a growing pause of at most a
// minute, without end.
type Handlers struct {
	// Look judges a case. It ends with [DB.Commit], which also completes the
	// job; a Look that returns without is called again.
	Look func(ctx context.Context, k signals.Key) error
	// Send sends a message. It ends with [DB.Settle], or without when
	// [DB.Claim] said that there is nothing to send.
	Send func(ctx context.Context, message string) error
	// Fetch fetches a thing from a source, after a [DB.Hint].
	Fetch func(ctx context.Context, source, ref string) error
	// Tasks is the periodic work by name. A name is stored: never reuse one.
	Tasks map[string]Task
}

// Task is periodic work that runs once at a time across all replicas.
type Task struct {
	Every time.Duration // from the end of one run to the beginning of the next
	Do    func(ctx context.Context) error
}

// How long a handler may take, in real time.
const (
	shortLimit = 20 * time.Second // looks and sends
	longLimit  = 10 * time.Minute // fetches and tasks
)

func (k jobKind) long() bool { return k == fetchJob || k == taskJob }

func (k jobKind) limit() time.Duration {
	if k.long() {
		return longLimit
	}
	return shortLimit
}

// kinds lists the kinds of jobs that h can do.
func (h Handlers) kinds() []jobKind {
	var ks []jobKind
	if h.Look != nil {
		ks = append(ks, lookJob)
	}
	if h.Send != nil {
		ks = append(ks, sendJob)
	}
	if h.Fetch != nil {
		ks = append(ks, fetchJob)
	}
	if len(h.Tasks) > 0 {
		ks = append(ks, taskJob)
	}
	return ks
}

// perform does one claimed job within its limit. A panic is an error of the job.
func (db *DB) perform(ctx context.Context, h Handlers, c claim) (err error) {
	ctx, cancel := context.WithTimeout(ctx, c.kind.limit())
	defer cancel()
	defer func() {
		if p := recover(); p != nil {
			db.log.Error("a handler panicked", "kind", c.kind, "arg", c.arg, "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
			err = fmt.Errorf("%s %s: panic: %v", c.kind, c.arg, p)
		}
	}()
	switch c.kind {
	case lookJob:
		return db.performLook(withClaim(ctx, c), h, c)
	case sendJob:
		return h.Send(withClaim(ctx, c), c.arg)
	case fetchJob:
		return db.performFetch(withoutJob(ctx), h, c)
	case taskJob:
		return db.performTask(ctx, h, c)
	}
	return fmt.Errorf("job %d is of kind %q, which this version does not know", c.id, c.kind)
}

func (db *DB) performLook(ctx context.Context, h Handlers, c claim) error {
	k, ok := signals.ParseKey(c.arg)
	if !ok {
		return fmt.Errorf("job %d is to look at %q, which is no key of a case", c.id, c.arg)
	}
	if err := h.Look(ctx, k); err != nil {
		return err
	}
	// A look that ends without Commit would leave its case marked as queued,
	// and nobody would ever look at it again.
	open, err := db.isRunning(ctx, c)
	if err != nil {
		return err
	}
	if open {
		return fmt.Errorf("look at %s: it ended without a commit", c.arg)
	}
	return nil
}

// isRunning reports whether c is still this worker's and not completed.
func (db *DB) isRunning(ctx context.Context, c claim) (bool, error) {
	var n int
	const query = `SELECT COUNT(*) FROM river_job WHERE id = ? AND state = 'running' AND attempt = ?`
	if err := db.readOne(ctx, query, []any{c.id, c.attempt}, &n); err != nil {
		return false, fmt.Errorf("read the job to %s %s: %w", c.kind, c.arg, err)
	}
	return n > 0, nil
}

func (db *DB) performFetch(ctx context.Context, h Handlers, c claim) error {
	source, ref, ok := strings.Cut(c.arg, "|")
	if !ok {
		return fmt.Errorf("job %d is to fetch %q, which names no source", c.id, c.arg)
	}
	// From here on a new hint is a new job: the source may be read too early
	// for it.
	if _, err := db.w.ExecContext(ctx, db.w.Rebind(`DELETE FROM hints WHERE source = ? AND ref = ?`), source, ref); err != nil {
		return fmt.Errorf("begin to fetch %s: %w", c.arg, err)
	}
	err := h.Fetch(ctx, source, ref)
	if err == nil {
		return nil
	}
	// This job waits again, so that new hints are covered by it.
	ctx, cancel := aside(ctx)
	defer cancel()
	if _, errHint := db.w.ExecContext(ctx, db.w.Rebind(addHint), source, ref); errHint != nil {
		return errors.Join(err, errHint)
	}
	return err
}

// aside is a context for a short note to the database when the handler's own
// context may have ended.
func aside(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
}

// beat keeps a long job from being rescued while its worker lives: it renews
// the time of the attempt. cancel is called when the job was taken by another.
func (db *DB) beat(ctx context.Context, every time.Duration, c claim, cancel context.CancelCauseFunc) {
	t := time.NewTicker(every)
	defer t.Stop()
	query := db.w.Rebind(`UPDATE river_job SET attempted_at = ` + db.realNow() + ` WHERE id = ? AND state = 'running' AND attempt = ?`)
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		}
		res, err := db.w.ExecContext(ctx, query, c.id, c.attempt)
		if err != nil {
			db.log.Warn("a long job could not be renewed", "kind", c.kind, "arg", c.arg, "error", err)
			continue
		}
		if n, err := res.RowsAffected(); err == nil && n == 0 {
			cancel(fmt.Errorf("%s %s: it was completed or taken over: %w", c.kind, c.arg, ErrStale))
			return
		}
	}
}

// pause is how long a job waits after its n-th failure: 250 ms, doubling, at
// most a minute.
func pause(n int) time.Duration {
	const first, most = 250 * time.Millisecond, time.Minute
	if n > 9 {
		return most
	}
	return min(first<<max(n-1, 0), most)
}
