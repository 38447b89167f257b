package decide

import (
	"slices"
	"strings"
	"time"

	"andon/signals"
)

// refused records that somebody who was told said: not me. Whoever is told in
// their place is found by onward.
func (w *World) refused(r *Record, e *signals.Event) {
	for _, n := range r.Nudges {
		if n.State == signals.Received && w.mayRefuse(n, e) || n.State == signals.Acted && w.isFor(n, e.Actor) {
			n.State, n.Why = signals.Declined, "the person said that it is not for them"
			if e.To != "" {
				n.Why = "the person named " + w.called(e.To)
			}
		}
	}
}

// mayRefuse reports whether an event refuses a nudge: by the person whom it is
// for; of one to a channel by its owner, or by anybody who names another.
func (w *World) mayRefuse(n *signals.Nudge, e *signals.Event) bool {
	if w.isFor(n, e.Actor) {
		return true
	}
	return w.Room(n.To) != nil && (e.To != "" || n.Owner != "" && w.Org.Who(n.Owner) == w.Org.Who(e.Actor))
}

// toldAgain is the route of a nudge that its person asked for, to be told again
// of what they were told before.
const toldAgain = "asked to be told again"

// reminds reports whether a nudge tells somebody again because they asked for it.
func reminds(n *signals.Nudge) bool { return n.Route == toldAgain }

// beforeMarked is how long before a nudge is marked as said somebody may answer
// it: they may be quicker than the mark, and clocks differ.
const beforeMarked = 2 * time.Minute

// snoozed records that somebody who was told wants to be told again later. A
// later word takes the place of an earlier one that was not served yet.
func (w *World) snoozed(r *Record, e *signals.Event) {
	until, err := time.Parse(time.RFC3339, e.To)
	if err != nil || w.machine(e.Actor) {
		return
	}
	had := w.latest(r, e.Actor)
	switch {
	case had == nil, notUseful(had), had.At.After(e.At.Add(beforeMarked)), reminds(had) && had.At.After(e.At):
		return // not theirs, or judged before
	case had.State == signals.Held: // another time, or before it was said at all
		w.putOff(had, until, e.At)
		return
	case !slices.Contains([]signals.State{signals.Sending, signals.Sent, signals.Received, signals.Acted, signals.Ignored, signals.Declined}, had.State):
		return // it was never said
	}
	w.receive(r, e.Actor, e.At)
	if had.State == signals.Received {
		had.Why = "the person " + toldAgain
	}
	again := &signals.Nudge{Signal: had.Signal, To: had.To, Step: r.Nudges[len(r.Nudges)-1].Step + 1, State: signals.Held}
	if w.Room(had.To) != nil {
		again.To = w.Org.Who(e.Actor)
	}
	w.putOff(again, until, e.At)
	r.Nudges = append(r.Nudges, again)
	r.Ledger.Revive()
}

// putOff holds a nudge until a time that its person chose.
func (w *World) putOff(n *signals.Nudge, until, at time.Time) {
	n.Route, n.Look, n.At = toldAgain, until.UTC(), at
	n.Why = "snoozed until " + w.moment(n.To, until)
}

// latest is the latest nudge of a record that somebody was told by: their own,
// else one to a channel.
func (w *World) latest(r *Record, actor string) *signals.Nudge {
	var room *signals.Nudge
	for _, n := range slices.Backward(r.Nudges) {
		switch {
		case w.isFor(n, actor):
			return n
		case room == nil && n.To != "" && n.State != signals.Held && w.Room(n.To) != nil:
			room = n
		}
	}
	return room
}

// reminder decides about a nudge that somebody asked for, when its time has come.
func (w *World) reminder(c *signals.Case, r *Record, n *signals.Nudge, now time.Time) verdict {
	if _, ok := w.seenBy(c, r.Signal, w.viewer(n.To)); !ok {
		return verdict{signals.Superseded, "the person may not see it any more", time.Time{}}
	}
	if ok, why, _ := w.Org.Available(n.To, now); !ok {
		return verdict{signals.Failed, "the person " + why, time.Time{}} // somebody else is asked
	}
	return w.hold(c, n, now)
}

// The words about a nudge that was not useful.
const (
	saidUseless  = "the person said that it was not useful"
	uselessDeath = "who was asked said that it was not useful"
)

// notUseful reports whether somebody said so of a nudge.
func notUseful(n *signals.Nudge) bool {
	return n.State == signals.Declined && strings.HasPrefix(n.Why, saidUseless)
}

// useless records that a nudge was not useful: its signal goes no further.
func (w *World) useless(r *Record, e *signals.Event) {
	if e.Ref != "" && !slices.ContainsFunc(r.Nudges, func(n *signals.Nudge) bool { return n.Key() == e.Ref }) {
		return // of another signal
	}
	w.receive(r, e.Actor, e.At)
	why, said := saidUseless, false
	if e.Field != "" {
		why += " (" + e.Field + ")"
	}
	for _, n := range r.Nudges {
		if n.State == signals.Received && (w.isFor(n, e.Actor) || w.Room(n.To) != nil) {
			n.State, n.Why, said = signals.Declined, why, true
		}
	}
	if !said {
		return
	}
	for _, n := range r.Nudges {
		if n.State == signals.Held || n.State == signals.Proposed {
			n.At = e.At
			w.settle(r, n, verdict{signals.Superseded, uselessDeath, time.Time{}})
		}
	}
	w.stop(r, uselessDeath, e.At)
}

// approval is what was decided about a nudge that waits for approval, the latest
// word; said is false while nobody decided.
func (w *World) approval(c *signals.Case, n *signals.Nudge) (yes, said bool) {
	key := n.Key()
	for _, e := range slices.Backward(c.Events()) {
		if e.Kind == signals.Approved && e.Ref == key {
			return e.Field != "no", true
		}
	}
	return false, false
}

// decided places a nudge that was approved, or drops one that was turned down.
func (w *World) decided(c *signals.Case, r *Record, n *signals.Nudge, now time.Time) bool {
	yes, said := w.approval(c, n)
	if !said {
		return false
	}
	v := verdict{signals.Superseded, "it was looked at first, and was not to be sent", time.Time{}}
	if yes {
		v = w.released(c, r, n, now)
	}
	if v.State != signals.Held {
		n.At = now
	}
	w.settle(r, n, v)
	return true
}
