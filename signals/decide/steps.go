package decide

import (
	"slices"
	"time"

	"andon/signals"
	"andon/signals/route"
)

// candidate is somebody who may be told. Who was named by somebody who refused
// was named in words that all who may see the case may know.
type candidate struct {
	route.Choice
	named bool
	rule  string // of the standing route that leads to them, "" for none
}

// place finds the first candidate who may see what a nudge is about and was not
// told of it before, and asks whether now is the time. What they may not see
// plays no part in what they are told.
func (w *World) place(c *signals.Case, r *Record, n *signals.Nudge, now time.Time) verdict {
	more := further(n)
	list, why := w.candidates(c, r, n, now)
	n.To, n.Owner, n.Route, n.Signal = "", "", more, r.Signal
	barred := w.suppressors(c, r.Signal)
	over, all := w.laden(c, r, n, list, now)
	for _, ch := range list {
		if w.toldBefore(r, n, ch.To) || w.passes(r.Signal, ch, over) {
			continue
		}
		if !ch.named && barred[w.Org.Who(ch.To)] {
			why = passedOver
			continue
		}
		if w.drilled(r.Signal, ch.To, now) {
			why = drilledLately
			continue
		}
		if !ch.named && w.sentOn(c, r.Signal, ch.To) {
			why = "who sent it on is not asked again"
			continue
		}
		own, because, ok := w.asSeenBy(c, r.Signal, ch, now)
		if !ok {
			why = "nobody who may see it is known to help"
			continue
		}
		n.To, n.Signal = ch.To, own
		if ch.rule != "" || n.Step == 0 {
			r.Rule = ch.rule
		}
		n.Owner, n.Route = w.unlessBarred(barred, ch.Owner, because)
		if all {
			n.Route += alone
		}
		n.Route += more
		if own != r.Signal && own.Before == "" {
			own.Before = w.history(c, own)
		}
		n.Signal = w.withSeen(c, own, w.viewer(ch.To), now)
		return w.hold(c, n, now)
	}
	if v, done := w.modeHold(c, n); done && v.State == signals.Shadowed {
		return v
	}
	return verdict{signals.Failed, why, time.Time{}}
}

// candidates lists whom a nudge may go to, best first; why says what stands in
// the way when there is nobody. A further step goes to whom those named who
// refused, then by a standing route, then to the next choices; after a channel,
// to a person.
func (w *World) candidates(c *signals.Case, r *Record, n *signals.Nudge, now time.Time) (list []candidate, why string) {
	if n.Step == 0 {
		list = w.nominated(c, r.Signal, now)
	} else {
		list = w.nominees(c, r, now)
	}
	choices, why := w.choices(c, wanted(r.Signal, n), signals.Everything, now)
	if AsksAnew(n) || n.Step > 0 && r.Signal.Need != signals.NeedLead {
		choices = w.sideways(c, choices)
	}
	var others []candidate
	if n.Step > 0 || r.Signal.Asked == "" { // a question that was put to somebody is theirs first
		others = w.ruled(c, r, wanted(r.Signal, n), now)
	}
	for _, ch := range choices {
		others = append(others, candidate{Choice: ch})
	}
	if AsksAnew(n) {
		slices.SortStableFunc(others, func(a, b candidate) int { return upwards(a.Choice) - upwards(b.Choice) })
	}
	return append(list, others...), why
}

// wanted is a signal with the need that a step of it has: after a channel, a
// person; where it was taken up and does not move, whoever can solve it before
// anybody who leads them.
func wanted(s *signals.Signal, n *signals.Nudge) *signals.Signal {
	if n.Step == 0 || s.Need == signals.NeedEnd || s.Need != signals.NeedChannel && !AsksAnew(n) {
		return s
	}
	to := *s
	to.Need = signals.NeedResolver
	return &to
}

// namedBy begins the route of a nudge to somebody whom a person named.
const namedBy = "was named by "

// nominated is whom somebody named as they pulled the cord.
func (w *World) nominated(c *signals.Case, s *signals.Signal, now time.Time) (out []candidate) {
	e := eventOf(c, s.Occasion)
	if e == nil || e.Kind != signals.Pulled || e.To == "" {
		return nil
	}
	for _, ch := range route.Named(w.Org, c, s, e.To, namedBy+"whoever pulled the cord", now) {
		out = append(out, candidate{Choice: ch, named: true})
	}
	return out
}

// choices asks the routes for whom to tell, from what a viewer may see; why says
// what stands in the way when there is nobody.
func (w *World) choices(c *signals.Case, s *signals.Signal, v signals.Viewer, now time.Time) ([]route.Choice, string) {
	if w.Memory.Routes == nil {
		return nil, "routes were not asked for"
	}
	choices := w.pick(c, s, v, now)
	choices = slices.DeleteFunc(choices, func(ch route.Choice) bool { return ch.To == "" })
	return choices, "nobody is known who could help"
}

// nominees lists whom those named who refused, the latest word first. Who cannot
// be asked is replaced by who stands in for them.
func (w *World) nominees(c *signals.Case, r *Record, now time.Time) (out []candidate) {
	for _, n := range slices.Backward(r.Nudges) {
		if n.State != signals.Declined {
			continue
		}
		e := w.refusal(c, r, n)
		if e == nil || w.Room(e.To) != nil {
			continue
		}
		for _, ch := range route.Named(w.Org, c, r.Signal, e.To, namedBy+w.called(e.Actor), now) {
			out = append(out, candidate{Choice: ch, named: true})
		}
	}
	return out
}

// refusal is the latest event by which somebody refused a nudge and named
// another, nil for none.
func (w *World) refusal(c *signals.Case, r *Record, n *signals.Nudge) *signals.Event {
	var out *signals.Event
	for _, k := range w.joins.Members(c.Key) {
		m := c
		if k != c.Key {
			m = w.Case(k)
		}
		if m == nil {
			continue
		}
		for _, e := range slices.Backward(m.Events()) {
			if e.At.Before(r.Signal.At) || out != nil && signals.CompareEvents(e, out) < 0 {
				break
			}
			if e.Kind == signals.Refused && e.To != "" && shared(e, r.Signal) && w.mayRefuse(n, e) {
				out = e
				break
			}
		}
	}
	return out
}

// called is what people call somebody.
func (w *World) called(id string) string {
	if p := w.Org.Person(id); p != nil && p.Name != "" {
		return p.Name
	}
	return signals.Bare(w.Org.Who(id))
}

// toldBefore reports whether somebody has, or had, another nudge of a record, be
// it as the named owner of one to a channel, or hears of its ask from another place.
func (w *World) toldBefore(r *Record, but *signals.Nudge, to string) bool {
	who := w.Org.Who(to)
	is := func(n *signals.Nudge) bool {
		return n != but && n.To != "" && (w.Org.Who(n.To) == who || n.Owner != "" && w.Org.Who(n.Owner) == who)
	}
	return slices.ContainsFunc(r.Nudges, is) || w.toldElsewhere(r, is)
}

// asked counts those whom a record was meant for so far.
func (w *World) asked(r *Record) int {
	seen := make(map[string]bool, len(r.Nudges))
	for _, n := range r.Nudges {
		if n.To != "" {
			seen[w.Org.Who(n.To)] = true
		}
	}
	return len(seen)
}

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
