package decide

import (
	"slices"

	"andon/signals"
	"andon/signals/detect"
	"andon/signals/text"
)

// World is what is known at one moment: cases and channels as folded so far,
// the organisation, the models, and the book of what was found and said.
type World struct {
	Org    *signals.Org
	Memory *Memory
	Book   *Book

	Cases map[signals.Key]*signals.Case
	Rooms map[string]*signals.Room

	source    Source
	silent    bool
	sends     bool
	later     bool                         // nobody is told yet, see CatchUp
	names     []string                     // the detectors that were asked for by name, nil for those that are not off
	learnt    map[signals.Key]int64        // time of the latest learnt event of a case, unix nanoseconds
	detectors map[string][]detect.Detector // by source, without those that are off
	joins     signals.Joins
	labels    map[string]signals.Key   // SOURCE/SITE/LABEL -> case
	refs      lists                    // what a link or a parent names, as refOf has it -> the cases that name it, sorted
	mentioned map[string][]signals.Key // event id, or linkID -> cases that the message or the link joins its own case to
	posted    map[string][]posting     // by author: the asks that begin a thread, by time
	same      lists                    // the same ask in other channels, both ways, see post
	solo      signals.Problem          // scratch: most problems have one case
	solos     [1]*signals.Case
}

// Options chooses what a World computes.
type Options struct {
	Lexicon   *text.Lexicon // nil for the default one
	Detectors []string      // names; nil for all that the policy does not turn off
	Index     bool          // keep the similarity index
	Routes    bool          // keep the route model
	Risk      bool          // keep the risk model
	AsLive    bool          // judge every detector that is not off as if it were live
	Silent    bool          // find signals, tell nobody
	Sends     bool          // a nudge that may be said is Sending until Posted says that it was
	Source    Source        // gives what the world does not hold; nil where it holds everything
}

// Source gives a world what it does not hold, as of the event that it took
// last. Both methods return nil for what is not known.
type Source interface {
	Case(k signals.Key) *signals.Case
	Room(channel string) *signals.Room
}

// NewWorld returns an empty world under an organisation.
func NewWorld(org *signals.Org, o Options) *World {
	w := &World{
		Org: org, Book: NewBook(nil, o.AsLive), silent: o.Silent, sends: o.Sends, source: o.Source, names: o.Detectors, learnt: make(map[signals.Key]int64),
		Cases: make(map[signals.Key]*signals.Case), Rooms: make(map[string]*signals.Room),
		labels: make(map[string]signals.Key), refs: make(lists), mentioned: make(map[string][]signals.Key),
		posted: make(map[string][]posting), same: make(lists),
	}
	likes, risks := w.chooseDetectors(o.Detectors)
	o.Index, o.Risk = o.Index || likes, o.Risk || risks
	w.Memory = newMemory(o)
	w.Memory.policy = func() *signals.Policy { return &w.Org.Policy }
	w.Memory.cases, w.Memory.private = w.Case, func(who string) bool { return w.Org.OptedOut(who) }
	return w
}

// From sets where the world takes from what it does not hold.
func (w *World) From(s Source) { w.source = s }

// chooseDetectors fills the table by source and reports whether one of them
// asks for like cases, and whether one asks what a case will come to.
func (w *World) chooseDetectors(names []string) (likes, risks bool) {
	w.detectors = make(map[string][]detect.Detector)
	for _, d := range detect.All() {
		if names != nil && !slices.Contains(names, d.Name) {
			continue
		}
		if names == nil && w.Org.Mode(d.Name, "") == signals.Off {
			continue
		}
		likes, risks = likes || d.Likes, risks || d.Risks
		for _, s := range d.Sources {
			w.detectors[s] = append(w.detectors[s], d)
		}
	}
	if names == nil || slices.Contains(names, detect.Drill.Name) {
		w.detectors[signals.Drills] = []detect.Detector{detect.Drill}
	}
	return likes, risks
}

