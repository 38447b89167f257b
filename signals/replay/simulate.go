package replay

import (
	"fmt"
	"time"

	"andon/signals"
	"andon/signals/decide"
	"andon/signals/risk"
	"andon/signals/route"
)

// Question is what Simulate is asked: whom would andon nudge about a case, as of
// a moment, if from then on nothing happens and nobody answers.
type Question struct {
	Case signals.Key
	At   time.Time     // the last event when zero
	For  time.Duration // how long the clock runs on at most; DefaultFor when zero

	// Posts says why nobody can be written to in Slack, "" for who can be. nil:
	// everybody can be.
	Posts func(org *signals.Org, to string) (why string)
	// Learnt holds the ids of events of Play that were learnt and not watched.
	Learnt map[string]bool
}

// DefaultFor is how long a simulation runs on at most: the default of how long
// a problem is watched after it was solved.
const DefaultFor = 14 * 24 * time.Hour

// Simulate replays everything until the moment of the question, with the
// organisation as it was known then, and lets the clock run on until nothing
// more can come of the case by itself. The input's logs are used up.
func Simulate(in *Input, o Options, q Question) (*Simulation, error) {
	o.Nudges, o.posts, o.learnt = true, q.Posts, q.Learnt
	if q.At.IsZero() {
		q.At = in.last()
	}
	if q.For <= 0 {
		q.For = DefaultFor
	}
	in.until(q.At)
	t := &trace{q: q}
	o.looked = t.looked
	r := newRun(in, o, t)
	t.w = r.w
	if err := r.learn(in); err != nil {
		return nil, err
	}
	if err := r.steps(in.Play.ordered()); err != nil {
		return nil, err
	}
	if err := r.wakeUntil(nanos(q.At), false); err != nil {
		return nil, err
	}
	if r.w.Cases[q.Case] == nil {
		return nil, fmt.Errorf("simulate %s: no event of it until %s", q.Case, q.At.UTC().Format(time.RFC3339))
	}
	end, err := r.alone(q.Case, q.At.Add(q.For))
	if err != nil {
		return nil, err
	}
	more, _ := r.times.of(q.Case)
	return t.simulation(r.w.Cases[q.Case], later(end, q.At), more), nil
}

// alone lets the clock run on until a case has no wish left, at most until limit.
// It returns when the case was looked at last.
func (r *run) alone(k signals.Key, limit time.Time) (last time.Time, err error) {
	for {
		if _, ok := r.times.of(k); !ok {
			return last, nil
		}
		w, ok := r.times.pop(nanos(limit), false)
		if !ok {
			return limit, nil
		}
		at := time.Unix(0, w.at).UTC()
		if err := r.look(r.w.Cases[w.key], nil, at); err != nil {
			return last, err
		}
		if w.key == k {
			last = at
		}
	}
}

// of is the wish of a case.
func (a *agenda) of(k signals.Key) (at time.Time, ok bool) {
	n, ok := a.want[k]
	if !ok {
		return time.Time{}, false
	}
	return time.Unix(0, n).UTC(), true
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// last is the time of the latest event of a case that is not learnt.
func (in *Input) last() (at time.Time) {
	for _, e := range in.Play.events {
		if !e.Kind.Organises() {
			at = later(at, e.At)
		}
	}
	return at
}

// until drops what was not known at a moment.
func (in *Input) until(at time.Time) {
	for _, l := range []*Log{&in.Learn, &in.Play, &in.Org} {
		kept := l.events[:0:0]
		for _, e := range l.events {
			if !e.At.After(at) {
				kept = append(kept, e)
			}
		}
		l.events = kept
	}
}

// trace writes down what becomes of one case. It is the sink of the replay.
type trace struct {
	q    Question
	w    *decide.World
	recs []*traced
}

type traced struct {
	rec   *decide.Record
	steps []Step
}

// looked is told of every look; the records of the case may be moved by a look at
// another one.
func (t *trace) looked(l *decide.Looked, now time.Time) {
	for _, r := range l.Found {
		if r.Signal.Case == t.q.Case {
			t.recs = append(t.recs, &traced{rec: r})
		}
	}
	for _, r := range t.recs {
		t.moved(r, now)
	}
}

// moved writes down what changed at the nudges of a record.
func (t *trace) moved(r *traced, now time.Time) {
	for i, n := range r.rec.Nudges {
		if i == len(r.steps) {
			r.steps = append(r.steps, Step{N: n.Step})
		}
		s := &r.steps[i]
		if len(s.Moments) == 0 || s.To != n.To {
			t.choose(s, r.rec, n, now)
		}
		m := Moment{At: now, State: n.State, Why: n.Why}
		if n.State == signals.Held {
			m.Until = n.Look
		}
		if k := len(s.Moments); k == 0 || s.Moments[k-1].differs(&m) {
			s.Moments = append(s.Moments, m)
		}
	}
}

func (m *Moment) differs(o *Moment) bool {
	return m.State != o.State || m.Why != o.Why || !m.Until.Equal(o.Until)
}

// choose writes down whom a nudge is for, and who else was thought of.
func (t *trace) choose(s *Step, r *decide.Record, n *signals.Nudge, now time.Time) {
	org := t.w.Org
	s.To, s.Name, s.Route, s.As = n.To, t.called(n.To), n.Route, route.RoleOf(n.Route)
	s.Reason = t.words(t.w.Reason(n.Signal), n.Signal.Audience)
	s.Owner, s.Passed, s.Next = "", nil, nil
	if n.Owner != "" {
		s.Owner = t.called(n.Owner)
	}
	if n.To == "" {
		s.As = ""
	} else if zone := org.Calendar(n.To).Zone; zone != nil {
		s.Zone = zone.String()
	}
	if n.To == "" && n.State == signals.Superseded {
		return // nobody was looked for
	}
	for _, x := range t.w.Consider(r, n, now) {
		o := Other{Who: x.To, Name: t.called(x.To), As: route.RoleOf(x.Route), Why: x.Passed}
		if x.Route == "" {
			o.As = ""
		}
		switch {
		case x.Chosen:
		case x.Passed != "":
			s.Passed = append(s.Passed, o)
		default:
			o.Why = x.Route
			s.Next = append(s.Next, o)
		}
	}
}

// Signal implements Sink.
func (*trace) Signal(*signals.Case, *signals.Signal) error { return nil }

// Risk implements Sink.
func (*trace) Risk(*signals.Case, time.Time, risk.Prediction) error { return nil }

// Route implements Sink.
func (*trace) Route(*signals.Case, time.Time, route.Kind, []route.Candidate) error { return nil }

// Match implements Sink.
func (*trace) Match(*signals.Case, time.Time, []Match) error { return nil }
