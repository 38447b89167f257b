package bot

import (
	"context"
	"time"

	"andon/signals"
)

// Task is periodic work: once per interval across all replicas.
type Task struct {
	Every time.Duration
	Do    func(ctx context.Context) error
}

// Reconciler is a source that can tell what a poll missed.
type Reconciler interface {
	Reconcile(ctx context.Context, emit func(ctx context.Context, d signals.Delivery) error) error
}

// Tasks lists the periodic work of the loop by name.
func (b *Bot) Tasks() map[string]Task {
	out := map[string]Task{
		"resend":  {Every: 30 * time.Second, Do: b.Resend},
		"recheck": {Every: time.Minute, Do: b.Recheck},
		"sources": {Every: time.Minute, Do: b.WatchSources},
		"digest":  {Every: time.Minute, Do: b.DigestDue},
		"thin":    {Every: 10 * time.Minute, Do: b.ThinDue},
		"lint":    {Every: time.Hour, Do: b.Lint},
		"load":    {Every: 10 * time.Minute, Do: b.LoadDue},
		"pause":   {Every: 10 * time.Minute, Do: b.PauseDue},
	}
	for name, src := range b.c.Sources {
		out["poll "+name] = Task{Every: b.c.Poll, Do: func(ctx context.Context) error { return b.PollOnce(ctx, name) }}
		if r, ok := src.(Reconciler); ok {
			out["reconcile "+name] = Task{Every: 24 * time.Hour, Do: func(ctx context.Context) error { return b.reconcile(ctx, name, r) }}
		}
	}
	return out
}

// reconcile asks a source for what its polls missed.
func (b *Bot) reconcile(ctx context.Context, name string, r Reconciler) error {
	met, err := b.c.Store.Cursor(ctx, contact+name)
	if err != nil || met != watching {
		return err
	}
	return r.Reconcile(ctx, func(ctx context.Context, d signals.Delivery) error { return b.Accept(ctx, d) })
}
