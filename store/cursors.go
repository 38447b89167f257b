package store

import (
	"context"
	"database/sql"
	"errors"
)

// Cursor is how far a source has been read; empty when it never was.
func (db *DB) Cursor(ctx context.Context, name string) (value string, err error) {
	defer explain(&err, "read how far a source has been read")
	err = db.readOne(ctx, "SELECT value FROM cursors WHERE name = ?", []any{storable(name)}, &value)
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	return value, err
}

// SetCursor stores how far a source has been read. What is read with events is
// better stored together with them: see signals.Delivery.
func (db *DB) SetCursor(ctx context.Context, name, value string) (err error) {
	defer explain(&err, "store how far a source has been read")
	if name == "" {
		return errors.New("the cursor has no name")
	}
	return db.inTx(ctx, func(t *txn) error { return setCursor(ctx, t, storable(name), storable(value)) })
}

func setCursor(ctx context.Context, t *txn, name, value string) error {
	_, err := t.exec(ctx, "INSERT INTO cursors (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value", name, value)
	return err
}
