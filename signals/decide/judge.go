package decide

import (
	"slices"
	"time"

	"andon/signals"
	"andon/signals/text"
)

// settle gives a nudge its state and lets the ledger know.
func (w *World) settle(r *Record, n *signals.Nudge, v verdict) {
	n.State, n.Why, n.Look = v.State, v.Why, v.Look
	at := n.At
	switch v.State {
	case signals.Sent:
		if w.sends { // it is sent when Slack says so, see Posted
			n.State = signals.Sending
			return
		}
		r.Ledger.Reach(signals.Transmitted, at, false)
	case signals.Shadowed, signals.Superseded, signals.Failed:
		w.stop(r, v.Why, at)
	}
}

// track moves the ledgers of the signals of a problem after the history entry
// that ends with event e of case c. It returns the other cases whose signals it
// may have moved.
func (w *World) track(c *signals.Case, e *signals.Event) (moved []signals.Key) {
	if w.Book.quiet() && e.Kind != signals.Confirmed && e.Kind != signals.Denied {
		return nil
	}
	entry := entryOf(c, e)
	members := w.joins.Members(c.Key)
	for _, k := range members {
		running := w.Book.running(k)
		for _, r := range w.lateWord(k, e) {
			if shared(e, r.Signal) {
				w.Book.reopen(r)
				running = append(running, r)
			}
		}
		for _, r := range running {
			for _, e := range entry {
				if k != c.Key && (e.Kind == signals.Said || e.Kind == signals.Reacted) && len(members) > crowd {
					continue
				}
				if !e.At.Before(r.Signal.At) && r.Signal.Occasion != e.ID && w.counts(e, r) {
					w.Judge(r, c, e)
				}
			}
		}
		if len(running) > 0 && k != c.Key && w.Case(k) != nil {
			moved = append(moved, k)
		}
	}
	others := w.ended(c, entry)
	for _, e := range entry {
		others = append(others, w.around(c, e)...)
	}
	for _, k := range others {
		if !slices.Contains(moved, k) {
			moved = append(moved, k)
		}
	}
	return moved
}

// crowd is how many cases a problem may have for talk in one of them to count
// for the others: an umbrella issue that many threads name joins them all, and
// a word in one is no answer in the rest.
const crowd = 8

// shared reports whether an event may move a ledger: whoever knows of the
// signal may know of the event. What happens in private does not show in public.
func shared(e *signals.Event, s *signals.Signal) bool {
	return e.Audience == signals.Public || e.Audience == s.Audience
}

// entryOf returns the events of the history entry of e, in order.
func entryOf(c *signals.Case, e *signals.Event) []*signals.Event {
	all := c.Events()
	same := func(o *signals.Event) bool { return o.Seq.Entry == e.Seq.Entry && o.At.Equal(e.At) }
	to := len(all)
	for to > 0 && !same(all[to-1]) {
		to--
	}
	from := to
	for from > 0 && same(all[from-1]) {
		from--
	}
	return all[from:to]
}

// around lets a post in a flat channel count for the asks that stand beside it:
// one that names the asker. It returns their cases.
func (w *World) around(c *signals.Case, e *signals.Event) (moved []signals.Key) {
	if e.Kind != signals.Said || c.Key.Channel() == "" || w.machine(e.Actor) {
		return nil
	}
	post := c.Post(e.ID)
	if post == nil {
		return nil
	}
	for _, m := range w.Memory.Read(post).Doc.Mentions {
		who := signals.ID(c.Key.Source, c.Key.Site, m)
		if who == e.Actor {
			continue
		}
		for _, rec := range w.Book.waiting(c.Key.Channel(), who) {
			if rec.Signal.Case != c.Key && !e.At.Before(rec.Signal.At) {
				w.receive(rec, e.Actor, e.At)
				rec.Ledger.Reach(signals.ReactedTo, e.At, true)
				moved = append(moved, rec.Signal.Case)
			}
		}
	}
	return moved
}

// machine reports whether an actor is a program: what it does is no sign of
// anybody.
func (w *World) machine(actor string) bool {
	p := w.Org.Person(actor)
	return signals.IsBot(actor) || p != nil && p.Bot
}

