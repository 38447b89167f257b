package replay

import (
	"cmp"
	"slices"

	"andon/signals"
)

// shownWeak is how many weak places a card names.
const shownWeak = 6

// corner is what is measured of one team or project.
type corner struct {
	kind, name, task string
	ranked           *ranked // of the early warning, or
	hits             []hit
	cases            int
}

func (c *corner) figure(b boot) Figure {
	return b.figure(c.cases, func(w []int) (float64, bool) {
		if c.ranked != nil {
			return c.ranked.auc(w)
		}
		return topK(c.hits, 3, w)
	})
}

// weak finds the teams and projects for which the models do worst, those of
// which it is surest first: by the upper end of the interval.
func (j *judge) weak() {
	people := j.people()
	small := make(map[string]bool)
	var rows []WeakRow
	for _, c := range j.corners() {
		if c.name == "" || c.cases < minCases {
			continue
		}
		if len(people[c.kind+" "+c.name]) < j.card.Group {
			small[c.kind+" "+c.name] = true
			continue
		}
		all := j.overall(c.task)
		here := c.figure(j.boot)
		if !here.Known || !all.Known {
			continue
		}
		j.card.Compared++
		if here.Value < all.Value {
			rows = append(rows, WeakRow{c.kind, c.name, c.task, c.cases, here, all})
		}
	}
	slices.SortFunc(rows, func(a, b WeakRow) int {
		return cmp.Or(cmp.Compare(a.Here.High-a.All.Value, b.Here.High-b.All.Value), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Name, b.Name), cmp.Compare(a.Task, b.Task))
	})
	j.card.Weak, j.card.Small = rows[:min(len(rows), shownWeak)], len(small)
}

// nextTop is the list whose places are looked at by team.
const nextTop = "next team among the first 3"

// overall is the figure of all cases for a task of a corner.
func (j *judge) overall(task string) Figure {
	for _, r := range j.card.Rows {
		if r.Part == partRisk && r.Measure == "AUC" && r.Entries == looks[0] && "AUC, "+r.Task == task {
			return r.Ours
		}
		if task == nextTop && r.Task == nextTask && r.Measure == "right one among the first 3" {
			return r.Ours
		}
	}
	return Figure{}
}

// corners sorts what was asked by first team and by project. Only cases that
// everybody may see are looked at.
func (j *judge) corners() []*corner {
	type bag struct {
		score []float64
		came  []bool
	}
	var out []*corner
	for o := range tasks {
		bags := make(map[[2]string]*bag)
		for _, r := range j.rated {
			if r.outcome != o || r.look != 0 || !public(r.s.c) {
				continue
			}
			for _, g := range groups(r.s) {
				if bags[g] == nil {
					bags[g] = &bag{}
				}
				bags[g].score, bags[g].came = append(bags[g].score, r.score), append(bags[g].came, r.came)
			}
		}
		for g, b := range bags {
			if n := cameTo(b.came); n >= minCame/2 && len(b.came)-n >= minCame/2 {
				out = append(out, &corner{g[0], g[1], "AUC, " + tasks[o], rank(b.score, b.came), nil, len(b.came)})
			}
		}
	}
	hits := make(map[string][]hit)
	for _, l := range j.lists {
		if public(l.s.c) {
			hits[l.from] = append(hits[l.from], hit{l.ours, len(hits[l.from])})
		}
	}
	for team, list := range hits {
		out = append(out, &corner{"team", team, nextTop, nil, list, len(list)})
	}
	return out
}

func cameTo(list []bool) int {
	n := 0
	for _, c := range list {
		if c {
			n++
		}
	}
	return n
}

// groups are the first team and the project of a case.
func groups(s *story) [][2]string {
	out := [][2]string{{"project", s.c.Project}}
	if len(s.teams) > 0 {
		out = append(out, [2]string{"team", s.teams[0].who})
	}
	return out
}

// people counts who stands behind a team, by having held something for it, and
// behind a project, by having held or raised something there, as far as
// everybody may see it.
func (j *judge) people() map[string]map[string]bool {
	out := make(map[string]map[string]bool)
	org := j.card.Result.World.Org
	human := func(id string) bool {
		p := org.Person(id)
		return id != "" && !signals.IsBot(id) && (p == nil || !p.Bot)
	}
	for _, s := range j.all {
		if !public(s.c) {
			continue
		}
		if human(s.c.Opener) {
			add(out, "project "+s.c.Project, s.opener)
		}
		for i := range s.c.Path {
			if h := &s.c.Path[i]; human(h.Person) {
				add(out, "team "+h.Team, org.Who(h.Person))
				add(out, "project "+s.c.Project, org.Who(h.Person))
			}
		}
	}
	return out
}
