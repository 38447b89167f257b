package store

import (
	"context"
	"database/sql"
	"errors"
	"time"
)

// Feedback is what somebody said of a nudge.
type Feedback struct {
	Nudge   string // its key
	By      string // person id
	Verdict string
	Why     string
	At      time.Time
}

// AddFeedback stores what somebody said of a nudge.
func (db *DB) AddFeedback(ctx context.Context, f Feedback) (err error) {
	defer explain(&err, "store feedback")
	return db.inTx(ctx, func(t *txn) error {
		_, err := t.exec(ctx, "INSERT INTO feedback (nudge, person, verdict, why, at) VALUES (?, ?, ?, ?, ?)",
			storable(f.Nudge), storable(f.By), storable(f.Verdict), storable(f.Why), micros(f.At))
		return err
	})
}

// Feedback returns what was said of nudges since a time (zero: ever), oldest first.
func (db *DB) Feedback(ctx context.Context, since time.Time) (out []Feedback, err error) {
	defer explain(&err, "read feedback")
	where, args := "", []any{}
	if !since.IsZero() {
		where, args = " WHERE at >= ?", []any{micros(since)}
	}
	rows, err := db.read(ctx, "SELECT nudge, person, verdict, why, at FROM feedback"+where+" ORDER BY at, id", args...)
	if err != nil {
		return nil, err
	}
	err = each(rows, func(scan func(...any) error) error {
		var f Feedback
		var at int64
		err := scan(&f.Nudge, &f.By, &f.Verdict, &f.Why, &at)
		f.At = timeOf(at)
		out = append(out, f)
		return err
	})
	return out, err
}

// PutToken keeps who pulled the cord anonymously, under a token that the
// envelope bears in the person's place. Only this row knows the person; it
// serves to ask them whether the matter is solved. A token that is known already
// takes the new signal.
func (db *DB) PutToken(ctx context.Context, token, signal, person string, at time.Time) (err error) {
	defer explain(&err, "keep who pulled the cord")
	if token == "" || person == "" {
		return errors.New("a token and a person are needed")
	}
	return db.inTx(ctx, func(t *txn) error {
		_, err := t.exec(ctx, "INSERT INTO tokens (token, signal, person, at) VALUES (?, ?, ?, ?) ON CONFLICT (token) DO UPDATE SET signal = excluded.signal",
			storable(token), storable(signal), storable(person), micros(at))
		return err
	})
}

// TakeToken returns who pulled the cord that a signal came of; false when nobody
// is known, or no longer. The row stays until DropToken: asking may take more
// than one try.
func (db *DB) TakeToken(ctx context.Context, signal string) (person string, ok bool, err error) {
	defer explain(&err, "read who is to be asked")
	err = db.readOne(ctx, "SELECT person FROM tokens WHERE signal = ? ORDER BY at, token LIMIT 1", []any{storable(signal)}, &person)
	if errors.Is(err, sql.ErrNoRows) {
		return "", false, nil
	}
	return person, err == nil, err
}

// DropToken forgets who pulled the cord that a signal came of. SQLite writes
// zeros over the row.
func (db *DB) DropToken(ctx context.Context, signal string) (err error) {
	defer explain(&err, "forget who pulled the cord")
	return db.inTx(ctx, func(t *txn) error {
		if !db.dialect.postgres {
			if _, err := t.ExecContext(ctx, "PRAGMA secure_delete = 1"); err != nil {
				return err
			}
			defer func() { _, _ = t.ExecContext(context.WithoutCancel(ctx), "PRAGMA secure_delete = 0") }() // costs speed only
		}
		_, err := t.exec(ctx, "DELETE FROM tokens WHERE signal = ?", storable(signal))
		return err
	})
}
