package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"slices"

	"andon/signals"
)

// Commit stores what one look at a case changed, completes the look that ctx
// carries, and queues another at once when the case heard something meanwhile:
// all in one transaction. When what the decision rests on has moved, a record
// or a counter, it stores nothing and returns ErrStale: decide anew. It never
// writes to the journal. Rev of the records counts up when it worked.
func (db *DB) Commit(ctx context.Context, o signals.Outcome) (err error) {
	defer explain(&err, "store the outcome of a look at "+o.Case.String())
	err = db.inTx(ctx, func(t *txn) error {
		c := &commit{o: &o, t: t, cases: make(map[string]*lookRow)}
		return c.store(ctx)
	})
	if err != nil {
		return err
	}
	for _, r := range o.Records {
		r.Rev++
	}
	return nil
}

// commit is one outcome on its way into the database.
type commit struct {
	o      *signals.Outcome
	t      *txn
	posts  int64 // of the case's room, where the outcome has a wish about it
	cases  map[string]*lookRow
	others []string // keys of more cases to be locked
}

// lookRow is the row of a case while a Commit holds it.
type lookRow struct {
	id, last, looked, look, wished, awaited int64
	queued                                  bool
}

func (c *commit) store(ctx context.Context) error {
	for _, step := range []func(context.Context) error{c.lockRoom, c.lockCases, c.count, c.records, c.tell, c.messages, c.again, c.wakes, c.stand} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return finish(ctx, c.t.db, c.t.Tx)
}

// lockRoom holds the case's room, so that no post is counted between reading
// their number and storing the wish.
func (c *commit) lockRoom(ctx context.Context) error {
	channel := storable(c.o.Case.Channel())
	if c.o.Posts <= 0 || channel == "" {
		return nil
	}
	find := "SELECT posts FROM rooms WHERE channel = ?" + c.t.db.dialect.lock()
	err := c.t.one(ctx, find, []any{channel}, &c.posts)
	if !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	if _, err := c.t.exec(ctx, "INSERT INTO rooms (channel, name) VALUES (?, '') ON CONFLICT (channel) DO NOTHING", channel); err != nil {
		return err
	}
	return c.t.one(ctx, find, []any{channel}, &c.posts)
}

func (c *commit) lockCases(ctx context.Context) error {
	keys := map[string]bool{keyText(c.o.Case): true}
	for _, k := range c.others {
		keys[k] = true
	}
	for _, w := range c.o.Wakes {
		keys[keyText(w.Case)] = true
	}
	for _, r := range c.o.Records {
		if r == nil || r.Signal == nil {
			return errors.New("a record has no signal")
		}
		keys[keyText(r.Signal.Case)] = true
	}
	rows, err := c.t.query(ctx, "SELECT key, id, last, looked, look, wished, awaited, queued FROM cases WHERE "+c.t.db.dialect.in("key")+" ORDER BY key"+c.t.db.dialect.lock(),
		list(c.t.db.dialect, slices.Sorted(maps.Keys(keys))))
	if err != nil {
		return err
	}
	return each(rows, func(scan func(...any) error) error {
		var key string
		r := &lookRow{}
		err := scan(&key, &r.id, &r.last, &r.looked, &r.look, &r.wished, &r.awaited, &r.queued)
		c.cases[key] = r
		return err
	})
}

// count locks the counters and checks that none has moved that the decision
// rests on.
func (c *commit) count(ctx context.Context) error {
	names := make(map[string]bool)
	for n := range c.o.Told {
		names[storable(n)] = true
	}
	for n := range c.o.Spent {
		names[storable(n)] = true
	}
	for n := range c.o.Rests {
		names[storable(n)] = true
	}
	if len(names) == 0 {
		return nil
	}
	have, err := lockCounters(ctx, c.t, slices.Sorted(maps.Keys(names)))
	if err != nil {
		return err
	}
	for n, version := range c.o.Rests {
		if have[storable(n)] != version {
			return fmt.Errorf("the counter of %s is at %d and was %d: %w", n, have[storable(n)], version, ErrStale)
		}
	}
	return nil
}

// lockCounters makes and locks counters and returns their versions.
func lockCounters(ctx context.Context, t *txn, names []string) (map[string]int64, error) {
	have := make(map[string]int64, len(names))
	for missing := names; len(missing) > 0; {
		rows, err := t.query(ctx, "SELECT name, version FROM counters WHERE "+t.db.dialect.in("name")+" ORDER BY name"+t.db.dialect.lock(), list(t.db.dialect, missing))
		if err != nil {
			return nil, err
		}
		err = each(rows, func(scan func(...any) error) error {
			var name string
			var version int64
			err := scan(&name, &version)
			have[name] = version
			return err
		})
		if err != nil {
			return nil, err
		}
		var absent []string
		for _, n := range missing {
			if _, ok := have[n]; !ok {
				absent = append(absent, n)
			}
		}
		if err := makeCounters(ctx, t, absent); err != nil {
			return nil, err
		}
		missing = absent
	}
	return have, nil
}

