package replay

import (
	"time"

	"andon/signals"
	"andon/signals/risk"
	"andon/signals/route"
)

// recorder keeps of a replay what is compared with the truth later on.
type recorder struct {
	scored func(*signals.Case) bool
	asked  map[signals.Key]*asked
}

// asked is what the models said about one case.
type asked struct {
	risk    [len(looks)]risk.Prediction
	has     [len(looks)]bool
	first   list // for the team that solves it, once its first team was known
	person  list // for who solves it, at its creation
	next    list // for the next team, as said last
	nexts   []question
	teams   int // how many teams it had been with then
	matches []signals.Key
	warned  warning
}

// list is an answer of the route model; an empty one is an abstention.
type list struct {
	who   []string
	given bool
}

// question is a list that was asked for, and what was right.
type question struct {
	list
	truth, from string
	at          time.Time
}

func (r *recorder) of(c *signals.Case) *asked {
	a := r.asked[c.Key]
	if a == nil {
		a = &asked{}
		r.asked[c.Key] = a
	}
	return a
}

// Signal implements Sink.
func (r *recorder) Signal(c *signals.Case, s *signals.Signal) error {
	if s.Detector == atRisk && r.scored(c) {
		if a := r.of(c); a.warned.entries == 0 {
			a.warned = warning{c.Entries, s.At}
		}
	}
	return nil
}

// Risk implements Sink.
func (r *recorder) Risk(c *signals.Case, _ time.Time, p risk.Prediction) error {
	for k, n := range looks {
		if c.Entries == n && r.scored(c) {
			if a := r.of(c); !a.has[k] {
				a.risk[k], a.has[k] = p, true
			}
		}
	}
	return nil
}

// Route implements Sink.
func (r *recorder) Route(c *signals.Case, at time.Time, kind route.Kind, candidates []route.Candidate) error {
	if !r.scored(c) {
		return nil
	}
	a := r.of(c)
	switch kind {
	case route.Team:
		if !a.first.given && c.Team != "" {
			a.first = named(candidates)
		}
	case route.Person:
		if c.Entries == 1 && !a.person.given {
			a.person = named(candidates)
		}
	case route.NextTeam:
		teams := c.Path.Teams()
		if n := len(teams); n > a.teams && n > 1 {
			a.nexts = append(a.nexts, question{a.next, teams[n-1].Team, teams[n-2].Team, at})
		}
		a.teams, a.next = len(teams), named(candidates)
	}
	return nil
}

func named(candidates []route.Candidate) list {
	l := list{who: make([]string, len(candidates)), given: true}
	for i, c := range candidates {
		l.who[i] = c.Who
	}
	return l
}

// Match implements Sink.
func (r *recorder) Match(c *signals.Case, _ time.Time, matches []Match) error {
	if !r.scored(c) {
		return nil
	}
	a := r.of(c)
	for _, m := range matches {
		a.matches = append(a.matches, m.Case.Key)
	}
	return nil
}
