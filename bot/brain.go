package bot

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"
	"sync/atomic"

	"andon/signals"
	"andon/signals/decide"
)

// brain is a world that follows the journal. It holds the cases that were
// touched lately and takes others from the journal. It is not safe for
// concurrent use.
type brain struct {
	c     *Config
	w     *decide.World
	pos   int64            // place of the latest event that was taken
	saved int64            // place of the latest snapshot
	later []*signals.Event // of the organisation, not in force yet, by time

	ahead  []signals.Entry      // what comes after pos, as far as it was read
	absent map[signals.Key]bool // cases of ahead that have nothing before it

	frozen   *sync.Cond  // told when a snapshot is made; nil while none is being made, see Bot.freeze
	training *sync.Mutex // held while the models are trained, taken before the lock of the world

	used map[signals.Key]int64 // when a case was touched, in touches
	tick int64
	held int // events of the cases in w

	dropped int64 // how many cases w has let go

	watched *atomic.Pointer[map[string]bool] // see Bot.Watches

	ctx context.Context // of the call that is under way
	err error           // the first error of the source below in this call
}

func newBrain(c *Config, watched *atomic.Pointer[map[string]bool]) *brain {
	b := &brain{c: c, watched: watched, training: &sync.Mutex{}, used: make(map[signals.Key]int64), absent: make(map[signals.Key]bool)}
	b.w = decide.NewWorld(signals.NewOrg(c.Policy), b.options())
	return b
}

func (b *brain) options() decide.Options {
	return decide.Options{Lexicon: b.c.Lexicon, Index: true, Routes: true, Risk: true, AsLive: b.c.AsLive, Sends: true, Source: b}
}

// Events are read from the journal so many at once, and at least some of what
// comes behind: a look takes one after the other, and the next look goes on from
// there.
const (
	batch = 2000
	some  = 500
)

// follow takes the journal's events up to a place, but nothing while a snapshot
// is being made.
func (b *brain) follow(ctx context.Context, upTo int64) error {
	for b.pos < upTo && b.frozen == nil {
		if len(b.ahead) == 0 {
			if err := b.readAhead(ctx, int(min(batch, max(some, upTo-b.pos)))); err != nil {
				return err
			}
		}
		n := cut(b.ahead, upTo)
		if n == 0 {
			return nil
		}
		entries := b.ahead[:n]
		if err := b.take(ctx, entries); err != nil {
			b.ahead = nil // pos says what was taken
			return err
		}
		b.ahead = b.ahead[n:]
	}
	return nil
}

// readAhead reads what comes next, and the earlier part of its cases.
func (b *brain) readAhead(ctx context.Context, limit int) (err error) {
	clear(b.absent)
	if b.ahead, err = b.c.Store.Follow(ctx, b.pos, limit); err != nil {
		return err
	}
	if err := b.fetch(ctx, b.ahead); err != nil {
		b.ahead = nil
		return err
	}
	for i := range b.ahead {
		if k := b.ahead[i].Case; b.w.Cases[k] == nil && !b.ahead[i].Kind.Organises() {
			b.absent[k] = true
		}
	}
	return nil
}

// cut is how many of the entries stand at or before a place.
func cut(entries []signals.Entry, upTo int64) int {
	n, _ := slices.BinarySearchFunc(entries, upTo+1, func(e signals.Entry, pos int64) int { return cmp.Compare(e.Pos, pos) })
	return n
}

// take takes entries in, in their order.
func (b *brain) take(ctx context.Context, entries []signals.Entry) error {
	if err := b.fetch(ctx, entries); err != nil {
		return err
	}
	b.begin(ctx)
	for i := range entries {
		b.guarded(&entries[i])
		if b.err != nil {
			return fmt.Errorf("follow the journal at %d: %w", entries[i].Pos, b.err)
		}
		b.pos = entries[i].Pos
	}
	b.evict()
	return nil
}

