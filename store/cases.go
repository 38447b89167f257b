package store

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"andon/signals"
)

// caseRow is the row of a case while an Append holds it.
type caseRow struct {
	key, source, channel string

	id      int64
	last    int64
	learnt  int64
	postsAt int64
	queued  bool
	awaited int64 // place of the latest event that somebody clicked or asked

	hurried bool  // such an event is new
	touched bool  // a new event of the case itself
	watched bool  // one that was not learnt
	oldest  int64 // place of the oldest new event of the case itself
	newest  int64 // place of the newest event, events of the organisation among them
}

// heard notes a new event.
func (c *caseRow) heard(e *accepted, pos int64) {
	c.newest = max(c.newest, pos)
	if e.Kind.Organises() {
		return
	}
	c.touched, c.last = true, max(c.last, pos)
	if c.oldest == 0 || pos < c.oldest {
		c.oldest = pos
	}
	if e.learn {
		c.learnt = max(c.learnt, micros(e.At))
		return
	}
	c.watched = true
	if awaited(e) {
		c.hurried, c.awaited = true, max(c.awaited, pos)
	}
}

// storeRooms makes and locks the rows of the channels, and stores new names.
func (a *intake) storeRooms(ctx context.Context, t *txn) error {
	channels := slices.Sorted(maps.Keys(a.rooms))
	return batches(len(channels), func(from, to int) error {
		args := make([]any, 0, 2*(to-from))
		for _, ch := range channels[from:to] {
			args = append(args, ch, a.rooms[ch].name)
		}
		rows, err := t.query(ctx, "INSERT INTO rooms (channel, name) VALUES "+values("(?, ?)", to-from)+
			" ON CONFLICT (channel) DO UPDATE SET name = CASE WHEN excluded.name <> '' THEN excluded.name ELSE rooms.name END RETURNING id, channel, posts", args...)
		if err != nil {
			return err
		}
		return each(rows, func(scan func(...any) error) error {
			var id, posts int64
			var channel string
			if err := scan(&id, &channel, &posts); err != nil {
				return err
			}
			a.rooms[channel].id, a.rooms[channel].posts = id, posts
			return nil
		})
	})
}

// findWaiting adds the cases that the new posts may wake to those that will be
// locked: all cases are locked in one go, by key. Nobody adds a wish meanwhile,
// because that takes the lock of the room.
func (a *intake) findWaiting(ctx context.Context, t *txn) error {
	var channels []string
	for ch, r := range a.rooms {
		if r.said > 0 {
			channels = append(channels, ch)
		}
	}
	if len(channels) == 0 {
		return nil
	}
	rows, err := t.query(ctx, "SELECT key, channel, posts_at FROM cases WHERE posts_at > 0 AND "+t.db.dialect.in("channel"), list(t.db.dialect, channels))
	if err != nil {
		return err
	}
	return each(rows, func(scan func(...any) error) error {
		c := &caseRow{}
		if err := scan(&c.key, &c.channel, &c.postsAt); err != nil {
			return err
		}
		if r := a.rooms[c.channel]; c.postsAt <= r.posts+r.said && a.cases[c.key] == nil {
			a.cases[c.key] = c
		}
		return nil
	})
}

