package main

import (
	"context"
	"errors"
	"time"

	"andon/signals"
	"andon/store"
)

// port is the database as the loop sees it.
type port struct{ *store.DB }

// stale marks what the loop has to look at again.
type stale struct{ error }

func (s stale) Unwrap() error { return s.error }

// IsStale tells the loop to look again.
func (s stale) IsStale() bool { return true }

// unavailable marks what the database will take later.
type unavailable struct{ error }

func (u unavailable) Unwrap() error { return u.error }

// IsUnavailable tells the loop that nothing was wrong with what it gave.
func (u unavailable) IsUnavailable() bool { return true }

func marked(err error) error {
	if errors.Is(err, store.ErrStale) {
		return stale{err}
	}
	return err
}

// Accept implements bot.Journal.
func (p port) Accept(ctx context.Context, ds ...signals.Delivery) (int, error) {
	a, err := p.Append(ctx, ds...)
	if err != nil && !errors.Is(err, store.ErrRefused) {
		err = unavailable{err}
	}
	return a.New, err
}

// Commit implements bot.Desk.
func (p port) Commit(ctx context.Context, o signals.Outcome) error {
	return marked(p.DB.Commit(ctx, o))
}

// Settle implements bot.Outbox.
func (p port) Settle(ctx context.Context, out signals.Outgoing, records []*signals.Record, again time.Time) error {
	return marked(p.DB.Settle(ctx, out, records, again))
}

// Claim implements bot.Outbox.
func (p port) Claim(ctx context.Context, message string, now time.Time) (signals.Outgoing, []*signals.Record, bool, error) {
	out, records, ok, err := p.DB.Claim(ctx, message, now)
	if err == nil && ok && len(out.Nudges) == 0 {
		out.Body, err = p.NoticeBody(ctx, message)
	}
	return out, records, ok, err
}

// Backlog tells how many jobs wait and for how long the oldest has.
func (p port) Backlog(ctx context.Context) (waiting int, oldest time.Duration, err error) {
	queues, err := p.Queue(ctx)
	for _, q := range queues {
		waiting, oldest = waiting+q.Waiting, max(oldest, q.Age)
	}
	return waiting, oldest, err
}
