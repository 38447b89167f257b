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
	body, err := json.Marshal(card)
	if err != nil {
		return fmt.Errorf("write notice %s: %w", id, err)
	}
	if err := b.c.Store.Notice(ctx, id, b.c.Admin, body, b.c.Now()); err != nil {
		return fmt.Errorf("tell the admins of %s: %w", id, err)
	}
	return nil
}

// long is a silence after which the admins are told what was missed.
const long = 24 * time.Hour

// gap keeps when a source was last heard, and tells the admins after a gap of
// more than a day: what happened meanwhile was read, and nobody was nudged
// about it where it is old.
func (b *Bot) gap(ctx context.Context, name string, began time.Time) error {
	const heard = "heard/"
	was, err := b.c.Store.Cursor(ctx, heard+name)
	if err != nil {
		return err
	}
	if err := b.c.Store.SetCursor(ctx, heard+name, began.UTC().Format(time.RFC3339)); err != nil {
		return err
	}
	last, err := time.Parse(time.RFC3339, was)
	if err != nil || began.Sub(last) <= long {
		return nil
	}
	return b.Notice(ctx, "gap/"+name+"/"+was, &view.Card{
		Title: "I was not listening to " + name + " for " + strconv.Itoa(int(began.Sub(last).Hours()+0.5)) + " hours",
		Lines: []view.Paragraph{{Text: "What happened since " + last.Format("2 January 15:04") + " (UTC) is read now. Signals older than a day are in the book, and nobody is nudged about them."}},
	})
}

// alarms is after how long without an answer a source raises an alarm, in polls.
const alarms = 15

// WatchSources tells the admins of sources that have been silent or failing for
// too long, once per silence.
func (b *Bot) WatchSources(ctx context.Context) error {
	now := b.c.Now()
	for name, s := range b.States() {
		if s.Failed == 0 || s.Heard.IsZero() && s.Failed < alarms || !s.Heard.IsZero() && now.Sub(s.Heard) < alarms*b.c.Poll {
			continue
		}
		since := s.Heard
		title := name + " has not answered since " + since.UTC().Format("2 January 15:04") + " (UTC)"
		if since.IsZero() {
			title = name + " does not answer"
		}
		if err := b.Notice(ctx, "silent/"+name+"/"+since.UTC().Format(time.RFC3339), &view.Card{
			Title: title,
			Lines: []view.Paragraph{{Text: "Signals from there are late until it does. Its last answer: " + s.Why}},
		}); err != nil {
			return err
		}
	}
	return nil
}
