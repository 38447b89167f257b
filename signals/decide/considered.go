package decide

import (
	"slices"
	"strings"
	"time"

	"andon/signals"
	"andon/signals/route"
)

// Considered is somebody whom a nudge may have gone to. Who was passed over bears
// the reason, as the rest of a sentence that begins with who it is; who was not,
// and was not chosen, would be asked next.
type Considered struct {
	To     string // person or channel id
	Owner  string // the one named owner, where To is a channel
	Route  string // why them; "" for who was passed over before that was asked
	Chosen bool
	Passed string // why not them, "" for whoever could be asked
}

// Why somebody is passed over, besides what the routes say.
const (
	askedBefore = "was asked before"
	mayNotSee   = "may not see what it rests on"
	sentItOn    = "sent it on"
	elseHears   = "is left out this time, so that somebody else looks at it" // not that they put it aside: that is nobody's business
)

// Consider lists whom a nudge of a record may go to at now, in the order in which
// they are thought of, with those who are passed over. It repeats what place does
// for that nudge and changes nothing.
func (w *World) Consider(r *Record, n *signals.Nudge, now time.Time) []Considered {
	c := w.Case(r.Signal.Case)
	if c == nil || reminds(n) {
		return nil // who asked to be told again is told again
	}
	if StillOnIt(n) || strings.HasPrefix(n.Route, solvedIt) {
		return []Considered{{To: n.To, Route: n.Route, Chosen: true}}
	}
	var out []Considered
	place := make(map[string]int)
	add := func(x Considered) {
		i, had := place[w.Org.Who(x.To)]
		switch {
		case !had:
			place[w.Org.Who(x.To)] = len(out)
			out = append(out, x)
		case x.Chosen && out[i].Passed == closer: // passed over as one thing, and asked as another
			out[i] = x
		}
	}
	for _, id := range w.namedFor(c, r, n) {
		if ok, why, _ := w.Org.Available(id, now); !ok {
			add(Considered{To: w.Org.Who(id), Passed: why})
		}
	}
	chosen := false
	list, _ := w.candidates(c, r, n, now)
	barred := w.suppressors(c, r.Signal)
	over, all := w.laden(c, r, n, list, now)
	consider := func(ch candidate) {
		for _, not := range ch.Refused {
			add(Considered{To: not.Who, Passed: w.taught(c, not, now)})
		}
		if ch.To == "" {
			return
		}
		x := Considered{To: ch.To, Owner: ch.Owner, Route: ch.Why}
		if w.toldBefore(r, n, ch.To) {
			x.Passed = askedBefore
		} else if !ch.named && barred[w.Org.Who(ch.To)] {
			x.Passed = elseHears
		} else if w.passes(r.Signal, ch, over) {
			x.Passed = closer
		} else if !ch.named && w.sentOn(c, r.Signal, ch.To) {
			x.Passed = sentItOn
		} else if _, because, ok := w.asSeenBy(c, r.Signal, ch, now); !ok {
			x.Passed = mayNotSee
		} else {
			x.Route, x.Chosen, chosen = because, !chosen, true
			x.Owner, x.Route = w.unlessBarred(barred, x.Owner, x.Route)
			if all && x.Chosen {
				x.Route += alone
			}
			x.Route += further(n)
		}
		add(x)
	}
	for _, ch := range list {
		if consider(ch); chosen && n.Step == 0 {
			break
		}
	}
	then := *n // who follows is thought of anew
	then.Step++
	after, _ := w.candidates(c, r, &then, now)
	for _, ch := range slices.Concat(after, list, w.refusals(c, r, n, now)) {
		consider(ch)
	}
	return out
}

// namedFor are those whom somebody named for a nudge: whoever pulled the cord, and
// then those who refused, the latest word first.
func (w *World) namedFor(c *signals.Case, r *Record, n *signals.Nudge) (out []string) {
	if n.Step == 0 {
		if e := eventOf(c, r.Signal.Occasion); e != nil && e.Kind == signals.Pulled && e.To != "" {
			out = append(out, e.To)
		}
		return out
	}
	for _, had := range slices.Backward(r.Nudges) {
		if had.State != signals.Declined {
			continue
		}
		if e := w.refusal(c, r, had); e != nil && w.Room(e.To) == nil {
			out = append(out, e.To)
		}
	}
	return out
}

// refusals are those whom the routes passed over where they have nobody to offer.
func (w *World) refusals(c *signals.Case, r *Record, n *signals.Nudge, now time.Time) (out []candidate) {
	if w.Memory.Routes == nil {
		return nil
	}
	for _, ch := range w.pick(c, wanted(r.Signal, n), signals.Everything, now) {
		if ch.To == "" {
			out = append(out, candidate{Choice: ch})
		}
	}
	return out
}

// taught is why the routes passed somebody over; where people taught that, since
// when and until when it counts.
func (w *World) taught(c *signals.Case, not route.Refusal, now time.Time) string {
	if not.Why != route.NotTheOne {
		return not.Why
	}
	for _, h := range w.Org.Hints(c, now) {
		if h.Not != "" && w.Org.Who(h.Not) == not.Who {
			return not.Why + ", as was said on " + h.At.Format("2 January") + "; that counts until " + h.Until.Format("2 January")
		}
	}
	return not.Why
}

// Evidence returns the events that a signal rests on, as far as the world holds
// them, in the order in which the signal names them.
func (w *World) Evidence(s *signals.Signal) []*signals.Event {
	c := w.Case(s.Case)
	if c == nil {
		return nil
	}
	var out []*signals.Event
	p := w.Problem(c)
	for _, id := range s.Evidence {
		if e := w.evidence(p, c, id); e != nil {
			out = append(out, e)
		}
	}
	return out
}

// Joined returns the keys of the problem that a case belongs to, its own included.
func (w *World) Joined(k signals.Key) []signals.Key { return w.joins.Members(k) }

// Running returns the records of a case whose story is not over.
func (b *Book) Running(k signals.Key) []*Record { return b.running(k) }
