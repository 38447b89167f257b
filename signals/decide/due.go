package decide

import (
	"slices"
	"time"

	"andon/signals"
)

// due releases what was held long enough, makes the next steps, and lets die
// what nothing came of. It returns when the case wants to be looked at next for
// these reasons.
func (w *World) due(c *signals.Case, now time.Time) time.Time {
	var next time.Time
	for _, r := range w.Book.running(c.Key) {
		next = earlier(next, w.dueOf(c, r, now))
		for w.onward(c, r, now) {
			next = earlier(next, w.dueOf(c, r, now))
		}
		if r.IsDrill() {
			next = earlier(next, w.drillEnds(r, now))
		}
	}
	return next
}

// dueOf is due for one record, without its next step.
func (w *World) dueOf(c *signals.Case, r *Record, now time.Time) (next time.Time) {
	for _, n := range r.Nudges {
		if n.State == signals.Proposed {
			w.lapse(c, r, n, now)
		}
		if n.State == signals.Held {
			w.release(c, r, n, now)
		}
		if n.State == signals.Held || n.State == signals.Proposed {
			next = earlier(next, n.Look)
		}
	}
	return earlier(next, w.expire(c, r, now))
}

// since is since when a nudge waits to be said: a first one since its signal was
// found, a further one since it was made.
func since(r *Record, n *signals.Nudge) time.Time {
	if n.Step == 0 && !reminds(n) {
		return r.Signal.At
	}
	return n.At
}

// release looks at a held nudge again: it is dropped when the problem moved on
// or the wait grew too long, else every reason to hold is asked again.
func (w *World) release(c *signals.Case, r *Record, n *signals.Nudge, now time.Time) {
	if w.overtaken(c, r, n, now) || now.Before(n.Look) {
		return
	}
	v := w.released(c, r, n, now)
	if v.State != signals.Held {
		n.At = now
	}
	w.settle(r, n, v)
}

func (w *World) released(c *signals.Case, r *Record, n *signals.Nudge, now time.Time) verdict {
	why, from := n.Why, since(r, n)
	if why == notPlaced {
		return w.place(c, r, n, now)
	}
	if w.takenBack(c, n.Signal) {
		return verdict{signals.Superseded, "what it rests on was taken back before it was time to speak", time.Time{}}
	}
	if reminds(n) {
		return w.reminder(c, r, n, now)
	}
	if m, ok := w.muteOf(c, n, now); ok && now.Sub(from) > w.Org.Policy.HeldFor {
		return verdict{signals.Superseded, w.mutedWhy(n, m), time.Time{}}
	}
	if now.Sub(from) > w.Org.Policy.HeldFor {
		return verdict{signals.Superseded, "it was held too long: " + why, time.Time{}}
	}
	var v verdict
	if ok, _, _ := w.Org.Available(n.To, now); ok && w.visible(c, n.Signal, w.viewer(n.To)) {
		v = w.hold(c, n, now)
	} else {
		v = w.place(c, r, n, now) // who it was for cannot be asked any more
	}
	if v.State == signals.Held && v.Why != why {
		v.Why += " (held since " + from.Format("2 January 15:04") + ")"
	}
	return v
}

// lapse drops a nudge that waits for approval when the problem moved on, or
// nobody approved it in time.
func (w *World) lapse(c *signals.Case, r *Record, n *signals.Nudge, now time.Time) {
	n.Look = since(r, n).Add(w.Org.Policy.HeldFor)
	if w.overtaken(c, r, n, now) || w.decided(c, r, n, now) {
		return
	}
	if !now.Before(n.Look) {
		n.At = now
		w.settle(r, n, verdict{signals.Superseded, "nobody approved it within " + signals.Lasted(w.Org.Policy.HeldFor), time.Time{}})
	}
}

// overtaken drops a nudge that was not said yet when it is not needed any more.
func (w *World) overtaken(c *signals.Case, r *Record, n *signals.Nudge, now time.Time) bool {
	why := ""
	switch {
	case c.Gone:
		why = "it was deleted before it was time to speak"
	case r.Ledger.Reached(signals.Corrected), !unsolved(c, r):
		why = "it was solved before it was time to speak"
	case AsksAnew(n) && w.taken(c, r).since.After(n.At):
		why = "it moved on before it was time to speak"
	case !AsksAnew(n) && !BringsBack(n) && !reminds(n) && w.changedHands(c, r):
		why = handedSoon
	case r.Ledger.Reached(signals.ReactedTo) && !AsksAnew(n) && !BringsBack(n) && !(reminds(n) && r.Ledger.Times[signals.ReactedTo].Before(n.At)):
		why = "somebody reacted before it was time to speak"
	case w.letGo(c, n.Signal):
		why = letGoSoon
	default:
		return false
	}
	n.At = now
	w.settle(r, n, verdict{signals.Superseded, why, time.Time{}})
	return true
}

