package bot

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"andon/bot/view"
)

// Notice tells the admins about andon itself. The same id is told once.
func (b *Bot) Notice(ctx context.Context, id string, card *view.Card) error {
	if b.c.Admin == "" {
		b.log.Warn("there is nobody to tell: no admin channel is configured", "notice", id, "title", card.Title)
		return nil
	}
	card.Key, card.Kind = id, "notice"
	return b.queue(ctx, id, b.c.Admin, card)
}

// queue puts a card, or a notice, on its way to somebody: once for each id.
func (b *Bot) queue(ctx context.Context, id, target string, card any) error {
	return b.queueBy(ctx, b.c.Store.Notice, id, target, card)
}

// queueBy is queue with the lane of a notice, or that of an answer.
func (b *Bot) queueBy(ctx context.Context, put func(ctx context.Context, id, target string, card []byte, at time.Time) error, id, target string, card any) error {
	body, err := json.Marshal(card)
	if err != nil {
		return fmt.Errorf("write message %s: %w", id, err)
	}
	if err := put(ctx, id, target, body, b.c.Now()); err != nil {
		return fmt.Errorf("queue message %s: %w", id, err)
	}
	return nil
}

// heardMark is the cursor that holds when a source last answered to the end.
const heardMark = "heard/"

// long is a silence after which the admins are told what was missed.
const long = 24 * time.Hour

// gap keeps when a source was last heard, and tells the admins after a gap of
// more than a day: what happened meanwhile was read, and nobody was nudged
// about it where it is old.
func (b *Bot) gap(ctx context.Context, name string, began time.Time) error {
	was, err := b.c.Store.Cursor(ctx, heardMark+name)
	if err != nil {
		return err
	}
	last, err := time.Parse(time.RFC3339, was)
	if err == nil && began.Sub(last) > long {
		if err := b.tellGap(ctx, name, was, last, began); err != nil {
			return err
		}
	}
	return b.c.Store.SetCursor(ctx, heardMark+name, began.UTC().Format(time.RFC3339))
}

func (b *Bot) tellGap(ctx context.Context, name, was string, last, began time.Time) error {
	return b.Notice(ctx, "gap/"+name+"/"+was, &view.Card{
		Title: "I was not listening to " + name + " for " + strconv.Itoa(int(began.Sub(last).Hours()+0.5)) + " hours",
		Lines: []view.Paragraph{{Text: "What happened since " + last.Format("2 January 15:04") + " (UTC) is read now. Signals older than a day are in the book, and nobody is nudged about them."}},
	})
}

// alarms is after how long without an answer a source raises an alarm, in polls.
const alarms = 15

// WatchSources tells the admins of sources that have been silent or failing for
// too long, once per silence. What counts is when any replica last heard them.
func (b *Bot) WatchSources(ctx context.Context) error {
	now := b.c.Now()
	states := b.States()
	for name := range b.c.Sources {
		since, heard, err := b.lastHeard(ctx, name, now)
		if err != nil {
			return err
		}
		if now.Sub(since) < alarms*b.c.Poll {
			continue
		}
		title := name + " has not answered since " + since.Format("2 January 15:04") + " (UTC)"
		if !heard {
			title = name + " has never answered, since " + since.Format("2 January 15:04") + " (UTC)"
		}
		text := "Signals from there are late until it does."
		if why := states[name].Why; why != "" {
			text += " Its last answer: " + why
		}
		if err := b.Notice(ctx, "silent/"+name+"/"+since.Format(time.RFC3339), &view.Card{Title: title, Lines: []view.Paragraph{{Text: text}}}); err != nil {
			return err
		}
	}
	return nil
}

// lastHeard is when a source last answered to the end, whichever replica it
// answered; or, for one that never did, since when that is known.
func (b *Bot) lastHeard(ctx context.Context, name string, now time.Time) (at time.Time, heard bool, err error) {
	for _, mark := range [...]string{heardMark, "awaited/"} {
		was, err := b.c.Store.Cursor(ctx, mark+name)
		if err != nil {
			return time.Time{}, false, err
		}
		if at, err := time.Parse(time.RFC3339, was); err == nil {
			return at, mark == heardMark, nil
		}
	}
	return now, false, b.c.Store.SetCursor(ctx, "awaited/"+name, now.UTC().Format(time.RFC3339))
}
