package decide

import (
	"slices"
	"time"

	"andon/signals"
	"andon/signals/route"
)

// Drills take the way of any other signal: the same candidates, absences, mutes
// and steps. What differs stands here. They are told in working hours only, in
// messages of their own, count against nobody's budget, and nobody is asked in
// two of them within policy.drill.every. Nothing is learnt from them.

// drilledLately is why somebody is not asked in one more drill.
const drilledLately = "who could be asked was part of another drill lately"

// drillHold is hold for a drill, after what every nudge has to wait for.
func (w *World) drillHold(n *signals.Nudge, now time.Time) verdict {
	if !reminds(n) {
		if v, done := w.quietHold(n, now); done {
			return v
		}
	}
	w.Book.carry(w.Book.write(n, now), n, true)
	return verdict{signals.Sent, "nothing stood in the way", time.Time{}}
}

// drilled reports whether somebody is not to be asked in a drill, for they were
// asked in another one lately.
func (w *World) drilled(s *signals.Signal, to string, now time.Time) bool {
	return s.IsDrill() && slices.ContainsFunc(w.Book.messages(to), func(t *Told) bool { return w.OtherDrill(t, s.Case, now) })
}

// OtherDrill reports whether a message to somebody keeps them out of a drill now:
// it was of another one, within the time of the policy.
func (w *World) OtherDrill(t *Told, but signals.Key, now time.Time) bool {
	return t.At.After(now.Add(-w.Org.Policy.Drill.Every)) && slices.ContainsFunc(t.Cases, func(k signals.Key) bool { return k.IsDrill() && k != but })
}

// ofDrill reports whether a message is that of a drill: nothing else joins it.
func ofDrill(t *Told) bool {
	return slices.ContainsFunc(t.Cases, func(k signals.Key) bool { return k.IsDrill() })
}

// watchDrill is how often a drill that is under way is looked at: then it can be
// ended because something real began.
const watchDrill = 30 * time.Minute

// drillEnds ends the story of a drill that died, or that went on for as long as
// it may. It returns when it wants to be looked at again.
func (w *World) drillEnds(r *Record, now time.Time) time.Time {
	limit := w.Org.Policy.Drill.Limit
	end := r.Signal.At.Add(limit)
	switch {
	case r.Over:
		return time.Time{}
	case r.Ledger.Died != "":
		w.callOff(r, "", now)
		return time.Time{}
	case limit > 0 && !now.Before(end):
		w.callOff(r, "the drill ended after "+signals.Lasted(limit), end)
		return time.Time{}
	}
	next := w.Org.Calendar("").Next(now.Add(watchDrill))
	if limit <= 0 {
		return next
	}
	return earlier(end, next)
}

// callOff ends a drill where it stands.
func (w *World) callOff(r *Record, why string, at time.Time) {
	for _, n := range r.Nudges {
		if n.State == signals.Held || n.State == signals.Proposed {
			n.State, n.Why, n.At = signals.Superseded, "the drill was over before it was time to speak", at
		}
	}
	if next := r.Ledger.Next(); next != "" && why != "" {
		r.Ledger.Die(next, why, at)
	}
	r.Over = true
}

// Aim is whom a drill, or any case, would go to at first.
type Aim struct {
	To     string   // person, "" for nobody
	Team   string   // theirs, or the first that owns the place where nobody is known
	Owners []string // teams that own the place according to the roster
	Why    string   // why there is nobody
}

// AimOf finds whom a drill would go to if it began now; c is its case as it would
// stand then. Mutes and quiet hours play no part.
func (w *World) AimOf(c *signals.Case, now time.Time) (out Aim) {
	out.Owners = route.Owners(w.Org, c)
	events := c.Events()
	s := &signals.Signal{Detector: "drill", Problem: c.Key, Case: c.Key, At: now, Score: 1, Need: signals.NeedResolver, Audience: signals.Restricted}
	if n := len(events); n > 0 {
		s.Occasion, s.Evidence, s.Audience = events[n-1].ID, []string{events[n-1].ID}, events[n-1].Audience
	}
	list, why := w.candidates(c, &Record{Signal: s}, &signals.Nudge{Signal: s}, now)
	for _, ch := range list {
		if _, _, ok := w.asSeenBy(c, s, ch, now); !ok {
			why = "nobody who may see it is known to help"
			continue
		}
		out.To = ch.To
		break
	}
	if out.To == "" {
		out.Why = why
	}
	if p := w.Org.Person(out.To); p != nil {
		out.Team = w.Org.TeamName(p.Team)
	} else if out.To == "" && len(out.Owners) > 0 {
		out.Team = out.Owners[0]
	}
	return out
}

// Real returns the records without those of drills, which are counted apart.
func (b *Book) Real() (out []*Record) {
	for _, r := range b.Records {
		if !r.IsDrill() {
			out = append(out, r)
		}
	}
	return out
}
