package decide

import (
	"slices"
	"strings"
	"time"

	"andon/signals"
	"andon/signals/detect"
	"andon/signals/route"
)

// Looked is what came of one look at a case.
type Looked struct {
	Found []*Record // new signals
	At    time.Time // when to look again, zero for never
	Posts int       // or after so many further posts in the room, 0 for never
}

// Look judges a case as it stands at now. e is the event that led here, the
// last of its history entry, or nil when time alone did. clock is the time at
// which the judging really happens: what is older than the policy allows by
// then is entered into the book but never said.
func (w *World) Look(c *signals.Case, e *signals.Event, now, clock time.Time) Looked {
	var out Looked
	if e != nil {
		w.track(c, e, now)
	}
	snap := detect.Snapshot{Case: c, Event: e, Models: w.Memory, Org: w.Org, Now: now}
	if list := w.detectors[c.Key.Source]; len(list) > 0 {
		snap.Problem = w.Problem(c)
		if ch := c.Key.Channel(); ch != "" {
			snap.Room = w.room(ch)
		}
		for i := range list {
			for _, s := range list[i].Detect(&snap) {
				if r := w.found(c, s, clock); r != nil {
					out.Found = append(out.Found, r)
				}
			}
		}
	}
	out.At, out.Posts = snap.Wake()
	out.At = earlier(out.At, w.due(c, now))
	return out
}

func earlier(a, b time.Time) time.Time {
	if a.IsZero() || (!b.IsZero() && b.Before(a)) {
		return b
	}
	return a
}

// found enters a signal into the book and decides whom to tell. It returns nil
// for a signal that is in the book already.
func (w *World) found(c *signals.Case, s signals.Signal, clock time.Time) *Record {
	if w.Book.Has(&s) {
		return nil
	}
	p := w.Problem(c)
	s.Problem = p.ID
	generated := s.At
	s.Audience = signals.Public
	for _, id := range s.Evidence {
		e := w.evidence(p, c, id)
		if e == nil {
			s.Audience = signals.Restricted // unknown means restricted
			continue
		}
		if e.At.Before(generated) {
			generated = e.At
		}
		s.Audience = narrower(s.Audience, e.Audience)
	}
	r := w.Book.enter(&s, generated)
	if w.silent {
		r.Over = true
	} else {
		w.tell(c, r, clock)
	}
	return r
}

// narrower is the audience of those who may see both. Where that is not one of
// the two it is nobody.
func narrower(a, b signals.Audience) signals.Audience {
	switch {
	case a == b || b == signals.Public:
		return a
	case a == signals.Public:
		return b
	}
	return signals.Restricted
}

// evidence finds an event of a problem, of the room around it, or of another
// case that a detector compared it with.
func (w *World) evidence(p *signals.Problem, c *signals.Case, id string) *signals.Event {
	for _, m := range p.Cases {
		if e := eventOf(m, id); e != nil {
			return e
		}
	}
	if room := w.Rooms[c.Key.Channel()]; room != nil {
		for i := len(room.Posts) - 1; i >= 0; i-- {
			if room.Posts[i].Event.ID == id {
				return room.Posts[i].Event
			}
		}
	}
	for k, ok := signals.ParseKey(id); ok && k.ID != ""; {
		if m := w.Cases[k]; m != nil {
			return eventOf(m, id)
		}
		cut := strings.LastIndexByte(k.ID, '/')
		if cut < 0 {
			break
		}
		k.ID = k.ID[:cut]
	}
	return nil
}

func eventOf(c *signals.Case, id string) *signals.Event {
	all := c.Events()
	for i := len(all) - 1; i >= 0; i-- {
		if all[i].ID == id {
			return all[i]
		}
	}
	return nil
}

// tell makes the nudges of a new record: the first candidate who may see what
// it is about. What others may not see plays no part in what they are told.
func (w *World) tell(c *signals.Case, r *Record, clock time.Time) {
	s := r.Signal
	n := &signals.Nudge{Signal: s, At: s.At}
	r.Nudges = append(r.Nudges, n)
	if stale := w.Org.Policy.Stale; clock.Sub(s.At) > stale {
		w.settle(r, n, verdict{signals.Superseded, "it was " + since(clock.Sub(s.At)) + " old when it was first judged", time.Time{}})
		return
	}
	if v, done := w.modeHold(c, n); done && v.State == signals.Shadowed {
		n.To, n.Route = w.firstChoice(c, s)
		w.settle(r, n, v)
		return
	}
	choices, why := w.choices(c, s)
	for _, ch := range choices {
		reason, ok := w.asSeenBy(c, s, ch)
		if !ok {
			why = "nobody who may see it is known to help"
			continue
		}
		n.To, n.Owner, n.Route = ch.To, ch.Owner, ch.Why
		if reason != s.Reason {
			own := *s
			own.Reason = reason
			n.Signal = &own
		}
		w.settle(r, n, w.hold(c, n, s.At))
		return
	}
	w.settle(r, n, verdict{signals.Failed, why, time.Time{}})
}

func (w *World) firstChoice(c *signals.Case, s *signals.Signal) (to, why string) {
	if choices, _ := w.choices(c, s); len(choices) > 0 {
		return choices[0].To, choices[0].Why
	}
	return "", ""
}

// choices asks the routes for whom to tell; why says what stands in the way
// when there is nobody.
func (w *World) choices(c *signals.Case, s *signals.Signal) ([]route.Choice, string) {
	if w.Memory.Routes == nil {
		return nil, "routes were not asked for"
	}
	choices := route.Pick(w.Memory.Routes, w.Org, c, s, s.At)
	choices = slices.DeleteFunc(choices, func(ch route.Choice) bool { return ch.To == "" })
	return choices, "nobody is known who could help"
}

// asSeenBy makes the signal again from what a candidate may see. ok is false
// when there is no such signal for them.
func (w *World) asSeenBy(c *signals.Case, s *signals.Signal, ch route.Choice) (reason string, ok bool) {
	v := w.viewer(ch.To)
	p := w.Problem(c).For(v)
	seen := p.Case(c.Key)
	if seen == nil {
		return "", false
	}
	room := w.Rooms[c.Key.Channel()]
	if room != nil {
		room = room.For(v)
	}
	if seen == c && (room == nil || room == w.Rooms[c.Key.Channel()]) && v.Sees(s.Audience) {
		return s.Reason, true
	}
	d, found := detect.Find(s.Detector)
	if !found {
		return "", false
	}
	all := seen.Events()
	snap := detect.Snapshot{Case: seen, Problem: p, Event: all[len(all)-1], Room: room, Models: w.Memory, Org: w.Org, Now: s.At}
	for range 2 { // as the event would show it, then as time would
		for _, again := range d.Detect(&snap) {
			if again.Occasion == s.Occasion {
				return again.Reason, true
			}
		}
		snap.Event = nil
	}
	return "", false
}

// viewer is what the target of a nudge may see: a person, or everybody in a channel.
func (w *World) viewer(to string) signals.Viewer {
	if w.Rooms[to] != nil {
		return w.Org.ChannelViewer(to)
	}
	return w.Org.Viewer(to)
}
