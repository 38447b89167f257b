package bot

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"andon/bot/view"
	"andon/signals"
)

// card makes what a message says now: a notice as it was written, or its nudges
// that still stand. It returns nil when none does.
func (b *Bot) card(ctx context.Context, out *signals.Outgoing, records []*signals.Record) (*view.Card, error) {
	if len(out.Body) > 0 {
		card := &view.Card{}
		if err := json.Unmarshal(out.Body, card); err != nil {
			return nil, fmt.Errorf("read the notice: %w", err)
		}
		return card, nil
	}
	card := &view.Card{Key: out.ID, Kind: "nudge"}
	for _, r := range records {
		for _, n := range r.Nudges {
			if n.Message == out.ID && slices.Contains(out.Nudges, n.Key()) && standing(n) {
				if err := b.add(ctx, card, n); err != nil {
					return nil, err
				}
			}
		}
	}
	if len(card.Lines) == 0 {
		return nil, nil
	}
	return card, nil
}

// standing reports whether a nudge is to be shown: said, or about to be.
func standing(n *signals.Nudge) bool {
	switch n.State {
	case signals.Superseded, signals.Failed, signals.Shadowed, signals.Held, signals.Proposed:
		return false
	}
	return true
}

// add writes one nudge into a card: what happened, why it is for this person,
// and where to look.
func (b *Bot) add(ctx context.Context, card *view.Card, n *signals.Nudge) error {
	s := n.Signal
	line := view.Paragraph{Text: s.Reason}
	if n.Owner != "" {
		line.Mention = n.Owner
	}
	if card.Title == "" {
		label, err := b.label(ctx, s.Case)
		if err != nil {
			return err
		}
		card.Title = cmp.Or(label, "A thread that may need you")
	}
	card.Lines = append(card.Lines, line)
	if n.Route != "" {
		card.Facts = append(card.Facts, view.Fact{Name: "Why you", Value: n.Route})
	}
	if b.c.Links != nil {
		label, err := b.label(ctx, s.Case)
		if err != nil {
			return err
		}
		if url := b.c.Links(s.Case, label); url != "" && !slices.ContainsFunc(card.Links, func(l view.Link) bool { return l.URL == url }) {
			card.Links = append(card.Links, view.Link{Text: cmp.Or(label, "Open it"), URL: url})
		}
	}
	card.Footer = "andon · " + s.Detector
	return b.outcome(ctx, card, n)
}

// label is what people call a case, "" where it has no name of its own.
func (b *Bot) label(ctx context.Context, k signals.Key) (string, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.brain.begin(ctx)
	c := b.brain.w.Case(k)
	if b.brain.err != nil || c == nil || c.Label == k.ID {
		return "", b.brain.err
	}
	return c.Label, nil
}
