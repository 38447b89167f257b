package bot

import (
	"context"
	"errors"
	"time"

	"andon/bot/view"
	"andon/signals"
	"andon/signals/decide"
)

// What the messages about a cord that reached nobody are called, as the first
// letters of their ids: to who pulled it, and to the admins.
const (
	unheardID      = "u"
	unheardAdminID = "n"
)

// unheard tells who pulled a cord, and the admins, once each, that it reached
// nobody: they were told that somebody is looked for. It is called under the lock
// of the world, before the look is stored.
func (b *Bot) unheard(ctx context.Context, changed []*signals.Record) error {
	var all []error
	for _, r := range changed {
		if !reachedNobody(r, b.c.Now()) {
			continue
		}
		it := item{r, r.Nudges[len(r.Nudges)-1]}
		if b.c.Admin != "" {
			id := besideID(unheardAdminID, r.Signal.Key())
			all = append(all, b.Notice(ctx, id, b.unheardAdmins(b.brain.w, it)))
		}
		who := r.Raiser
		if anonymous(who) {
			var err error
			if who, err = b.personOf(ctx, who); err != nil {
				all = append(all, err)
			}
		}
		if who == "" || signals.IsBot(who) {
			continue
		}
		id := besideID(unheardID, r.Signal.Key())
		all = append(all, b.queue(ctx, id, who, b.unheardCard(b.brain.w, id, who, it)))
	}
	return errors.Join(all...)
}

// reachedNobody reports whether a cord of the last day died before anybody was
// told, though nothing had happened by which it was needed no more.
func reachedNobody(r *signals.Record, now time.Time) bool {
	n := len(r.Nudges)
	if n == 0 || r.Signal.Detector != "cord" || r.Ledger.Died != signals.Transmitted || now.Sub(r.Signal.At) > long {
		return false
	}
	return r.Nudges[n-1].State == signals.Failed || r.Nudges[n-1].State == signals.Shadowed
}

// unheardCard says so to who pulled the cord, and what they can do.
func (b *Bot) unheardCard(w *decide.World, id, who string, it item) *view.Card {
	c := &composer{Bot: b, w: w, now: b.c.Now(), reader: readerOf(w, who)}
	card := &view.Card{Key: id, Kind: "notice", Title: "Your cord has reached nobody yet"}
	card.Lines = []view.Paragraph{
		{Text: "I told nobody" + ofThing(it.r.Ledger.Why) + "."},
		{Text: "Please say in the thread what you need, or pull the cord again and name somebody: say " + b.slash() + " pull to me alone, and I ask who can help."},
	}
	c.about(card, it)
	return card
}

// unheardAdmins says so to the admins, and what is to be mended. Who pulled it is
// not named.
func (b *Bot) unheardAdmins(w *decide.World, it item) *view.Card {
	c := &composer{Bot: b, w: w, now: b.c.Now(), reader: b.admins(w)}
	card := &view.Card{Title: "A cord reached nobody"}
	card.Lines = []view.Paragraph{{Text: "Nobody was told" + ofThing(it.r.Ledger.Why) + "."}}
	if !c.about(card, it) {
		card.Lines = append(card.Lines, view.Paragraph{Text: "It is about a place that not everybody here may see, so its words are left out."})
	}
	card.Footer = "The roster says who is asked: a team with a lead, and what it owns (channel or project)."
	return card
}

// about adds what a signal is about to a card, where its reader may see it.
func (c *composer) about(card *view.Card, it item) bool {
	if !c.sees(it) {
		return false
	}
	card.Lines = append(card.Lines, view.Paragraph{Text: sentence(c.w.Reason(it.r.Signal))})
	card.Facts = append(card.Facts, view.Fact{Name: "About", Value: c.title(it.r.Signal.Case)})
	card.Links = c.links(it, nil)
	return true
}
