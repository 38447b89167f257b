package store

import (
	"context"
	"database/sql"
	"errors"

	"andon/signals"
)

// Told returns the latest n messages to a person or channel, oldest first, and
// the version of their counter.
func (db *DB) Told(ctx context.Context, to string, n int) (out []signals.Told, version int64, err error) {
	defer explain(&err, "read what somebody was told")
	// The version comes with every row, and also when there is none: one statement sees one state.
	rows, err := db.read(ctx, `SELECT v.version, t.message, t.at, t.cases, t.nudges, t.asked
		FROM (SELECT COALESCE(MAX(version), 0) AS version FROM counters WHERE name = ?) v
		LEFT JOIN (SELECT message, at, cases, nudges, asked FROM told WHERE target = ? ORDER BY at DESC, message DESC LIMIT ?) t ON 1 = 1
		ORDER BY t.at, t.message`, storable(to), storable(to), n)
	if err != nil {
		return nil, 0, err
	}
	err = each(rows, func(scan func(...any) error) error {
		var message, cases sql.NullString
		var at, nudges, asked sql.NullInt64
		if err := scan(&version, &message, &at, &cases, &nudges, &asked); err != nil || !message.Valid {
			return err
		}
		t := signals.Told{ID: message.String, At: timeOf(at.Int64), Nudges: int(nudges.Int64), Asked: asked.Int64 != 0}
		t.Cases, err = decodeKeys(cases.String)
		out = append(out, t)
		return err
	})
	return out, version, err
}

// Spent returns how many unsolicited nudges a channel had on a day, and the
// version of that counter.
func (db *DB) Spent(ctx context.Context, channelDay string) (n int, version int64, err error) {
	defer explain(&err, "read what was said in a channel")
	err = db.readOne(ctx, "SELECT spent, version FROM counters WHERE name = ?", []any{storable(channelDay)}, &n, &version)
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	return n, version, err
}

func storeTold(ctx context.Context, t *txn, to string, told signals.Told) error {
	cases, err := encodeKeys(told.Cases)
	if err != nil {
		return err
	}
	_, err = t.exec(ctx, `INSERT INTO told (target, message, at, cases, nudges, asked) VALUES (?, ?, ?, ?, ?, ?)
		ON CONFLICT (target, message) DO UPDATE SET at = excluded.at, cases = excluded.cases, nudges = excluded.nudges, asked = excluded.asked`,
		to, storable(told.ID), micros(told.At), cases, told.Nudges, bit(told.Asked))
	return err
}
