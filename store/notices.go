package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"andon/signals"
)

// Notice queues a message that says what card holds, in whatever form its
// writer gave it, when nothing more urgent waits. The same id is taken once; what
// it says then is left as it was.
func (db *DB) Notice(ctx context.Context, id, target string, card []byte, at time.Time) error {
	return db.notice(ctx, id, target, card, at, idleLane)
}

// Answer is Notice for what somebody waits for, because they pressed or asked
// something: it goes before what nobody waits for.
func (db *DB) Answer(ctx context.Context, id, target string, card []byte, at time.Time) error {
	return db.notice(ctx, id, target, card, at, awaitedLane)
}

func (db *DB) notice(ctx context.Context, id, target string, card []byte, at time.Time, l lane) (err error) {
	defer explain(&err, "store the notice "+id)
	return db.inTx(ctx, func(t *txn) error {
		res, err := t.exec(ctx, "INSERT INTO notices (message, body, at) VALUES (?, ?, ?) ON CONFLICT (message) DO NOTHING", storable(id), card, micros(at))
		if err != nil {
			return err
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 {
			return err
		}
		m := messageRow{queued: true, lane: l}
		m.ID, m.Target, m.State, m.Rev = id, target, signals.Sending, 1
		if err := m.save(ctx, t); err != nil {
			return err
		}
		return push(ctx, db, t.Tx, job{Kind: sendJob, Arg: storable(id), Lane: l})
	})
}

// NoticeBody is what a notice says; nil for a message that nudges make.
func (db *DB) NoticeBody(ctx context.Context, id string) (card []byte, err error) {
	defer explain(&err, "read the notice "+id)
	err = db.readOne(ctx, "SELECT body FROM notices WHERE message = ?", []any{storable(id)}, &card)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	return card, err
}

// Doubtful lists the messages that were said after an attempt without a clear
// answer which began before a time: that attempt may have arrived after all.
func (db *DB) Doubtful(ctx context.Context, before time.Time) (ids []string, err error) {
	defer explain(&err, "read the doubtful messages")
	rows, err := db.read(ctx, "SELECT id FROM messages WHERE doubt = 1 AND claimed = 0 AND state = ? AND begun < ? ORDER BY id", string(signals.Sent), micros(before))
	if err != nil {
		return nil, err
	}
	return texts(rows)
}

// Certain says that there is no doubt about a message any more.
func (db *DB) Certain(ctx context.Context, id string) (err error) {
	defer explain(&err, "settle the doubt about the message "+id)
	return db.inTx(ctx, func(t *txn) error {
		_, err := t.exec(ctx, "UPDATE messages SET doubt = 0 WHERE id = ?", storable(id))
		return err
	})
}
