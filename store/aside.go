package store

import (
	"context"
	"time"

	"andon/signals"
)

// AddOpinion stores what somebody said of a nudge, in place of what they said of
// it earlier. One that is older than that is dropped.
func (db *DB) AddOpinion(ctx context.Context, f signals.Opinion) (err error) {
	defer explain(&err, "store an opinion")
	return db.inTx(ctx, func(t *txn) error {
		_, err := t.exec(ctx, `INSERT INTO feedback (nudge, person, verdict, why, at) VALUES (?, ?, ?, ?, ?)
			ON CONFLICT (nudge, person) DO UPDATE SET verdict = excluded.verdict, why = excluded.why, at = excluded.at WHERE excluded.at >= feedback.at`,
			storable(f.Nudge), storable(f.By), storable(f.Verdict), storable(f.Why), micros(f.At))
		return err
	})
}

// Opinions returns what was said of nudges since a time (zero: ever), oldest first.
func (db *DB) Opinions(ctx context.Context, since time.Time) (out []signals.Opinion, err error) {
	defer explain(&err, "read opinions")
	where, args := "", []any{}
	if !since.IsZero() {
		where, args = " WHERE at >= ?", []any{micros(since)}
	}
	rows, err := db.read(ctx, "SELECT nudge, person, verdict, why, at FROM feedback"+where+" ORDER BY at, id", args...)
	if err != nil {
		return nil, err
	}
	err = each(rows, func(scan func(...any) error) error {
		var f signals.Opinion
		var at int64
		err := scan(&f.Nudge, &f.By, &f.Verdict, &f.Why, &at)
		f.At = timeOf(at)
		out = append(out, f)
		return err
	})
	return out, err
}
