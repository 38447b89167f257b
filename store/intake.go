package store

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"maps"
	"slices"
	"strings"

	"andon/signals"
)

// accepted is an event on its way into the journal.
type accepted struct {
	*signals.Event
	id       string // as stored
	kase     *caseRow
	envelope int64
	source   envelopeID
	room     int64
	learn    bool
}

type envelopeID struct{ source, id string }

// intake is one Append: what it brings, and the rows that it touches.
type intake struct {
	envelopes map[envelopeID]*signals.Envelope
	order     []envelopeID
	ids       map[envelopeID]int64
	events    []*accepted
	repeated  int // within the deliveries themselves
	cases     map[string]*caseRow
	rooms     map[string]*roomRow
	cursors   map[string]string
}

type roomRow struct {
	name  string // new name, empty when nothing was said of it
	id    int64
	posts int64
	said  int64 // posts brought, known ones among them
	fresh int64 // new posts
}

// newIntake sorts what the deliveries bring. It refuses what could not be found
// again: an event without an id, or with a key that is not one.
func newIntake(ds []signals.Delivery) (*intake, error) {
	a := &intake{
		envelopes: make(map[envelopeID]*signals.Envelope), ids: make(map[envelopeID]int64),
		cases: make(map[string]*caseRow), rooms: make(map[string]*roomRow), cursors: make(map[string]string),
	}
	seen := make(map[string]bool)
	for i := range ds {
		d := &ds[i]
		source := a.envelope(&d.Envelope)
		for channel, name := range d.Rooms {
			a.room(channel).name = storable(name)
		}
		if d.Cursor.Name != "" {
			a.cursors[storable(d.Cursor.Name)] = storable(d.Cursor.Value)
		}
		for _, e := range d.Events {
			if err := a.event(e, source, d.Learn, seen); err != nil {
				return nil, err
			}
		}
	}
	slices.SortStableFunc(a.events, inOrder)
	return a, nil
}

// inOrder is the order in which events are taken in: that of their times over
// all cases, which is the order in which a replay goes through them.
func inOrder(a, b *accepted) int {
	if c := a.At.Compare(b.At); c != 0 {
		return c
	}
	if c := cmp.Compare(a.Seq.Entry, b.Seq.Entry); c != 0 {
		return c
	}
	if c := signals.CompareKeys(a.Case, b.Case); c != 0 {
		return c
	}
	return cmp.Or(cmp.Compare(a.Seq.Item, b.Seq.Item), cmp.Compare(a.id, b.id))
}

func (a *intake) envelope(e *signals.Envelope) envelopeID {
	k := envelopeID{storable(e.Source), storable(e.ID)}
	if k.id == "" {
		return envelopeID{} // derived without one, as imports are
	}
	if a.envelopes[k] == nil {
		a.envelopes[k] = e
		a.order = append(a.order, k)
	}
	return k
}

func (a *intake) room(channel string) *roomRow {
	channel = storable(channel)
	r := a.rooms[channel]
	if r == nil {
		r = &roomRow{}
		a.rooms[channel] = r
	}
	return r
}

func (a *intake) event(e *signals.Event, source envelopeID, learn bool, seen map[string]bool) error {
	if e == nil || e.ID == "" {
		return fmt.Errorf("%w: an event has no id: the source's reader has to make one from the source's own ids", ErrRefused)
	}
	id := storable(e.ID)
	if seen[id] {
		a.repeated++
		return nil
	}
	seen[id] = true
	key := keyText(e.Case)
	c := a.cases[key]
	if c == nil {
		if k, ok := signals.ParseKey(key); !ok || k.String() != key || strings.Contains(e.Case.Source+e.Case.Site, "/") {
			return fmt.Errorf("%w: event %s: its case %q is not SOURCE/SITE/ID: the source's reader has to name all three, the first two without a slash", ErrRefused, e.ID, key)
		}
		c = &caseRow{key: key, source: storable(e.Case.Source), channel: storable(e.Case.Channel())}
		a.cases[key] = c
	}
	x := &accepted{Event: e, id: id, kase: c, source: source, learn: learn}
	a.events = append(a.events, x)
	if e.Kind == signals.Said && c.channel != "" {
		a.room(c.channel).said++
	}
	return nil
}

