package store

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"
	"time"

	"andon/signals"
)

// Records returns all records of cases, in the order in which they were first
// stored.
func (db *DB) Records(ctx context.Context, keys ...signals.Key) (out []*signals.Record, err error) {
	defer explain(&err, "read the records of a case")
	return readRecords(ctx, db.read, "WHERE "+db.dialect.in("r.case_key"), list(db.dialect, keyTexts(keys)))
}

// Lately returns the latest n records that are not over and whose case lives in
// a channel, newest last.
func (db *DB) Lately(ctx context.Context, channel string, n int) (out []*signals.Record, err error) {
	defer explain(&err, "read the latest records of a channel")
	return readRecords(ctx, db.read, latelyWhere, storable(channel), n)
}

const latelyWhere = "WHERE r.id IN (SELECT id FROM records WHERE channel = ? AND channel <> '' AND over = 0 ORDER BY id DESC LIMIT ?)"

// RecordsOf returns the records that hold nudges, by the nudges' keys, in the
// order in which the records were first stored.
func (db *DB) RecordsOf(ctx context.Context, nudges ...string) (out []*signals.Record, err error) {
	defer explain(&err, "read the records of nudges")
	return recordsOf(ctx, db.read, db.dialect, nudges)
}

// querier runs a query: DB.read, or txn.query within a transaction.
type querier func(ctx context.Context, q string, args ...any) (*sql.Rows, error)

func recordsOf(ctx context.Context, query querier, d dialect, nudges []string) ([]*signals.Record, error) {
	keys := make([]string, len(nudges))
	for i, n := range nudges {
		keys[i] = storable(n)
	}
	return readRecords(ctx, query, "WHERE r.id IN (SELECT record FROM nudges WHERE "+d.in("key")+")", list(d, keys))
}

const (
	recordsQuery = `SELECT r.id, r.rev, r.over, r.raiser, r.body, n.target, n.step, n.owner, n.state, n.message, n.at, n.look, n.why, n.route, n.signal
		FROM records r LEFT JOIN nudges n ON n.record = r.id `
	recordsOrder = " ORDER BY r.id, n.place"
)

// readRecords reads records with their nudges.
func readRecords(ctx context.Context, query querier, where string, args ...any) (out []*signals.Record, err error) {
	err = eachRecord(ctx, query, where+recordsOrder, func(r *signals.Record) error {
		out = append(out, r)
		return nil
	}, args...)
	return out, err
}

// eachRecord reads records with their nudges in one statement, so that both are
// of one state, and gives each to emit. The rows of a record must follow one
// another in the order of which.
func eachRecord(ctx context.Context, query querier, which string, emit func(*signals.Record) error, args ...any) error {
	rows, err := query(ctx, recordsQuery+which, args...)
	if err != nil {
		return err
	}
	var r *signals.Record
	last := int64(0)
	err = each(rows, func(scan func(...any) error) error {
		var id int64
		next := signals.Record{}
		var body string
		var n nudgeRow
		if err := scan(&id, &next.Rev, &next.Over, &next.Raiser, &body, &n.to, &n.step, &n.owner, &n.state, &n.message, &n.at, &n.look, &n.why, &n.route, &n.signal); err != nil {
			return err
		}
		if id != last {
			if r != nil {
				if err := emit(r); err != nil {
					return err
				}
			}
			if r, err = decodeRecord(body); err != nil {
				return fmt.Errorf("record %d: %w", id, err)
			}
			r.Rev, r.Over, r.Raiser, last = next.Rev, next.Over, next.Raiser, id
		}
		if !n.state.Valid {
			return nil
		}
		nudge, err := n.nudge(r.Signal)
		r.Nudges = append(r.Nudges, nudge)
		return err
	})
	if err != nil || r == nil {
		return err
	}
	return emit(r)
}

// nudgeRow is one row of nudges; all NULL where a record has none.
type nudgeRow struct {
	to, owner, state, message, why, route, signal sql.NullString
	step, at, look                                sql.NullInt64
}

func (n *nudgeRow) nudge(s *signals.Signal) (*signals.Nudge, error) {
	out := &signals.Nudge{
		Signal: s, To: n.to.String, Owner: n.owner.String, Step: int(n.step.Int64), State: signals.State(n.state.String), Why: n.why.String,
		Route: n.route.String, At: timeOf(n.at.Int64), Look: timeOf(n.look.Int64), Message: n.message.String,
	}
	if !n.signal.Valid {
		return out, nil
	}
	var err error
	out.Signal, err = decodeSignal(n.signal.String)
	return out, err
}

