package store

import (
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"andon/signals"
)

// AddCopy notes one more place where a message stands, as when it was shown to
// people who were brought together: every later edit changes it there too, and
// what it may have missed by now is made good by one edit. The same place counts
// once. A message that was not said yet keeps it until it is.
func (db *DB) AddCopy(ctx context.Context, message string, at signals.Copy) (err error) {
	defer explain(&err, "note where the message "+message+" stands")
	if at.Channel == "" || at.TS == "" {
		return errors.New("a place is a channel and a time in it: both are needed")
	}
	at = signals.Copy{Channel: storable(at.Channel), TS: storable(at.TS)}
	return db.inTx(ctx, func(t *txn) error {
		m, ok, err := lockMessage(ctx, t, message)
		if err != nil {
			return err
		}
		if !ok {
			return errors.New("there is no such message")
		}
		if slices.Contains(m.Copies, at) || slices.Contains(m.added, at) {
			return nil
		}
		m.added = append(m.added, at)
		if !m.claimed {
			m.gather() // while it is being sent, the sender's list will take the place of this one
		}
		if m.State != signals.Sent && !(m.State == signals.Sending && m.claimed) {
			return m.save(ctx, t) // the sending that waits says it there too, and what failed stays as it is
		}
		return m.renew(ctx, t, awaitedLane)
	})
}

// MessageAt finds the message that stands in a place, of those whose ids begin with
// some letters. It looks through all of these: it is for what people write by hand.
func (db *DB) MessageAt(ctx context.Context, prefix string, at signals.Copy) (id string, ok bool, err error) {
	defer explain(&err, "find the message that stands in a place")
	if prefix == "" || at.Channel == "" || at.TS == "" {
		return "", false, errors.New("the first letters of the id, a channel and a time in it are needed")
	}
	last := len(prefix) - 1
	next := prefix[:last] + string(prefix[last]+1) // the ids end before it
	rows, err := db.read(ctx, "SELECT id, copies FROM messages WHERE id >= ? AND id < ? AND copies LIKE ?", storable(prefix), storable(next), "%"+storable(at.TS)+"%")
	if err != nil {
		return "", false, err
	}
	err = each(rows, func(scan func(...any) error) error {
		var one, copies string
		if err := scan(&one, &copies); err != nil {
			return err
		}
		list, err := decodeCopies(copies)
		if err == nil && slices.Contains(list, at) {
			id, ok = one, true
		}
		return err
	})
	return id, ok, err
}

// gather adds the places that came meanwhile to those where the message stands.
// It waits for the first of these: a message without one is still to be posted.
func (m *messageRow) gather() {
	if len(m.Copies) == 0 {
		return
	}
	for _, c := range m.added {
		if !slices.Contains(m.Copies, c) {
			m.Copies = append(slices.Clip(m.Copies), c)
		}
	}
	m.added = nil
}

// failing lists the cases, by their keys, whose nudges fail by the settling of a
// message: all of them when the message itself failed for good.
func failing(ctx context.Context, t *txn, out *signals.Outgoing, records []*signals.Record, again time.Time) ([]string, error) {
	keys := make(map[string]bool)
	if out.State == signals.Failed && again.IsZero() {
		for _, n := range out.Nudges {
			keys[storable(n)] = true
		}
	}
	for _, r := range records {
		if r == nil || r.Signal == nil {
			return nil, errors.New("a record has no signal")
		}
		for _, n := range r.Nudges {
			if n.State == signals.Failed {
				keys[nudgeKey(n, r.Signal)] = true
			}
		}
	}
	if len(keys) == 0 {
		return nil, nil
	}
	rows, err := t.query(ctx, failingQuery(t.db.dialect), list(t.db.dialect, slices.Sorted(maps.Keys(keys))), string(signals.Failed))
	if err != nil {
		return nil, err
	}
	return texts(rows)
}

// failingQuery finds the cases of those nudges that have not failed yet.
func failingQuery(d dialect) string {
	return "SELECT DISTINCT r.case_key FROM nudges n JOIN records r ON r.id = n.record WHERE " + d.in("n.key") + " AND n.state <> ?"
}
