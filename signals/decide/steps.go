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
