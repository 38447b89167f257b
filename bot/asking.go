package bot

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"andon/bot/view"
	"andon/signals"
	"andon/signals/decide"
)

// The kind of a notice that asks who raised a signal whether it is solved, its
// third answer, and what shows such a question of a detector in preview.
const (
	confirming  = "asked"
	partly      = "partly"
	askPreviews = "q"
)

// askRaisers asks who raised what was corrected, once for each correction, as the
// brain decided. It is called under the lock of the world, before the look is
// stored: what was queued already is not queued again.
func (b *Bot) askRaisers(ctx context.Context, changed []*signals.Record) error {
	var all []error
	for _, r := range changed {
		n := len(r.Asks)
		if n == 0 {
			continue
		}
		a, of := &r.Asks[n-1], told(r)
		switch {
		case of == nil || !asksStill(r, a):
		case a.State == signals.Sent:
			all = append(all, b.askRaiser(ctx, r, a, of))
		case a.State == signals.Shadowed && b.inPreview(of):
			all = append(all, b.previewAsk(ctx, item{r, of}, a))
		}
	}
	return errors.Join(all...)
}

// told is the first nudge of a record that was said, nil for none.
func told(r *signals.Record) *signals.Nudge {
	for _, n := range r.Nudges {
		if n.To != "" && toldOf(n) {
			return n
		}
	}
	return nil
}

// asksStill reports whether an asking waits for its answer: what it asks about
// counts as solved, and nobody has said whether it is.
func asksStill(r *signals.Record, a *signals.Asking) bool {
	return r.Ledger.Times[signals.Corrected].Equal(a.Of) && !r.Ledger.Reached(signals.ConfirmedBy)
}

func (b *Bot) askRaiser(ctx context.Context, r *signals.Record, a *signals.Asking, of *signals.Nudge) error {
	w, who := b.brain.w, r.Raiser
	if anonymous(who) {
		var err error
		if who, err = b.personOf(ctx, who); err != nil {
			return err
		}
	}
	who = w.Org.Who(who)
	why := b.unreachable(w, who)
	if why != "" {
		a.State, a.Why = signals.Failed, "who raised it cannot be asked: "+why
		return nil
	}
	return b.tellLive(ctx, a.Message, who, b.askedCard(w, a.Message, who, item{r, of}), live{Kind: confirming, Nudge: of.Key()})
}

// unreachable says why somebody cannot be written to, "" where they can.
func (b *Bot) unreachable(w *decide.World, who string) (why string) {
	if who == "" {
		return "nobody knows any more who that was"
	}
	if ok, not, _ := w.Org.Available(who, b.c.Now()); !ok {
		return "the person " + not
	}
	if b.c.Address == nil {
		return ""
	}
	at, why := b.c.Address(w.Org, who)
	if at != "" {
		return ""
	}
	return why
}

// askedCard asks who raised a signal whether it is solved, and then says what
// they answered.
func (b *Bot) askedCard(w *decide.World, id, who string, it item) *view.Card {
	c := &composer{Bot: b, w: w, now: b.c.Now(), reader: readerOf(w, who)}
	card := &view.Card{Key: id, Kind: confirming, Title: "Is it solved? " + c.title(it.r.Signal.Case)}
	waits := over(it.r) && !it.r.Ledger.Reached(signals.ConfirmedBy)
	if !waits {
		card.Title = "Thank you. " + c.title(it.r.Signal.Case)
	}
	own := *it.n // what it says of the signal itself, not of its way to somebody else
	own.Signal = it.r.Signal
	it.n = &own
	if c.sees(it) {
		card.Lines = append(card.Lines, view.Paragraph{Text: "You raised it: " + sentence(w.Reason(it.r.Signal))})
		card.Links = c.links(it, nil)
	} else {
		card.Lines = append(card.Lines, view.Paragraph{Text: "You raised it."})
	}
	for _, deed := range c.deeds(it) {
		card.Lines = append(card.Lines, view.Paragraph{Text: deed})
	}
	card.Footer = "andon · " + it.r.Signal.Detector + " · " + c.slash() + " why " + shortID(it.r.Signal.Key())
	if waits {
		card.Lines = append(card.Lines, view.Paragraph{Text: "It counts as solved. Nobody knows that better than you: is it? If you say nothing, it ends as quiet, not as confirmed."})
		v := value{message: id, which: shortID(it.r.Signal.Key())}.String()
		card.Actions = []view.Action{{ID: solved, Text: "Solved", Value: v, Primary: true}, {ID: denied, Text: "Still happening", Value: v}, {ID: partly, Text: "Partly ...", Value: v}}
	}
	return card
}

