package replay

import (
	"fmt"
	"time"

	"andon/signals"
	"andon/signals/decide"
	"andon/signals/risk"
	"andon/signals/route"
	"andon/signals/text"
)

// Input is the history to go through. Learn is closed history that is known
// before the replay starts and is never judged; Org is the organisation's own
// events; Rooms names the channels by id.
type Input struct {
	Learn, Play, Org Log
	Rooms            map[string]string
}

// Options chooses what is computed.
type Options struct {
	Policy    signals.Policy
	Lexicon   *text.Lexicon // nil for the default one
	Detectors []string      // nil for all that the policy does not turn off
	Signals   bool
	Nudges    bool // and decide whom to tell; implies Signals
	Risk      bool
	Routes    bool
	Matches   bool
	AsLive    bool                  // hold nudges as if every detector were live, not as the policy's modes say
	After     time.Duration         // how long the clock runs on after the last event; DefaultAfter when zero
	Progress  func(done, total int) // called now and then; may be nil
	Begin     func(*decide.World)   // told the world before anything happens; may be nil
	AtOnce    AtOnce                // how parts of the learning run beside each other; nil for one after the other

	posts  func(org *signals.Org, to string) (why string) // why a message cannot be sent to somebody, "" where it can; nil: it always can
	learnt map[string]bool                                // ids of events that are played and count as learnt
	looked func(*decide.Looked, time.Time)                // told of every look; may be nil
}

// DefaultAfter lets the slowest detector, two working days over a long weekend, speak.
const DefaultAfter = 7 * 24 * time.Hour

// Sink takes what the replay finds, in the order of its time. What it is given
// is only valid during the call.
type Sink interface {
	Signal(c *signals.Case, s *signals.Signal) error
	Risk(c *signals.Case, at time.Time, p risk.Prediction) error
	Route(c *signals.Case, at time.Time, kind route.Kind, candidates []route.Candidate) error
	Match(c *signals.Case, at time.Time, matches []Match) error
}

// Match is an earlier case that is like a new one.
type Match struct {
	Case  *signals.Case
	Score float64
}

// Result is the world at the end and what happened on the way.
type Result struct {
	World  *decide.World
	Events int
	First  time.Time
	Last   time.Time // of the events; the clock ran on for Options.After
	notes  notes
}

type run struct {
	o     Options
	w     *decide.World
	risk  *risk.Model
	sink  Sink
	times *agenda
	rooms map[string]*agenda
	res   *Result
	kinds map[route.Kind]bool // kinds that the history has any data for
	cands []route.Candidate
	found []Match
}

// Run replays the input and gives what it finds to the sink. The input's logs
// are used up.
func Run(in *Input, o Options, sink Sink) (*Result, error) {
	r := newRun(in, o, sink)
	if err := r.learn(in); err != nil {
		return nil, err
	}
	if err := r.play(in.Play.ordered()); err != nil {
		return nil, err
	}
	return r.res, nil
}

// newRun makes the world of a replay in which nothing has happened yet.
func newRun(in *Input, o Options, sink Sink) *run {
	o.Signals = o.Signals || o.Nudges
	r := &run{o: o, sink: sink, times: newAgenda(), rooms: make(map[string]*agenda), res: &Result{}, kinds: make(map[route.Kind]bool)}
	r.w = decide.NewWorld(signals.NewOrg(o.Policy), decide.Options{
		Lexicon: o.Lexicon, Detectors: r.detectors(), Index: o.Matches, Routes: o.Routes || o.Nudges, Risk: o.Risk, AsLive: o.AsLive, Silent: !o.Nudges,
		Sends: o.posts != nil,
	})
	if o.Risk {
		r.risk = r.w.Memory.Risk
	}
	for id, name := range in.Rooms {
		r.w.Name(id, name)
	}
	r.res.World = r.w
	if o.Begin != nil {
		o.Begin(r.w)
	}
	return r
}

func (r *run) detectors() []string {
	if !r.o.Signals {
		return []string{}
	}
	return r.o.Detectors
}

// observe lets the models learn from an event that was just applied.
func (r *run) observe(c *signals.Case, e *signals.Event) {
	r.w.Observe(c, e)
	if c.Team != "" {
		r.kinds[route.Team], r.kinds[route.NextTeam] = true, true
	}
	if c.Holder != "" {
		r.kinds[route.Person], r.kinds[route.NextPerson] = true, true
	}
}

func (r *run) play(events []*signals.Event) error {
	if err := r.steps(events); err != nil || len(events) == 0 {
		return err
	}
	after := r.o.After
	if after == 0 {
		after = DefaultAfter
	}
	return r.wakeUntil(nanos(r.res.Last.Add(after)), false)
}

// steps goes through events, and no further.
func (r *run) steps(events []*signals.Event) error {
	r.res.Events = len(events)
	for i := 0; i < len(events); {
		j := group(events, i)
		now := events[i].At
		if err := r.wakeUntil(nanos(now), true); err != nil {
			return err
		}
		if err := r.step(events[i:j], now); err != nil {
			return err
		}
		if r.o.Progress != nil && i>>10 != j>>10 {
			r.o.Progress(j, len(events))
		}
		i = j
	}
	return nil
}

// step applies the events of one history entry and judges the case once.
func (r *run) step(events []*signals.Event, now time.Time) error {
	var c *signals.Case
	posts := 0
	for _, e := range events {
		took, err := r.w.Take(e)
		if err != nil {
			return fmt.Errorf("replay event %s: %w", e.ID, err)
		}
		if took == nil {
			continue
		}
		c = took
		if r.o.learnt[e.ID] {
			r.w.Learnt(e)
		}
		r.res.notes.event(r.w, c, e)
		if e.Kind == signals.Said {
			posts++
		}
		if c.Entries == 1 && e.Kind == signals.Opened && r.o.Matches {
			if err := r.match(c, now); err != nil {
				return err
			}
		}
		r.observe(c, e)
	}
	if c == nil {
		return nil
	}
	if !c.Key.IsDrill() { // drills are counted apart: they make no history longer
		if r.res.First.IsZero() {
			r.res.First = now
		}
		r.res.Last = now
	}
	if err := r.look(c, events[len(events)-1], now); err != nil {
		return err
	}
	if err := r.predict(c, events[len(events)-1], now); err != nil {
		return err
	}
	if posts > 0 {
		return r.roomWakes(c.Key.Channel(), now)
	}
	return nil
}
