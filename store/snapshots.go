package store

import (
	"context"
	"fmt"
	"io"
	"time"
)

// chunk is how much of a snapshot one row holds: neither database likes values
// of a hundred megabytes, and between two rows others may write.
const chunk = 1 << 20

// kept is how many snapshots of a name are kept: a reader of the latest is not
// disturbed by the next one.
const kept = 2

// abandoned is when an unfinished snapshot counts as given up.
const abandoned = time.Hour

// SaveSnapshot stores a snapshot of what was folded from the journal up to a
// place, and keeps the latest two of the name. version says who can read the
// body. It is not one transaction, so that others can write meanwhile; a
// snapshot that was not finished is never found.
func (db *DB) SaveSnapshot(ctx context.Context, name, version string, pos int64, body []byte) (err error) {
	defer explain(&err, "store the snapshot "+name)
	name, version = storable(name), storable(version)
	var id int64
	err = db.inTx(ctx, func(t *txn) error {
		return t.one(ctx, "INSERT INTO snapshots (name, version, pos, size, at) VALUES (?, ?, ?, -1, ?) RETURNING id", []any{name, version, pos, micros(db.now())}, &id)
	})
	if err != nil {
		return err
	}
	for part := 0; part*chunk < len(body); part++ {
		piece := body[part*chunk : min(len(body), (part+1)*chunk)]
		err := db.inTx(ctx, func(t *txn) error {
			_, err := t.exec(ctx, "INSERT INTO snapshot_chunks (snapshot, part, body) VALUES (?, ?, ?)", id, part, piece)
			return err
		})
		if err != nil {
			return err
		}
	}
	return db.inTx(ctx, func(t *txn) error { return db.finishSnapshot(ctx, t, name, id, len(body)) })
}

func (db *DB) finishSnapshot(ctx context.Context, t *txn, name string, id int64, size int) error {
	for _, s := range []struct {
		q    string
		args []any
	}{
		{"UPDATE snapshots SET size = ? WHERE id = ?", []any{size, id}},
		{"DELETE FROM snapshots WHERE name = ? AND size >= 0 AND id NOT IN (SELECT id FROM snapshots WHERE name = ? AND size >= 0 ORDER BY id DESC LIMIT ?)", []any{name, name, kept}},
		{"DELETE FROM snapshots WHERE size < 0 AND at < ?", []any{micros(db.now().Add(-abandoned))}},
		{"DELETE FROM snapshot_chunks WHERE snapshot NOT IN (SELECT id FROM snapshots)", nil},
	} {
		if _, err := t.exec(ctx, s.q, s.args...); err != nil {
			return err
		}
	}
	return nil
}

// Snapshot returns the latest snapshot of a name and version: the place up to
// which it was folded, and its body, which the caller closes. ok is false when
// there is none.
func (db *DB) Snapshot(ctx context.Context, name, version string) (pos int64, body io.ReadCloser, ok bool, err error) {
	defer explain(&err, "read the snapshot "+name)
	rows, err := db.read(ctx, "SELECT id, pos, size FROM snapshots WHERE name = ? AND version = ? AND size >= 0 ORDER BY id DESC LIMIT 1", storable(name), storable(version))
	if err != nil {
		return 0, nil, false, err
	}
	r := &snapshotReader{ctx: ctx, db: db}
	err = each(rows, func(scan func(...any) error) error {
		ok = true
		return scan(&r.id, &pos, &r.left)
	})
	if err != nil || !ok {
		return 0, nil, false, err
	}
	return pos, r, true, nil
}

// snapshotReader reads a snapshot row by row.
type snapshotReader struct {
	ctx  context.Context //nolint:containedctx // io.Reader takes none; the reader lives as long as the call that made it
	db   *DB
	id   int64
	part int
	left int64 // bytes that were not read from the database yet
	buf  []byte
}

// Read implements io.Reader.
func (r *snapshotReader) Read(p []byte) (int, error) {
	for len(r.buf) == 0 {
		if r.left <= 0 {
			return 0, io.EOF
		}
		err := r.db.readOne(r.ctx, "SELECT body FROM snapshot_chunks WHERE snapshot = ? AND part = ?", []any{r.id, r.part}, &r.buf)
		if err != nil {
			return 0, fmt.Errorf("read part %d of snapshot %d: %w", r.part, r.id, err)
		}
		if len(r.buf) == 0 {
			return 0, fmt.Errorf("part %d of snapshot %d: %w", r.part, r.id, io.ErrUnexpectedEOF)
		}
		r.part++
		r.left -= int64(len(r.buf))
	}
	n := copy(p, r.buf)
	r.buf = r.buf[n:]
	return n, nil
}

// Close implements io.Closer. A closed reader reads no more.
func (r *snapshotReader) Close() error {
	r.left, r.buf = 0, nil
	return nil
}
