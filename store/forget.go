package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"andon/signals"
)

// Forgetting says what is to be removed for good: a person, a channel, or
// everything before a time. Exactly one of them is given.
type Forgetting struct {
	// Persons are ids of one or more persons, of the roster or of accounts, as
	// signals.ID makes them; the roster adds the others that it knows. A local part
	// that is a short number is looked for within whole ids only: on its own it
	// could be anything.
	Persons []string
	Channel string    // as signals.ID makes it
	Before  time.Time // what happened earlier; the organisation's roster, policy and modes stay
	DryRun  bool      // only count
}

// Forgotten says what was removed.
type Forgotten struct {
	Rows    map[string]int64 // rows that were deleted or changed, by table
	Beyond  []string         // where more may be, out of reach: sentences
	Rebuild bool             // the models' snapshots are gone too: build the models anew from the journal
}

// ForgottenCursor names the cursor that moves with every Forget. A process that
// sees it move has to drop what it holds in memory.
const ForgottenCursor = "forgotten"

// errDry ends the transaction of a dry run.
var errDry = errors.New("nothing is to be changed")

// Forget removes a person, a channel or a time for good.
//
// A person: what they wrote goes, and so do messages and nudges to them, their
// feedback and tokens, their entries of the roster, and the bodies of all
// envelopes that name them. Where others' cases need them, as in a hand-off, a
// random stand-in takes the place of their id. In what others wrote, their ids
// and their name are cut out. Signals that may quote them lose their reason. A
// channel: its cases, with their events, signals, nudges and messages. A time:
// what happened before it, likewise.
//
// It is one transaction. What it deleted is then wiped from the files
// (SQLite) or the tables (PostgreSQL); when that is interrupted, the error says
// so, and running it again finishes it. Others wait meanwhile. What a source
// brings again later is kept out: see IsForgotten.
func (db *DB) Forget(ctx context.Context, f Forgetting) (out Forgotten, err error) {
	defer explain(&err, "forget")
	if err := f.check(); err != nil {
		return out, err
	}
	if !db.dialect.postgres {
		// Lists of what goes must not reach a file of their own.
		if _, err := db.w.ExecContext(ctx, "PRAGMA temp_store = 2"); err != nil {
			return out, err
		}
	}
	err = db.inTx(ctx, func(t *txn) error {
		return securely(ctx, t, func() error {
			x := &forgetter{t: t, f: f, rows: make(map[string]int64)}
			out = Forgotten{Rows: x.rows, Rebuild: true, Beyond: beyond(f, db.dialect)}
			if err := x.run(ctx); err != nil {
				return err
			}
			if f.DryRun {
				return errDry
			}
			return nil
		})
	})
	if !db.dialect.postgres {
		if _, perr := db.w.ExecContext(context.WithoutCancel(ctx), "PRAGMA temp_store = 0"); perr != nil {
			err = errors.Join(err, perr)
		}
	}
	if errors.Is(err, errDry) {
		return out, nil
	}
	if err != nil {
		return Forgotten{}, err
	}
	if err := db.wipe(ctx); err != nil {
		return out, fmt.Errorf("it is removed, but not yet wiped from the disk: run it again: %w", err)
	}
	return out, nil
}

func (f *Forgetting) check() error {
	n := 0
	for _, given := range []bool{len(f.Persons) > 0, f.Channel != "", !f.Before.IsZero()} {
		if given {
			n++
		}
	}
	if n != 1 {
		return errors.New("give exactly one of a person, a channel and a time: together they could mean two things")
	}
	if slices.Contains(f.Persons, "") {
		return errors.New("one of the person's ids is empty")
	}
	if f.Channel != "" && signals.Bare(f.Channel) == f.Channel {
		return fmt.Errorf("%q is not the id of a channel: give SOURCE/SITE/CHANNEL", f.Channel)
	}
	return nil
}

// beyond says what no statement reaches.
func beyond(f Forgetting, d dialect) []string {
	out := []string{"Backups, copies made by andon export and snapshots of the disk still hold it: delete them, or let them run out."}
	if d.postgres {
		out = append(out, "PostgreSQL's write-ahead log, archived or not yet recycled, and transactions or replicas that are behind may still hold it.")
	} else {
		out = append(out, "Blocks that the disk or the file system freed may still hold it.")
	}
	out = append(out, "Slack, Jira and the sources of alerts keep their own copies, and what andon posted there stands there: delete it there.",
		"Logs of andon and of what stands before it may name ids.",
		"Every running andon holds models and cases in memory until it builds them anew.")
	if len(f.Persons) > 0 {
		out = append(out, "The roster in the configuration may still name the person: remove them there. Others may have written their name in other words than the roster's.",
			"What they raised without their name cannot be told from what others raised once nobody needs to ask them about it any more.")
	}
	return out
}

// forgetter is one Forget within its transaction.
type forgetter struct {
	t      *txn
	f      Forgetting
	n      *needles
	tables []table
	rows   map[string]int64
	until  int64 // up to when a channel is forgotten
}

