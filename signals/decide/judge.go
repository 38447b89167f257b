package decide

import (
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
		r.Ledger.Reach(signals.Transmitted, at, false)
	case signals.Shadowed, signals.Superseded, signals.Failed:
		r.Ledger.Die(signals.Transmitted, v.Why, at)
	}
}

// track moves the ledgers of the signals of a problem after event e of case c.
func (w *World) track(c *signals.Case, e *signals.Event, now time.Time) {
	if len(w.Book.byCase) == 0 {
		return
	}
	for _, k := range w.joins.Members(c.Key) {
		for _, r := range w.Book.running(k) {
			if e.At.Before(r.Signal.At) || r.Signal.Occasion == e.ID {
				continue
			}
			w.Judge(r, c, e)
		}
	}
	w.around(c, e)
}

// around lets a post in a flat channel count for the asks that stand beside it:
// one that names the asker.
func (w *World) around(c *signals.Case, e *signals.Event) {
	if e.Kind != signals.Said || c.Key.Channel() == "" || len(c.Posts) == 0 {
		return
	}
	r := w.Memory.Read(c.Posts[len(c.Posts)-1])
	for _, m := range r.Doc.Mentions {
		who := signals.ID(c.Key.Source, c.Key.Site, m)
		for _, rec := range w.Book.waiting(c.Key.Channel(), who) {
			if rec.Signal.Case != c.Key && !e.At.Before(rec.Signal.At) {
				w.receive(rec, e.Actor, e.At)
				rec.Ledger.Reach(signals.ReactedTo, e.At, true)
			}
		}
	}
}

// Judge moves one ledger after event e of a case of the signal's problem, and
// the nudges with it.
func (w *World) Judge(r *Record, c *signals.Case, e *signals.Event) {
	l := r.Ledger
	switch e.Kind {
	case signals.Claimed, signals.Refused:
		w.receive(r, e.Actor, e.At)
		if e.Kind == signals.Claimed {
			l.Reach(signals.ReactedTo, e.At, false)
		}
	case signals.Said:
		w.spoke(r, c, e)
	case signals.Reacted:
		w.receive(r, e.Actor, e.At)
	case signals.Assigned, signals.TeamMoved, signals.Status, signals.Linked:
		w.receive(r, e.Actor, e.At)
		if e.From != e.To || e.Kind == signals.Linked {
			l.Reach(signals.ReactedTo, e.At, true)
		}
	case signals.Closed, signals.Recovered:
		w.receive(r, e.Actor, e.At)
		l.Reach(signals.ReactedTo, e.At, true)
		l.Reach(signals.Corrected, e.At, e.Kind == signals.Recovered)
	case signals.Confirmed:
		l.Reach(signals.ConfirmedBy, e.At, false)
		r.Over = true
	case signals.Denied, signals.Reopened:
		delete(l.Times, signals.Corrected)
		l.Quiet = time.Time{}
	}
}

// spoke moves a ledger after somebody wrote: others react by answering, and
// who raised it may say that it is solved.
func (w *World) spoke(r *Record, c *signals.Case, e *signals.Event) {
	post := c.Post(e.ID)
	if post == nil || signals.IsBot(e.Actor) {
		return
	}
	reading := w.Memory.Read(post)
	opener := w.Org.Who(e.Actor) == w.Org.Who(c.Opener)
	if !opener {
		w.receive(r, e.Actor, e.At)
		if !reading.Has(text.MeToo, 0.5) {
			r.Ledger.Reach(signals.ReactedTo, e.At, true)
		}
		return
	}
	if reading.Has(text.Solved, 0.5) || reading.Has(text.NeverMind, 0.5) {
		r.Ledger.Reach(signals.Corrected, e.At, true)
		if c.Key.Source == signals.Slack {
			r.Ledger.Reach(signals.ConfirmedBy, e.At, true)
			r.Over = true
		}
	}
}

// receive records that somebody who was told has shown a sign of life in the
// case. Slack has no read receipts, so this is a proxy.
func (w *World) receive(r *Record, actor string, at time.Time) {
	for _, n := range r.Nudges {
		if n.State == signals.Sent && n.To != "" && (w.Org.Who(n.To) == w.Org.Who(actor) || w.Rooms[n.To] != nil) {
			n.State, n.Why = signals.Received, "the person acted in the case"
			r.Ledger.Reach(signals.ReceivedBy, at, true)
		}
	}
}

