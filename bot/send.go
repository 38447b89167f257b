package bot

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"andon/bot/view"
	"andon/signals"
)

// Send brings a message to people: it claims it, posts it and marks it, each in
// a transaction of its own. Where an earlier attempt has no known end it looks
// for what that may have left before it posts.
func (b *Bot) Send(ctx context.Context, id string) error {
	out, records, ok, err := b.c.Store.Claim(ctx, id, b.c.Wall())
	if err != nil {
		return fmt.Errorf("claim message %s: %w", id, err)
	}
	if !ok {
		return nil // said already, or another is about to
	}
	if strings.HasPrefix(out.Target, onCase) {
		return b.put(ctx, out)
	}
	if b.c.Poster == nil {
		return b.unsaid(ctx, out, errors.New("nobody is connected who could say it"))
	}
	if err := b.drop(ctx, &out, records); err != nil {
		return fmt.Errorf("look at message %s again: %w", id, err)
	}
	began := b.c.Wall()
	card, err := b.card(ctx, &out, records)
	if err != nil {
		return fmt.Errorf("write message %s: %w", id, err)
	}
	if card == nil && len(out.Copies) == 0 {
		out.State, out.Why = signals.Superseded, "it was overtaken before it could be said"
		return b.settle(ctx, out, time.Time{})
	}
	to, why, err := b.address(ctx, out.Target)
	if err != nil {
		return fmt.Errorf("send message %s: %w", id, err)
	}
	if to == "" {
		out.State, out.Why = signals.Failed, why
		return b.settle(ctx, out, time.Time{})
	}
	call, cancel := context.WithTimeout(ctx, b.c.Deadline)
	defer cancel()
	err = b.say(call, to, &out, card, first(&out, records, b.c.Now()))
	b.meter.Observe("send_seconds", b.c.Wall().Sub(began).Seconds())
	if err != nil {
		return b.unsaid(ctx, out, err)
	}
	out.State, out.Why, out.SentRev = signals.Sent, "Slack has it", out.Rev // a doubt stays until Recheck
	return b.settle(ctx, out, time.Time{})
}

