package replay

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// habit is the naive router: who it mostly was, by the first team and the
// component for teams, by who hands over to whom for the next team, and the
// last fixers of the component for persons. It learns when a case closes.
type habit struct {
	final, next tally
	fixers      *recent
}

// asks are the routing questions of the cases that are scored, with the naive
// answers, case by case in the order of the stories.
type asks struct {
	first  []string
	person []string
	nexts  [][]string // of each hand-over
}

// moment is a case at a time that concerns the naive router.
type moment struct {
	at    time.Time
	learn bool
	story int
	what  int // the stop that is asked for; -1 for the person
}

// lastFixers is how many closed cases of a component are looked back at.
const lastFixers = 200

// habits goes through the cases in the order of time and answers each question
// with what was learnt strictly before it. apart says that what is not scored was
// given apart, and is known from the start.
func habits(all []*story, apart bool) []asks {
	h := &habit{make(tally), make(tally), newRecent(lastFixers)}
	var line []moment
	for i, s := range all {
		if at := s.closed; !at.IsZero() {
			if apart && !s.scored {
				at = time.Time{} // known before anything is asked
			}
			line = append(line, moment{at, true, i, 0})
		}
		if !s.scored {
			continue
		}
		line = append(line, moment{s.c.Opened, false, i, -1})
		for k := range s.teams {
			line = append(line, moment{s.teams[k].at, false, i, k})
		}
	}
	slices.SortStableFunc(line, func(a, b moment) int {
		return cmp.Or(a.at.Compare(b.at), order(a.learn, b.learn))
	})
	out := make([]asks, len(all))
	for _, m := range line {
		s := all[m.story]
		if m.learn {
			h.learn(s)
			continue
		}
		h.answer(s, m.what, &out[m.story])
	}
	return out
}

func order(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1 // questions come before what is learnt at the same time
	}
	return 1
}

// area is what the naive router calls the kind of a case.
func (s *story) area() string { return strings.Join(s.parts, "|") }

// anywhere is the key under which everything is counted.
const anywhere = "*"

// widest is how many answers the naive models give.
const widest = 10

func (h *habit) answer(s *story, what int, to *asks) {
	switch what {
	case -1:
		to.person = h.fixers.best(widest, s.opener, s.area(), "project "+s.c.Project, anywhere)
	case 0:
		team := s.teams[0].who
		to.first = h.final.best(widest, "", team+"|"+s.area(), team, anywhere)
	default:
		to.nexts = append(to.nexts, h.next.best(widest, s.teams[what-1].who, s.crossing(s.teams, what)...))
	}
}

// crossing are the keys under which a hand-over is counted, the most special
// first: the team that hands over and the one before it, then the kind of case.
func (s *story) crossing(teams []stop, i int) []string {
	from, before := teams[i-1].who, ""
	if i > 1 {
		before = teams[i-2].who
	}
	return []string{from + "|" + s.area() + "|" + before, from + "|" + s.area(), from, anywhere}
}

// learn takes what a case says when it closes for good.
func (h *habit) learn(s *story) {
	if !public(s.c) {
		return
	}
	until := func(list []stop) []stop {
		n := 0
		for n < len(list) && !list[n].at.After(s.closed) {
			n++
		}
		return list[:n]
	}
	teams, persons := until(s.teams), until(s.persons)
	if n := len(teams); n > 0 {
		first, last := teams[0].who, teams[n-1].who
		for _, key := range []string{first + "|" + s.area(), first, anywhere} {
			h.final.add(key, last)
		}
	}
	for i := 1; i < len(teams); i++ {
		for _, key := range s.crossing(teams, i) {
			h.next.add(key, teams[i].who)
		}
	}
	if n := len(persons); n > 0 {
		for _, key := range []string{s.area(), "project " + s.c.Project, anywhere} {
			h.fixers.add(key, persons[n-1].who)
		}
	}
}
