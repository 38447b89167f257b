package bot

import (
	"context"
	"errors"
	"strings"

	"andon/bot/view"
	"andon/signals"
	"andon/signals/decide"
)

// The kinds of notices about a nudge that waits for approval, or was not said
// because its detector is in preview.
const (
	proposed  = "proposed"
	previewed = "previewed"
)

// propose shows the admins, once each, the nudges that wait for their approval,
// and whoever set andon up what would have been said of detectors in preview. It
// is called under the lock of the world, before the look is stored.
func (b *Bot) propose(ctx context.Context, changed []*signals.Record) error {
	var all []error
	for _, r := range changed {
		for _, n := range r.Nudges {
			it := item{r, n}
			switch {
			case n.To == "" || b.c.Admin == "":
			case n.State == signals.Proposed:
				id := besideID(proposalID, n.Key())
				all = append(all, b.tellLive(ctx, id, b.c.Admin, b.proposedCard(b.brain.w, id, it), live{Kind: proposed, Nudge: n.Key()}))
			case n.State == signals.Shadowed && b.inPreview(n):
				all = append(all, b.preview(ctx, it))
			}
		}
	}
	return errors.Join(all...)
}

// inPreview reports whether a nudge was kept back because its detector is in
// preview.
func (b *Bot) inPreview(n *signals.Nudge) bool {
	w := b.brain.w
	scope := heldScope(w, n.Signal.Case)
	return !b.c.AsLive && n.Signal.Score >= w.Org.Policy.Sure && w.Org.Mode(n.Signal.Detector, scope) == signals.Preview
}

// admins is who reads what goes to the admins: what everybody may see.
func (b *Bot) admins(w *decide.World) reader {
	return reader{id: b.c.Admin, viewer: w.Org.ChannelViewer(b.c.Admin), zone: readerZone, shared: true}
}

// proposedCard asks the admins whether a nudge may be said, and then tells what
// became of it.
func (b *Bot) proposedCard(w *decide.World, id string, it item) *view.Card {
	c := &composer{Bot: b, w: w, now: b.c.Now(), reader: b.admins(w)}
	card := &view.Card{Key: id, Kind: "notice", Title: "May I say this?"}
	if c.sees(it) {
		card.Lines = []view.Paragraph{{Text: c.title(it.n.Signal.Case)}, {Text: sentence(w.Reason(it.n.Signal))}}
		card.Links = c.links(it, nil)
		if it.n.Route != "" {
			card.Facts = append(card.Facts, view.Fact{Name: "Why them", Value: c.name(it.n.To) + " " + it.n.Route})
		}
	} else {
		card.Lines = []view.Paragraph{{Text: "It is about a place that not everybody here may see, so its words are left out."}}
	}
	card.Facts = append([]view.Fact{{Name: "To", Value: c.name(it.n.To)}}, card.Facts...)
	card.Footer = "andon · " + it.n.Signal.Detector + " asks before it speaks · " + c.slash() + " why " + shortID(it.n.Signal.Key())
	if it.n.State == signals.Proposed {
		card.Actions = []view.Action{{ID: approve, Text: "Approve", Value: id, Primary: true}, {ID: decline, Text: "Don't", Value: id}}
		return card
	}
	card.Title = "This waited for approval"
	text := "It was approved."
	switch it.n.State {
	case signals.Superseded, signals.Failed, signals.Shadowed:
		text = "It is not said" + ofThing(it.n.Why) + "."
	case signals.Held:
		text = "It was approved, and waits" + ofThing(it.n.Why) + "."
	}
	card.Lines = append(card.Lines, view.Paragraph{Text: text})
	return card
}

// ofThing adds why a nudge is not said now, unless that is about the person whom
// it is for: what they are told besides, and what they said of it, is their own.
func ofThing(why string) string {
	for _, own := range []string{"the person", "muted"} {
		if strings.Contains(why, own) {
			return ""
		}
	}
	return ": " + why
}

// preview shows whoever set andon up what would have been said, as far as they
// may see it.
func (b *Bot) preview(ctx context.Context, it item) error {
	rd, _ := b.installer(b.brain.w)
	if !maySee(b.brain.w, it.n.Signal, rd.viewer) {
		return nil
	}
	id := besideID(previewID, it.n.Key())
	return b.tellLive(ctx, id, rd.id, b.previewCard(b.brain.w, id, it), live{Kind: previewed, Nudge: it.n.Key()})
}

// installer is who set andon up: the first of the admins, or their channel.
func (b *Bot) installer(w *decide.World) (rd reader, only string) {
	if len(b.c.Admins) > 0 {
		return readerOf(w, b.c.Admins[0]), "Only you see this."
	}
	return b.admins(w), "Only this channel sees this."
}

// previewCard is what would have been said, as far as whoever set andon up may
// see it now.
func (b *Bot) previewCard(w *decide.World, id string, it item) *view.Card {
	rd, only := b.installer(w)
	c := &composer{Bot: b, w: w, now: b.c.Now(), reader: rd}
	card := &view.Card{Key: id, Kind: "notice"}
	if !c.sees(it) {
		card.Title = "Preview"
		card.Lines = []view.Paragraph{{Text: c.elsewhere(it)}}
		return card
	}
	c.one(card, thing{it})
	card.Title = "Preview: " + card.Title
	for i := range card.Lines {
		card.Lines[i].Mention = ""
	}
	for i := range card.Facts {
		if card.Facts[i].Name == "Why you" || card.Facts[i].Name == "Why here" {
			card.Facts[i].Name = "Why them"
		}
	}
	card.Facts = append([]view.Fact{{Name: "Would go to", Value: c.name(it.n.To)}}, card.Facts...)
	card.Footer = only + " " + it.n.Signal.Detector + " is in preview · " + c.slash() + " why " + shortID(it.n.Signal.Key())
	return card
}

// judged takes the answer of an admin to a nudge that waits for approval.
func (b *Bot) judged(ctx context.Context, a view.Asked, v value, yes bool) (view.Reply, error) {
	l, err := b.liveOf(ctx, v.message)
	if err != nil {
		return view.Reply{}, err
	}
	if l.Kind != proposed {
		return tell(a, "I do not have that any more, so the button does nothing."), nil
	}
	may := false
	if err := b.inWorld(ctx, func(w *decide.World) error { may = isAdmin(w.Org, b.c.Admins, a.User); return nil }); err != nil {
		return view.Reply{}, err
	}
	if !may {
		return tell(a, "Only the admins of andon can decide that."), nil
	}
	it, ok, err := b.itemOf(ctx, l.Nudge)
	switch {
	case err != nil:
		return view.Reply{}, err
	case !ok:
		return tell(a, "What this was about is not kept any more, so the button does nothing."), nil
	case it.n.State != signals.Proposed:
		return tell(a, "It does not wait for an answer any more"+ofThing(it.n.Why)+"."), nil
	}
	err = b.happened(ctx, a, []item{it}, func(e *signals.Event, it item) bool {
		e.Kind, e.Ref = signals.Approved, it.n.Key()
		if !yes {
			e.Field = "no"
		}
		return true
	})
	if err != nil {
		return view.Reply{}, err
	}
	if yes {
		return tell(a, "Thank you. It is said as soon as nothing else stands in the way."), nil
	}
	return tell(a, "Thank you. It is not said."), nil
}
