package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"

	"andon/signals"
)

// Appended is what an Append did.
type Appended struct {
	New      int   // events that were not known
	Repeated int   // events that were
	Pos      int64 // place of the latest event in the journal, 0 when it is empty
	Cases    int   // cases with a new event
}

// Append takes deliveries into the journal, in one transaction: all of them are
// stored, or nothing. What was heard before, by the source's own ids, is left
// as it is. Events get their places in the order of their times, over all
// deliveries. Every case with a new event that was watched, not learnt, is
// queued to be looked at, and so are the cases that wait for their room to have
// as many posts as it has now.
func (db *DB) Append(ctx context.Context, ds ...signals.Delivery) (out Appended, err error) {
	defer explain(&err, "take events into the journal")
	err = db.inTx(ctx, func(t *txn) error {
		if err := lockJournal(ctx, t); err != nil {
			return err
		}
		clean, err := scrub(ctx, t, ds) // what a forgotten person did does not come back
		if err != nil {
			return err
		}
		a, err := newIntake(clean)
		if err != nil {
			return err
		}
		out, err = a.store(ctx, t)
		return err
	})
	if err != nil {
		return Appended{}, err
	}
	return out, nil
}

// Head is the place of the latest event; 0 when there is none.
func (db *DB) Head(ctx context.Context) (pos int64, err error) {
	defer explain(&err, "read the journal's end")
	err = db.readOne(ctx, headQuery, nil, &pos)
	return pos, err
}

const headQuery = "SELECT COALESCE(MAX(pos), 0) FROM events"

// Follow returns up to limit events behind a place, in the order of places. It
// never skips one that is still to be committed.
func (db *DB) Follow(ctx context.Context, after int64, limit int) (out []signals.Entry, err error) {
	defer explain(&err, "follow the journal")
	rows, err := db.read(ctx, followQuery, after, limit)
	if err != nil {
		return nil, err
	}
	err = newEventReader().read(rows, func(_ int64, e signals.Entry) { out = append(out, e) })
	return out, err
}

const followQuery = "SELECT " + eventColumns + " FROM events e JOIN cases c ON c.id = e.case_id WHERE e.pos > ? ORDER BY e.pos LIMIT ?"

func caseEventsQuery(d dialect) string {
	return "SELECT " + eventColumns + " FROM cases c JOIN events e ON e.case_id = c.id WHERE " + d.in("c.key") + " AND e.pos <= ?"
}

// CaseEvents returns the events of cases up to a place (0: all), by case, each
// list in the order of signals.CompareEvents. A case without events is left out.
func (db *DB) CaseEvents(ctx context.Context, upTo int64, keys ...signals.Key) (out map[signals.Key][]signals.Entry, err error) {
	defer explain(&err, "read the events of a case")
	rows, err := db.read(ctx, caseEventsQuery(db.dialect), list(db.dialect, keyTexts(keys)), orAll(upTo))
	if err != nil {
		return nil, err
	}
	out = make(map[signals.Key][]signals.Entry, len(keys))
	err = newEventReader().read(rows, func(_ int64, e signals.Entry) { out[e.Case] = append(out[e.Case], e) })
	if err != nil {
		return nil, err
	}
	sortEntries(out)
	return out, nil
}

// RoomCases returns the cases that hold the latest posts of a channel up to a
// place (0: all), in the order of their latest post, what the channel is
// called, and how many posts it had by then.
func (db *DB) RoomCases(ctx context.Context, channel string, upTo int64, posts int) (keys []signals.Key, name string, count int, err error) {
	defer explain(&err, "read the latest posts of a channel")
	var room int64
	upTo = orAll(upTo)
	err = db.readOne(ctx, roomQuery, []any{upTo, storable(channel)}, &room, &name, &count)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, "", 0, nil
	}
	if err != nil {
		return nil, "", 0, err
	}
	rows, err := db.read(ctx, roomCasesQuery, room, upTo, posts)
	if err != nil {
		return nil, "", 0, err
	}
	keys, err = readKeys(rows)
	return keys, name, count, err
}

const (
	roomQuery = `SELECT id, name, posts - (SELECT COUNT(*) FROM events WHERE room = r.id AND room > 0 AND pos > ?)
		FROM rooms r WHERE channel = ?`
	roomCasesQuery = `SELECT c.key FROM (SELECT case_id, pos FROM events WHERE room = ? AND room > 0 AND pos <= ? ORDER BY pos DESC LIMIT ?) p
		JOIN cases c ON c.id = p.case_id GROUP BY c.key ORDER BY MAX(p.pos)`
)

// Rooms returns what the channels are called, by channel id. Channels without a
// known name are left out.
func (db *DB) Rooms(ctx context.Context) (names map[string]string, err error) {
	defer explain(&err, "read the names of the channels")
	rows, err := db.read(ctx, "SELECT channel, name FROM rooms WHERE name <> ''")
	if err != nil {
		return nil, err
	}
	names = make(map[string]string)
	err = each(rows, func(scan func(...any) error) error {
		var channel, name string
		err := scan(&channel, &name)
		names[channel] = name
		return err
	})
	return names, err
}

// orAll is the place up to which is read; 0 means to the end.
func orAll(upTo int64) int64 {
	if upTo == 0 {
		return math.MaxInt64
	}
	return upTo
}

// lockJournal makes the transaction the only one that appends until it ends. So
// places are given out in the order of commits.
func lockJournal(ctx context.Context, t *txn) error {
	if !t.db.dialect.postgres {
		return nil // one writer
	}
	_, err := t.exec(ctx, "SELECT pg_advisory_xact_lock(?)", int64(journalLock))
	return err
}

const journalLock = 0x616e646f6e6a6f75 // "andonjou"

// keyText is the stored form of a key.
func keyText(k signals.Key) string { return storable(k.String()) }

func keyTexts(keys []signals.Key) []string {
	out := make([]string, len(keys))
	for i, k := range keys {
		out[i] = keyText(k)
	}
	return out
}

// readKey is the inverse of keyText.
func readKey(s string) (signals.Key, error) {
	k, ok := signals.ParseKey(s)
	if !ok {
		return signals.Key{}, fmt.Errorf("%q is not the key of a case", s)
	}
	return k, nil
}

// readKeys reads rows of one column, a key.
func readKeys(rows *sql.Rows) (keys []signals.Key, err error) {
	err = each(rows, func(scan func(...any) error) error {
		var s string
		if err := scan(&s); err != nil {
			return err
		}
		k, err := readKey(s)
		keys = append(keys, k)
		return err
	})
	return keys, err
}
