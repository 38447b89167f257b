package store

import (
	"context"
	"database/sql"
	"errors"
	"strings"

	"andon/signals"
)

// Keep stores an envelope of which no event is derived: a hint. fresh is false
// when it was stored before.
func (db *DB) Keep(ctx context.Context, e signals.Envelope) (fresh bool, err error) {
	defer explain(&err, "store an envelope of "+e.Source)
	err = db.inTx(ctx, func(t *txn) error {
		clean, err := scrub(ctx, t, []signals.Delivery{{Envelope: e}})
		if err != nil {
			return err
		}
		body := clean[0].Envelope.Body
		if body == nil {
			body = []byte{}
		}
		res, err := t.exec(ctx, "INSERT INTO envelopes (source, ext_id, received, body) VALUES (?, ?, ?, ?) ON CONFLICT (source, ext_id) DO NOTHING",
			storable(e.Source), storable(e.ID), micros(e.Received), body)
		if err != nil {
			return err
		}
		n, err := res.RowsAffected()
		fresh = n > 0
		return err
	})
	return fresh, err
}

// LatestEnvelope returns the body of the latest envelope of a source whose id
// begins with a prefix, which ends in a character below DEL.
func (db *DB) LatestEnvelope(ctx context.Context, source, prefix string) (body []byte, ok bool, err error) {
	defer explain(&err, "read the latest envelope of "+source)
	if prefix == "" {
		return nil, false, errors.New("the prefix is empty")
	}
	end := []byte(prefix)
	end[len(end)-1]++
	err = db.readOne(ctx, "SELECT body FROM envelopes WHERE source = ? AND ext_id >= ? AND ext_id < ? ORDER BY id DESC LIMIT 1", []any{storable(source), storable(prefix), storable(string(end))}, &body)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, false, nil
	}
	return body, err == nil && len(body) > 0, err
}

// Wishes gives the keys of a source's cases that want to be looked at again, by
// key, until yield returns false.
func (db *DB) Wishes(ctx context.Context, source string, yield func(signals.Key) bool) (err error) {
	defer explain(&err, "read which cases want to be looked at")
	rows, err := db.read(ctx, "SELECT key FROM cases WHERE source = ? AND look > 0 ORDER BY key", storable(source))
	if err != nil {
		return err
	}
	keys, err := readKeys(rows)
	for _, k := range keys {
		if err != nil || !yield(k) {
			break
		}
	}
	return err
}

// News returns the events of a case behind a place, in the order of
// signals.CompareEvents.
func (db *DB) News(ctx context.Context, k signals.Key, after int64) (out []signals.Entry, err error) {
	defer explain(&err, "read what is new of a case")
	rows, err := db.read(ctx, "SELECT "+eventColumns+" FROM cases c JOIN events e ON e.case_id = c.id WHERE c.key = ? AND e.pos > ?", keyText(k), after)
	if err != nil {
		return nil, err
	}
	err = newEventReader().read(rows, func(_ int64, e signals.Entry) { out = append(out, e) })
	sortEntries(map[signals.Key][]signals.Entry{k: out})
	return out, err
}

// CaseOf returns the key of the case that an event belongs to.
func (db *DB) CaseOf(ctx context.Context, event string) (k signals.Key, ok bool, err error) {
	defer explain(&err, "find the case of an event")
	var key string
	err = db.readOne(ctx, "SELECT c.key FROM events e JOIN cases c ON c.id = e.case_id WHERE e.id = ?", []any{storable(event)}, &key)
	if errors.Is(err, sql.ErrNoRows) {
		return k, false, nil
	}
	if err != nil {
		return k, false, err
	}
	k, err = readKey(key)
	return k, err == nil, err
}

// Heard reports whether the journal holds an event whose id begins in some way.
// It must end with a slash.
func (db *DB) Heard(ctx context.Context, begins string) (is bool, err error) {
	defer explain(&err, "look for an event")
	from := storable(begins)
	until, cut := strings.CutSuffix(from, "/")
	if !cut {
		return false, errors.New("the beginning of an id must end with a slash")
	}
	var n int
	err = db.readOne(ctx, "SELECT 1 FROM events WHERE id >= ? AND id < ? LIMIT 1", []any{from, until + "0"}, &n) // 0 is the byte behind the slash
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return n == 1, err
}