// fetch puts the earlier part of the entries' cases into the world, where it
// is not there.
func (b *brain) fetch(ctx context.Context, entries []signals.Entry) error {
	missing := make(map[signals.Key]bool)
	for i := range entries {
		if k := entries[i].Case; b.w.Cases[k] == nil && !b.absent[k] && !entries[i].Kind.Organises() {
			missing[k] = true
		}
	}
	if len(missing) == 0 || b.pos == 0 {
		return nil
	}
	return b.load(ctx, slices.Collect(maps.Keys(missing)))
}

// load puts cases into the world as they stood at its place.
func (b *brain) load(ctx context.Context, keys []signals.Key) error {
	for part := range slices.Chunk(keys, 500) {
		found, err := b.c.Store.CaseEvents(ctx, b.pos, part...)
		if err != nil {
			return err
		}
		for k, entries := range found {
			if len(entries) > 0 {
				b.keep(k, fold(entries))
			}
		}
	}
	return nil
}

func fold(entries []signals.Entry) *signals.Case {
	events := make([]*signals.Event, 0, len(entries))
	for i := range entries {
		if !entries[i].Kind.Organises() {
			events = append(events, entries[i].Event)
		}
	}
	return signals.Fold(events)
}

func (b *brain) keep(k signals.Key, c *signals.Case) {
	if old := b.w.Cases[k]; old != nil {
		b.held -= len(old.Events())
	}
	b.w.Hold(c)
	b.held += len(c.Events())
	b.touch(k)
}

func (b *brain) touch(k signals.Key) {
	b.tick++
	b.used[k] = b.tick
}

// guarded takes one event in. One that makes the models panic must not stop the
// service at every start: it is passed over, and said so.
func (b *brain) guarded(e *signals.Entry) {
	defer func() {
		if r := recover(); r != nil {
			b.c.Log.Error("an event was passed over, for the models cannot take it", "event", e.ID, "position", e.Pos, "panic", r)
			b.c.Meter.Add("events_passed_over", 1)
		}
	}()
	b.one(e)
}

// one takes one event in: the world first, then the models.
func (b *brain) one(e *signals.Entry) {
	if e.Kind.Organises() {
		b.organise(e.Event)
		return
	}
	had := 0
	if c := b.w.Cases[e.Case]; c != nil {
		had = len(c.Events())
	}
	c, err := b.w.Take(e.Event)
	if b.err != nil { // half taken: it is taken anew from what the store has
		b.held -= had
		delete(b.w.Cases, e.Case)
		delete(b.used, e.Case)
		b.dropped++
		delete(b.w.Rooms, e.Case.Channel())
		return
	}
	if err != nil || c == nil {
		b.c.Log.Warn("an event could not be used", "event", e.ID, "error", err)
		return
	}
	b.held += len(c.Events()) - had
	delete(b.absent, e.Case)
	b.touch(e.Case)
	if e.Learn {
		b.w.Learnt(e.Event)
	}
	if len(c.Events()) == had {
		return // heard before
	}
	b.w.Observe(c, e.Event)
}

// organise applies an event of the organisation, or keeps it until its time.
func (b *brain) organise(e *signals.Event) {
	if e.At.After(b.c.Now()) {
		i, _ := slices.BinarySearchFunc(b.later, e, signals.CompareEvents)
		b.later = slices.Insert(b.later, i, e)
		return
	}
	b.apply(e)
}

func (b *brain) apply(e *signals.Event) {
	if _, err := b.w.Take(e); err != nil {
		b.c.Log.Warn("an event of the organisation could not be used", "event", e.ID, "error", err)
	}
	if e.Kind == signals.Watched {
		b.tellWatched()
	}
}

// tellWatched makes known which channels are watched, as far as it was said.
func (b *brain) tellWatched() {
	said := b.w.Org.Said()
	b.watched.Store(&said)
}

// catchUp applies the organisation's events whose time has come.
func (b *brain) catchUp() {
	now := b.c.Now()
	for b.frozen == nil && len(b.later) > 0 && !b.later[0].At.After(now) {
		e := b.later[0]
		b.later = b.later[1:]
		b.apply(e)
	}
}