// Take folds an event into the world. It returns the case that the event
// belongs to, or nil for an event of the organisation. An event that comes
// later than its time refolds its case.
func (w *World) Take(e *signals.Event) (*signals.Case, error) {
	switch e.Kind {
	case signals.RosterSet, signals.AwaySet, signals.Muted, signals.Joined, signals.Watched:
		return nil, w.Org.Apply(e)
	case signals.PolicySet, signals.ModeSet:
		err := w.Org.Apply(e)
		w.Memory.want(w.chooseDetectors(w.names))
		return nil, err
	}
	c := w.Cases[e.Case]
	if c == nil {
		c = &signals.Case{}
		w.Cases[e.Case] = c
	}
	if e.Audience != signals.Public {
		w.Org.Wrote(e)
	}
	defer w.count(e)()
	posts, n := len(c.Posts), len(c.Events())
	if !c.Apply(e) {
		return w.refold(c, e), nil
	}
	if len(c.Events()) == n {
		return c, nil // heard before
	}
	if len(c.Posts) > posts {
		w.said(c, c.Posts[len(c.Posts)-1])
	}
	w.link(c, e)
	return c, nil
}

// refold folds a case again with an event that was heard late. One that was
// heard before changes nothing.
func (w *World) refold(c *signals.Case, e *signals.Event) *signals.Case {
	if eventOf(c, e.ID) != nil {
		return c
	}
	c = signals.Fold(append(slices.Clone(c.Events()), e))
	w.Cases[e.Case] = c
	if ch := c.Key.Channel(); ch != "" {
		w.room(ch).Renew(c.Key, c.Posts)
	}
	w.link(c, e)
	return c
}

// Observe lets the models learn from event e, which Take has just folded into c.
func (w *World) Observe(c *signals.Case, e *signals.Event) {
	if c.Key.IsDrill() {
		return // nothing is learnt from a drill
	}
	w.Memory.Observe(c, e)
	if e.Kind == signals.Opened || (e.Kind == signals.Said && len(c.Posts) == 1) {
		w.Memory.Remember(c)
	}
	w.learnDuplicates(c, e)
}

// Learnt tells the world that event e of a case was learnt and not watched: what
// it gives rise to is never said.
func (w *World) Learnt(e *signals.Event) { w.learnt[e.Case] = max(w.learnt[e.Case], e.At.UnixNano()) }

// said brings a new post to its room.
func (w *World) said(c *signals.Case, p *signals.Post) {
	if ch := c.Key.Channel(); ch != "" {
		w.room(ch).Add(p)
	}
}

// Case returns a case, from the source where the world does not hold it.
func (w *World) Case(k signals.Key) *signals.Case {
	c := w.Cases[k]
	if c == nil && w.source != nil {
		if c = w.source.Case(k); c != nil {
			w.Hold(c)
		}
	}
	return c
}

// Hold puts a case as it stands into the world, in place of what the world has
// of it.
func (w *World) Hold(c *signals.Case) {
	w.Cases[c.Key] = c
	if r := w.Rooms[c.Key.Channel()]; r != nil {
		n := r.Count // nothing was said: the case is shown as it stood, or taken from the source again
		r.Renew(c.Key, c.Posts)
		r.Count = n
	}
}

// Room returns a channel, from the source where the world does not hold it,
// or nil where nobody knows it.
func (w *World) Room(channel string) *signals.Room {
	r := w.Rooms[channel]
	if r == nil && w.source != nil && channel != "" {
		if r = w.source.Room(channel); r != nil {
			w.Rooms[channel] = r
		}
	}
	return r
}

func (w *World) room(channel string) *signals.Room {
	r := w.Room(channel)
	if r == nil {
		r = &signals.Room{ID: channel, Name: signals.Bare(channel)}
		w.Rooms[channel] = r
	}
	return r
}

// Name tells the world what a channel is called.
func (w *World) Name(channel, name string) { w.room(channel).Name = name }

// Problem returns the problem that a case belongs to. A problem of one case is
// scratch memory that the next call overwrites.
func (w *World) Problem(c *signals.Case) *signals.Problem {
	keys := w.joins.Members(c.Key)
	if len(keys) == 1 {
		w.solos[0] = c
		w.solo = signals.Problem{ID: c.Key, Cases: w.solos[:]}
		return &w.solo
	}
	var cases []*signals.Case
	for _, k := range keys {
		if m := w.Case(k); m != nil {
			cases = append(cases, m)
		}
	}
	return signals.NewProblem(cases...)
}

// count makes a room count as the journal does: every message that was new,
// with words or without, early or late, and nothing else.
func (w *World) count(e *signals.Event) func() {
	ch := e.Case.Channel()
	if ch == "" {
		return func() {}
	}
	n, had := w.room(ch).Count, w.Cases[e.Case] != nil && eventOf(w.Cases[e.Case], e.ID) != nil
	return func() {
		if e.Kind == signals.Said && !had {
			n++
		}
		w.room(ch).Count = n
	}
}