// takenBack reports whether a message that a signal rests on was deleted: what
// it said must not be told on.
func (w *World) takenBack(c *signals.Case, s *signals.Signal) bool {
	p := w.Problem(c)
	return slices.ContainsFunc(s.Evidence, func(id string) bool {
		e := w.evidence(p, c, id)
		if e == nil || e.Kind != signals.Said || e.Text == "" {
			return false
		}
		of := w.Case(e.Case)
		return of != nil && (of.Gone || of.Post(id) == nil)
	})
}

// expire lets a signal die whose next stage is overdue, and returns when it
// wants to be asked again.
func (w *World) expire(c *signals.Case, r *Record, now time.Time) time.Time {
	l, p := r.Ledger, &w.Org.Policy
	switch {
	case l.Reached(signals.Corrected):
		end := l.Times[signals.Corrected].Add(p.Watch)
		if next := w.askRaiser(c, r, end, now); now.Before(end) {
			return earlier(next, end)
		}
		if !l.Reached(signals.ConfirmedBy) {
			l.Quiet = end
			l.Die(signals.ConfirmedBy, "nobody confirmed it; it stayed quiet for "+signals.Lasted(p.Watch), end)
		}
		r.Over = true
	case l.Reached(signals.ReactedTo):
		if next, is := w.stuck(c, r, now); is {
			return next
		}
		from, why := l.Times[signals.ReactedTo], "somebody reacted, and it was not solved within "
		if r.Again.After(from) {
			from, why = r.Again, "it came back, and was not solved within "
		}
		end := from.Add(p.Watch)
		if now.Before(end) {
			return end
		}
		l.Die(signals.Corrected, why+signals.Lasted(p.Watch), end)
	case l.Reached(signals.Transmitted), underWay(r):
		return w.ignored(r, now)
	}
	return time.Time{}
}

// ignored ends the wait for an answer after the person's patience in working time;
// onward goes on from there.
func (w *World) ignored(r *Record, now time.Time) time.Time {
	var next time.Time
	for _, n := range r.Nudges {
		next = earlier(next, w.passed(r, n, now))
		if n.State != signals.Sent && n.State != signals.Sending {
			continue
		}
		end := w.Org.Calendar(n.To).Add(n.At, w.Org.Policy.Patience)
		if now.Before(end) {
			next = earlier(next, end)
			continue
		}
		if n.State == signals.Sending { // nobody can answer what is not said yet
			next = earlier(next, now.Add(w.Org.Policy.Patience))
			continue
		}
		n.State, n.Why = signals.Ignored, "no answer within "+signals.Lasted(w.Org.Policy.Patience)+" of working time"
	}
	return next
}

// Outlived reports whether a nudge that was decided and not said yet is not
// needed any more, and why: what it is about was solved, answered, taken back or
// deleted since, or too much time went by.
func (w *World) Outlived(r *Record, n *signals.Nudge, now time.Time) (why string, is bool) {
	c := w.Case(r.Signal.Case)
	switch {
	case c == nil || c.Gone:
		return "it was deleted before it could be said", true
	case r.IsDrill() && r.Over:
		return "the drill was over before it could be said", true
	case c.ClosedAt.After(n.At), r.Ledger.Times[signals.Corrected].After(n.At):
		return "it was solved before it could be said", true
	case r.Ledger.Times[signals.ReactedTo].After(n.At):
		return "somebody reacted before it could be said", true
	case AsksAnew(n) && w.taken(c, r).since.After(n.At):
		return "it moved on before it could be said", true
	case w.letGo(c, n.Signal):
		return "the cord was let go before it could be said", true
	case now.Sub(n.At) > w.Org.Policy.HeldFor:
		return "it could not be said for " + signals.Lasted(now.Sub(n.At)), true
	case w.takenBack(c, n.Signal):
		return "what it rests on was taken back before it could be said", true
	}
	return "", false
}

// underWay reports whether a nudge was given to the sender.
func underWay(r *Record) bool {
	return slices.ContainsFunc(r.Nudges, func(n *signals.Nudge) bool { return n.State == signals.Sending })
}