// Judge moves one ledger after event e of a case of the signal's problem, and
// the nudges with it.
func (w *World) Judge(r *Record, c *signals.Case, e *signals.Event) {
	l := r.Ledger
	switch e.Kind {
	case signals.Claimed:
		w.acted(r, e)
		l.Reach(signals.ReactedTo, e.At, false)
	case signals.Refused:
		w.receive(r, e.Actor, e.At)
		w.refused(r, e)
	case signals.Snoozed:
		w.snoozed(r, e)
	case signals.Useless:
		w.useless(r, e)
	case signals.Helped:
		w.receive(r, e.Actor, e.At)
	case signals.Said:
		w.spoke(r, c, e)
	case signals.Reacted:
		w.receive(r, e.Actor, e.At)
		w.marked(r, c, e)
	case signals.Assigned, signals.TeamMoved:
		w.handed(r, c, e)
	case signals.Status, signals.Linked:
		if w.machine(e.Actor) || e.From == e.To && e.Kind != signals.Linked {
			w.receive(r, e.Actor, e.At)
			return
		}
		w.did(r, c, e)
		if e.Kind == signals.Status {
			w.resettled(r, e)
		}
	case signals.Closed:
		w.did(r, c, e)
		l.Reach(signals.Corrected, e.At, false)
	case signals.Recovered:
		if r.Signal.Detector != "flapping" { // there healing is the complaint
			l.Reach(signals.Corrected, e.At, true)
		}
	case signals.Firing:
		if l.Reached(signals.Corrected) && !l.Times[signals.Corrected].After(e.At) {
			l.Undo(signals.Corrected)
			l.Quiet, r.Again = time.Time{}, e.At
		}
	case signals.Confirmed:
		w.confirmed(r, e)
	case signals.Drilled:
		if e.Field == signals.DrillOff {
			w.callOff(r, e.Text, e.At)
		}
	case signals.Denied, signals.Reopened:
		w.again(r, e)
	}
}

// confirmed takes the word of who raised a signal that it is solved. Who raised
// another signal of the problem says so for theirs.
func (w *World) confirmed(r *Record, e *signals.Event) {
	if w.speaksFor(r, e.Actor) {
		w.ends(r, e.At, false)
		return
	}
	w.acted(r, e)
	r.Ledger.Reach(signals.Corrected, e.At, true)
}

// again opens what counted as solved.
func (w *World) again(r *Record, e *signals.Event) {
	l := r.Ledger
	switch {
	case l.Times[signals.Corrected].After(e.At): // judged again, or heard late: it was solved after that
	case e.Kind == signals.Denied && l.Reached(signals.ConfirmedBy) && !w.raisedIt(r, e.Actor): // who raised this one said that it is
	case e.Kind == signals.Denied:
		w.denied(w.Case(r.Signal.Case), r, e)
	default:
		l.Undo(signals.Corrected)
		l.Undo(signals.ConfirmedBy) // by an emoji, which leaves the story open
		l.Quiet, l.Partly, r.Again = time.Time{}, time.Time{}, e.At
	}
}

// spoke moves a ledger after somebody wrote: others react by answering, which to
// send somebody on is not, and who raised it may say that it is solved. Who raised
// the case that was written in may be another than who raised that of the signal.
func (w *World) spoke(r *Record, c *signals.Case, e *signals.Event) {
	post := c.Post(e.ID)
	if post == nil || w.machine(e.Actor) {
		return
	}
	reading := w.Memory.Read(post)
	own := w.raisedIt(r, e.Actor)
	if !own && !w.raised(c, e.Actor) || w.wasAsked(r, e.Actor) {
		w.receive(r, e.Actor, e.At)
		switch {
		case reading.SendsAway():
			w.declined(r, e.Actor)
		case !reading.Has(text.MeToo, 0.5):
			r.Ledger.Reach(signals.ReactedTo, e.At, true)
		}
		if w.saysSolved(post) {
			w.resettled(r, e)
		}
		return
	}
	if reading.Has(text.Solved, 0.5) || reading.Has(text.NeverMind, 0.5) {
		r.Ledger.Reach(signals.Corrected, e.At, true)
		if own && c.Key.Source == signals.Slack {
			w.ends(r, e.At, true)
		}
	}
}

// ends closes the story of a record: who raised it says that it is solved.
func (w *World) ends(r *Record, at time.Time, proxy bool) {
	for _, n := range r.Nudges {
		if n.State == signals.Held || n.State == signals.Proposed {
			n.At = at
			w.settle(r, n, verdict{signals.Superseded, "it was solved before it was time to speak", time.Time{}})
		}
	}
	r.Ledger.Reach(signals.ConfirmedBy, at, proxy)
	r.Over = true
}

func (w *World) raised(c *signals.Case, actor string) bool {
	return c != nil && w.Org.Who(actor) == w.Org.Who(c.Opener)
}

// receive records that somebody who was told has shown a sign of life in the
// case, be it late: of one to a channel anybody but who raised it. Slack has no read
// receipts, so this is a proxy.
func (w *World) receive(r *Record, actor string, at time.Time) {
	if w.machine(actor) {
		return
	}
	for _, n := range r.Nudges {
		if (n.State == signals.Sending || n.State == signals.Sent || n.State == signals.Ignored) && n.To != "" && (w.isFor(n, actor) || w.Room(n.To) != nil && !w.raisedIt(r, actor)) {
			n.State, n.Why = signals.Received, "the person wrote or reacted in the case"
			r.Ledger.Reach(signals.ReceivedBy, at, true)
		}
	}
}

func (w *World) isFor(n *signals.Nudge, actor string) bool {
	return n.To != "" && w.Org.Who(n.To) == w.Org.Who(actor)
}

// acted records that somebody did something about the problem.
func (w *World) acted(r *Record, e *signals.Event) {
	w.receive(r, e.Actor, e.At)
	for _, n := range r.Nudges {
		if n.State == signals.Received && w.isFor(n, e.Actor) {
			n.State, n.Why = signals.Acted, "the person acted on the problem"
		}
	}
}
