package jira

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/tidwall/gjson"

	"andon/signals"
)

const (
	listSize  = 1000 // issues per page of a search for ids and times only
	batchSize = 50   // issues that are fetched whole by one search
)

// Poll finds what changed since a cursor and emits each issue, whole, in the
// order of the updates. cursor is opaque text that the caller stores; "" is the
// first contact, which emits everything that is watched. emit gets the cursor
// to store together with the delivery: once it has returned nil, that progress
// is safe. What the first reading of a scope finds is history: it is to be learnt. The cursor that Poll returns, with an error too, is to be stored as
// well: it remembers more, which saves requests of the next look.
//
// Each look goes back by Site.Overlap, for an issue may be indexed minutes after
// its update; what was emitted unchanged is not fetched again. An issue whose
// update is younger than the resolution of Jira's times may change once more
// within it, so it is fetched again by the next look.
//
// A scope that Jira refuses does not stop the others; the error names it. After
// any other error the rest is left for the next time. The error of emit is
// returned as it is.
func (c *Client) Poll(ctx context.Context, cursor string, emit func(ctx context.Context, d signals.Delivery, cursor string) error) (string, error) {
	cur, err := decodeCursor(cursor)
	if err != nil {
		return cursor, fmt.Errorf("poll Jira site %s: %w", c.Site(), err)
	}
	cur.keep(c.scopes)
	l := &look{c: c, cur: cur, emit: emit, done: map[string]int64{}}
	var refused []error
	for _, s := range c.scopes {
		err := l.scope(ctx, s)
		var rejected *Error
		switch {
		case err == nil:
		case l.failed != nil:
			return cur.encode(c.site.Overlap), l.failed
		case errors.As(err, &rejected) && rejected.Status == http.StatusBadRequest && len(c.scopes) > 1:
			refused = append(refused, fmt.Errorf("poll Jira site %s: scope %q: %w", c.Site(), s.jql, err))
		default:
			return cur.encode(c.site.Overlap), fmt.Errorf("poll Jira site %s: %w", c.Site(), err)
		}
	}
	if len(refused) > 0 {
		return cur.encode(c.site.Overlap), partly{errors.Join(refused...)}
	}
	return cur.encode(c.site.Overlap), nil
}

// partly is the error of a poll that read every scope but those that Jira refuses.
type partly struct{ error }

func (p partly) Unwrap() error { return p.error }

// IsPartial tells that everything else was read to its end.
func (p partly) IsPartial() bool { return true }

// look is one run of Poll.
type look struct {
	c      *Client
	cur    *cursor
	emit   func(context.Context, signals.Delivery, string) error
	done   map[string]int64 // update of what this run has emitted
	failed error            // of emit
}

// row is one issue in a list of what changed.
type row struct {
	id string
	at int64 // its update in milliseconds
}

// scope lists what changed in a scope and fetches what is new of it. The list
// holds ids and times only, so that looking back costs little. After each page
// it asks again from the time that the page has reached, instead of for the next
// page: an issue that changes meanwhile moves to the end, and would push another
// one over the edge of a page that was read already. Pages are turned only where
// all of one bears the same minute.
func (l *look) scope(ctx context.Context, s scope) error {
	p := l.cur.of(s)
	from, at := p.since(l.c.site.Overlap), mark{}
	turned := map[string]bool{}
	for range maxPages {
		q := query{jql: s.window(time.UnixMilli(from)), fields: "updated", size: listSize}
		pg, err := l.c.search(ctx, q, at)
		if err != nil {
			return err
		}
		rows := rowsOf(pg, from)
		if n := len(pg.issues) - len(rows); n > 0 {
			l.c.log.Error("a search of Jira lists issues without an id, which are left out", "issues", n)
		}
		last, next := !pg.more || turned[pg.next.token], reached(rows, from)
		edge := next
		if last {
			edge = maxMillis
		}
		if err := l.take(ctx, p, rows, edge); err != nil {
			return err
		}
		switch {
		case last:
			p.prune(l.c.site.Overlap)
			p.finish()
			return nil
		case next > from:
			from, at = next, mark{}
			clear(turned)
		default:
			at = pg.next
			if at.token != "" {
				turned[at.token] = true
			}
		}
	}
	return fmt.Errorf("scope %q has more than %d pages", s.jql, maxPages)
}

