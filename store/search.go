package store

import (
	"context"
	"time"

	"andon/signals"
)

// Toward returns the latest n records with a nudge to one of some people or
// channels, in any state, the newest record first.
func (db *DB) Toward(ctx context.Context, targets []string, n int) (out []*signals.Record, err error) {
	defer explain(&err, "read what somebody is told")
	return db.newest(ctx, towardWhere(db.dialect), targets, n)
}

// Raised returns the latest n records whose Raiser is one of some ids, the
// newest first. The empty id finds nothing.
func (db *DB) Raised(ctx context.Context, raisers []string, n int) (out []*signals.Record, err error) {
	defer explain(&err, "read what somebody raised")
	return db.newest(ctx, raisedWhere(db.dialect), raisers, n)
}

func (db *DB) newest(ctx context.Context, where string, ids []string, n int) (out []*signals.Record, err error) {
	if n <= 0 || len(ids) == 0 {
		return nil, nil
	}
	keys := make([]string, len(ids))
	for i, id := range ids {
		keys[i] = storable(id)
	}
	err = eachRecord(ctx, db.read, where+newestFirst, func(r *signals.Record) error {
		out = append(out, r)
		return nil
	}, list(db.dialect, keys), n)
	return out, err
}

// Since gives to emit every record that was found or stored at or after a time
// of the domain, in the order in which they were first stored, and stops with
// the first error of emit. It holds one record at a time.
func (db *DB) Since(ctx context.Context, at time.Time, emit func(r *signals.Record) error) (err error) {
	defer explain(&err, "read the records since "+at.UTC().Format(time.DateTime))
	return eachRecord(ctx, db.read, sinceWhere+recordsOrder, emit, micros(at))
}

// Moved lists the cases that have events of some kinds from one time until
// before another, in the order of their keys. Both times must be given.
func (db *DB) Moved(ctx context.Context, kinds []signals.Kind, from, until time.Time) (out []signals.Key, err error) {
	defer explain(&err, "read which cases moved")
	names := make([]string, len(kinds))
	for i, k := range kinds {
		names[i] = storable(string(k))
	}
	rows, err := db.read(ctx, movedQuery(db.dialect), list(db.dialect, names), micros(from), micros(until))
	if err != nil {
		return nil, err
	}
	return readKeys(rows)
}

const newestFirst = " ORDER BY r.id DESC, n.place"

func towardWhere(d dialect) string {
	return "WHERE r.id IN (SELECT DISTINCT record FROM nudges WHERE " + d.in("target") + " ORDER BY record DESC LIMIT ?)"
}

// The index leaves out the records of nobody, so the condition names them too.
func raisedWhere(d dialect) string {
	return "WHERE r.id IN (SELECT id FROM records WHERE " + d.in("raiser") + " AND raiser <> '' ORDER BY id DESC LIMIT ?)"
}

// stored is never before the time at which the signal was found.
const sinceWhere = "WHERE r.id IN (SELECT id FROM records WHERE stored >= ?)"

func movedQuery(d dialect) string {
	return "SELECT key FROM cases WHERE id IN (SELECT case_id FROM events WHERE " + d.in("kind") + " AND at >= ? AND at < ?) ORDER BY key"
}
