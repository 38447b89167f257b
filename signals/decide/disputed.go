package decide

import (
	"slices"
	"time"

	"andon/signals"
	"andon/signals/text"
)

// Disputed reports whether a case counts as closed where it stands, while who
// raised a signal of it said after that that it still happens.
func Disputed(c *signals.Case, r *Record) bool {
	return c != nil && !c.Open() && !c.Gone && r.Again.After(c.ClosedAt) && !r.Ledger.Reached(signals.Corrected)
}

// settles reports whether somebody may say that what is disputed is solved now:
// who closed it, holds it, or was told that it is not solved. Whoever raised it is
// asked whether it is, and does not answer that by it.
func (w *World) settles(r *Record, actor string) bool {
	c, who := w.Case(r.Signal.Case), w.Org.Who(actor)
	if !Disputed(c, r) || w.machine(actor) || who == w.Org.Who(r.Raiser) {
		return false
	}
	return who == w.Org.Who(c.Closer) || who == w.Org.Who(c.Holder) || slices.ContainsFunc(r.Nudges, func(n *signals.Nudge) bool {
		return w.isFor(n, actor) && (n.State == signals.Sent || n.State == signals.Received || n.State == signals.Acted || n.State == signals.Ignored)
	})
}

// saysSolved reports whether somebody wrote that it is solved.
func (w *World) saysSolved(p *signals.Post) bool {
	return w.Memory.Read(p).Has(text.Solved, 0.5) && !w.stillFails(p)
}

// resettled counts as corrected again what is disputed, after one who may say so
// did something that says it. It rests on a word or a deed that is not the closing
// itself, so it is a proxy.
func (w *World) resettled(r *Record, e *signals.Event) {
	if w.settles(r, e.Actor) {
		r.Ledger.Reach(signals.Corrected, e.At, true)
	}
}

// WillAsk tells who is asked whether it holds, when what a signal speaks of is
// solved, and why they are not asked, as the rest of a sentence. Both are empty
// where that says nothing: of drills, of what nobody was told of, and of what was
// confirmed. How often they were asked is taken from the record alone, so that a
// card can be written with no book at hand.
func (w *World) WillAsk(r *Record, now time.Time) (who, why string) {
	c, l := w.Case(r.Signal.Case), r.Ledger
	if c == nil || r.IsDrill() || !l.Reached(signals.Transmitted) || l.Reached(signals.ConfirmedBy) {
		return "", ""
	}
	switch {
	case w.Org.Policy.Asks <= 0:
		return "", "the policy has nobody asked"
	case r.Raiser == "":
		return "", "nobody is known who raised it"
	}
	who = w.Org.Who(r.Raiser)
	if v, done := w.modeHold(c, &signals.Nudge{Signal: r.Signal, To: who, Step: 1, At: now}); done && v.State == signals.Shadowed {
		return who, v.Why
	}
	asked, denied := 0, 0
	for _, a := range r.Asks {
		if a.State == signals.Sent && !a.Of.Equal(l.Times[signals.Corrected]) {
			asked++
		}
	}
	for _, n := range r.Nudges {
		if BringsBack(n) { // another signal of theirs may have asked for this one too
			denied++
		}
	}
	return who, w.spared(c, r, max(asked, denied), now)
}