// previewAsk shows whoever set andon up what would have been asked.
func (b *Bot) previewAsk(ctx context.Context, it item, a *signals.Asking) error {
	w := b.brain.w
	rd, only := b.installer(w)
	if !maySee(w, it.r.Signal, rd.viewer) {
		return nil
	}
	c := &composer{Bot: b, w: w, now: b.c.Now(), reader: rd}
	id := besideID(askPreviews, it.r.Signal.Key()+"|"+a.Of.UTC().Format(time.RFC3339Nano))
	card := &view.Card{Key: id, Kind: "notice", Title: "Preview: Is it solved? " + c.title(it.r.Signal.Case), Footer: only + " " + it.r.Signal.Detector + " is in preview"}
	card.Lines = []view.Paragraph{{Text: "It was corrected. I would ask " + c.name(it.r.Raiser) + ", who raised it, whether it is solved."}}
	return b.queue(ctx, id, rd.id, card)
}

// deny is "Still happening" or "Partly", which only who raised it can say. text
// is what they say is left.
func (b *Bot) deny(ctx context.Context, a view.Asked, p *pressing, field, text string) (view.Reply, error) {
	var own []item
	open := false
	for _, it := range p.held {
		if _, is, err := b.isRaiser(ctx, a.User, p.raiser[it.r]); err != nil {
			return view.Reply{}, err
		} else if is && over(it.r) {
			own = append(own, it)
		} else if is {
			open = true
		}
	}
	switch {
	case len(own) > 0:
	case open:
		return tell(a, "Thank you. It does not count as solved, and is followed."), nil
	default:
		return tell(a, "Only who raised it can say that here. If you see it too, please write so in the thread, or pull the cord."), nil
	}
	return view.Reply{}, b.byRaiser(ctx, a, p, own, func(e *signals.Event) { e.Kind, e.Field, e.Text = signals.Denied, field, text })
}

// partlySolved is "Partly", with what is left.
func (b *Bot) partlySolved(ctx context.Context, a view.Asked, p *pressing) (view.Reply, error) {
	return b.deny(ctx, a, p, signals.Partly, strings.TrimSpace(a.Entered[inText]))
}

// askWaits puts off or drops an asking that is not to be said now. It reports
// whether it did.
func (b *Bot) askWaits(ctx context.Context, out *signals.Outgoing) (done bool, err error) {
	wait, why, err := b.askDue(ctx, out)
	switch {
	case err != nil:
		return false, fmt.Errorf("look whether %s is to be asked: %w", out.ID, err)
	case why != "":
		out.State, out.Why = signals.Superseded, why
		return true, b.settle(ctx, *out, time.Time{})
	case wait > 0:
		out.State, out.Why = signals.Sending, quietReason
		return true, b.settle(ctx, *out, b.c.Wall().Add(min(wait, lateness)))
	}
	return false, nil
}

// askDue is how long an asking waits that is late, because whoever it is for does
// not work now, and whether it is needed no more.
func (b *Bot) askDue(ctx context.Context, out *signals.Outgoing) (wait time.Duration, why string, err error) {
	if len(out.Body) == 0 || len(out.Copies) > 0 || out.Doubt {
		return 0, "", nil
	}
	l, err := b.liveOf(ctx, out.ID)
	if err != nil || l.Kind != confirming {
		return 0, "", err
	}
	it, ok, err := b.itemOf(ctx, l.Nudge)
	if err != nil {
		return 0, "", err
	}
	if !ok || !over(it.r) || it.r.Ledger.Reached(signals.ConfirmedBy) {
		return 0, "it was answered, or came back, before it could be asked", nil
	}
	now := b.c.Now()
	err = b.inWorld(ctx, func(w *decide.World) error {
		if ok, not, _ := w.Org.Available(out.Target, now); !ok {
			why = "the person " + not
		} else if cal := w.Org.Calendar(out.Target); !cal.Working(now) {
			wait = max(0, cal.Next(now).Sub(now))
		}
		return nil
	})
	return wait, why, err
}
