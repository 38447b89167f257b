package bot

import (
	"context"
	"slices"

	"andon/bot/view"
	"andon/signals"
	"andon/signals/decide"
)

// saidSolved is the resolution of what somebody declared solved by hand.
const saidSolved = "solved"

// solve is "Solved": said by who raised it, it is confirmed, too. An issue is solved
// in Jira; but what is closed there while who raised it says that it still happens
// counts as corrected again.
func (b *Bot) solve(ctx context.Context, a view.Asked, p *pressing) (view.Reply, error) {
	var closes, corrects, confirms []item
	for _, it := range p.held {
		if _, own, err := b.isRaiser(ctx, a.User, p.raiser[it.r]); err != nil {
			return view.Reply{}, err
		} else if own {
			confirms = append(confirms, it)
		} else if p.again[it.r] && it.n.Signal.Case.Source == signals.Jira {
			corrects = append(corrects, it)
		}
		if it.n.Signal.Case.Source != signals.Jira && !over(it.r) {
			closes = append(closes, it)
		}
	}
	switch {
	case len(closes)+len(corrects)+len(confirms) > 0:
	case over(p.held[0].r):
		return tell(a, "It is solved already. Thank you all the same."), nil
	default:
		return tell(a, "An issue is solved in Jira; then this message says so too."), nil
	}
	if err := b.happened(ctx, a, closes, func(e *signals.Event, it item) bool {
		e.Kind, e.To = signals.Closed, saidSolved
		if by := p.raiser[it.r]; anonymous(by) && has(confirms, it) { // with their name here, what confirms it would name them
			e.Actor = by
		}
		return true
	}); err != nil {
		return view.Reply{}, err
	}
	if err := b.happened(ctx, a, corrects, func(e *signals.Event, _ item) bool {
		e.Kind, e.To = signals.Confirmed, saidSolved // of who did not raise it: it counts as corrected again
		e.Seq.Item = 1
		e.ID += "/" + saidSolved
		return true
	}); err != nil {
		return view.Reply{}, err
	}
	return view.Reply{}, b.byRaiser(ctx, a, p, confirms, func(e *signals.Event) { e.Kind = signals.Confirmed })
}

// has reports whether a nudge is among some.
func has(list []item, it item) bool {
	return slices.ContainsFunc(list, func(x item) bool { return x.n == it.n })
}

// byRaiser writes what who raised signals said of them. Who wished not to be
// named is not named here either.
func (b *Bot) byRaiser(ctx context.Context, a view.Asked, p *pressing, held []item, fill func(e *signals.Event)) error {
	return b.happened(ctx, a, held, func(e *signals.Event, it item) bool {
		fill(e)
		e.Seq.Item = 1
		e.ID += "/" + string(e.Kind)
		if anonymous(p.raiser[it.r]) {
			e.Actor = p.raiser[it.r]
		}
		return true
	})
}

// isRaiser reports whether somebody raised what raiser raised, be it without
// their name.
func (b *Bot) isRaiser(ctx context.Context, user, raiser string) (who string, is bool, err error) {
	if raiser == "" {
		return "", false, nil
	}
	if anonymous(raiser) {
		if raiser, err = b.personOf(ctx, raiser); err != nil || raiser == "" {
			return "", false, err
		}
	}
	err = b.inWorld(ctx, func(w *decide.World) error {
		who, is = raiser, w.Org.Who(raiser) == w.Org.Who(user)
		return nil
	})
	return who, is, err
}
