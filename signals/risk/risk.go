// Package risk says how likely it is that an open case escalates, wanders or
// returns, before it does.
//
// The model is a table of frequencies: for each context of a case (its project,
// priority, holding team, components, and how far its path went) it counts how
// many closed cases passed through that context and how many of them came to
// the outcome afterwards. A prediction mixes the rates of the contexts that
// apply, each shrunk towards the general rate by how little was seen. It learns
// when cases close, from those that everybody may see, and never from anything
// later than the moment asked about.
//
// It does not own the detectors that use it (signals/detect) nor the paths that
// it counts (signals).
package risk

import (
	"math"
	"strconv"

	"andon/signals"
)

// Outcome is something bad that a case may come to.
type Outcome string

// The outcomes.
const (
	Escalate Outcome = "escalate"  // a transition that the policy calls an escalation
	LongPath Outcome = "long_path" // one team hand-off more than long_path's threshold, see Model
	PingPong Outcome = "ping_pong" // it returns straight to the team that handed it over (A-B-A)
)

// Outcomes lists the outcomes in the order in which they are reported.
var Outcomes = [...]Outcome{Escalate, LongPath, PingPong}

// Prediction is the probability of each outcome, 0 to 1, in the order of
// Outcomes. An outcome that has come already has probability 1.
type Prediction [len(Outcomes)]float64

// Model counts outcomes by context. Long paths are those of Long team hand-offs
// or more. The zero value is not usable; see New.
type Model struct {
	Long int

	open  map[signals.Key]*story
	rates map[string]*rate
	all   rate
}

// rate counts the passages of closed cases through a context, and how many
// came to each outcome later.
type rate struct {
	seen, came [len(Outcomes)]float64
}

// story is what an open case went through: its contexts after each entry, and
// after how many entries each outcome came, 0 for not yet.
type story struct {
	contexts [][]string
	came     [len(Outcomes)]int
	learnt   bool
	private  bool // not everybody may see all of it: nothing is learnt from it
}

// New returns an empty model for which a path of long team hand-offs is long.
func New(long int) *Model {
	return &Model{Long: long, open: make(map[signals.Key]*story), rates: make(map[string]*rate)}
}

// Observe takes note of a case after event e was applied to it. When the case
// closes the model learns from it.
func (m *Model) Observe(c *signals.Case, e *signals.Event, p *signals.Policy) {
	s := m.open[c.Key]
	if s == nil {
		// What was closed before was learnt then, and nothing had come of it: it
		// is kept from now on if something comes after all.
		s = &story{learnt: c.Closes > 1 || c.Closes == 1 && e.Kind != signals.Closed}
		m.open[c.Key] = s
	}
	if e.Audience != signals.Public && e.Counts() {
		s.private = true
	}
	m.mark(s, c, e, p)
	if n := c.Entries; n > len(s.contexts) && n <= deepest && !s.learnt {
		s.contexts = append(s.contexts, contexts(c))
	} else if n == len(s.contexts) && n > 0 {
		s.contexts[n-1] = contexts(c) // the entry had several items
	}
	if e.Kind == signals.Closed && !s.learnt {
		m.learn(s)
	}
	if s.learnt && s.came == [len(Outcomes)]int{} {
		delete(m.open, c.Key)
	}
}

// deepest is how many entries of a case are kept for learning.
const deepest = 12

func (m *Model) mark(s *story, c *signals.Case, e *signals.Event, p *signals.Policy) {
	if s.came[0] == 0 {
		if _, ok := p.Escalates(c, e); ok {
			s.came[0] = c.Entries
		}
	}
	if e.Kind != signals.TeamMoved {
		return
	}
	teams := c.Path.Teams()
	if s.came[1] == 0 && teams.Handoffs() >= m.Long {
		s.came[1] = c.Entries
	}
	if s.came[2] == 0 && len(teams.Returns(signals.ByTeam)) > 0 {
		s.came[2] = c.Entries
	}
}

func (m *Model) learn(s *story) {
	s.learnt = true
	if s.private {
		s.contexts = nil
	}
	for i, list := range s.contexts {
		for o := range Outcomes {
			at := s.came[o]
			if at > 0 && at <= i+1 {
				continue // it had come before: nothing to predict from here on
			}
			m.all.count(o, at > 0)
			for _, key := range list {
				r := m.rates[key]
				if r == nil {
					r = &rate{}
					m.rates[key] = r
				}
				r.count(o, at > 0)
			}
		}
	}
	s.contexts = nil
}

func (r *rate) count(o int, came bool) {
	r.seen[o]++
	if came {
		r.came[o]++
	}
}

// contexts are the keys under which a case as it stands is counted.
func contexts(c *signals.Case) []string {
	n := strconv.Itoa(min(c.Entries, 8))
	h := strconv.Itoa(min(c.Path.Teams().Handoffs(), 5))
	out := []string{"n" + n + "h" + h, "t" + c.Team + "h" + h, "p" + c.Priority + "n" + n, "l" + c.Level + "h" + h, "s" + c.Status + "n" + n}
	for _, k := range c.Components {
		out = append(out, "c"+k, "c"+k+"h"+h)
	}
	if c.Holder != "" {
		out = append(out, "a"+c.Holder)
	}
	return out
}

// weight is how many passages make a context count as much as the general
// rate: the m of m-estimate smoothing (Cestnik 1990).
const weight = 20

// Predict returns the probabilities for a case as it stands. With nothing
// learnt they are the rates of no knowledge, 0.
func (m *Model) Predict(c *signals.Case) Prediction {
	var out Prediction
	s := m.open[c.Key]
	keys := contexts(c)
	for o := range Outcomes {
		if s != nil && s.came[o] > 0 {
			out[o] = 1
			continue
		}
		out[o] = m.mix(o, keys)
	}
	return out
}

// mix averages the contexts' log-odds, each shrunk towards the general rate.
func (m *Model) mix(o int, keys []string) float64 {
	if m.all.seen[o] == 0 {
		return 0
	}
	base := (m.all.came[o] + 0.5) / (m.all.seen[o] + 1)
	sum, total := logit(base)*0.5, 0.5
	for _, k := range keys {
		r := m.rates[k]
		if r == nil {
			continue
		}
		p := (r.came[o] + weight*base) / (r.seen[o] + weight)
		trust := r.seen[o] / (r.seen[o] + weight)
		sum += trust * logit(p)
		total += trust
	}
	return 1 / (1 + math.Exp(-sum/total))
}

func logit(p float64) float64 {
	p = min(1-1e-6, max(1e-6, p))
	return math.Log(p / (1 - p))
}
