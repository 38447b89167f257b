package replay

import (
	"time"

	"andon/signals"
	"andon/signals/decide"
)

// notes is what the report needs and the world does not keep: when a case came
// to a bad end, who hands over to whom, and how many people act in each team.
type notes struct {
	outcomes map[signals.Key]*[3]time.Time // by outcome kind
	first    map[signals.Key]time.Time     // first signal
	pairs    map[pair]*traffic
	people   map[string]map[string]bool // team -> persons who held something for it
	posts    map[string]map[string]bool // channel -> days with posts
}

type pair struct{ from, to string }

type traffic struct {
	count   int
	waiting []time.Duration // how long the case had been with the team that handed it over
}

// The bad ends that a report asks about.
const (
	escalated = iota
	wandered
	reopened
)

var outcomeNames = [...]string{"escalated", "wandered", "reopened"}

// far is how many team hand-offs count as wandering: one more than long_path's
// default, so that the signal can come before the outcome.
const far = 4

func (n *notes) init() {
	if n.outcomes == nil {
		n.outcomes = make(map[signals.Key]*[3]time.Time)
		n.first = make(map[signals.Key]time.Time)
		n.pairs = make(map[pair]*traffic)
		n.people = make(map[string]map[string]bool)
		n.posts = make(map[string]map[string]bool)
	}
}

func (n *notes) event(w *decide.World, c *signals.Case, e *signals.Event) {
	n.init()
	switch e.Kind {
	case signals.Said:
		if ch := c.Key.Channel(); ch != "" {
			add(n.posts, ch, e.At.UTC().Format(time.DateOnly))
		}
		return
	case signals.Reopened:
		n.came(c, reopened, e.At)
	case signals.TeamMoved:
		if c.Path.Teams().Handoffs() >= far {
			n.came(c, wandered, e.At)
		}
		n.moved(c, e)
	}
	if why, ok := w.Org.Policy.Escalates(c, e); ok && why != "" {
		n.came(c, escalated, e.At)
	}
	if e.Audience == signals.Public {
		n.held(w.Org, c.For(signals.Viewer{}))
	}
}

// held counts who acts for which team, by what everybody may see.
func (n *notes) held(org *signals.Org, c *signals.Case) {
	if p := org.Person(c.Holder); c.Team != "" && c.Holder != "" && !signals.IsBot(c.Holder) && (p == nil || !p.Bot) {
		add(n.people, c.Team, org.Who(c.Holder))
	}
}

// moved counts a hand-over, as far as everybody may see it. The items of one
// entry make one stay, which bears the id of the first of them.
func (n *notes) moved(c *signals.Case, e *signals.Event) {
	if e.Audience != signals.Public {
		return
	}
	teams := c.For(signals.Viewer{}).Path.Teams()
	if len(teams) < 2 {
		return
	}
	from, to := &teams[len(teams)-2], &teams[len(teams)-1]
	if to.Team != e.To || e.From == e.To || !to.Since.Equal(e.At) {
		return
	}
	p := pair{from.Team, to.Team}
	t := n.pairs[p]
	if t == nil {
		t = &traffic{}
		n.pairs[p] = t
	}
	t.count++
	t.waiting = append(t.waiting, from.Waiting(e.At))
}

func (n *notes) came(c *signals.Case, outcome int, at time.Time) {
	o := n.outcomes[c.Key]
	if o == nil {
		o = new([3]time.Time)
		n.outcomes[c.Key] = o
	}
	if o[outcome].IsZero() {
		o[outcome] = at
	}
}

// found remembers the first signal of each case of the problem.
func (n *notes) found(r *decide.Record, c *signals.Case) {
	n.init()
	if n.first[c.Key].IsZero() {
		n.first[c.Key] = r.Signal.At
	}
}

func add(m map[string]map[string]bool, key, value string) {
	if m[key] == nil {
		m[key] = make(map[string]bool)
	}
	m[key][value] = true
}
