package decide

import (
	"slices"
	"time"

	"andon/signals"
)

// Places lists the threads in which one ask was put, the given one among them,
// sorted; nil where it stands in one alone.
func (w *World) Places(k signals.Key) []signals.Key {
	if len(w.same[k.String()]) == 0 {
		return nil
	}
	out := []signals.Key{k}
	for i := 0; i < len(out); i++ {
		for _, o := range w.same[out[i].String()] {
			if !slices.Contains(out, o) {
				out = append(out, o)
			}
		}
	}
	slices.SortFunc(out, signals.CompareKeys)
	return out
}

// ofAsk are the detectors that speak of what somebody asked or reported: of an ask
// in several places they speak once.
var ofAsk = map[string]bool{"unanswered_ask": true, "bounced_ask": true, "deflected": true, "untracked_problem": true, "hedged": true}

// followed reports whether a signal about an ask says nothing new, because of what
// the other places of the ask are known for as of its time: somebody answered there,
// where who asked may see it; a signal of it tells of this one too; or it stands in
// public there, and here in private. What is told in private is told of in public
// again, to those who may not know of it. Who asks in one more place after it was
// answered, or solved, asks anew.
func (w *World) followed(c *signals.Case, s *signals.Signal) bool {
	if !ofAsk[s.Detector] || len(c.Posts) == 0 {
		return false
	}
	since := c.Posts[0].Event.At
	for _, k := range w.Places(c.Key) {
		if k == c.Key {
			continue
		}
		m := w.Case(k)
		if m == nil || len(m.Posts) == 0 || m.Gone || m.Posts[0].Event.At.After(s.At) {
			continue
		}
		if w.answeredIn(m, since, s.At, s.Detector != "untracked_problem") { // which an answer alone does not track
			return true
		}
		public := m.Posts[0].Event.Audience == signals.Public
		if public && s.Audience != signals.Public && w.Org.Mode(s.Detector, scope(m)) != signals.Off {
			return true
		}
		for _, r := range w.Book.of(k) {
			if ofAsk[r.Signal.Detector] && !solvedBy(r, since) && (r.Signal.Audience == signals.Public || r.Signal.Audience == s.Audience && s.Audience != signals.Restricted) {
				return true
			}
		}
	}
	return false
}

// toldElsewhere reports whether a nudge about another place of an ask is one of
// those that are looked for, and is said or waits to be said.
func (w *World) toldElsewhere(r *Record, is func(*signals.Nudge) bool) bool {
	if !ofAsk[r.Signal.Detector] {
		return false
	}
	places := w.Places(r.Signal.Case)
	if len(places) == 0 {
		return false
	}
	since := r.Ledger.Times[signals.Generated]
	for _, k := range places {
		if k == r.Signal.Case {
			continue
		}
		for _, o := range w.Book.of(k) {
			if ofAsk[o.Signal.Detector] && !solvedBy(o, since) && slices.ContainsFunc(o.Nudges, func(n *signals.Nudge) bool {
				return is(n) && (n.State == signals.Held || n.State == signals.Proposed || standsFor(n) || n.State == signals.Declined)
			}) {
				return true
			}
		}
	}
	return false
}

// sentOn reports whether somebody said of an ask that it is not for them, in one of
// its several places, or as the signal speaks of: the evidence is the ask, and then
// who sent it on.
func (w *World) sentOn(c *signals.Case, s *signals.Signal, who string) bool {
	if w.sentOnIn(s, who) {
		return true
	}
	if s.Detector != "bounced_ask" {
		return false
	}
	p := w.Problem(c)
	return slices.ContainsFunc(s.Evidence[min(1, len(s.Evidence)):], func(id string) bool {
		e := w.evidence(p, c, id)
		return e != nil && w.Org.Who(e.Actor) == w.Org.Who(who)
	})
}

// sentOnIn reports whether somebody wrote in one of the several places of an ask
// that it is not for them.
func (w *World) sentOnIn(s *signals.Signal, who string) bool {
	if !ofAsk[s.Detector] {
		return false
	}
	for _, k := range w.Places(s.Case) {
		m := w.Case(k)
		if m == nil {
			continue
		}
		for _, p := range m.Posts[min(1, len(m.Posts)):] {
			if w.Org.Who(p.Event.Actor) == w.Org.Who(who) && w.Memory.Read(p).SendsAway() {
				return true
			}
		}
	}
	return false
}

// solvedBy reports whether what a record speaks of counted as solved by a time.
func solvedBy(r *Record, at time.Time) bool {
	l := r.Ledger
	return l.Reached(signals.Corrected) && l.Times[signals.Corrected].Before(at) || l.Reached(signals.ConfirmedBy) && l.Times[signals.ConfirmedBy].Before(at)
}

// answeredIn reports whether an ask was answered in one of its places within a time,
// where who asked may see that: somebody else wrote more than that they have the
// same or that it is not for them, or who asked wrote that it is over; the latter
// alone where an answer is not enough.
func (w *World) answeredIn(m *signals.Case, since, at time.Time, enough bool) bool {
	who := m.Posts[0].Event.Actor
	v := w.viewer(w.Org.Who(who))
	if end := m.ClosedAt; !end.IsZero() && !end.After(at) && !end.Before(since) {
		return true
	}
	for _, p := range m.Posts[1:] {
		if p.Event.At.After(at) {
			break
		}
		if p.Event.At.Before(since) {
			continue
		}
		r := w.Memory.Read(p)
		switch {
		case w.machine(p.Event.Actor):
		case w.Org.Who(p.Event.Actor) == w.Org.Who(who):
			if r.Settles() {
				return true
			}
		case enough && v.Sees(p.Event.Audience) && !r.SendsAway() && r.Answers():
			return true
		}
	}
	return false
}

// counts reports whether an event may move the ledger of a record: whoever knows of
// the signal may know of the event, see shared; or it stands in another place of
// the same ask, where who asked may see it. Then it shows no more than that it counts.
func (w *World) counts(e *signals.Event, r *Record) bool {
	if shared(e, r.Signal) {
		return true
	}
	if r.Raiser == "" || e.Case == r.Signal.Case || !slices.Contains(w.Places(r.Signal.Case), e.Case) {
		return false
	}
	return w.viewer(w.Org.Who(r.Raiser)).Sees(e.Audience)
}
