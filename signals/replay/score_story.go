package replay

import (
	"cmp"
	"slices"
	"strconv"
	"time"

	"andon/signals"
	"andon/signals/decide"
	"andon/signals/risk"
)

// looks are after how many entries of a case's history the early warning is
// judged: at its creation and two steps later.
var looks = [...]int{1, 3}

// story is what a finished history knows of a case, with the time at which each
// part of it could be known.
type story struct {
	c       *signals.Case
	opener  string
	scored  bool
	came    [len(risk.Outcomes)]int // after how many entries, 0 for never
	facts   [len(looks)][]string    // what was known after so many entries
	parts   []string                // components at the creation
	title   string                  // at the creation
	body    string
	teams   []stop
	persons []stop
	closed  time.Time // for the last time; zero when it has no end
}

// stop is one stay at a team or a person: after how many entries it began, and when.
type stop struct {
	n   int
	at  time.Time
	who string
}

// counts reports whether the case says anything about an outcome after so many
// entries: it went on, and had not come to it before.
func (s *story) counts(outcome, look int) bool {
	return s.c.Entries > looks[look] && (s.came[outcome] == 0 || s.came[outcome] > looks[look])
}

// stories tells every case of a tracker or an event log, in order of opening.
func stories(w *decide.World, scored func(*signals.Case) bool) []*story {
	var out []*story
	for k, c := range w.Cases {
		if tracked(k) && !c.Gone && c.Entries > 0 {
			s := tell(c, w.Org)
			s.scored = scored(c)
			out = append(out, s)
		}
	}
	slices.SortFunc(out, func(a, b *story) int {
		return cmp.Or(a.c.Opened.Compare(b.c.Opened), signals.CompareKeys(a.c.Key, b.c.Key))
	})
	return out
}

// tracked reports whether a key is of a ticket or a case of an event log.
func tracked(k signals.Key) bool { return k.Source == signals.Jira || k.Source == signals.Log }

// tell reads one case. The risk model calls a path of far hand-offs long, too.
func tell(c *signals.Case, org *signals.Org) *story {
	s := &story{c: c, opener: org.Who(c.Opener), closed: c.ClosedAt}
	s.walk(org)
	teams, persons := c.Path.Teams(), c.Path.Persons()
	for i := range teams {
		s.teams = append(s.teams, stop{teams[i].N, teams[i].Since, teams[i].Team})
	}
	for i := range persons {
		s.persons = append(s.persons, stop{persons[i].N, persons[i].Since, org.Who(persons[i].Person)})
	}
	if len(teams) > far {
		s.came[1] = teams[far].N
	}
	if at := teams.Returns(signals.ByTeam); len(at) > 0 {
		s.came[2] = teams[at[0]].N
	}
	return s
}

// walk folds the case again, to see it as it stood.
func (s *story) walk(org *signals.Org) {
	then, events := &signals.Case{}, s.c.Events()
	for i, e := range events {
		if !then.Apply(e) {
			continue
		}
		if s.came[0] == 0 {
			if _, ok := org.Policy.Escalates(then, e); ok {
				s.came[0] = then.Entries
			}
		}
		if next := i + 1; !e.Counts() || next < len(events) && events[next].Seq.Entry == e.Seq.Entry && events[next].At.Equal(e.At) {
			continue // the entry goes on
		}
		for k, n := range looks {
			if then.Entries == n && s.facts[k] == nil {
				s.facts[k] = facts(then)
			}
		}
		if then.Entries == 1 && s.title == "" {
			s.title, s.body, s.parts = then.Title, then.Body, slices.Clone(then.Components)
		}
	}
}

// facts are what a plain model is told of a case: each value of each field.
func facts(c *signals.Case) []string {
	teams := c.Path.Teams()
	out := []string{
		"team " + c.Team, "priority " + c.Priority, "level " + c.Level, "status " + c.Status, "type " + c.Type, "project " + c.Project,
		"holder " + c.Holder, "handoffs " + strconv.Itoa(min(5, teams.Handoffs())),
	}
	for _, p := range c.Components {
		out = append(out, "component "+p)
	}
	for f, v := range c.Fields {
		if len(v) <= 60 {
			out = append(out, "field "+f+" "+v)
		}
	}
	slices.Sort(out)
	return out
}
