package replay

import (
	"slices"
	"strings"
	"time"

	"andon/signals"
	"andon/signals/decide"
	"andon/signals/detect"
	"andon/signals/route"
)

// Simulation is what andon would do about one case, from its beginning until
// nothing more comes of it by itself. It names who would be asked and who would
// not, for operators; it has no figures about anybody. What not everybody may see
// is told without its words.
type Simulation struct {
	Case       string
	Title      string // "" where not everybody may see it, or it is not to be read
	Restricted bool   // not everybody may see all of the case
	Open       bool   // at the moment of the question
	At         time.Time
	End        time.Time // when the case was looked at last
	More       time.Time `json:",omitzero"` // when it wants to be looked at again after the bound, zero for never
	AsLive     bool
	Found      []Finding
	Near       []Near   // of detectors that found nothing, where it is known what they wait for
	Joined     []string // other cases of the same problem
}

// Finding is one signal and its chain.
type Finding struct {
	Detector string
	Mode     signals.Mode // as configured
	At       time.Time
	Score    float64
	Reason   string
	Need     signals.Need
	Evidence []Ground
	Steps    []Step
	Stages   []Reached
	Asked    []Moment      `json:",omitempty"` // the questions to who raised it, whether it is solved
	Confirm  Confirmation  // whether they are asked when it is solved (again)
	Died     signals.Stage // the stage that is not reached, "" while it may be
	Why      string
	DiedAt   time.Time `json:",omitzero"`
}

// Confirmation is who raised a signal and is asked whether it holds, once it is
// solved. Name is empty where that is not known, or where nobody was told of it; Who
// also where they wished not to be named.
type Confirmation struct {
	Who, Name string
	Why       string // why they are not asked, "" where they are
}

// Ground is one event that a signal rests on.
type Ground struct {
	At    time.Time
	Event string // as the output of a replay names it: jira:PAY-17/HISTORY, slack:C123/TS
	Kind  signals.Kind
}

// Reached is a stage and when it was reached. Proxy says that it was inferred.
type Reached struct {
	Stage signals.Stage
	At    time.Time
	Proxy bool
}

// Step is one nudge: to whom, as what, what becomes of it, and who else was
// thought of. To is empty where there was nobody.
type Step struct {
	N       int // 0 first
	To      string
	Name    string
	Owner   string // name of the one named owner, where To is a channel
	As      route.Role
	Route   string // why them
	Reason  string // what they would be told
	Zone    string // in which the working hours of To count
	Moments []Moment
	Passed  []Other // who was passed over, and why
	Next    []Other // who could be asked besides
}

// Moment is a state that a nudge comes to.
type Moment struct {
	At    time.Time
	State signals.State
	Why   string
	Until time.Time `json:",omitzero"` // when a held one is looked at again
}

// Other is somebody who was thought of.
type Other struct {
	Who, Name string
	As        route.Role // "" where it did not come to that
	Why       string
}

// Near is a detector that found nothing.
type Near struct {
	Detector string
	Lacks    string
}

// simulation puts together what was written down, as of the end.
func (t *trace) simulation(c *signals.Case, end, more time.Time) *Simulation {
	then := signals.Fold(slices.DeleteFunc(slices.Clone(c.Events()), func(e *signals.Event) bool { return e.At.After(t.q.At) }))
	out := &Simulation{
		Case: Ref(c), At: t.q.At, End: end, More: more, AsLive: t.w.Book.AsLive, Open: then.Open(),
		Restricted: slices.ContainsFunc(c.Events(), func(e *signals.Event) bool { return e.Audience != signals.Public }),
	}
	if !out.Restricted && !c.Gone && !t.w.Org.OptedOut(c.Opener) {
		out.Title = excerpt(c)
	}
	for _, k := range t.w.Joined(c.Key) {
		if other := t.w.Cases[k]; other != nil && k != c.Key {
			out.Joined = append(out.Joined, Ref(other))
		}
	}
	for _, r := range t.recs {
		out.Found = append(out.Found, t.finding(c, r, end))
	}
	out.Near = t.near(c, end)
	return out
}