// drop takes out of a message that was not said yet what was overtaken since.
func (b *Bot) drop(ctx context.Context, out *signals.Outgoing, records []*signals.Record) error {
	if len(out.Copies) > 0 || len(out.Nudges) == 0 || out.Attempt > 1 && out.Doubt {
		return nil // it may stand there already
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.brain.begin(ctx)
	for _, r := range records {
		for _, n := range r.Nudges {
			if n.Message != out.ID || n.State != signals.Sending {
				continue
			}
			if why, is := b.brain.w.Outlived(r, n, b.c.Now()); is {
				n.State, n.Why = signals.Superseded, why
				if out.Dropped == nil {
					out.Dropped = make(map[string]string)
				}
				out.Dropped[n.Key()] = why
			}
		}
	}
	return b.brain.err
}

// address finds where a message goes.
func (b *Bot) address(ctx context.Context, to string) (target, why string, err error) {
	if b.c.Address == nil {
		return to, "", nil
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	head, err := b.c.Store.Head(ctx)
	if err == nil {
		err = b.brain.follow(ctx, head)
	}
	if err != nil {
		return "", "", err
	}
	b.brain.catchUp()
	target, why = b.c.Address(b.brain.w.Org, to)
	return target, why, nil
}

// say posts a message, or edits it where it stands.
func (b *Bot) say(ctx context.Context, to string, out *signals.Outgoing, card *view.Card, since time.Time) error {
	if len(out.Copies) == 0 && out.Attempt > 1 {
		found, err := b.c.Poster.Find(ctx, to, out.ID, since)
		if err != nil {
			return fmt.Errorf("look for what an earlier attempt left: %w", sure{err})
		}
		if out.Copies, err = b.one(ctx, out.ID, found); err != nil {
			return err
		}
	}
	if len(out.Copies) == 0 {
		at, err := b.c.Poster.Post(ctx, to, card)
		if err != nil {
			return err
		}
		out.Copies = []signals.Copy{at}
		return nil
	}
	for _, at := range out.Copies {
		if card == nil {
			break
		}
		if err := b.c.Poster.Update(ctx, at, card); err != nil {
			return sure{err}
		}
	}
	return nil
}

// one keeps the first copy of a message and removes others: an attempt that was
// thought lost had arrived late.
func (b *Bot) one(ctx context.Context, id string, found []signals.Copy) ([]signals.Copy, error) {
	if len(found) < 2 {
		return found, nil
	}
	for _, at := range found[1:] {
		if err := b.c.Poster.Delete(ctx, at); err != nil {
			return found[:1], fmt.Errorf("remove the double of message %s: %w", id, sure{err})
		}
		b.meter.Add("doubles_removed", 1)
		b.log.Warn("a message stood twice; the later one was removed", "message", id)
	}
	return found[:1], nil
}

// sure is an error of a call whose repetition does no harm.
type sure struct{ error }

func (s sure) Unwrap() error     { return s.error }
func (s sure) IsAmbiguous() bool { return false }

// unsaid keeps what became of an attempt that failed, and when to try again.
func (b *Bot) unsaid(ctx context.Context, out signals.Outgoing, err error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second) // the attempt is over; what became of it is kept even when we are stopping
	defer cancel()
	var term terminal
	var ours mendable
	if !(errors.As(err, &ours) && ours.IsAuth()) && errors.As(err, &term) && term.TerminalReason() != "" {
		out.State, out.Why = signals.Failed, term.TerminalReason()
		b.meter.Add("sends", 1, "outcome", "failed")
		return b.settle(ctx, out, time.Time{})
	}
	var amb ambiguous
	out.Doubt = out.Doubt || errors.Is(err, context.DeadlineExceeded) || errors.As(err, &amb) && amb.IsAmbiguous()
	out.State, out.Why = signals.Sending, err.Error()
	b.meter.Add("sends", 1, "outcome", "again")
	b.log.Warn("a message could not be said yet", "message", out.ID, "attempt", out.Attempt, "doubt", out.Doubt, "error", err)
	return b.settle(ctx, out, b.c.Wall().Add(b.pause(out, err)))
}

// pause is how long to wait before the next attempt: as long as Slack asks for,
// and after an unclear end until the call's deadline and a grace period are over.
func (b *Bot) pause(out signals.Outgoing, err error) time.Duration {
	pause := min(time.Second<<min(out.Attempt, 9), 5*time.Minute)
	var wait waiting
	if errors.As(err, &wait) {
		pause = max(pause, wait.RetryAfter())
	}
	if out.Doubt {
		pause = max(pause, b.c.Lease)
	}
	return pause
}

// settle stores what became of a message, with the nudges that it carries and
// their ledgers. Where those moved meanwhile it takes them as they are now.
func (b *Bot) settle(ctx context.Context, out signals.Outgoing, again time.Time) error {
	var err error
	for range tries {
		var records []*signals.Record
		if records, err = b.c.Store.RecordsOf(ctx, out.Nudges...); err != nil {
			break
		}
		b.mark(records, &out)
		if err = b.c.Store.Settle(ctx, out, records, again); !isStale(err) {
			break
		}
	}
	if err != nil {
		return fmt.Errorf("mark message %s as %s: %w", out.ID, out.State, err)
	}
	if out.State == signals.Sent {
		b.meter.Add("sends", 1, "outcome", "ok")
	}
	return nil
}

// mark moves the nudges of a message, and their ledgers, as the message did.
func (b *Bot) mark(records []*signals.Record, out *signals.Outgoing) {
	now := b.c.Now()
	for _, r := range records {
		for _, n := range r.Nudges {
			if n.Message != out.ID || !slices.Contains(out.Nudges, n.Key()) {
				continue
			}
			if why := out.Dropped[n.Key()]; why != "" && n.State == signals.Sending {
				n.State, n.Why = signals.Superseded, why
				r.Ledger.Die(signals.Transmitted, why, now)
				continue
			}
			switch out.State {
			case signals.Sent:
				if n.State == signals.Sending {
					n.State, n.At = signals.Sent, now
				}
				r.Ledger.Reach(signals.Transmitted, now, false)
			case signals.Failed:
				if n.State == signals.Sending {
					n.State, n.Why = signals.Failed, out.Why
					r.Ledger.Die(signals.Transmitted, out.Why, now)
				}
			}
		}
	}
}

// Resend takes up messages whose last attempt ended with its process.
func (b *Bot) Resend(ctx context.Context) error {
	ids, err := b.c.Store.Unsettled(ctx, b.c.Wall().Add(-b.c.Lease))
	if err != nil {
		return fmt.Errorf("look for messages that were left: %w", err)
	}
	var all []error
	for _, id := range ids {
		all = append(all, b.Send(ctx, id))
	}
	return errors.Join(all...)
}

// searched is how far back a message is looked for: longer than any attempt can
// have been under way.
const searched = 7 * 24 * time.Hour

// first is the earliest time at which a message can have been said: since its
// nudges were decided, however long ago the process stopped that sent it.
func first(out *signals.Outgoing, records []*signals.Record, now time.Time) time.Time {
	at := now.Add(-searched)
	for _, r := range records {
		for _, n := range r.Nudges {
			if n.Message == out.ID && !n.At.IsZero() && n.At.Before(at) {
				at = n.At
			}
		}
	}
	return at
}

// settled is after how long nothing of an attempt without a clear answer can
// arrive any more.
const settled = 10 * time.Minute

// Recheck looks once more for doubles of messages that were said after an
// attempt without a clear answer, and removes the later ones.
func (b *Bot) Recheck(ctx context.Context) error {
	if b.c.Poster == nil {
		return nil
	}
	ids, err := b.c.Store.Doubtful(ctx, b.c.Wall().Add(-settled))
	if err != nil {
		return err
	}
	var all []error
	for _, id := range ids {
		if err := b.recheck(ctx, id); err != nil {
			all = append(all, fmt.Errorf("look for doubles of message %s: %w", id, err))
		}
	}
	return errors.Join(all...)
}

func (b *Bot) recheck(ctx context.Context, id string) error {
	out, ok, err := b.c.Store.Message(ctx, id)
	if err != nil || !ok {
		return err
	}
	to, _, err := b.address(ctx, out.Target)
	if err != nil {
		return err
	}
	if to != "" {
		found, err := b.c.Poster.Find(ctx, to, id, b.c.Now().Add(-searched))
		if err != nil {
			return err
		}
		keep := slices.IndexFunc(found, func(c signals.Copy) bool { return slices.Contains(out.Copies, c) })
		if keep > 0 { // the one that the store knows stays
			found[0], found[keep] = found[keep], found[0]
		}
		if _, err := b.one(ctx, id, found); err != nil {
			return err
		}
	}
	return b.c.Store.Certain(ctx, id)
}
