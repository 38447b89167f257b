package bot

import (
	"context"
	"errors"
	"fmt"
	"maps"
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
	if done, err := b.askWaits(ctx, &out); done || err != nil {
		return err
	}
	if wait, err := b.quiet(ctx, &out, records); err != nil {
		return fmt.Errorf("look whether message %s is late: %w", id, err)
	} else if stands, err := b.stands(ctx, &out, records, wait); err != nil {
		return b.unsaid(ctx, out, err)
	} else if wait > 0 && !stands {
		out.State, out.Why = signals.Sending, quietReason
		return b.settle(ctx, out, b.c.Wall().Add(min(wait, lateness)))
	}
	began := b.c.Wall()
	card, err := b.card(ctx, &out, records)
	if err != nil {
		return fmt.Errorf("write message %s: %w", id, err)
	}
	if card == nil && len(out.Copies) == 0 {
		out.State, out.Why = signals.Superseded, "it was overtaken before it could be said"
		if slices.Contains(slices.Collect(maps.Values(out.Dropped)), unseen) {
			out.State, out.Why = signals.Failed, unseen
		}
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
	err = b.say(call, spot(out.Target, to, out.Nudges, records), &out, card, first(&out, records, b.c.Now()), news(&out, records))
	b.meter.Observe("send_seconds", b.c.Wall().Sub(began).Seconds())
	if err != nil {
		return b.unsaid(ctx, out, err)
	}
	out.State, out.Why, out.SentRev = signals.Sent, "Slack has it", out.Rev // a doubt stays until Recheck
	return b.settle(ctx, out, time.Time{})
}

// address finds where a message goes.
func (b *Bot) address(ctx context.Context, to string) (target, why string, err error) {
	if b.c.Address == nil {
		return to, "", nil
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if err := b.catchHead(ctx); err != nil {
		return "", "", err
	}
	b.brain.catchUp()
	target, why = b.c.Address(b.brain.w.Org, to)
	return target, why, nil
}

// say posts a message, or edits it where it stands. fresh says that it has
// something that nobody was told yet: then it is posted anew where it was taken
// away, and else it is let be.
func (b *Bot) say(ctx context.Context, to string, out *signals.Outgoing, card *view.Card, since time.Time, fresh bool) error {
	if len(out.Copies) == 0 && !fresh {
		return nil
	}
	if len(out.Copies) == 0 && out.Attempt > 1 {
		if err := b.find(ctx, to, out, since); err != nil {
			return err
		}
	}
	if len(out.Copies) > 0 {
		if err := b.edit(ctx, out, card); err != nil || len(out.Copies) > 0 || !fresh {
			return err
		}
	}
	if card == nil {
		return nil
	}
	at, err := b.c.Poster.Post(ctx, to, card)
	if err != nil {
		return err
	}
	out.Copies = []signals.Copy{at}
	return nil
}

// find takes what an earlier attempt left as the message.
func (b *Bot) find(ctx context.Context, to string, out *signals.Outgoing, since time.Time) error {
	found, err := b.c.Poster.Find(ctx, to, out.ID, since)
	if err != nil {
		return fmt.Errorf("look for what an earlier attempt left: %w", sure{err})
	}
	out.Copies, err = b.one(ctx, out.ID, found)
	return err
}

// edit changes a message everywhere it stands. A copy that can never be changed
// again, such as one that was deleted, is given up; the others are changed all
// the same.
func (b *Bot) edit(ctx context.Context, out *signals.Outgoing, card *view.Card) error {
	if card == nil {
		return nil
	}
	var left []signals.Copy
	var first error
	for _, at := range out.Copies {
		err := b.c.Poster.Update(ctx, at, card)
		if why := hopeless(err); err != nil && why != "" {
			b.log.Info("a copy of a message is given up", "message", out.ID, "reason", why)
			continue
		}
		left = append(left, at)
		if err != nil && first == nil {
			first = sure{err}
		}
	}
	out.Copies = left
	return first
}

// news reports whether a message has something that nobody was told yet.
func news(out *signals.Outgoing, records []*signals.Record) bool {
	return out.SentRev == 0 || slices.ContainsFunc(records, func(r *signals.Record) bool {
		return slices.ContainsFunc(r.Nudges, func(n *signals.Nudge) bool { return n.Message == out.ID && n.State == signals.Sending })
	})
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
				n.State, n.Why = droppedTo(why), why
				r.Ledger.Die(signals.Transmitted, why, now)
				continue
			}
			switch out.State {
			case signals.Sent:
				if n.State == signals.Sending {
					n.State, n.At = signals.Sent, now
				}
				transmitted(r.Ledger, n, now)
			case signals.Failed:
				if n.State == signals.Sending {
					n.State, n.Why = signals.Failed, out.Why
					r.Ledger.Die(signals.Transmitted, out.Why, now)
				}
			case signals.Superseded:
				if !r.Ledger.Reached(signals.Transmitted) {
					r.Ledger.Undo(signals.ReceivedBy) // they acted without having been told
				}
			}
		}
	}
}

// transmitted lets a ledger know that a nudge was said. Where it was answered
// before that was known, what came of the answer stands.
func transmitted(l *signals.Ledger, n *signals.Nudge, now time.Time) {
	died, why, at := l.Died, l.Why, l.DiedAt
	l.Reach(signals.Transmitted, now, false)
	if died != "" && n.State != signals.Sent {
		l.Die(l.Next(), why, at)
	}
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
