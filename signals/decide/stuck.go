package decide

import (
	"slices"
	"strings"
	"time"

	"andon/signals"
)

// The words of a nudge about what was taken up and does not move. They end its
// route, which is how it is known.
const (
	unmoved  = "nothing has moved since"
	tookIt   = "took it up, and " + unmoved
	lendHand = "; it was taken up, but " + unmoved
)

// AsksAnew reports whether a nudge is about what was taken up and does not move.
// Where several people read it that is not said: it would be about somebody.
func AsksAnew(n *signals.Nudge) bool { return strings.HasSuffix(n.Route, unmoved) }

// further ends the route of whoever is asked to lend a hand, or is told that it is
// not solved; "" for all others.
func further(n *signals.Nudge) string {
	switch {
	case AsksAnew(n):
		return lendHand
	case BringsBack(n) && strings.HasSuffix(n.Route, partlyThere):
		return wasSolved + partlyThere
	case BringsBack(n):
		return wasSolved + stillThere
	}
	return ""
}

// StillOnIt reports whether a nudge asks who took something up whether they are
// still on it.
func StillOnIt(n *signals.Nudge) bool { return n.Route == tookIt }

// taking is who took the problem of a signal up, and when anything last moved.
type taking struct {
	by    string    // as the source calls them; "" where they gave it back
	once  bool      // somebody took it up, be it that they gave it back
	since time.Time // nothing moved since: no entry, and no word of who took it up
}

// taken folds what happened to the problem of a signal since it was found. The
// word of who was asked to lend a hand counts as that of who took it up.
func (w *World) taken(c *signals.Case, r *Record) (t taking) {
	helps := make(map[string]bool)
	for _, n := range r.Nudges {
		if AsksAnew(n) {
			helps[w.Org.Who(n.To)] = true
		}
	}
	for _, e := range w.happened(c, r) {
		if w.takes(c, &t, e) || (e.Kind == signals.Said || e.Kind == signals.Reacted) && helps[w.Org.Who(e.Actor)] {
			t.since = e.At
		}
	}
	return t
}

// happened lists what happened to the problem of a signal since it was found and
// may move its ledger, in order.
func (w *World) happened(c *signals.Case, r *Record) []*signals.Event {
	var all []*signals.Event
	members := w.concern(c, r)
	for _, k := range members {
		m := w.member(c, k)
		if m == nil {
			continue
		}
		events := m.Events()
		from, _ := slices.BinarySearchFunc(events, r.Signal.At, func(e *signals.Event, at time.Time) int { return e.At.Compare(at) })
		for _, e := range events[from:] {
			talk := e.Kind == signals.Said || e.Kind == signals.Reacted
			if e.ID != r.Signal.Occasion && shared(e, r.Signal) && !(talk && k != c.Key && len(members) > crowd) {
				all = append(all, e)
			}
		}
	}
	if len(members) > 1 {
		all = signals.Sort(all)
	}
	return all
}

// takes lets one event count for who took it up. It reports whether the problem
// moved by it.
func (w *World) takes(c *signals.Case, t *taking, e *signals.Event) (moved bool) {
	own := t.by != "" && w.Org.Who(e.Actor) == w.Org.Who(t.by)
	switch e.Kind {
	case signals.Claimed:
		t.by, t.once = e.Actor, true
		return true
	case signals.Assigned:
		if e.From == e.To {
			return false
		}
		if t.by = e.To; t.by != "" && !w.machine(t.by) {
			t.once = true
		} else {
			t.by = ""
		}
		return true
	case signals.Refused:
		if own {
			t.by = ""
		}
		return own
	case signals.Reacted:
		if w.looks(c, e) {
			t.by, t.once = e.Actor, true
			return true
		}
		return own
	case signals.Said, signals.Snoozed:
		return own
	case signals.TeamMoved, signals.LevelMoved, signals.Status, signals.Priority, signals.Edited:
		return !w.machine(e.Actor) && e.From != e.To
	case signals.Linked, signals.Closed:
		return !w.machine(e.Actor)
	case signals.Reopened, signals.Denied, signals.Firing:
		return true
	}
	return false
}

// looks reports whether somebody put the emoji on the message of another that
// says: I am on it.
func (w *World) looks(c *signals.Case, e *signals.Event) bool {
	if e.Field != "" || w.machine(e.Actor) || !slices.Contains(w.Org.Policy.Looking, emojiName(e.To)) {
		return false
	}
	m := w.member(c, e.Case)
	if m == nil {
		return false
	}
	post := m.Post(e.Ref)
	return post != nil && w.Org.Who(post.Event.Actor) != w.Org.Who(e.Actor)
}

