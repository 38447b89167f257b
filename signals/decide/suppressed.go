package decide

import (
	"slices"
	"strings"
	"time"

	"andon/signals"
	"andon/signals/detect"
)

// Suppression is one time that a problem was put aside without being solved: a
// snooze, a mute, "not useful", a refusal to do it, a lower priority, a closing
// by a program or without an answer, or a nudge that nobody answered. All of it
// is folded from the events of the case and the records of its signals.
type Suppression struct {
	Case     signals.Key
	Detector string // whose signal was put aside; "" where it was the case itself
	What     string // what was done, as the middle of a sentence: snoozed, closed as Won't Do
	At       time.Time
	Until    time.Time // when it ends by itself, zero for never
	By       string    // who, as the source calls them; "" for nobody or unknown. Never shown to anybody else
	Event    string    // id of the event that did it, "" where silence did
	Audience signals.Audience
	TakenUp  bool // later whoever did it took the problem up, or who raised it said that it is solved: nobody is kept from it any more
}

// Suppressions lists when a case was put aside up to a time, by time. records
// are those of its signals.
func (w *World) Suppressions(c *signals.Case, records []*Record, upTo time.Time) []Suppression {
	var out []Suppression
	for i, e := range c.Events() {
		if e.At.After(upTo) {
			break
		}
		if s, ok := w.suppression(c, records, e); ok {
			s.TakenUp = w.takenUp(c.Events()[i+1:], &s, upTo)
			out = append(out, s)
		}
	}
	for _, r := range records {
		for _, n := range r.Nudges {
			s, ok := w.letPass(r, n)
			if !ok || s.At.After(upTo) {
				continue
			}
			i, _ := slices.BinarySearchFunc(c.Events(), s.At, func(e *signals.Event, at time.Time) int { return e.At.Compare(at) })
			s.TakenUp = w.takenUp(c.Events()[i:], &s, upTo)
			out = append(out, s)
		}
	}
	slices.SortStableFunc(out, func(a, b Suppression) int { return a.At.Compare(b.At) })
	return out
}

// suppression is what an event of a case put aside, ok false where it did not.
// Who raised it may call it off, or less urgent, as they like.
func (w *World) suppression(c *signals.Case, records []*Record, e *signals.Event) (s Suppression, ok bool) {
	s = Suppression{Case: c.Key, At: e.At, By: e.Actor, Event: e.ID, Audience: e.Audience}
	program := w.machine(e.Actor)
	switch e.Kind {
	case signals.Snoozed:
		s.Until, _ = time.Parse(time.RFC3339, e.To) // one that cannot be read has no end that is known
		s.What, s.Detector = "snoozed", w.toldOf(records, e)
		return s, !program
	case signals.Useless:
		s.What, s.Detector = "called not useful", w.toldOf(records, e)
		if before, _, found := strings.Cut(e.Ref, "|"); found {
			s.Detector = before
		}
		return s, !program
	case signals.Priority:
		from, okFrom := w.Org.Policy.Rank(e.From)
		to, okTo := w.Org.Policy.Rank(e.To)
		s.What = "lowered from " + e.From + " to " + e.To
		return s, okFrom && okTo && to > from && !w.raised(c, e.Actor)
	case signals.Closed:
		switch {
		case w.raised(c, e.Actor):
			return s, false
		case detect.Refuses(e.To):
			s.What = "closed as " + e.To
		case program && !detect.Solves(e.To):
			s.What = "closed by a program"
		case slices.ContainsFunc(records, func(r *Record) bool { return r.Signal.Detector == "downgraded" && r.Signal.Occasion == e.ID }):
			s.What = "closed without an answer"
		default:
			return s, false
		}
		if program {
			s.By = ""
		}
		return s, true
	}
	return s, false
}

// toldOf is the detector of what somebody was told of a case before they
// answered, the latest; of what was found there last where that is not known.
func (w *World) toldOf(records []*Record, e *signals.Event) (detector string) {
	for _, r := range records {
		if r.Signal.At.After(e.At) {
			continue
		}
		if w.latest(r, e.Actor) != nil {
			detector = r.Signal.Detector
		}
	}
	return detector
}

// letPass is what silence put aside: a nudge that nobody answered, or one that
// was not said because somebody does not want to hear of it.
func (w *World) letPass(r *Record, n *signals.Nudge) (s Suppression, ok bool) {
	s = Suppression{Case: r.Signal.Case, Detector: r.Signal.Detector, At: n.At, By: n.To, Audience: r.Signal.Audience}
	switch {
	case n.State == signals.Ignored:
		s.At, s.What = w.Org.Calendar(n.To).Add(n.At, w.Org.Policy.Patience), "not answered"
		if w.Room(n.To) != nil {
			s.By = n.Owner
		}
		return s, true
	case n.State != signals.Held && n.State != signals.Superseded:
	case strings.Contains(n.Why, "muted until "):
		s.What = "muted"
		return s, true
	case strings.Contains(n.Why, "silenced until "):
		s.What, s.By = "silenced", ""
		return s, true
	}
	return s, false
}

