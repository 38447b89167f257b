package decide

import (
	"slices"
	"time"

	"andon/signals"
)

// did takes a deed for a reaction, unless it is that of who raised it.
func (w *World) did(r *Record, c *signals.Case, e *signals.Event) {
	w.acted(r, e)
	if !w.ownDeed(r, c, e) {
		r.Ledger.Reach(signals.ReactedTo, e.At, true)
	}
}

// ownDeed reports whether an event is a deed of who raised a signal, who is not to
// react to it: unless they hold the case, or were told or asked themselves.
func (w *World) ownDeed(r *Record, c *signals.Case, e *signals.Event) bool {
	who := w.Org.Who(e.Actor)
	return w.raisedIt(r, e.Actor) && w.Org.Who(c.Holder) != who && !w.wasAsked(r, e.Actor) &&
		!slices.ContainsFunc(r.Nudges, func(n *signals.Nudge) bool { return standsFor(n) && w.isFor(n, e.Actor) })
}

// standsFor reports whether a nudge was said, be it that nobody answered it.
func standsFor(n *signals.Nudge) bool {
	switch n.State {
	case signals.Sending, signals.Sent, signals.Received, signals.Acted, signals.Ignored:
		return true
	}
	return false
}

// wasAsked reports whether a signal speaks of a question that was put to somebody.
func (w *World) wasAsked(r *Record, actor string) bool {
	return r.Signal.Asked != "" && w.Org.Who(r.Signal.Asked) == w.Org.Who(actor)
}

// handed takes a hand-off. To pass a problem on is a part of its way to somebody
// who can act, and no reaction yet.
func (w *World) handed(r *Record, c *signals.Case, e *signals.Event) {
	if w.machine(e.Actor) || e.From == e.To || !w.finds(r, c, e) {
		w.receive(r, e.Actor, e.At)
		return
	}
	w.acted(r, e)
	r.Ledger.Reach(signals.ReactedTo, e.At, true)
}

// finds reports whether a hand-off is more than passing on: somebody takes the case,
// for themselves or their team; somebody other than who raised it gives it a holder
// where it had none; or what was found is that it lies with whoever has it.
func (w *World) finds(r *Record, c *signals.Case, e *signals.Event) bool {
	switch {
	case e.To == "":
		return false
	case e.Kind == signals.Assigned && w.Org.Who(e.To) == w.Org.Who(e.Actor):
		return true
	case w.ownDeed(r, c, e):
		return false
	case e.Kind == signals.TeamMoved && w.Org.TeamOf(e.Actor) != "" && w.Org.TeamOf(e.Actor) == w.Org.TeamName(e.To):
		return true
	}
	return e.Kind == signals.Assigned && e.From == "" || ofHolder(r.Signal)
}

// ofHolder reports whether a signal speaks of who has a case, and not of its way.
func ofHolder(s *signals.Signal) bool { return s.Need == signals.NeedHolder || s.Detector == "orphan" }

// changedHands reports whether what a signal says of who has a case is over, for a
// person gave it to somebody else since: be it who raised it, which is no reaction.
func (w *World) changedHands(c *signals.Case, r *Record) bool {
	return ofHolder(r.Signal) && slices.ContainsFunc(w.happened(c, r), func(e *signals.Event) bool {
		return (e.Kind == signals.Assigned || e.Kind == signals.TeamMoved) && e.To != "" && e.From != e.To && !w.machine(e.Actor)
	})
}

// The words about a problem that was given to somebody else.
const (
	handedSoon = "it was given to somebody else before it was time to speak"
	handedLate = "it was given to somebody else"
)

// declined takes the word of somebody who was told that it is not for them.
func (w *World) declined(r *Record, actor string) {
	for _, n := range r.Nudges {
		if n.State == signals.Received && w.isFor(n, actor) {
			n.State, n.Why = signals.Declined, "the person wrote that it is not for them"
		}
	}
}

// Why somebody who showed a sign does not have a problem any more.
const (
	passedOn = "the person passed it on, and nothing happened since"
	thereNow = "it came back, and nothing happened since"
)

// passed ends the wait for what comes of a problem that somebody who was told of it
// passed on: whoever has it now is given as much time as if they had been told. So is
// who showed a sign only while it counted as solved, when it came back. It returns
// until when that is, zero for nothing to wait for.
func (w *World) passed(r *Record, n *signals.Nudge, now time.Time) time.Time {
	c := w.Case(r.Signal.Case)
	if n.State != signals.Received && n.State != signals.Acted || c == nil {
		return time.Time{}
	}
	at, who, why := time.Time{}, "", passedOn
	for _, e := range w.happened(c, r) {
		if (e.Kind == signals.Assigned || e.Kind == signals.TeamMoved) && e.From != e.To && !e.At.Before(n.At) && w.isFor(n, e.Actor) {
			at = e.At
			if m := w.member(c, e.Case); m != nil {
				who = m.Holder
			}
		}
	}
	if r.Again.After(at) {
		at, who, why = r.Again, n.To, thereNow
		if n.At.After(at) { // they were told of it later than that
			at = n.At
		}
	}
	if at.IsZero() {
		return time.Time{}
	}
	end := w.Org.Calendar(who).Add(at, w.Org.Policy.Patience)
	if now.Before(end) {
		return end
	}
	n.State, n.Why = signals.Declined, why
	return time.Time{}
}
