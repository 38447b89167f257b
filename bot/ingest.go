package bot

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"andon/signals"
)

// sources is how the sources fared lately.
type sources struct {
	mu    sync.Mutex
	state map[string]SourceState
}

// SourceState is how a source fared lately.
type SourceState struct {
	Asked  time.Time // when it was last asked
	Heard  time.Time // when it last answered to the end
	Failed int       // how often in a row it did not
	Why    string    // the last error
}

// States returns how the sources fared lately, by name.
func (b *Bot) States() map[string]SourceState {
	b.sources.mu.Lock()
	defer b.sources.mu.Unlock()
	out := make(map[string]SourceState, len(b.c.Sources))
	for name := range b.c.Sources {
		out[name] = b.sources.state[name]
	}
	return out
}

// Accept stores what a source sent. When it returns nil the deliveries are safe.
func (b *Bot) Accept(ctx context.Context, ds ...signals.Delivery) error {
	fresh, err := b.c.Store.Accept(ctx, ds...)
	if err != nil {
		b.meter.Add("deliveries_refused", float64(len(ds)))
		return fmt.Errorf("store what was delivered: %w", err)
	}
	for i := range ds {
		b.meter.Add("deliveries", 1, "source", ds[i].Envelope.Source)
	}
	b.meter.Add("events", float64(fresh))
	return nil
}

// together is how many deliveries of a poll are stored in one transaction.
const together = 50

// The contacts with a source: what is heard before the first poll came to its
// end is learnt and not watched.
const (
	contact  = "contact/"
	watching = "watching"
)

// PollOnce asks a source for what changed, and stores it.
func (b *Bot) PollOnce(ctx context.Context, name string) error {
	src, ok := b.c.Sources[name]
	if !ok {
		return fmt.Errorf("poll %s: no such source is configured", name)
	}
	err := b.poll(ctx, name, src)
	b.heard(name, err)
	if err != nil {
		return fmt.Errorf("poll %s: %w", name, err)
	}
	return nil
}

func (b *Bot) poll(ctx context.Context, name string, src Source) error {
	store := b.c.Store
	cursor, err := store.Cursor(ctx, name)
	if err != nil {
		return err
	}
	met, err := store.Cursor(ctx, contact+name)
	if err != nil {
		return err
	}
	began := b.c.Now()
	var waiting []signals.Delivery
	flush := func(ctx context.Context) error {
		if len(waiting) == 0 {
			return nil
		}
		err := b.take(ctx, waiting)
		if err == nil {
			waiting = waiting[:0]
		}
		return err
	}
	end, err := src.Poll(ctx, cursor, func(ctx context.Context, d signals.Delivery, cursor string) error {
		d.Learn = d.Learn || met != watching
		d.Cursor = signals.Cursor{Name: name, Value: cursor}
		if waiting = append(waiting, d); len(waiting) >= together {
			return flush(ctx)
		}
		return nil
	})
	if ferr := flush(ctx); ferr != nil {
		return ferr
	}
	var part partial
	whole := err == nil || errors.As(err, &part) && part.IsPartial()
	if whole && met != watching {
		// Before the cursor: a source that dies in between knows by its own cursor
		// that its first reading goes on, and what comes later is watched.
		if werr := store.SetCursor(ctx, contact+name, watching); werr != nil {
			return errors.Join(err, werr)
		}
		b.log.Info("first contact is over: what was there is learnt, what comes is watched", "source", name)
	}
	if end != cursor { // after an error, too: it knows best what was emitted
		if cerr := store.SetCursor(ctx, name, end); cerr != nil {
			return errors.Join(err, cerr)
		}
	}
	if !whole {
		return err
	}
	return errors.Join(err, b.gap(ctx, name, began))
}

// take stores deliveries together. Where one of them cannot be stored, it alone
// is set aside, with what the source sent, and the rest goes on.
func (b *Bot) take(ctx context.Context, ds []signals.Delivery) error {
	err := b.Accept(ctx, ds...)
	var later lasting
	if err == nil || ctx.Err() != nil || errors.As(err, &later) && later.IsUnavailable() {
		return err
	}
	for _, d := range ds {
		one := b.Accept(ctx, d)
		if one == nil {
			continue
		}
		d.Events = nil
		if aside := b.Accept(ctx, d); aside != nil {
			return aside
		}
		b.meter.Add("deliveries_set_aside", 1)
		b.log.Error("a delivery was set aside, for its events cannot be stored", "source", d.Envelope.Source, "envelope", d.Envelope.ID, "error", one)
	}
	return nil
}

// heard keeps how a source fared.
func (b *Bot) heard(name string, err error) {
	now := b.c.Now()
	b.sources.mu.Lock()
	defer b.sources.mu.Unlock()
	if b.sources.state == nil {
		b.sources.state = make(map[string]SourceState)
	}
	s := b.sources.state[name]
	s.Asked = now
	if err == nil {
		s.Heard, s.Failed, s.Why = now, 0, ""
		b.meter.Add("polls", 1, "source", name, "outcome", "ok")
	} else {
		s.Failed++
		s.Why = err.Error()
		b.meter.Add("polls", 1, "source", name, "outcome", "failed")
	}
	b.sources.state[name] = s
}

// Fetch takes in one thing of a source as it is now: a hint said that it changed.
func (b *Bot) Fetch(ctx context.Context, name, ref string) error {
	src, ok := b.c.Sources[name]
	if !ok {
		return fmt.Errorf("fetch %s from %s: no such source is configured", ref, name)
	}
	met, err := b.c.Store.Cursor(ctx, contact+name)
	if err != nil {
		return err
	}
	if met != watching {
		return nil // the first poll will bring it, and it is learnt
	}
	d, err := src.Fetch(ctx, ref)
	if err != nil {
		return fmt.Errorf("fetch %s from %s: %w", ref, name, err)
	}
	return b.Accept(ctx, d)
}

// Watch adds a source. It is to be called before Tasks and the first poll.
func (b *Bot) Watch(_ context.Context, name string, src Source) error {
	if b.c.Sources == nil {
		b.c.Sources = make(map[string]Source)
	}
	if _, taken := b.c.Sources[name]; taken {
		return fmt.Errorf("watch %s: there is a source of that name already", name)
	}
	b.c.Sources[name] = src
	return nil
}
