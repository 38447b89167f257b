package store

import (
	"context"
	"fmt"
	"time"

	"andon/signals"
)

// Gone stands where somebody's words stood that were removed: a message that
// was there stays one, so that turns and answers keep their order.
const Gone = "…"

// Expired is how much an Expire took away.
type Expired struct {
	Events    int64 // lost their words
	Envelopes int64 // lost their bodies
	Records   int64 // lost what their reasons quoted
	Nudges    int64 // likewise, where a nudge has a reason of its own
	Notices   int64 // lost their bodies
	Tokens    int64 // cords whose anonymous pullers nobody can be asked for any more
}

// expireBatch is how many rows one transaction of Expire changes: others write
// between two of them.
const expireBatch = 500

// Expire takes away the words that are older than before. What people wrote
// goes: the text of messages and of their edits, descriptions, long values of
// other fields, the bodies of envelopes, what reasons quote, the bodies of
// notices that were said. Titles, names, statuses and everything that a case is
// folded from stay; Gone stands where a message was. An envelope also goes when
// an event that it brought is older than before. Snapshots stay. It works in
// small transactions and can be repeated at any time.
func (db *DB) Expire(ctx context.Context, before time.Time) (out Expired, err error) {
	defer explain(&err, "take away words that are older than "+before.UTC().Format(time.DateTime))
	if out.Tokens, err = db.expireTokens(ctx); err != nil || before.IsZero() {
		return out, err
	}
	x := expiry{db: db, before: micros(before)}
	for _, step := range []struct {
		do   func(context.Context, *txn) (changed int64, seen int, err error)
		into *int64
	}{
		{x.events, &out.Events}, {x.envelopes, &out.Envelopes}, {x.records, &out.Records}, {x.nudges, &out.Nudges}, {x.notices, &out.Notices},
	} {
		for {
			var changed int64
			var seen int
			err := db.inTx(ctx, func(t *txn) error {
				return securely(ctx, t, func() (err error) {
					changed, seen, err = step.do(ctx, t)
					return err
				})
			})
			if err != nil {
				return out, err
			}
			*step.into += changed
			if seen < expireBatch {
				break
			}
		}
	}
	out.Envelopes += x.emptied
	if db.dialect.postgres && out != (Expired{}) {
		// The planner's statistics hold samples of the columns' values.
		_, err = db.w.ExecContext(ctx, "ANALYZE events, envelopes, records, nudges, notices, tokens")
	}
	return out, err
}

// securely runs f with SQLite's secure_delete: what is removed is overwritten.
func securely(ctx context.Context, t *txn, f func() error) error {
	if t.db.dialect.postgres {
		return f()
	}
	if _, err := t.ExecContext(ctx, "PRAGMA secure_delete = 1"); err != nil {
		return err
	}
	defer func() { _, _ = t.ExecContext(context.WithoutCancel(ctx), "PRAGMA secure_delete = 0") }() // costs speed only
	return f()
}

// expiry is one Expire.
type expiry struct {
	db      *DB
	before  int64
	emptied int64 // envelopes that went with an event of theirs
}

// wordyKinds is the condition of the index events_words: it must read the same.
const wordyKinds = "kind IN ('opened', 'said', 'edited', 'pulled', 'claimed', 'refused', 'closed', 'reopened', 'confirmed', 'denied')"

func (x *expiry) events(ctx context.Context, t *txn) (changed int64, seen int, err error) {
	rows, err := t.query(ctx, "SELECT pos, envelope, kind, COALESCE(field, ''), COALESCE(before, ''), COALESCE(after, ''), COALESCE(text, ''), COALESCE(ref, ''), COALESCE(fields, '') "+
		"FROM events WHERE expired = 0 AND "+wordyKinds+" AND at < ? ORDER BY at, pos LIMIT ?", x.before, expireBatch)
	if err != nil {
		return 0, 0, err
	}
	var places, envelopes []int64
	var lost []worded
	err = each(rows, func(scan func(...any) error) error {
		var w worded
		var envelope int64
		if err := scan(&w.pos, &envelope, &w.kind, &w.field, &w.from, &w.to, &w.text, &w.ref, &w.fields); err != nil {
			return err
		}
		places = append(places, w.pos)
		took, err := w.expire()
		if err != nil {
			return fmt.Errorf("event at place %d: %w", w.pos, err)
		}
		if took {
			lost, envelopes = append(lost, w), append(envelopes, envelope)
		}
		return nil
	})
	if err != nil {
		return 0, 0, err
	}
	for i := range lost {
		if err := lost[i].save(ctx, t); err != nil {
			return 0, 0, err
		}
	}
	if _, err := t.exec(ctx, "UPDATE events SET expired = 1 WHERE "+t.db.dialect.in("pos"), list(t.db.dialect, places)); err != nil {
		return 0, 0, err
	}
	res, err := t.exec(ctx, "UPDATE envelopes SET body = ?, expired = 1 WHERE expired = 0 AND "+t.db.dialect.in("id"), []byte{}, list(t.db.dialect, envelopes))
	if err != nil {
		return 0, 0, err
	}
	n, err := res.RowsAffected()
	x.emptied += n
	return int64(len(lost)), len(places), err
}

