package replay

import (
	"fmt"
	"slices"

	"andon/signals"
	"andon/signals/risk"
)

// tasks are the outcomes of the early warning as people call them.
var tasks = [len(risk.Outcomes)]string{"escalates by the policy", "wanders (4 hand-offs or more)", "returns (A-B-A)"}

// rating is what the early warning said of one case.
type rating struct {
	s             *story
	outcome, look int
	score         float64
	came          bool
}

// The parts of the card.
const (
	partRisk    = "risk"
	partRoutes  = "routes"
	partMatches = "matches"
)

// flagged is the part of the cases that a team could look at.
const flagged = 0.2

// risks scores the early warning.
func (j *judge) risks() {
	model := j.card.Result.World.Memory.Risk
	for o := range tasks {
		if model.Silent(o) {
			j.card.Silent = append(j.card.Silent, tasks[o])
		}
		for look := range looks {
			j.risk(o, look)
		}
	}
}

func (j *judge) risk(outcome, look int) {
	var learn [][]string
	var was, came []bool
	var ours, naive []float64
	for _, s := range j.all {
		if j.known(s) && s.counts(outcome, look) {
			learn, was = append(learn, s.facts[look]), append(was, s.came[outcome] > 0)
		}
	}
	m := fit(learn, was)
	for _, s := range j.all {
		a := j.asked[s.c.Key]
		if !s.scored || !s.counts(outcome, look) || a == nil || !a.has[look] {
			continue
		}
		r := rating{s, outcome, look, min(1, max(0, a.risk[look][outcome])), s.came[outcome] > 0}
		j.rated = append(j.rated, r)
		ours, came = append(ours, r.score), append(came, r.came)
		naive = append(naive, m.rate(s.facts[look]))
	}
	j.riskRows(outcome, look, ours, naive, came, m.none)
}

func (j *judge) riskRows(outcome, look int, ours, naive []float64, came []bool, none bool) {
	us, them := rank(ours, came), rank(naive, came)
	n := cameTo(came)
	enough := n >= minCame && len(came)-n >= minCame && !none && !slices.Contains(j.card.Silent, tasks[outcome])
	for _, m := range []struct {
		name    string
		lower   bool
		measure func(*ranked, []int) (float64, bool)
	}{
		{"AUC", false, func(r *ranked, w []int) (float64, bool) { return r.auc(w) }},
		{"recall at 20 % flagged", false, func(r *ranked, w []int) (float64, bool) { return r.recall(flagged, w) }},
		{"calibration error", true, func(r *ranked, w []int) (float64, bool) { return r.ece(w) }},
	} {
		of := func(r *ranked) Figure {
			return j.boot.figure(len(came), func(w []int) (float64, bool) { return m.measure(r, w) })
		}
		r := ScoreRow{Part: partRisk, Task: tasks[outcome], Measure: m.name, Entries: looks[look], Cases: len(came), Came: n, Ours: of(us), Lower: m.lower}
		if !none {
			r.Naive = of(them)
		}
		j.row(r, enough)
	}
	for _, t := range []float64{0.3, 0.5, 0.7} {
		j.alarm(outcome, look, t, us)
	}
}

// alarm says what an alarm at a threshold would have come to.
func (j *judge) alarm(outcome, look int, threshold float64, r *ranked) {
	n := 0
	for n < len(r.score) && r.score[n] >= threshold {
		n++
	}
	if look != len(looks)-1 || len(r.score) == 0 {
		return
	}
	right := j.boot.figure(len(r.score), func(w []int) (float64, bool) { return r.precision(threshold, w) })
	j.card.Alarms = append(j.card.Alarms, AlarmRow{tasks[outcome], looks[look], threshold, n, right})
}

// nextTask is the question for the next team.
const nextTask = "next team, before each hand-over"

// listing is a list that was asked for, and what was right.
type listing struct {
	s           *story
	from        string
	ours, naive int // the place of what was right, 0 for not there
	empty       bool
}

