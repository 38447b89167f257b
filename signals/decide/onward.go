package decide

import (
	"slices"
	"time"

	"andon/signals"
)

// waits reports whether a nudge of a record still may come to something: it is
// to be said, or was said and nobody has turned it down or let it pass. Of
// several nudges to one person the latest counts.
func (w *World) waits(r *Record) bool {
	seen := make(map[string]bool, len(r.Nudges))
	for _, n := range slices.Backward(r.Nudges) {
		who := w.Org.Who(n.To)
		if seen[who] {
			continue
		}
		seen[who] = true
		switch n.State {
		case signals.Held, signals.Proposed, signals.Sending, signals.Sent, signals.Received, signals.Acted:
			return true
		}
	}
	return false
}

// onward makes the next step of a record that nobody has taken on: sideways, to
// the next who could help. It reports whether it made one. Where nobody is left,
// or enough people were asked, the signal dies.
func (w *World) onward(c *signals.Case, r *Record, now time.Time) bool {
	n := len(r.Nudges)
	if n == 0 || r.Over || r.Ledger.Reached(signals.ReactedTo) || r.Ledger.Reached(signals.Corrected) {
		return false
	}
	last := r.Nudges[n-1]
	undelivered := last.State == signals.Failed && last.To != "" && r.Ledger.Why == last.Why // as the sender left it
	if r.Ledger.Died != "" && !undelivered || w.waits(r) {
		return false
	}
	at := now
	if last.State == signals.Ignored {
		if end := w.Org.Calendar(last.To).Add(last.At, w.Org.Policy.Patience); end.Before(now) {
			at = end
		}
	}
	why, further := w.stands(c, r, last)
	if !further {
		w.stop(r, why, at)
		return false
	}
	if people := w.asked(r); people > w.Org.Policy.Steps {
		w.stop(r, why+"; "+were(people, w.rooms(r))+" asked", at)
		return false
	}
	next := &signals.Nudge{Signal: r.Signal, Step: last.Step + 1, At: now}
	v := w.place(c, r, next, now)
	if next.To == "" {
		w.stop(r, why+"; nobody is left who could be asked", at)
		return false
	}
	r.Ledger.Revive()
	r.Nudges = append(r.Nudges, next)
	w.settle(r, next, v)
	return true
}

// stands says why a record does not go on with its last nudge, and whether a
// further step may help.
func (w *World) stands(c *signals.Case, r *Record, last *signals.Nudge) (why string, further bool) {
	switch {
	case slices.ContainsFunc(r.Nudges, notUseful):
		return uselessDeath, false
	case !r.Ledger.Reached(signals.ReactedTo) && w.changedHands(c, r):
		return handedLate, false
	case last.State == signals.Ignored, last.State == signals.Failed && last.To != "", last.Why == passedOn, last.Why == thereNow:
		why = last.Why
	case last.State == signals.Declined:
		why = "who was asked said that it is not for them"
	default: // it was never meant to be said, or was overtaken
		return last.Why, false
	}
	return why, unsolved(c, r) && !w.takenBack(c, r.Signal) && !w.letGo(c, r.Signal)
}

// stop lets a signal die before the first stage that it has not reached, unless
// somebody may still answer or has acted.
func (w *World) stop(r *Record, why string, at time.Time) {
	l := r.Ledger
	switch {
	case w.waits(r):
		return
	case !l.Reached(signals.Transmitted):
		if l.Died == signals.Transmitted && l.Why != why {
			l.Revive() // the last word counts
		}
		l.Die(signals.Transmitted, why, at)
	case l.Reached(signals.ReactedTo):
	case !l.Reached(signals.ReceivedBy):
		l.Die(signals.ReceivedBy, why, at)
	default:
		l.Die(signals.ReactedTo, why, at)
	}
}
