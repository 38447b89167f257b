package decide

import (
	"slices"
	"strings"
	"time"

	"andon/signals"
	"andon/signals/detect"
)

// Looked is what came of one look at a case.
type Looked struct {
	Found []*Record // new signals
	At    time.Time // when to look again, zero for never
	Posts int       // or after so many further posts in the room, 0 for never
	Also  []Wake    // when other cases want to be looked at, because e moved a signal of theirs
}

// CatchUp judges a case as it stood at now, when more has happened to it since
// that is judged next: signals are found and ledgers moved, but nobody is told
// before Look has taken the rest in, for it may have been overtaken.
func (w *World) CatchUp(c *signals.Case, e *signals.Event, now, clock time.Time) Looked {
	w.later = true
	defer func() { w.later = false }()
	return w.Look(c, e, now, clock)
}

// Look judges a case as it stands at now. e is the event that led here, the
// last of its history entry, or nil when time alone did. clock is the time at
// which the judging really happens: what is older than the policy allows by
// then is entered into the book but never said.
func (w *World) Look(c *signals.Case, e *signals.Event, now, clock time.Time) Looked {
	var out Looked
	var moved []signals.Key
	if e != nil {
		moved = w.track(c, e)
	}
	snap := detect.Snapshot{Case: c, Event: e, Models: w.Memory, Kin: w.Kin(signals.Everything), Org: w.Org, Now: now}
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
	out.Also = w.wakeWaiting(c, e, clock)
	if w.later {
		for _, k := range moved {
			out.Also = append(out.Also, Wake{Case: k, At: clock}) // theirs is a look of its own
		}
		return out
	}
	out.At = earlier(out.At, w.due(c, clock))
	for _, k := range moved {
		other := w.Case(k)
		if other == nil {
			continue // it was forgotten meanwhile
		}
		if at := w.due(other, clock); !at.IsZero() {
			out.Also = append(out.Also, Wake{Case: k, At: at})
		}
	}
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
	if w.Book.Has(&s) || w.names == nil && !s.IsDrill() && w.Org.Mode(s.Detector, scope(c)) == signals.Off {
		return nil
	}
	p := w.Problem(c)
	s.Problem = p.ID
	raiser := w.raiser(c, &s)
	if w.private(c, &s, raiser) {
		return nil
	}
	generated := w.weigh(p, c, &s)
	if w.followed(c, &s) {
		return nil
	}
	r := w.Book.enter(&s, generated)
	r.Raiser = raiser
	if w.silent {
		r.Over = true
	} else {
		w.tell(c, r, clock)
	}
	return r
}

// weigh gives a signal the audience of its evidence and returns when the
// earliest of that happened.
func (w *World) weigh(p *signals.Problem, c *signals.Case, s *signals.Signal) (generated time.Time) {
	generated, s.Audience = s.At, signals.Public
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
	return generated
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
	if e := w.postedIn(c.Key.Channel(), id); e != nil {
		return e
	}
	if k, ok := signals.ParseKey(id); ok && k.Channel() != "" && k.Channel() != c.Key.Channel() {
		if e := w.postedIn(k.Channel(), id); e != nil { // an answer's id does not name its thread
			return e
		}
	}
	for k, ok := signals.ParseKey(id); ok && k.ID != ""; {
		if m := w.Case(k); m != nil {
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

// postedIn finds a post of a channel, among those that it remembers.
func (w *World) postedIn(channel, id string) *signals.Event {
	room := w.Room(channel)
	if room == nil {
		return nil
	}
	for _, p := range slices.Backward(room.Posts) {
		if p.Event.ID == id {
			return p.Event
		}
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

// tell makes the nudge of a new record.
func (w *World) tell(c *signals.Case, r *Record, clock time.Time) {
	s := r.Signal
	s.Before = w.history(c, s)
	n := &signals.Nudge{Signal: s, At: s.At}
	r.Nudges = append(r.Nudges, n)
	switch old := clock.Sub(s.At); {
	case old > w.Org.Policy.Stale:
		w.settle(r, n, verdict{signals.Superseded, "it was " + signals.Lasted(old) + " old when it was first judged", time.Time{}})
	case w.wasLearnt(c, s):
		w.settle(r, n, verdict{signals.Superseded, "it began in history that was learnt, not watched", time.Time{}})
	case w.later:
		n.At = clock
		w.settle(r, n, verdict{signals.Held, notPlaced, clock})
	default:
		n.At = clock
		w.settle(r, n, w.place(c, r, n, clock))
	}
}

// notPlaced is the reason of a nudge for which nobody was chosen yet.
const notPlaced = "what happened since is taken in first"

// wasLearnt reports whether the occasion of a signal, and all of its evidence,
// was learnt.
func (w *World) wasLearnt(c *signals.Case, s *signals.Signal) bool {
	if len(w.learnt) == 0 {
		return false
	}
	p := w.Problem(c)
	return !slices.ContainsFunc(append([]string{s.Occasion}, s.Evidence...), func(id string) bool {
		e := w.evidence(p, c, id)
		return e == nil || e.At.UnixNano() > w.learnt[e.Case]
	})
}