// lockCases makes and locks the rows of all cases that are touched, by key.
func (a *intake) lockCases(ctx context.Context, t *txn) error {
	keys := slices.Sorted(maps.Keys(a.cases))
	if len(keys) == 0 {
		return nil
	}
	rows, err := t.query(ctx, "SELECT id, key, last, learnt, posts_at, awaited, queued FROM cases WHERE "+t.db.dialect.in("key")+" ORDER BY key"+t.db.dialect.lock(), list(t.db.dialect, keys))
	if err != nil {
		return err
	}
	err = each(rows, func(scan func(...any) error) error {
		var row caseRow
		if err := scan(&row.id, &row.key, &row.last, &row.learnt, &row.postsAt, &row.awaited, &row.queued); err != nil {
			return err
		}
		c := a.cases[row.key]
		c.id, c.last, c.learnt, c.postsAt, c.awaited, c.queued = row.id, row.last, row.learnt, row.postsAt, row.awaited, row.queued
		return nil
	})
	if err != nil {
		return err
	}
	keys = slices.DeleteFunc(keys, func(k string) bool { return a.cases[k].id != 0 })
	return batches(len(keys), func(from, to int) error {
		args := make([]any, 0, 3*(to-from))
		for _, k := range keys[from:to] {
			args = append(args, k, a.cases[k].source, a.cases[k].channel)
		}
		rows, err := t.query(ctx, "INSERT INTO cases (key, source, channel) VALUES "+values("(?, ?, ?)", to-from)+" RETURNING id, key", args...)
		if err != nil {
			return err
		}
		return each(rows, func(scan func(...any) error) error {
			var id int64
			var key string
			if err := scan(&id, &key); err != nil {
				return err
			}
			a.cases[key].id = id
			return nil
		})
	})
}

// storePosts counts the new posts of the rooms.
func (a *intake) storePosts(ctx context.Context, t *txn) error {
	for _, ch := range slices.Sorted(maps.Keys(a.rooms)) {
		r := a.rooms[ch]
		if r.fresh == 0 {
			continue
		}
		r.posts += r.fresh
		if _, err := t.exec(ctx, "UPDATE rooms SET posts = ? WHERE id = ?", r.posts, r.id); err != nil {
			return err
		}
	}
	return nil
}

// queueLooks stores what the cases have heard, and queues a look at each that
// heard something new and then at each whose room has the posts it waits for.
func (a *intake) queueLooks(ctx context.Context, t *txn) error {
	var changed []*caseRow
	var own []*caseRow
	var waiting []job
	var hurried []string
	for _, key := range slices.Sorted(maps.Keys(a.cases)) {
		c := a.cases[key]
		r := a.rooms[c.channel]
		switch {
		case c.queued:
			if c.hurried {
				hurried = append(hurried, key)
			}
		case c.watched:
			c.queued = true
			own = append(own, c)
		case r != nil && r.fresh > 0 && c.postsAt > 0 && c.postsAt <= r.posts:
			c.queued, c.touched = true, true
			waiting = append(waiting, job{Kind: lookJob, Arg: key})
		}
		if c.touched {
			changed = append(changed, c)
		}
	}
	err := batches(len(changed), func(from, to int) error {
		args := make([]any, 0, 5*(to-from))
		for _, c := range changed[from:to] {
			args = append(args, c.id, c.last, c.learnt, bit(c.queued), c.awaited)
		}
		_, err := t.exec(ctx, "UPDATE cases SET last = v.column2, learnt = v.column3, queued = v.column4, awaited = v.column5 FROM (VALUES "+
			values("(CAST(? AS BIGINT), CAST(? AS BIGINT), CAST(? AS BIGINT), CAST(? AS BIGINT), CAST(? AS BIGINT))", to-from)+") AS v WHERE cases.id = v.column1", args...)
		return err
	})
	if err != nil {
		return err
	}
	slices.SortFunc(own, func(a, b *caseRow) int { return cmp.Compare(a.oldest, b.oldest) })
	jobs := make([]job, 0, len(own)+len(waiting))
	for _, c := range own {
		jobs = append(jobs, job{Kind: lookJob, Arg: c.key, Lane: laneOf(c.hurried)})
	}
	if err := push(ctx, t.db, t.Tx, append(jobs, waiting...)...); err != nil {
		return err
	}
	return hasten(ctx, t, lookJob, hurried...)
}

// sortEntries puts each case's events into the order in which they happened.
func sortEntries(by map[signals.Key][]signals.Entry) {
	for _, list := range by {
		slices.SortFunc(list, func(a, b signals.Entry) int {
			return cmp.Or(signals.CompareEvents(a.Event, b.Event), cmp.Compare(a.Pos, b.Pos))
		})
	}
}