func (t *trace) finding(c *signals.Case, r *traced, end time.Time) Finding {
	s, l := r.rec.Signal, r.rec.Ledger
	f := Finding{
		Detector: s.Detector, Mode: t.w.Org.Mode(s.Detector, c.Project), At: s.At, Score: s.Score, Reason: t.words(t.w.Reason(s), s.Audience), Need: s.Need,
		Steps: r.steps, Died: l.Died, Why: l.Why, DiedAt: l.DiedAt,
	}
	for _, e := range t.w.Evidence(s) {
		f.Evidence = append(f.Evidence, Ground{e.At, t.event(e), e.Kind})
	}
	for _, stage := range signals.Stages {
		if l.Reached(stage) {
			f.Stages = append(f.Stages, Reached{stage, l.Times[stage], l.Proxy[stage]})
		}
	}
	for _, a := range r.rec.Asks {
		m := Moment{At: a.At, State: a.State, Why: a.Why}
		if a.State == signals.Held {
			m.Until = a.Look
		}
		f.Asked = append(f.Asked, m)
	}
	f.Confirm = t.confirmation(r.rec, end)
	return f
}

// confirmation is whether who raised a signal would be asked.
func (t *trace) confirmation(r *decide.Record, now time.Time) (c Confirmation) {
	who, why := t.w.WillAsk(r, now)
	switch {
	case r.Raiser == "", who == "" && len(r.Asks) == 0:
		return Confirmation{Why: why}
	case decide.Unnamed(r.Raiser):
		return Confirmation{Name: "whoever raised it without their name", Why: why}
	}
	who = t.w.Org.Who(r.Raiser)
	if why == "" && t.q.Posts != nil {
		why = t.q.Posts(t.w.Org, who)
	}
	return Confirmation{Who: who, Name: t.called(who), Why: why}
}

// event is what an event is called.
func (t *trace) event(e *signals.Event) string {
	rest := strings.TrimPrefix(e.ID, e.Case.String()+"/")
	if c := t.w.Cases[e.Case]; c != nil && e.Case.Source != signals.Slack {
		history, _, _ := strings.Cut(rest, ".")
		return Ref(c) + "/" + history
	}
	if k, ok := signals.ParseKey(e.ID); ok {
		return k.Source + ":" + k.ID
	}
	return e.ID
}

// words is a sentence without what it quotes where not everybody may see that.
func (t *trace) words(sentence string, a signals.Audience) string {
	if a == signals.Public {
		return sentence
	}
	return signals.Unquoted(sentence)
}

// called is what a person or a channel is called.
func (t *trace) called(id string) string {
	if room := t.w.Rooms[id]; room != nil {
		return "#" + strings.TrimPrefix(room.Name, "#")
	}
	if p := t.w.Org.Person(id); p != nil && p.Name != "" {
		return p.Name
	}
	return signals.Bare(t.w.Org.Who(id))
}

// near says of the detectors that found nothing what they still wait for, as far
// as that is known.
func (t *trace) near(c *signals.Case, now time.Time) (out []Near) {
	for _, d := range detect.All() {
		if !slices.Contains(d.Sources, c.Key.Source) || slices.ContainsFunc(t.recs, func(r *traced) bool { return r.rec.Signal.Detector == d.Name }) {
			continue
		}
		if t.w.Org.Mode(d.Name, c.Project) == signals.Off {
			out = append(out, Near{d.Name, "is off"})
			continue
		}
		snap := detect.Snapshot{Case: c, Problem: t.w.Problem(c), Room: t.w.Rooms[c.Key.Channel()], Models: t.w.Memory, Org: t.w.Org, Now: now}
		if lacks := d.Lacks(&snap); lacks != "" {
			out = append(out, Near{d.Name, lacks})
		}
	}
	return out
}
