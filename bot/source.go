package bot

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"andon/signals"
)

// begin starts a call in which the world may ask its source.
func (b *brain) begin(ctx context.Context) { b.ctx, b.err = ctx, nil }

// Case implements decide.Source.
func (b *brain) Case(k signals.Key) *signals.Case {
	if b.err != nil || b.pos == 0 || b.absent[k] {
		return nil
	}
	found, err := b.c.Store.CaseEvents(b.ctx, b.pos, k)
	if err != nil {
		b.err = err
		return nil
	}
	if len(found[k]) == 0 {
		return nil
	}
	c := fold(found[k])
	b.held += len(c.Events())
	b.touch(k)
	return c
}

// Room implements decide.Source.
func (b *brain) Room(channel string) *signals.Room {
	if b.err != nil || b.pos == 0 { // 0 would be everything
		return nil
	}
	keys, name, count, err := b.c.Store.RoomCases(b.ctx, channel, b.pos, 2*signals.DefaultRoom)
	if err != nil {
		b.err = err
		return nil
	}
	if name == "" && count == 0 {
		return nil
	}
	room := &signals.Room{ID: channel, Name: cmp.Or(name, signals.Bare(channel)), Count: count}
	var missing []signals.Key
	for _, k := range keys {
		if b.w.Cases[k] == nil {
			missing = append(missing, k)
		}
	}
	if err := b.load(b.ctx, missing); err != nil {
		b.err = err
		return nil
	}
	for _, k := range keys {
		if c := b.w.Cases[k]; c != nil && !c.Gone {
			room.Posts = append(room.Posts, c.Posts...)
		}
	}
	room.Settle()
	return room
}

// evict drops the cases that were not touched for longest, when the world holds
// too much.
func (b *brain) evict() {
	if b.held <= b.c.Held {
		return
	}
	clear(b.w.Rooms) // they hold posts of the cases that go; the source gives them again
	keys := slices.SortedFunc(maps.Keys(b.used), func(x, y signals.Key) int { return cmp.Compare(b.used[x], b.used[y]) })
	for _, k := range keys {
		if b.held <= b.c.Held/2 {
			break
		}
		if c := b.w.Cases[k]; c != nil {
			b.held -= len(c.Events())
			delete(b.w.Cases, k)
			b.dropped++
		}
		delete(b.used, k)
	}
}

// beside are cases that are read from the journal beside the world, while it goes on.
type beside struct {
	of           *brain
	pos, dropped int64 // of the brain when it began
	keys         []signals.Key
	found        map[signals.Key]*signals.Case
}

func (b *brain) beside() *beside { return &beside{of: b, pos: b.pos, dropped: b.dropped} }

// read reads the cases as they stood when it began. The world need not be locked.
func (a *beside) read(ctx context.Context) error {
	a.found = make(map[signals.Key]*signals.Case, len(a.keys))
	for part := range slices.Chunk(a.keys, 500) {
		found, err := a.of.c.Store.CaseEvents(ctx, a.pos, part...)
		if err != nil {
			return err
		}
		for k, entries := range found {
			if len(entries) > 0 {
				a.found[k] = fold(entries)
			}
		}
	}
	return nil
}

// put brings what was read into the world. What moved meanwhile is there already,
// as long as nothing was dropped since; else all of it is left out, and the world
// takes it from its source.
func (a *beside) put(b *brain) {
	if a.of != b || a.dropped != b.dropped {
		return
	}
	for _, k := range a.keys {
		if c := a.found[k]; c != nil && b.w.Cases[k] == nil {
			b.keep(k, c)
		}
	}
}
