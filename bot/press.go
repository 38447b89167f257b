package bot

import (
	"context"
	"fmt"
	"slices"

	"andon/bot/view"
	"andon/signals"
)

// The buttons of a nudge.
const (
	onIt    = "claim"
	notMe   = "refuse"
	solved  = "solved"
	useless = "useless"
)

// press does what a button says. It may be pressed twice, weeks later, or from a
// copy of the message: what counts is what the store says now.
func (b *Bot) press(ctx context.Context, a view.Asked) (view.Reply, error) {
	out, ok, err := b.c.Store.Message(ctx, a.Value)
	if err != nil {
		return view.Reply{}, fmt.Errorf("press %s: %w", a.Action, err)
	}
	if !ok {
		return quietly("I do not have that message any more, so the button does nothing."), nil
	}
	records, err := b.c.Store.RecordsOf(ctx, out.Nudges...)
	if err != nil {
		return view.Reply{}, fmt.Errorf("press %s: %w", a.Action, err)
	}
	nudges := b.pressable(ctx, a.User, out, records)
	if len(nudges) == 0 {
		return quietly("This is for somebody else, so the button does nothing for you."), nil
	}
	if a.Action == useless {
		for _, n := range nudges {
			if err := b.c.Store.AddVerdict(ctx, n.Key(), a.User, useless, b.c.Now()); err != nil {
				return view.Reply{}, fmt.Errorf("keep that it was not useful: %w", err)
			}
		}
		return quietly("Thank you. It counts against the detector, and nobody sees who said so."), nil
	}
	d := signals.Delivery{}
	for _, n := range nudges {
		if e := b.pressed(a, n); e != nil && !slices.ContainsFunc(d.Events, func(o *signals.Event) bool { return o.ID == e.ID }) {
			d.Events = append(d.Events, e)
		}
	}
	if len(d.Events) == 0 {
		return quietly("An issue is solved in Jira; then this message says so too."), nil
	}
	return view.Reply{}, b.Accept(ctx, d)
}

func quietly(text string) view.Reply { return view.Reply{Card: say(text), Ephemeral: true} }

// pressable are the nudges of a message that somebody may answer: their own, or
// those to a channel.
func (b *Bot) pressable(ctx context.Context, user string, out signals.Outgoing, records []*signals.Record) (own []*signals.Nudge) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.brain.begin(ctx)
	org := b.brain.w.Org
	for _, r := range records {
		for _, n := range r.Nudges {
			if n.Message == out.ID && n.To != "" && (org.Who(n.To) == org.Who(user) || b.brain.w.Room(n.To) != nil) {
				own = append(own, n)
			}
		}
	}
	return own
}

// pressed is the event that a button makes, nil where it makes none.
func (b *Bot) pressed(a view.Asked, n *signals.Nudge) *signals.Event {
	e := &signals.Event{
		ID: "andon/pressed/" + a.ID + "/" + n.Signal.Case.String(), Case: n.Signal.Case, Actor: a.User, At: b.c.Now().UTC(), Audience: n.Signal.Audience,
	}
	switch a.Action {
	case onIt:
		e.Kind = signals.Claimed
	case notMe:
		e.Kind = signals.Refused
	case solved:
		if n.Signal.Case.Source == signals.Jira {
			return nil
		}
		e.Kind, e.To = signals.Closed, "solved"
	default:
		return nil
	}
	return e
}

// outcome writes what became of a nudge into its card, and what can be done.
func (b *Bot) outcome(ctx context.Context, card *view.Card, n *signals.Nudge) error {
	who, err := b.name(ctx, n.To)
	if err != nil {
		return err
	}
	text := ""
	switch n.State {
	case signals.Acted:
		text = who + " is on it."
	case signals.Declined:
		text = who + " said that it is not for them."
	}
	if text != "" && !slices.ContainsFunc(card.Lines, func(l view.Paragraph) bool { return l.Text == text }) {
		card.Lines = append(card.Lines, view.Paragraph{Text: text})
	}
	if len(card.Actions) > 0 {
		return nil
	}
	for _, x := range []struct{ id, text string }{{onIt, "I'm on it"}, {notMe, "Not me"}, {solved, "Solved"}, {useless, "Not useful"}} {
		if x.id == solved && n.Signal.Case.Source == signals.Jira {
			continue // its status says so
		}
		card.Actions = append(card.Actions, view.Action{ID: x.id, Text: x.text, Value: card.Key})
	}
	return nil
}

// name is what somebody is called.
func (b *Bot) name(ctx context.Context, id string) (string, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.brain.begin(ctx)
	if p := b.brain.w.Org.Person(id); p != nil && p.Name != "" {
		return p.Name, nil
	}
	return signals.Bare(b.brain.w.Org.Who(id)), b.brain.err
}