// store writes everything, in the order of locks.
func (a *intake) store(ctx context.Context, t *txn) (Appended, error) {
	if err := lockJournal(ctx, t); err != nil {
		return Appended{}, err
	}
	for _, step := range []func(context.Context, *txn) error{a.storeEnvelopes, a.storeRooms, a.findWaiting, a.lockCases} {
		if err := step(ctx, t); err != nil {
			return Appended{}, err
		}
	}
	fresh, err := a.storeEvents(ctx, t)
	if err != nil {
		return Appended{}, err
	}
	out := Appended{New: fresh, Repeated: a.repeated + len(a.events) - fresh}
	for _, c := range a.cases {
		if c.touched {
			out.Cases++
		}
		out.Pos = max(out.Pos, c.newest)
	}
	if out.Pos == 0 {
		if err := t.one(ctx, headQuery, nil, &out.Pos); err != nil {
			return Appended{}, err
		}
	}
	if err := a.storePosts(ctx, t); err != nil {
		return Appended{}, err
	}
	if err := a.queueLooks(ctx, t); err != nil {
		return Appended{}, err
	}
	return out, a.storeCursors(ctx, t)
}

// storeEnvelopes stores those that are new and finds the ids of all.
func (a *intake) storeEnvelopes(ctx context.Context, t *txn) error {
	err := batches(len(a.order), func(from, to int) error {
		args := make([]any, 0, 4*(to-from))
		for _, k := range a.order[from:to] {
			e := a.envelopes[k]
			body := e.Body
			if body == nil {
				body = []byte{}
			}
			args = append(args, k.source, k.id, micros(e.Received), body)
		}
		rows, err := t.query(ctx, "INSERT INTO envelopes (source, ext_id, received, body) VALUES "+values("(?, ?, ?, ?)", to-from)+
			" ON CONFLICT (source, ext_id) DO NOTHING RETURNING id, source, ext_id", args...)
		if err != nil {
			return err
		}
		return a.readEnvelopeIDs(rows)
	})
	if err != nil || len(a.ids) == len(a.order) {
		return err
	}
	known := make(map[string][]string) // source -> ids heard before
	for _, k := range a.order {
		if a.ids[k] == 0 {
			known[k.source] = append(known[k.source], k.id)
		}
	}
	for source, ids := range known {
		rows, err := t.query(ctx, "SELECT id, source, ext_id FROM envelopes WHERE source = ? AND "+t.db.dialect.in("ext_id"), source, list(t.db.dialect, ids))
		if err != nil {
			return err
		}
		if err := a.readEnvelopeIDs(rows); err != nil {
			return err
		}
	}
	return nil
}

func (a *intake) readEnvelopeIDs(rows *sql.Rows) error {
	return each(rows, func(scan func(...any) error) error {
		var id int64
		var k envelopeID
		if err := scan(&id, &k.source, &k.id); err != nil {
			return err
		}
		a.ids[k] = id
		return nil
	})
}

// storeEvents gives the new events their places and notes in their cases and
// rooms what came.
func (a *intake) storeEvents(ctx context.Context, t *txn) (fresh int, err error) {
	byID := make(map[string]*accepted, len(a.events))
	for _, e := range a.events {
		byID[e.id] = e
		e.envelope = a.ids[e.source]
		if e.Kind == signals.Said && e.kase.channel != "" {
			e.room = a.rooms[e.kase.channel].id
		}
	}
	err = batches(len(a.events), func(from, to int) error {
		args := make([]any, 0, eventFields*(to-from))
		for _, e := range a.events[from:to] {
			if args, err = eventArgs(args, e); err != nil {
				return err
			}
		}
		rows, err := t.query(ctx, eventInsert+values(eventRow, to-from)+" ON CONFLICT (id) DO NOTHING RETURNING pos, id", args...)
		if err != nil {
			return err
		}
		return each(rows, func(scan func(...any) error) error {
			var pos int64
			var id string
			if err := scan(&pos, &id); err != nil {
				return err
			}
			fresh++
			byID[id].kase.heard(byID[id], pos)
			if e := byID[id]; e.room > 0 {
				a.rooms[e.kase.channel].fresh++
			}
			return nil
		})
	})
	return fresh, err
}

// storeCursors notes how far the sources have been read.
func (a *intake) storeCursors(ctx context.Context, t *txn) error {
	for _, name := range slices.Sorted(maps.Keys(a.cursors)) {
		if err := setCursor(ctx, t, name, a.cursors[name]); err != nil {
			return err
		}
	}
	return nil
}
