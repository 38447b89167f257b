package decide

import (
	"slices"
	"strings"

	"andon/signals"
	"andon/signals/detect"
)

// The words about a cord that was let go.
const (
	letGoSoon = "the cord was let go before it was time to speak"
	letGoLate = "the cord was let go"
)

// marked takes an emoji on a message for what the policy says that it means.
// Taking it away undoes that.
func (w *World) marked(r *Record, c *signals.Case, e *signals.Event) {
	post := c.Post(e.Ref)
	if post == nil || w.machine(e.Actor) || e.Field == "undated" {
		return
	}
	p, name := &w.Org.Policy, emojiName(e.To)
	removed := e.Field == "removed"
	switch {
	case slices.Contains(p.Detect.Cord.Emoji, e.To):
		w.cordMoved(r, c, e)
	case slices.Contains(p.Looking, name) && w.Org.Who(e.Actor) != w.Org.Who(post.Event.Actor):
		if removed {
			w.unmark(r, c, e)
			return
		}
		w.acted(r, e)
		r.Ledger.Reach(signals.ReactedTo, e.At, false)
	case slices.Contains(p.Solved, name):
		if removed {
			w.unmark(r, c, e)
			return
		}
		w.markedSolved(r, e)
	}
}

// emojiName is an emoji without its skin tone.
func emojiName(s string) string {
	name, _, _ := strings.Cut(s, "::")
	return name
}

// markedSolved: who raised it says that it is solved, and is believed; of others
// it is a proxy. The story stays open for the watch period, so that the emoji can
// be taken back.
func (w *World) markedSolved(r *Record, e *signals.Event) {
	if w.raisedIt(r, e.Actor) {
		r.Ledger.Reach(signals.Corrected, e.At, false)
		r.Ledger.Reach(signals.ConfirmedBy, e.At, false)
		return
	}
	w.acted(r, e)
	r.Ledger.Reach(signals.ReactedTo, e.At, true)
	r.Ledger.Reach(signals.Corrected, e.At, true)
}

// raisedIt reports whether somebody raised what a record is about.
func (w *World) raisedIt(r *Record, actor string) bool {
	return r.Raiser != "" && w.Org.Who(r.Raiser) == w.Org.Who(actor) || w.raised(w.Case(r.Signal.Case), actor)
}

// unmark takes back the stages that an emoji reached, as long as nothing later
// stands on them, and judges again what came after it.
func (w *World) unmark(r *Record, c *signals.Case, e *signals.Event) {
	put := puttingOf(c, e)
	if put == nil {
		return
	}
	l := r.Ledger
	own, later := false, false
	for _, s := range []signals.Stage{signals.ReactedTo, signals.Corrected, signals.ConfirmedBy} {
		own = own || l.Reached(s) && l.Times[s].Equal(put.At)
		later = later || l.Times[s].After(put.At)
	}
	if !own || later {
		return
	}
	for _, s := range []signals.Stage{signals.ReactedTo, signals.Corrected, signals.ConfirmedBy} {
		if l.Times[s].Equal(put.At) {
			l.Undo(s)
		}
	}
	l.Revive()
	for _, n := range r.Nudges {
		if n.State == signals.Acted && w.isFor(n, e.Actor) {
			n.State, n.Why = signals.Received, "the person took back that they act on it"
		}
	}
	for _, later := range c.Events() {
		if signals.CompareEvents(later, put) > 0 && signals.CompareEvents(later, e) < 0 && shared(later, r.Signal) && !same(put, later) {
			w.Judge(r, c, later)
		}
	}
}

// puttingOf is the event that put the emoji on which e takes away.
func puttingOf(c *signals.Case, e *signals.Event) *signals.Event {
	for _, o := range slices.Backward(c.Events()) {
		if signals.CompareEvents(o, e) < 0 && o.Field == "" && same(o, e) {
			return o
		}
	}
	return nil
}

// same reports whether two events are about one emoji of one person.
func same(a, b *signals.Event) bool {
	return a.Kind == signals.Reacted && b.Kind == signals.Reacted && a.Ref == b.Ref && a.Actor == b.Actor && a.To == b.To
}

// letGo reports whether the emoji that pulled the cord of a signal was taken away.
func (w *World) letGo(c *signals.Case, s *signals.Signal) bool {
	return s.Detector == "cord" && !detect.CordHeld(c, s.Occasion, w.Org.Policy.Detect.Cord.Emoji)
}

// cordMoved follows the emoji of a cord: whoever lets go before anybody was told
// spares them that (see overtaken); afterwards the ledger says so. Whoever pulls
// it again is heard again.
func (w *World) cordMoved(r *Record, c *signals.Case, e *signals.Event) {
	if r.Signal.Detector != "cord" || r.Signal.Occasion != e.Ref {
		return
	}
	last := r.Nudges[max(0, len(r.Nudges)-1):]
	switch gone := w.letGo(c, r.Signal); {
	case gone && !r.Ledger.Reached(signals.ReactedTo) && r.Ledger.Reached(signals.Transmitted):
		before := signals.ReactedTo
		if !r.Ledger.Reached(signals.ReceivedBy) {
			before = signals.ReceivedBy
		}
		r.Ledger.Revive()
		r.Ledger.Die(before, letGoLate, e.At)
	case !gone && r.Ledger.Why == letGoLate:
		r.Ledger.Revive()
	case !gone && r.Ledger.Why == letGoSoon && len(last) == 1 && last[0].State == signals.Superseded:
		r.Ledger.Revive()
		last[0].At = e.At
		w.settle(r, last[0], verdict{signals.Held, notPlaced, e.At})
	}
}
