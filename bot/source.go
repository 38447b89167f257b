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
		}
		delete(b.used, k)
	}
}