// stuck asks about what was taken up and does not move: first who took it up,
// then the next who could help, at most as many times as the policy has steps;
// then the signal dies. It returns when it wants to be asked again; it is not in
// charge of what nobody took up.
func (w *World) stuck(c *signals.Case, r *Record, now time.Time) (next time.Time, inCharge bool) {
	l, p := r.Ledger, &w.Org.Policy
	if p.Corrected <= 0 || !l.Reached(signals.Transmitted) || c.Gone || !unsolved(c, r) {
		return time.Time{}, false
	}
	t := w.taken(c, r)
	if !t.once || w.letGo(c, r.Signal) || w.takenBack(c, r.Signal) {
		return time.Time{}, false
	}
	if l.Died == signals.Corrected && t.since.After(l.DiedAt) {
		l.Revive()
	}
	if l.Died != "" {
		return time.Time{}, true
	}
	last, asked := w.askedAnew(r)
	if last != nil {
		if until := w.patient(last, now); !until.IsZero() {
			return until, true
		}
	}
	at := t.since // given back: the next one is asked at once
	if t.by != "" {
		at = w.Org.Calendar(t.by).Add(w.movedAt(r, t), p.Corrected)
	}
	fresh := last != nil && !last.At.Before(t.since) // it was asked about this standstill
	switch {
	case !fresh && now.Before(at):
		return at, true
	case fresh && last.State == signals.Ignored:
		at = w.Org.Calendar(last.To).Add(last.At, p.Patience)
	}
	if asked < p.Steps && !(fresh && !passes(last)) {
		if n := w.askAnew(c, r, t, fresh, now); n != nil {
			if until := w.patient(n, now); !until.IsZero() {
				return until, true
			}
		}
	}
	if at.After(now) {
		at = now
	}
	l.Die(signals.Corrected, "it was taken up, and not corrected within "+working(p.Corrected), at)
	return time.Time{}, true
}

// working tells a span of working time in hours: a day of it has no fixed length.
func working(d time.Duration) string {
	if d < time.Hour {
		return signals.Lasted(d) + " of working time"
	}
	return signals.Counted(int(d.Round(time.Hour)/time.Hour), "hour") + " of working time"
}

// movedAt is since when a standstill counts: what somebody asked to be told again
// of is not at a standstill before they were.
func (w *World) movedAt(r *Record, t taking) time.Time {
	at := t.since
	for _, n := range r.Nudges {
		if !reminds(n) || n.State == signals.Superseded {
			continue
		}
		told := n.At
		if n.State == signals.Held {
			told = n.Look
		}
		if told.After(at) {
			at = told
		}
	}
	return at
}

// askedAnew is the latest nudge of a record about a standstill, nil for none, and
// how many there were.
func (w *World) askedAnew(r *Record) (last *signals.Nudge, asked int) {
	for _, n := range r.Nudges {
		if AsksAnew(n) {
			last = n
			asked++
		}
	}
	return last, asked
}

// askAnew makes the next nudge about a standstill: to who took it up, once for
// each standstill, else to the next who could help. It is nil where nobody can be
// asked.
func (w *World) askAnew(c *signals.Case, r *Record, t taking, fresh bool, now time.Time) *signals.Nudge {
	n := &signals.Nudge{Signal: r.Signal, Step: len(r.Nudges), At: now, Route: lendHand}
	var v verdict
	if own, ok := w.stillOn(c, r, t, now); ok && !fresh {
		n.To, n.Signal, n.Route = w.Org.Who(t.by), own, tookIt
		v = w.hold(c, n, now)
	} else if w.asked(r) <= w.Org.Policy.Steps {
		v = w.place(c, r, n, now)
	}
	if n.To == "" {
		return nil
	}
	r.Nudges = append(r.Nudges, n)
	w.settle(r, n, v)
	return n
}

// stillOn is the signal as who took it up may know it; ok is false where they
// cannot be asked.
func (w *World) stillOn(c *signals.Case, r *Record, t taking, now time.Time) (own *signals.Signal, ok bool) {
	if t.by == "" || w.Room(t.by) != nil {
		return nil, false
	}
	if ok, _, _ := w.Org.Available(t.by, now); !ok {
		return nil, false
	}
	if w.asked(r) > w.Org.Policy.Steps && !w.toldBefore(r, nil, t.by) {
		return nil, false // enough people heard of it
	}
	return w.seenBy(c, r.Signal, w.viewer(w.Org.Who(t.by)))
}