// rowsOf reads a list, each issue by itself, in Jira's order. One without a
// readable time is taken for updated when the one before it was.
func rowsOf(pg page, from int64) []row {
	rows := make([]row, 0, len(pg.issues))
	for _, raw := range pg.issues {
		id := textAt(raw, "id")
		if id == "" {
			continue
		}
		at := from
		if t, err := when(gjson.GetBytes(raw, "fields.updated")); err == nil {
			at = t.UnixMilli()
		} else if n := len(rows); n > 0 {
			at = rows[n-1].at
		}
		rows = append(rows, row{id, at})
	}
	return rows
}

// reached is the time until which a page has listed everything, to the minute.
// Jira orders by its index but may show what is true now, so an issue that was
// changed again just now stands among old ones with a new time. Hence it is the
// earliest time of the latter half of the page: of so many, one shows the time
// by which it was ordered.
func reached(rows []row, from int64) int64 {
	if len(rows) == 0 {
		return from
	}
	least := maxMillis
	for _, r := range rows[len(rows)/2:] {
		least = min(least, r.at)
	}
	return max(from, least-least%time.Minute.Milliseconds())
}

// take fetches and emits what is new in a list. edge is the time until which
// everything is listed.
func (l *look) take(ctx context.Context, p *progress, rows []row, edge int64) error {
	rows = slices.Clone(rows)
	slices.SortStableFunc(rows, func(a, b row) int { return cmp.Compare(a.at, b.at) })
	var fresh []row
	for _, r := range rows {
		if !l.known(p, r) {
			fresh = append(fresh, r)
		}
	}
	for chunk := range slices.Chunk(fresh, batchSize) {
		ids := make([]string, len(chunk))
		for i, r := range chunk {
			ids[i] = r.id
		}
		now := l.c.jiraNow()
		got, err := l.c.fetch(ctx, ids)
		if err != nil {
			return err
		}
		for _, r := range chunk {
			if err := l.deliver(ctx, p, r, got[r.id], now, edge); err != nil {
				return err
			}
		}
		if len(p.order) > 2*maxSeen {
			p.prune(l.c.site.Overlap)
		}
	}
	if len(rows) > 0 {
		l.reach(p, min(rows[len(rows)-1].at, edge))
	}
	return nil
}

// known reports whether an issue was delivered in the state of a list, by this
// scope or by another one.
func (l *look) known(p *progress, r row) bool {
	if at, ok := l.done[r.id]; ok && at >= r.at || p.has(r.id, r.at) {
		return true
	}
	for _, other := range l.cur.scopes {
		if other.has(r.id, r.at) {
			p.mark(r.id, other.seen[r.id])
			return true
		}
	}
	return false
}

// reach moves the progress to a time of Jira's, never into the future, where a
// wrong clock may have put an issue.
func (l *look) reach(p *progress, at int64) {
	p.high = max(p.high, min(at, l.c.jiraNow().UnixMilli()))
}

// deliver emits one issue. now is the time before it was fetched, edge the time
// that the progress must not pass. What emit did not take is not part of it.
func (l *look) deliver(ctx context.Context, p *progress, r row, x fetched, now time.Time, edge int64) error {
	d, err := x.delivery(ctx, l.c, r.id)
	if err != nil {
		return err
	}
	at := r.at
	if x.part != nil {
		if t := x.part.updated(); !t.IsZero() {
			at = t.UnixMilli()
		}
	}
	high := p.high
	was, had := p.seen[r.id]
	if x.settled(time.UnixMilli(at), now, l.c.site.Overlap) {
		p.mark(r.id, at)
	}
	l.reach(p, min(r.at, edge))
	d.Learn = p.first
	if err := l.emit(ctx, d, l.cur.brief()); err != nil {
		p.high = high
		p.restore(r.id, was, had)
		l.failed = err
		return err
	}
	l.done[r.id] = max(at, r.at)
	return nil
}

// jiraNow is the time in Jira, by its own clock. Where the client runs on another
// clock than the real one, that clock is Jira's, too.
func (c *Client) jiraNow() time.Time {
	now, real := c.site.Now(), c.clock()
	if c.dated.Load() && now.Sub(real).Abs() < time.Minute {
		return real.Add(time.Duration(c.skew.Load()))
	}
	return now
}