func (x *forgetter) run(ctx context.Context) error {
	if err := x.lock(ctx); err != nil {
		return err
	}
	if err := x.makeLists(ctx); err != nil {
		return err
	}
	if err := x.collect(ctx); err != nil {
		return err
	}
	for _, step := range []func(context.Context) error{
		x.removeEvents, x.eraseWords, x.listBook, x.emptyEnvelopes, x.removeMessages, x.removeBook, x.eraseReasons, x.removeJobs, x.sweep, x.remember,
	} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return x.dropLists(ctx)
}

// lock keeps other writers out.
func (x *forgetter) lock(ctx context.Context) (err error) {
	if err := lockJournal(ctx, x.t); err != nil {
		return err
	}
	if x.tables, err = tables(ctx, x.t.query, x.t.db.dialect); err != nil {
		return err
	}
	if !x.t.db.dialect.postgres {
		return nil
	}
	_, err = x.t.ExecContext(ctx, "LOCK TABLE "+tableNames(x.tables)+", river_job IN SHARE ROW EXCLUSIVE MODE")
	return err
}

// The lists of what goes, in tables that end with the transaction.
var forgetLists = []struct{ name, column string }{
	{"forget_cases", "case_id BIGINT PRIMARY KEY"},   // go altogether
	{"forget_touched", "case_id BIGINT PRIMARY KEY"}, // lose words
	{"forget_events", "id TEXT PRIMARY KEY"},         // lose their words
	{"forget_envelopes", "envelope BIGINT PRIMARY KEY"},
	{"forget_keys", "key TEXT PRIMARY KEY"}, // of the cases that go
	{"forget_records", "id BIGINT PRIMARY KEY"},
	{"forget_nudges", "key TEXT PRIMARY KEY"},
	{"forget_signals", "key TEXT PRIMARY KEY"}, // keys of the records that go
	{"forget_messages", "id TEXT PRIMARY KEY"},
}

func (x *forgetter) makeLists(ctx context.Context) error {
	for _, l := range forgetLists {
		column := l.column
		if x.t.db.dialect.postgres {
			column = strings.Replace(column, "TEXT", `TEXT COLLATE "C"`, 1)
		}
		if _, err := x.t.ExecContext(ctx, "CREATE TEMP TABLE "+l.name+" ("+column+")"); err != nil {
			return err
		}
	}
	return nil
}

func (x *forgetter) dropLists(ctx context.Context) error {
	for _, l := range forgetLists {
		if _, err := x.t.ExecContext(ctx, "DROP TABLE "+l.name); err != nil {
			return err
		}
	}
	return nil
}

// do runs a statement that changes rows of a table, and counts them.
func (x *forgetter) do(ctx context.Context, table, q string, args ...any) error {
	res, err := x.t.ExecContext(ctx, x.t.Rebind(q), args...)
	if err != nil {
		return fmt.Errorf("table %s: %w", table, err)
	}
	n, err := res.RowsAffected()
	if n > 0 {
		x.rows[table] += n
	}
	return err
}

// note runs a statement that fills a list.
func (x *forgetter) note(ctx context.Context, q string, args ...any) error {
	if _, err := x.t.ExecContext(ctx, x.t.Rebind(q+" ON CONFLICT DO NOTHING"), args...); err != nil {
		return fmt.Errorf("list what is to go: %w", err)
	}
	return nil
}

// in is a condition on the persons' ids; its one argument is x.ids().
func (x *forgetter) in(column string) string { return x.t.db.dialect.in(column) }

func (x *forgetter) ids() any { return list(x.t.db.dialect, x.n.ids) }

// wipe makes what was deleted unreadable in the files: on SQLite a new file in
// place of the old one and an empty write-ahead log, on PostgreSQL new tables
// and new statistics, which hold values of columns.
func (db *DB) wipe(ctx context.Context) error {
	if db.dialect.postgres {
		all, err := tables(ctx, db.read, db.dialect)
		if err != nil {
			return err
		}
		for _, t := range append(all, table{name: "river_job"}) {
			if _, err := db.w.ExecContext(ctx, "VACUUM (FULL, ANALYZE) "+t.name); err != nil {
				return fmt.Errorf("table %s: %w", t.name, err)
			}
		}
		return nil
	}
	if err := db.truncateLog(ctx); err != nil {
		return err
	}
	if _, err := db.w.ExecContext(ctx, "VACUUM"); err != nil {
		return err
	}
	return db.truncateLog(ctx)
}

// truncateLog empties SQLite's write-ahead log.
func (db *DB) truncateLog(ctx context.Context) error {
	var busy, log, moved int64
	if err := db.w.QueryRowxContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)").Scan(&busy, &log, &moved); err != nil {
		return err
	}
	if busy != 0 {
		return errors.New("the write-ahead log is in use: stop what reads the database for long, such as an export")
	}
	return nil
}
