package bot

import (
	"context"
	"errors"

	"andon/bot/view"
	"andon/signals"
	"andon/signals/decide"
)

// offerID is what a message is called that offers a solved case to who asked, as
// the first letter of its id.
const offerID = "o"

// offer brings those who asked and were not answered what helped before, once,
// where the policy wants that. It is called under the lock of the world, before
// the look is stored.
func (b *Bot) offer(ctx context.Context, changed []*signals.Record) error {
	var all []error
	for _, r := range changed {
		seen := b.brain.w.ForAsker(r, b.c.Now())
		if len(seen) == 0 {
			continue
		}
		id := besideID(offerID, r.Signal.Key())
		if card := b.offerCard(b.brain.w, id, r, seen); card != nil {
			all = append(all, b.queue(ctx, id, b.brain.w.Org.Who(r.Raiser), card))
		}
	}
	return errors.Join(all...)
}

// offerCard is what who asked is told, nil where they may see nothing of it.
func (b *Bot) offerCard(w *decide.World, id string, r *signals.Record, seen []signals.Seen) *view.Card {
	c := &composer{Bot: b, w: w, now: b.c.Now(), reader: readerOf(w, w.Org.Who(r.Raiser))}
	s := *r.Signal
	s.Seen = seen
	it := item{r, &signals.Nudge{Signal: &s}}
	card := &view.Card{Key: id, Kind: "notice", Title: "Something like it was solved before"}
	for _, line := range c.solvedBefore(thing{it}) {
		card.Lines = append(card.Lines, view.Paragraph{Text: line})
	}
	if len(card.Lines) == 0 {
		return nil
	}
	card.Lines = append(card.Lines, view.Paragraph{Text: "You asked and nobody has answered yet, so I looked. Somebody who may help is asked, too."})
	card.Links = c.linkSolved(it, c.links(it, nil))
	return card
}