func makeCounters(ctx context.Context, t *txn, names []string) error {
	return batches(len(names), func(from, to int) error {
		args := make([]any, 0, to-from)
		for _, n := range names[from:to] {
			args = append(args, n)
		}
		_, err := t.exec(ctx, "INSERT INTO counters (name, version, spent) VALUES "+values("(?, 0, 0)", to-from)+" ON CONFLICT (name) DO NOTHING", args...)
		return err
	})
}

// again lets messages that stand be edited.
func (c *commit) again(ctx context.Context) error {
	for _, id := range slices.Sorted(slices.Values(c.o.Again)) {
		m, ok, err := lockMessage(ctx, c.t, id)
		if err != nil {
			return err
		}
		if !ok || len(m.Copies) == 0 {
			continue // what is still to be said will say it
		}
		if err := m.renew(ctx, c.t, c.lane()); err != nil {
			return err
		}
	}
	return nil
}

func (c *commit) records(ctx context.Context) error {
	now := c.o.Basis.Now
	if now.IsZero() {
		now = c.t.db.now()
	}
	return storeRecords(ctx, c.t, c.o.Records, now)
}

// tell stores what was told to whom, and what was spent. Every counter that is
// written moves on by one.
func (c *commit) tell(ctx context.Context) error {
	written := make(map[string]bool)
	for _, to := range slices.Sorted(maps.Keys(c.o.Told)) {
		written[storable(to)] = true
		for _, told := range c.o.Told[to] {
			if err := storeTold(ctx, c.t, storable(to), told); err != nil {
				return err
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(c.o.Spent)) {
		written[storable(name)] = true
		if _, err := c.t.exec(ctx, "UPDATE counters SET spent = ? WHERE name = ?", c.o.Spent[name], storable(name)); err != nil {
			return err
		}
	}
	if len(written) == 0 {
		return nil
	}
	_, err := c.t.exec(ctx, "UPDATE counters SET version = version + 1 WHERE "+c.t.db.dialect.in("name"), list(c.t.db.dialect, slices.Sorted(maps.Keys(written))))
	return err
}

// wakes stores the wishes for other cases. While a case waits for its look, or
// is being looked at, its wish is kept apart too: that look may have begun
// before the wish came, and what it stores must not wipe it out.
func (c *commit) wakes(ctx context.Context) error {
	for _, w := range c.o.Wakes {
		if w.Case == c.o.Case {
			continue
		}
		if err := c.wish(ctx, keyText(w.Case), micros(w.At)); err != nil {
			return err
		}
	}
	return nil
}

// wish stores the wish that a case be looked at at a time; 0 is none. The case's
// row must be locked.
func (c *commit) wish(ctx context.Context, key string, at int64) error {
	r := c.cases[key]
	if r == nil || at == 0 {
		return nil
	}
	r.look = sooner(r.look, at)
	if r.queued {
		r.wished = sooner(r.wished, at)
	}
	_, err := c.t.exec(ctx, "UPDATE cases SET look = ?, wished = ? WHERE id = ?", r.look, r.wished, r.id)
	return err
}

// stand stores where the case stands now, and queues it again when it heard
// something that this look did not.
func (c *commit) stand(ctx context.Context) error {
	r := c.cases[keyText(c.o.Case)]
	if r == nil {
		return nil // a case without events: nothing will wake it but its first one
	}
	look := sooner(micros(c.o.Look), r.wished)
	for _, w := range c.o.Wakes {
		if w.Case == c.o.Case {
			look = sooner(look, micros(w.At))
		}
	}
	more := r.last > max(r.looked, c.o.Looked) || (c.o.Posts > 0 && c.posts >= int64(c.o.Posts))
	_, err := c.t.exec(ctx, "UPDATE cases SET looked = ?, look = ?, posts_at = ?, wished = 0, queued = ? WHERE id = ?",
		max(r.looked, c.o.Looked), look, max(c.o.Posts, 0), bit(more), r.id)
	if err != nil || !more {
		return err
	}
	return push(ctx, c.t.db, c.t.Tx, job{Kind: lookJob, Arg: keyText(c.o.Case), Lane: laneOf(r.awaited > max(r.looked, c.o.Looked))})
}

// sooner is the earlier of two stored times, of which 0 is none.
func sooner(a, b int64) int64 {
	if a == 0 || (b != 0 && b < a) {
		return b
	}
	return a
}