// storeRecords stores records that were read at their Rev, at a time of the
// domain; one that has moved since is ErrStale. The cases' rows must be locked. By key, so that two
// transactions that bring the same new records never wait for each other.
func storeRecords(ctx context.Context, t *txn, records []*signals.Record, now time.Time) error {
	seen := make(map[string]bool, len(records))
	known := slices.Clone(records)
	slices.SortStableFunc(known, func(a, b *signals.Record) int {
		return cmp.Compare(min(1, a.Rev), min(1, b.Rev)) // the new ones first, in their order: it is kept
	})
	for _, r := range known {
		if r.Signal == nil {
			return fmt.Errorf("a record has no signal")
		}
		key := storable(r.Signal.Key())
		if seen[key] {
			return fmt.Errorf("the record %s is given twice", key)
		}
		seen[key] = true
		id, err := storeRecord(ctx, t, key, r, now)
		if err != nil {
			return err
		}
		if err := storeNudges(ctx, t, id, r); err != nil {
			return fmt.Errorf("record %s: %w", key, err)
		}
	}
	return nil
}

func storeRecord(ctx context.Context, t *txn, key string, r *signals.Record, now time.Time) (id int64, err error) {
	body, err := encodeRecord(r)
	if err != nil {
		return 0, fmt.Errorf("record %s: %w", key, err)
	}
	state := ""
	if r.Ledger != nil {
		state = string(r.Ledger.At())
	}
	at, raiser := micros(r.Signal.At), storable(r.Raiser)
	stored := max(micros(now), at)
	var rows *sql.Rows
	if r.Rev == 0 {
		rows, err = t.query(ctx, `INSERT INTO records (key, case_key, channel, detector, state, at, over, rev, raiser, stored, body)
			VALUES (?, ?, ?, ?, ?, ?, ?, 1, ?, ?, ?)
			ON CONFLICT (key) DO NOTHING RETURNING id`,
			key, keyText(r.Signal.Case), storable(r.Signal.Case.Channel()), storable(r.Signal.Detector), state, at, bit(r.Over), raiser, stored, body)
	} else {
		rows, err = t.query(ctx, "UPDATE records SET state = ?, at = ?, over = ?, raiser = ?, stored = ?, body = ?, rev = rev + 1 WHERE key = ? AND rev = ? RETURNING id",
			state, at, bit(r.Over), raiser, stored, body, key, r.Rev)
	}
	if err != nil {
		return 0, err
	}
	err = each(rows, func(scan func(...any) error) error { return scan(&id) })
	if err == nil && id == 0 {
		err = fmt.Errorf("the record %s is not at revision %d: %w", key, r.Rev, ErrStale)
	}
	return id, err
}

// nudgeColumns are stored anew each time; the key and the record never change.
const nudgeUpsert = `INSERT INTO nudges (key, record, place, detector, target, step, owner, state, message, at, look, why, route, signal)
	VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
	ON CONFLICT (key) DO UPDATE SET place = excluded.place, owner = excluded.owner, state = excluded.state, message = excluded.message,
	at = excluded.at, look = excluded.look, why = excluded.why, route = excluded.route, signal = excluded.signal
	WHERE nudges.record = excluded.record`

// storeNudges makes the rows of a record's nudges equal to its list.
func storeNudges(ctx context.Context, t *txn, record int64, r *signals.Record) error {
	keys := make([]string, 0, len(r.Nudges))
	for place, n := range r.Nudges {
		key := nudgeKey(n, r.Signal)
		if slices.Contains(keys, key) {
			return fmt.Errorf("the nudge %s is given twice", key)
		}
		keys = append(keys, key)
		signal, err := encodeOther(n.Signal, r.Signal)
		if err != nil {
			return err
		}
		res, err := t.exec(ctx, nudgeUpsert, key, record, place, storable(r.Signal.Detector), storable(n.To), n.Step, storable(n.Owner), storable(string(n.State)),
			storable(n.Message), micros(n.At), micros(n.Look), storable(n.Why), storable(n.Route), signal)
		if err != nil {
			return err
		}
		if rows, err := res.RowsAffected(); err != nil || rows != 1 {
			return cmp.Or(err, fmt.Errorf("the nudge %s belongs to another record", key))
		}
	}
	if r.Rev == 0 {
		return nil
	}
	_, err := t.exec(ctx, "DELETE FROM nudges WHERE record = ? AND NOT ("+t.db.dialect.in("key")+")", record, list(t.db.dialect, keys))
	return err
}

// nudgeKey is the stored key of a nudge of a record.
func nudgeKey(n *signals.Nudge, s *signals.Signal) string {
	if n.Signal == nil {
		own := *n
		own.Signal = s
		n = &own
	}
	return storable(n.Key())
}