// routes scores who solves a case, and who is next.
func (j *judge) routes() {
	var first, next, person []listing
	plain := habits(j.all, j.card.Cut.IsZero())
	for i, s := range j.all {
		a := j.asked[s.c.Key]
		if !s.scored {
			continue
		}
		if a == nil {
			a = &asked{}
		}
		if n := len(s.teams); n > 1 {
			j.card.Handed++
			if len(s.persons) == 1 && s.persons[0].n == 1 {
				j.card.Settled++
			}
			first = append(first, compared(s, s.teams[0].who, a.first.who, plain[i].first, s.teams[n-1].who))
		}
		for k := 1; k < len(s.teams); k++ {
			var ours []string
			if k <= len(a.nexts) {
				ours = a.nexts[k-1].who
			}
			next = append(next, compared(s, s.teams[k-1].who, ours, plain[i].nexts[k-1], s.teams[k].who))
		}
		if n := len(s.persons); n > 0 && s.persons[0].n > 1 && !s.closed.IsZero() && s.persons[n-1].who != s.opener {
			person = append(person, compared(s, "", j.persons(a.person.who), plain[i].person, s.persons[n-1].who))
		}
	}
	j.lists = next
	j.lines(partRoutes, "final team of what is handed over, once the first is known", first, 1, 3, 5)
	j.lines(partRoutes, nextTask, next, 1, 3, 5)
	j.lines(partRoutes, "who solves it, asked at the creation while nobody held it; not who raised it", person, 1, 3, 5)
}

// persons gives people the ids under which the stories know them.
func (j *judge) persons(ids []string) []string {
	out := make([]string, len(ids))
	for i, id := range ids {
		out[i] = j.card.Result.World.Org.Who(id)
	}
	return out
}

func compared(s *story, from string, ours, naive []string, truth string) listing {
	return listing{s, from, place(ours, truth), place(naive, truth), len(ours) == 0}
}

// lines writes the rows of lists. Whole cases are drawn anew, with all their
// questions.
func (j *judge) lines(part, task string, list []listing, ks ...int) {
	unit, answered, last := -1, 0, (*story)(nil)
	ours, naive := make([]hit, 0, len(list)), make([]hit, 0, len(list))
	for _, l := range list {
		if l.s != last {
			unit, last = unit+1, l.s
		}
		if !l.empty {
			answered++
		}
		ours, naive = append(ours, hit{l.ours, unit}), append(naive, hit{l.naive, unit})
	}
	for _, k := range ks {
		of := func(hits []hit) Figure {
			return j.boot.figure(unit+1, func(w []int) (float64, bool) { return topK(hits, k, w) })
		}
		name := fmt.Sprintf("right one among the first %d", k)
		if k == 1 {
			name = "right one first"
		}
		j.row(ScoreRow{Part: part, Task: task, Measure: name, Cases: len(list), Came: answered, Ours: of(ours), Naive: of(naive)}, len(list) >= minCases)
	}
}

// matches scores what was found for cases that turned out to be duplicates.
func (j *judge) matches(truth map[signals.Key][]signals.Key) {
	plain := twins(j.all, truth)
	var list []listing
	for _, s := range j.all {
		right := truth[s.c.Key]
		if len(right) == 0 {
			continue
		}
		var found []signals.Key
		if a := j.asked[s.c.Key]; a != nil {
			found = a.matches
		}
		list = append(list, listing{s, "", anyPlace(found, right), anyPlace(plain[s.c.Key], right), len(found) == 0})
	}
	j.lines(partMatches, "earlier twin of a duplicate, at the creation", list, 1, 10)
}

// anyPlace is where the first of the right ones stands in a list, from 1, or 0.
func anyPlace(list, right []signals.Key) int {
	for i, k := range list {
		for _, r := range right {
			if k == r {
				return i + 1
			}
		}
	}
	return 0
}
