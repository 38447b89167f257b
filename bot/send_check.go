package bot

import (
	"context"
	"maps"
	"slices"
	"time"

	"andon/signals"
	"andon/signals/decide"
)

// unseen is why a nudge is not said to who may not see what it is about any
// more: somebody else is asked then.
const unseen = "they may not see it any more"

// drop takes out of a message what is not to be said: what was overtaken since,
// what who it is for may not see any more, and what is for somebody who cannot
// be asked any more. Whatever may stand there already stays.
func (b *Bot) drop(ctx context.Context, out *signals.Outgoing, records []*signals.Record) error {
	if len(out.Nudges) == 0 || out.Attempt > 1 && out.Doubt {
		return nil // it may stand there already
	}
	outside, err := b.outside(ctx, out, records)
	if err != nil {
		return err
	}
	return b.inWorld(ctx, func(w *decide.World) error {
		for _, r := range records {
			for _, n := range r.Nudges {
				if n.Message != out.ID || n.State != signals.Sending {
					b.answered(w, out, r, n)
					continue
				}
				why, is := "", false
				if len(out.Copies) == 0 {
					why, is = w.Outlived(r, n, b.c.Now())
				}
				switch v := b.readerOf(w, n.To); {
				case is:
				case (!v.shared || v.viewer.Guest) && (outside[n.Key()] || !v.maySee(w, n.Signal)):
					why = unseen
				case !v.shared:
					if ok, not, _ := w.Org.Available(n.To, b.c.Now()); !ok {
						why = "the person " + not
					}
				}
				if why != "" {
					takeOut(out, n, why)
				}
			}
		}
		return nil
	})
}

// answered leaves a nudge out of a message that was never said, where who it is
// for has answered in the case meanwhile and it is not needed any more.
func (b *Bot) answered(w *decide.World, out *signals.Outgoing, r *signals.Record, n *signals.Nudge) {
	if n.Message != out.ID || len(out.Copies) > 0 || out.SentRev > 0 || !standing(n) {
		return
	}
	if why, is := w.Outlived(r, n, b.c.Now()); is {
		n.State, n.Why = signals.Superseded, why // for this card alone: what they did stays in the book
	}
}

// takeOut marks a nudge as one that is not said.
func takeOut(out *signals.Outgoing, n *signals.Nudge, why string) {
	n.State, n.Why = droppedTo(why), why
	if out.Dropped == nil {
		out.Dropped = make(map[string]string)
	}
	out.Dropped[n.Key()] = why
}

// droppedTo is the state of a nudge that was taken out for some reason.
func droppedTo(why string) signals.State {
	if why == unseen {
		return signals.Failed // the next candidate is asked
	}
	return signals.Superseded
}

// membership is who was in a channel when it was last asked.
type membership struct {
	at  time.Time // real time
	ids []string
}

// memberFor is how long it is trusted.
const memberFor = 10 * time.Minute

// outside are the nudges of a message whose reader is not in the private channel
// that they are about, as Slack says now. Where Slack does not say, what was
// heard of joining and leaving counts.
func (b *Bot) outside(ctx context.Context, out *signals.Outgoing, records []*signals.Record) (map[string]bool, error) {
	if b.c.Rooms == nil {
		return nil, nil
	}
	res := make(map[string]bool)
	for _, r := range records {
		for _, n := range r.Nudges {
			room := n.Signal.Audience.Group()
			k, ok := signals.ParseKey(room)
			if n.Message != out.ID || n.State != signals.Sending || !ok || k.Source != signals.Slack {
				continue
			}
			ids, err := b.members(ctx, room)
			if err != nil {
				b.log.Warn("who is in a channel could not be asked", "channel", room, "error", err)
				continue
			}
			if err := b.inWorld(ctx, func(w *decide.World) error {
				who := w.Org.Who(n.To)
				if !isPlace(w, n.To) && !slices.ContainsFunc(ids, func(id string) bool { return w.Org.Who(id) == who }) {
					res[n.Key()] = true
				}
				return nil
			}); err != nil {
				return nil, err
			}
		}
	}
	return res, nil
}

// members asks who is in a channel, at most every ten minutes.
func (b *Bot) members(ctx context.Context, channel string) ([]string, error) {
	x, now := &b.nudges, b.c.Wall()
	x.mu.Lock()
	had, ok := x.members[channel]
	x.mu.Unlock()
	if age := now.Sub(had.at); ok && age >= 0 && age < memberFor {
		return had.ids, nil
	}
	call, cancel := context.WithTimeout(ctx, b.c.Deadline)
	defer cancel()
	ids, err := b.c.Rooms.Members(call, channel)
	if err != nil {
		return nil, err
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	maps.DeleteFunc(x.members, func(_ string, m membership) bool { return now.Sub(m.at) >= memberFor }) // what nobody may trust any more
	x.members[channel] = membership{now, ids}
	return ids, nil
}

// tardy is how long after it was decided a nudge is late: then quiet hours are
// asked for again.
const tardy = 15 * time.Minute

// lateness is the longest pause between two looks at whether it is time.
const lateness = 10 * time.Minute

// quiet returns how long a message that is late has to wait, because whoever it
// is for does not work now; 0 where it is on time, or was asked for.
func (b *Bot) quiet(ctx context.Context, out *signals.Outgoing, records []*signals.Record) (time.Duration, error) {
	if len(out.Copies) > 0 || len(out.Nudges) == 0 {
		return 0, nil
	}
	now := b.c.Now()
	var first *signals.Nudge
	for _, r := range records {
		for _, n := range r.Nudges {
			if n.Message == out.ID && n.State == signals.Sending && (first == nil || n.At.Before(first.At)) {
				first = n
			}
		}
	}
	if first == nil || now.Sub(first.At) < tardy {
		return 0, nil
	}
	told, _, err := b.c.Store.Told(ctx, first.To, remembered)
	if err != nil {
		return 0, err
	}
	if i := slices.IndexFunc(told, func(t signals.Told) bool { return t.ID == out.ID }); i >= 0 && told[i].Asked && !first.Signal.IsDrill() { // nobody waits for a drill
		return 0, nil
	}
	var wait time.Duration
	err = b.inWorld(ctx, func(w *decide.World) error {
		if isPlace(w, first.To) {
			return nil
		}
		if cal := w.Org.Calendar(first.To); !cal.Working(now) {
			wait = max(0, cal.Next(now).Sub(now))
		}
		return nil
	})
	return wait, err
}

// quietReason is why a late message is not said yet.
const quietReason = "it is late, and outside the working hours of who it is for"

// stands looks, before a message in doubt has to wait, whether an earlier attempt
// has said it after all: then there is nothing to wait for.
func (b *Bot) stands(ctx context.Context, out *signals.Outgoing, records []*signals.Record, wait time.Duration) (bool, error) {
	if wait <= 0 || !out.Doubt {
		return false, nil
	}
	to, _, err := b.address(ctx, out.Target)
	if err != nil || to == "" {
		return false, err
	}
	call, cancel := context.WithTimeout(ctx, b.c.Deadline)
	defer cancel()
	err = b.find(call, spot(out.Target, to, out.Nudges, records), out, first(out, records, b.c.Now()))
	return len(out.Copies) > 0, err
}