// due releases what was held long enough and lets die what nothing came of. It
// returns when the case wants to be looked at next for these reasons.
func (w *World) due(c *signals.Case, now time.Time) time.Time {
	var next time.Time
	for _, r := range w.Book.running(c.Key) {
		for _, n := range r.Nudges {
			if n.State == signals.Held {
				w.release(c, r, n, now)
			}
			if n.State == signals.Held {
				next = earlier(next, n.Look)
			}
		}
		next = earlier(next, w.expire(r, now))
	}
	return next
}

// release looks at a held nudge again: it is dropped when the problem moved on
// or the wait grew too long, else every reason to hold is asked again.
func (w *World) release(c *signals.Case, r *Record, n *signals.Nudge, now time.Time) {
	l := r.Ledger
	switch {
	case l.Reached(signals.Corrected), !c.Open():
		n.At = now
		w.settle(r, n, verdict{signals.Superseded, "it was solved before it was time to speak", time.Time{}})
	case l.Reached(signals.ReactedTo):
		n.At = now
		w.settle(r, n, verdict{signals.Superseded, "somebody reacted before it was time to speak", time.Time{}})
	case now.Before(n.Look):
	case now.Sub(r.Signal.At) > w.Org.Policy.HeldFor:
		n.At = now
		w.settle(r, n, verdict{signals.Superseded, "it was held too long: " + n.Why, time.Time{}})
	default:
		n.At = now
		v := w.hold(c, n, now)
		if v.State == signals.Held && v.Why != n.Why {
			v.Why += " (held since " + r.Signal.At.Format("2 January 15:04") + ")"
		}
		w.settle(r, n, v)
	}
}

// expire lets a signal die whose next stage is overdue, and returns when it
// wants to be asked again.
func (w *World) expire(r *Record, now time.Time) time.Time {
	l, p := r.Ledger, &w.Org.Policy
	switch {
	case l.Reached(signals.Corrected):
		end := l.Times[signals.Corrected].Add(p.Watch)
		if now.Before(end) {
			return end
		}
		if !l.Reached(signals.ConfirmedBy) {
			l.Quiet = end
			l.Die(signals.ConfirmedBy, "nobody confirmed it; it stayed quiet for "+since(p.Watch), end)
		}
		r.Over = true
	case l.Reached(signals.ReactedTo):
		end := l.Times[signals.ReactedTo].Add(p.Watch)
		if now.Before(end) {
			return end
		}
		l.Die(signals.Corrected, "somebody reacted, and it was not solved within "+since(p.Watch), end)
	case l.Reached(signals.Transmitted):
		return w.ignored(r, now)
	}
	return time.Time{}
}

// ignored ends the wait for an answer after the person's patience in working time.
func (w *World) ignored(r *Record, now time.Time) time.Time {
	var next time.Time
	for _, n := range r.Nudges {
		if n.State != signals.Sent {
			continue
		}
		end := w.Org.Calendar(n.To).Add(n.At, w.Org.Policy.Patience)
		if now.Before(end) {
			next = earlier(next, end)
			continue
		}
		n.State, n.Why = signals.Ignored, "no answer within "+since(w.Org.Policy.Patience)+" of working time"
		r.Ledger.Die(signals.ReceivedBy, n.Why, end)
	}
	return next
}

// waiting lists the running records of a channel that are about somebody who waits.
func (b *Book) waiting(channel, who string) []*Record {
	var out []*Record
	for _, r := range b.lately(channel) {
		if r.Signal.About == who && !r.Over && !r.Ledger.Reached(signals.ReactedTo) {
			out = append(out, r)
		}
	}
	return out
}

// lately returns the latest records of a channel's cases, at most 64.
func (b *Book) lately(channel string) []*Record {
	var out []*Record
	for i := len(b.Records) - 1; i >= 0 && len(b.Records)-i <= 256 && len(out) < 64; i-- {
		if b.Records[i].Signal.Case.Channel() == channel {
			out = append(out, b.Records[i])
		}
	}
	return out
}