func (x *expiry) envelopes(ctx context.Context, t *txn) (changed int64, seen int, err error) {
	ids, err := x.ids(ctx, t, "SELECT id FROM envelopes WHERE expired = 0 AND received < ? ORDER BY received, id LIMIT ?")
	if err != nil || len(ids) == 0 {
		return 0, 0, err
	}
	_, err = t.exec(ctx, "UPDATE envelopes SET body = ?, expired = 1 WHERE "+t.db.dialect.in("id"), []byte{}, list(t.db.dialect, ids))
	return int64(len(ids)), len(ids), err
}

func (x *expiry) ids(ctx context.Context, t *txn, query string) (ids []int64, err error) {
	rows, err := t.query(ctx, query, x.before, expireBatch)
	if err != nil {
		return nil, err
	}
	err = each(rows, func(scan func(...any) error) error {
		var id int64
		err := scan(&id)
		ids = append(ids, id)
		return err
	})
	return ids, err
}

// records takes away what reasons quote. It moves the revision: a look that
// read the record before must not store the quotation again.
func (x *expiry) records(ctx context.Context, t *txn) (changed int64, seen int, err error) {
	return x.reasons(ctx, t, "SELECT id, body FROM records WHERE expired = 0 AND at < ? ORDER BY at, id LIMIT ?"+t.db.dialect.lock(),
		"UPDATE records SET body = ?, rev = rev + 1, expired = 1 WHERE id = ?", "records")
}

func (x *expiry) nudges(ctx context.Context, t *txn) (changed int64, seen int, err error) {
	return x.reasons(ctx, t, "SELECT id, COALESCE(signal, '') FROM nudges WHERE expired = 0 AND at < ? ORDER BY at, id LIMIT ?"+t.db.dialect.lock(),
		"UPDATE nudges SET signal = ?, expired = 1 WHERE id = ?", "nudges")
}

func (x *expiry) reasons(ctx context.Context, t *txn, find, save, table string) (changed int64, seen int, err error) {
	rows, err := t.query(ctx, find, x.before, expireBatch)
	if err != nil {
		return 0, 0, err
	}
	var ids []int64
	bodies := make(map[int64]string)
	err = each(rows, func(scan func(...any) error) error {
		var id int64
		var body string
		if err := scan(&id, &body); err != nil {
			return err
		}
		ids = append(ids, id)
		now, err := inReasons(body, signals.Unquoted)
		if err == nil && now != body {
			bodies[id] = now
		}
		return err
	})
	if err != nil {
		return 0, 0, err
	}
	for _, id := range ids {
		if body, ok := bodies[id]; ok {
			if _, err := t.exec(ctx, save, body, id); err != nil {
				return 0, 0, err
			}
		}
	}
	_, err = t.exec(ctx, "UPDATE "+table+" SET expired = 1 WHERE "+t.db.dialect.in("id"), list(t.db.dialect, ids))
	return int64(len(bodies)), len(ids), err
}

// notices empties what was said. One that is still to be said keeps its body.
func (x *expiry) notices(ctx context.Context, t *txn) (changed int64, seen int, err error) {
	res, err := t.exec(ctx, `UPDATE notices SET body = ? WHERE at < ? AND length(body) > 0
		AND message NOT IN (SELECT id FROM messages WHERE state = ? OR claimed = 1 OR queued = 1)`, []byte{}, x.before, string(signals.Sending))
	if err != nil {
		return 0, 0, err
	}
	changed, err = res.RowsAffected()
	return changed, 0, err
}