// takenUp reports whether one of some events up to a time takes a suppression back.
func (w *World) takenUp(events []*signals.Event, s *Suppression, upTo time.Time) bool {
	for _, e := range events {
		if e.At.After(upTo) {
			return false
		}
		own := s.By != "" && w.Org.Who(e.Actor) == w.Org.Who(s.By)
		switch e.Kind {
		case signals.Confirmed:
			return true
		case signals.Claimed, signals.Reopened:
			if own {
				return true
			}
		case signals.Closed:
			if own && !detect.Refuses(e.To) {
				return true
			}
		case signals.Priority:
			from, okFrom := w.Org.Policy.Rank(e.From)
			to, okTo := w.Org.Policy.Rank(e.To)
			if own && okFrom && okTo && to < from {
				return true
			}
		}
	}
	return false
}

// Before lists when the problem of a signal, or what is very like it, was put
// aside before the signal was found, by time: as long ago as things count that
// come back. records gives those of a case.
func (w *World) Before(c *signals.Case, s *signals.Signal, records func(signals.Key) []*Record) []Suppression {
	var out []Suppression
	if s.IsDrill() {
		return nil
	}
	detection := &w.Org.Policy.Detect.CameBack
	add := func(m *signals.Case, deeds bool) {
		for _, x := range w.Suppressions(m, records(m.Key), s.At) {
			if (!deeds || x.Event != "") && x.At.Before(s.At) && s.At.Sub(x.At) <= detection.Window {
				out = append(out, x)
			}
		}
	}
	members := w.joins.Members(c.Key)
	for _, k := range members {
		if m := w.member(c, k); m != nil {
			add(m, false)
		}
	}
	for _, l := range w.Memory.Alike(c, breadth) {
		if l.Case == nil || max(l.Score, w.sameAsk(c, l.Case)) < detection.Likeness || slices.Contains(members, l.Case.Key) || w.otherThan(c, l.Case.Key, public) {
			continue
		}
		if m := w.Case(l.Case.Key); m != nil && !m.Gone {
			add(m, l.Score < detection.Likeness) // like words alone make nobody's silence about the one a word about the other
		}
	}
	slices.SortStableFunc(out, func(a, b Suppression) int { return a.At.Compare(b.At) })
	return out
}

// member is a case of a problem; c is the one that is looked at, as it stands.
func (w *World) member(c *signals.Case, k signals.Key) *signals.Case {
	if k == c.Key {
		return c
	}
	return w.Case(k)
}

// passedOver is why somebody is not asked who put the problem aside before.
const passedOver = "who put it aside before is not asked again"

// suppressors are those who put the problem of a signal aside before, by person.
func (w *World) suppressors(c *signals.Case, s *signals.Signal) map[string]bool {
	out := make(map[string]bool)
	for _, x := range w.Before(c, s, w.Book.of) {
		if x.By != "" && !x.TakenUp {
			out[w.Org.Who(x.By)] = true
		}
	}
	return out
}

// unlessBarred is the named owner of a nudge to a channel, and why it goes there:
// of who put the problem aside before the channel hears without a name.
func (w *World) unlessBarred(barred map[string]bool, owner, because string) (own, why string) {
	if owner == "" || !barred[w.Org.Who(owner)] {
		return owner, because
	}
	why, _, _ = strings.Cut(because, "; ")
	return "", why
}

// mostBefore is how many times of putting aside a nudge tells of, the latest.
const mostBefore = 3

// history says in one line when the problem of a signal was put aside before,
// never by whom: as far as everybody may know who may know of the signal. What
// the signal itself tells of is left out. "" where there is nothing to tell.
func (w *World) history(c *signals.Case, s *signals.Signal) string {
	var told []string
	for _, x := range w.Before(c, s, w.Book.of) {
		known := x.Audience == signals.Public || x.Audience == s.Audience && x.Audience != signals.Restricted
		if !known || x.TakenUp || slices.Contains(s.Evidence, x.Event) {
			continue
		}
		if t := w.once(c, s, &x); len(told) == 0 || told[len(told)-1] != t {
			told = append(told, t)
		}
	}
	if len(told) == 0 {
		return ""
	}
	lately := ""
	if len(told) > mostBefore {
		told, lately = told[len(told)-mostBefore:], "lately "
	}
	return "It was put aside before: " + lately + strings.Join(told, ", ") + "."
}

// once tells one time of putting aside: "snoozed on 3 March". Of another case
// it says which.
func (w *World) once(c *signals.Case, s *signals.Signal, x *Suppression) string {
	at, now := x.At, s.At
	if zone := w.Org.Calendar("").Zone; zone != nil {
		at, now = at.In(zone), now.In(zone)
	}
	day := at.Format("2 January")
	if at.Year() != now.Year() {
		day = at.Format("2 January 2006")
	}
	out := x.What + " on " + day
	switch m := w.Case(x.Case); {
	case x.Case == c.Key || m == nil:
	case x.Case.Channel() != "":
		out += " (in another thread)"
	case m.Label != "" && m.Label != x.Case.ID:
		out += " (" + m.Label + ")"
	default:
		out += " (another one)"
	}
	return out
}
