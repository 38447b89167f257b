package store

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"hash"
	"time"

	"andon/signals"
)

// allKind is the kind of the one row of the table forgotten that holds the salt
// and the time before which everything was forgotten.
const allKind = "all"

// remember deletes the snapshots, which hold features of what went, and keeps
// hashes of what was forgotten.
func (x *forgetter) remember(ctx context.Context) error {
	for _, table := range []string{"snapshot_chunks", "snapshots"} {
		if err := x.do(ctx, table, "DELETE FROM "+table); err != nil {
			return err
		}
	}
	salt, err := x.salt(ctx)
	if err != nil {
		return err
	}
	h := newHasher(salt)
	at := max(x.until, micros(x.t.db.now()))
	put := func(kind, id string) error {
		_, err := x.t.exec(ctx, "INSERT INTO forgotten (hash, salt, kind, at) VALUES (?, ?, ?, ?) ON CONFLICT (hash) DO UPDATE SET at = excluded.at",
			h.of(kind, id), salt, kind, at)
		return err
	}
	for _, id := range x.n.ids {
		if x.f.Channel != "" {
			if err := put(channelID, id); err != nil {
				return err
			}
			continue
		}
		if err := put(fullID, id); err != nil {
			return err
		}
		local := signals.Bare(id)
		if kind := kindOfLocal(local); kind != "" {
			if err := put(kind, local); err != nil {
				return err
			}
		}
	}
	return setCursor(ctx, x.t, ForgottenCursor, x.t.db.now().UTC().Format(time.RFC3339Nano)+" "+rand.Text()[:8])
}

// salt returns the database's salt, and stores up to when all is forgotten.
func (x *forgetter) salt(ctx context.Context) (string, error) {
	b := make([]byte, 32)
	_, _ = rand.Read(b) // never fails
	_, err := x.t.exec(ctx, "INSERT INTO forgotten (hash, salt, kind, at) VALUES ('', ?, ?, 0) ON CONFLICT (hash) DO NOTHING", hex.EncodeToString(b), allKind)
	if err != nil {
		return "", err
	}
	if at := micros(x.f.Before); at != 0 {
		if _, err := x.t.exec(ctx, "UPDATE forgotten SET at = ? WHERE hash = '' AND (at < ? OR at = 0)", at, at); err != nil {
			return "", err
		}
	}
	var salt string
	err = x.t.one(ctx, "SELECT salt FROM forgotten WHERE hash = ''", nil, &salt)
	return salt, err
}

// hasher makes the hashes of the table forgotten.
type hasher struct{ mac hash.Hash }

func newHasher(salt string) *hasher { return &hasher{hmac.New(sha256.New, []byte(salt))} }

func (h *hasher) of(kind, id string) string {
	h.mac.Reset()
	h.mac.Write([]byte(kind)) // a hash never fails
	h.mac.Write([]byte{0})
	h.mac.Write([]byte(id))
	return hex.EncodeToString(h.mac.Sum(nil))
}

// IsForgotten tells which of some ids of persons were forgotten. Sources keep
// their own copies: what they bring of these people again is not to be stored,
// and they are not to be named or told anything.
func (db *DB) IsForgotten(ctx context.Context, ids ...string) (out map[string]bool, err error) {
	defer explain(&err, "read who was forgotten")
	out = make(map[string]bool, len(ids))
	m, err := readForgotten(ctx, db.read)
	if err != nil {
		return nil, err
	}
	for _, id := range ids {
		out[id] = m.is(fullID, id)
	}
	return out, nil
}

// forgotten is the table forgotten in memory.
type forgotten struct {
	h     *hasher
	all   int64            // everything before this went; 0 for nothing
	at    map[string]int64 // when, by hash
	known map[string]int64 // what was asked for, by kind and id: texts repeat
}

// readForgotten returns nil when nothing was ever forgotten, which is what it
// mostly finds.
func readForgotten(ctx context.Context, query querier) (*forgotten, error) {
	m := &forgotten{at: make(map[string]int64), known: make(map[string]int64)}
	var salt string
	err := scanOne(ctx, query, "SELECT salt, at FROM forgotten WHERE hash = ''", nil, &salt, &m.all)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	m.h = newHasher(salt)
	rows, err := query(ctx, "SELECT hash, at FROM forgotten WHERE hash <> ''")
	if err != nil {
		return nil, err
	}
	err = each(rows, func(scan func(...any) error) error {
		var hash string
		var at int64
		err := scan(&hash, &at)
		m.at[hash] = at
		return err
	})
	return m, err
}

// when is when an id was forgotten, in microseconds; 0 for never.
func (m *forgotten) when(kind, id string) int64 {
	if m == nil || id == "" || len(m.at) == 0 {
		return 0
	}
	key := kind + "\x00" + id
	at, ok := m.known[key]
	if !ok {
		at = m.at[m.h.of(kind, storable(id))]
		m.known[key] = at
	}
	return at
}

func (m *forgotten) is(kind, id string) bool { return m.when(kind, id) != 0 }

// scrub takes out of deliveries what was forgotten and came again from its
// source: events from before the time that was forgotten, of channels that were
// (as far as they happened before that), and what forgotten people said, felt
// and set. Where they moved a case that others work on, a random stand-in takes
// their place. Bodies that name them are not stored. The given deliveries are
// left as they are.
func scrub(ctx context.Context, t *txn, ds []signals.Delivery) ([]signals.Delivery, error) {
	m, err := readForgotten(ctx, t.query)
	if err != nil || m == nil {
		return ds, err
	}
	s := &scrubber{m: m, standIns: make(map[string]string)}
	out := make([]signals.Delivery, len(ds))
	for i := range ds {
		out[i] = s.delivery(ds[i])
	}
	return out, nil
}
