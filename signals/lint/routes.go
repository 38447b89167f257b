package lint

import (
	"slices"
	"time"

	"andon/signals"
)

// Way is how one solved issue went from team to team: its hand-offs, and how long
// it lay with teams until it was closed, wall clock.
type Way struct {
	Handoffs int
	Took     time.Duration
}

// RuleUse is what came of a standing route since it was agreed on, and the ways of
// solved issues of its kind between its teams, with it and before it.
type RuleUse struct {
	Rule                       signals.Rule
	Taken, Received, Corrected int // signals; received is a proxy
	With, Usual                []Way
}

// Saved is what the route saved against the usual path, as differences of
// medians; below zero it cost more. ok is false where fewer than least issues
// stand behind one of the two.
func (u *RuleUse) Saved(least int) (handoffs int, took time.Duration, ok bool) {
	if least = max(1, least); len(u.With) < least || len(u.Usual) < least {
		return 0, 0, false
	}
	hops := func(w Way) int { return w.Handoffs }
	lay := func(w Way) time.Duration { return w.Took }
	return Median(each(u.Usual, hops)) - Median(each(u.With, hops)), Median(each(u.Usual, lay)) - Median(each(u.With, lay)), true
}

func each[T any](ways []Way, of func(Way) T) []T {
	out := make([]T, len(ways))
	for i, w := range ways {
		out[i] = of(w)
	}
	return out
}

// UseOf tells what came of a standing route by the records of its kind that its
// first team saw, each with its issue as somebody may see it, nil where they see
// none of it. Records of before the rule count for the usual path, and so do later
// ones that did not take it. Where several signals are of one issue it is one way.
func UseOf(org *signals.Org, rule signals.Rule, records []*signals.Record, cases func(k signals.Key) *signals.Case) RuleUse {
	u := RuleUse{Rule: rule}
	ids := org.RulesLike(rule)
	took := make(map[signals.Key]bool)
	for _, r := range records {
		if slices.Contains(ids, r.Rule) && r.Ledger.Reached(signals.Transmitted) && !r.Signal.At.Before(rule.At) {
			took[r.Signal.Case] = true
			u.Taken++
			u.Received += count(r.Ledger.Reached(signals.ReceivedBy))
			u.Corrected += count(r.Ledger.Reached(signals.Corrected))
		}
	}
	seen := make(map[signals.Key]bool)
	for _, r := range records {
		k := r.Signal.Case
		if c := cases(k); c != nil && !seen[k] {
			seen[k] = true
			if w, ok := wayOf(org, rule, c, took[k]); ok && took[k] {
				u.With = append(u.With, w)
			} else if ok {
				u.Usual = append(u.Usual, w)
			}
		}
	}
	return u
}

func count(yes bool) int {
	if yes {
		return 1
	}
	return 0
}

// wayOf is the way of a solved issue that the second team held in the end, or that
// took the route; ok is false for all others.
func wayOf(org *signals.Org, rule signals.Rule, c *signals.Case, took bool) (w Way, ok bool) {
	p := PathOf(org, c)
	n := len(p.Stays)
	if c.ClosedAt.IsZero() || n == 0 || !took && p.Stays[n-1].Team != rule.To {
		return w, false
	}
	return Way{Handoffs: n - 1, Took: max(0, c.ClosedAt.Sub(p.Stays[0].Since))}, true
}
