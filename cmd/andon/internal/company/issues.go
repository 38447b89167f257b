package company

import (
	"math/rand/v2"
	"sort"
	"strconv"
	"time"
)

// planned is an issue that will be written: when, and by which story.
type planned struct {
	at   time.Time
	tell func(r *rand.Rand, at time.Time)
}

// stories that go wrong, with their number in the default company.
func (w *world) stories() []struct {
	n    int
	tell func(r *rand.Rand, at time.Time)
} {
	return []struct {
		n    int
		tell func(r *rand.Rand, at time.Time)
	}{
		{14, w.wander}, {14, w.pingPong}, {5, w.climbManagers}, {4, w.climbLevels}, {14, w.stall}, {9, w.orphan}, {3, w.orphanAway},
		{11, w.downgrade}, {9, w.reopen}, {6, w.waitsForCustomer}, {5, w.agreedNo}, {6, w.agreedLower}, {10, w.backlog},
	}
}

// makeIssues plans all stories, orders them by time so that keys grow with it, and writes them.
func (w *world) makeIssues() {
	r := w.rng("issues")
	var plans []planned
	span := w.end.Sub(w.start)
	when := func(share float64) time.Time {
		return w.start.Add(time.Duration(r.Float64() * share * float64(span)).Truncate(time.Second))
	}
	for _, s := range w.stories() {
		for range w.scaled(s.n, w.o.Issues, 400) {
			plans = append(plans, planned{when(0.7), s.tell})
		}
	}
	for range w.scaled(10, w.o.Issues, 400) {
		plans = append(plans, w.twice(r, when(0.3), span)...)
	}
	for i, p := range w.people {
		if p.LeftAt != nil {
			for range 2 + i%2 {
				at := p.LeftAt.Add(-between(r, 30*time.Hour, 100*time.Hour))
				plans = append(plans, planned{at, func(r *rand.Rand, at time.Time) { w.orphanLeft(r, at, p) }})
			}
		}
	}
	for len(plans) < w.o.Issues {
		plans = append(plans, planned{when(0.98), w.ordinary})
	}
	sort.SliceStable(plans, func(i, j int) bool { return plans[i].at.Before(plans[j].at) })
	for _, p := range plans {
		n := len(w.c.Issues)
		if p.tell(r, p.at); len(w.c.Issues) == n { // the story did not fit into the time
			w.ordinary(r, p.at)
		}
	}
	w.relate(r)
}

// open writes a new issue. The reporter writes it in the next working moment after at; nil when that is past the end.
func (w *world) open(r *rand.Rand, t *topic, by *Person, at time.Time, kind, team, trouble string) *Issue {
	at = by.nextWork(r, at)
	if at.IsZero() || !at.Before(w.end) {
		return nil
	}
	v := t.vars(r)
	v["trouble"] = trouble
	is := &Issue{Names: fieldNames, topic: t, reporter: by, opened: at.Truncate(time.Second), last: at.Truncate(time.Second), trouble: trouble, mainTeam: t.team}
	w.seq.issue++
	is.ID = strconv.Itoa(w.seq.issue)
	project := "SUP"
	for _, x := range w.c.Teams {
		if x.Name == team && x.Project != "" {
			project = x.Project
		}
	}
	w.seq.project[project]++
	is.Key = project + "-" + strconv.Itoa(100+w.seq.project[project])
	f := &is.Fields
	f.Project = Named{ID: idOf("project " + project), Key: project}
	f.IssueType = Named{ID: idOf("type " + kind), Name: kind}
	f.Summary = sentence(w.g.say(r, "jira.summary."+kind, v))
	f.Summary = trimStop(f.Summary)
	f.Description = by.style.write(r, w.g, w.g.say(r, "jira.desc."+kind, v))
	f.Created = jiraTime(at)
	f.Updated = f.Created
	f.Status = status("Open")
	f.Priority = priority(pick(r, []string{"Medium", "Medium", "Medium", "Low", "High"}))
	f.Reporter = by.user()
	f.Components = []Named{{ID: idOf("component " + t.name), Name: t.name}}
	f.Labels = []string{}
	if chance(r, 0.2) {
		f.Labels = append(f.Labels, w.g.say(r, "jira.label", v))
	}
	f.Links = []Link{}
	f.Comment.List = []Comment{}
	is.team, f.Team, f.Level = team, option(team), option(w.levelOf(team))
	w.c.Issues = append(w.c.Issues, is)
	if f.Priority.Name == "High" && w.soonest(r, team, is.opened).Sub(is.opened) > 90*time.Minute {
		f.Priority = priority("Medium") // nobody is there: it was not so urgent
	}
	return is
}

func trimStop(s string) string {
	if n := len(s); n > 0 && s[n-1] == '.' {
		return s[:n-1]
	}
	return s
}

// first finds the member of a team who works soonest after t, and when.
func (w *world) first(r *rand.Rand, team string, t time.Time) (*Person, time.Time) {
	var best *Person
	var at time.Time
	members := w.team(team)
	for _, i := range r.Perm(len(members)) {
		p := members[i]
		if n := p.nextWork(r, t); !n.IsZero() && (best == nil || n.Before(at)) {
			best, at = p, n
		}
	}
	return best, at
}

func (w *world) soonest(r *rand.Rand, team string, t time.Time) time.Time {
	_, at := w.first(r, team, t)
	return at
}

// fixer chooses who will solve an issue of the topic: mostly the main expert. Nobody who is away or leaves soon.
func (w *world) fixer(r *rand.Rand, t *topic, at time.Time) *Person {
	list := w.experts(t)
	p := list[0]
	switch x := r.Float64(); {
	case x > 0.9:
		p = pick(r, list)
	case x > 0.7:
		p = list[1]
	}
	if p.around(at) {
		return p
	}
	for _, p := range list {
		if p.around(at) {
			return p
		}
	}
	return list[len(list)-1]
}

// around says that the person is there on t and the days after.
func (p *Person) around(t time.Time) bool {
	if p.gone(t.AddDate(0, 0, 16)) {
		return false
	}
	for _, a := range p.Away {
		if t.Before(a.To) && a.From.Before(t.AddDate(0, 0, 12)) {
			return false
		}
	}
	return true
}

// ordinary is an issue that flows: at most two hand-offs, somebody who knows, closed in reasonable time.
func (w *world) ordinary(r *rand.Rand, at time.Time) {
	t := pick(r, w.topics)
	v := t.vars(r)
	switch x := r.Float64(); {
	case x < 0.45:
		w.customerIssue(r, at, t, w.trouble(r, t, v))
	case x < 0.75:
		by := pick(r, w.engineers())
		team := t.team
		if by.Team != team && chance(r, 0.3) {
			team = by.Team
		}
		w.flow(r, w.open(r, t, by, at, "Bug", team, w.trouble(r, t, v)))
	default:
		w.flow(r, w.open(r, t, pick(r, w.team(t.team)), at, pick(r, []string{"Task", "Story"}), t.team, t.service))
	}
}

func (w *world) engineers() []*Person {
	var out []*Person
	for _, p := range w.people {
		if w.levelOf(p.Team) == "L3" {
			out = append(out, p)
		}
	}
	return out
}

// customerIssue comes in at the service desk and goes to the owning team, at times by way of product support.
func (w *world) customerIssue(r *rand.Rand, at time.Time, t *topic, trouble string) *Issue {
	by := pick(r, append(w.team(desk), w.team(product)...))
	is := w.open(r, t, by, at, "Incident", desk, trouble)
	if is == nil {
		return nil
	}
	if chance(r, 0.15) { // the desk solves it
		p, at := w.first(r, desk, is.last.Add(between(r, time.Minute, time.Hour)))
		w.change(is, p, at, setAssignee(p), setStatus("In Progress"))
		w.closeIssue(r, is, p, p.addWork(r, at, between(r, 20*time.Minute, 5*time.Hour)))
		return is
	}
	if chance(r, 0.25) {
		w.hand(r, is, product, between(r, 5*time.Minute, 2*time.Hour), "")
	}
	w.flow(r, is)
	return is
}

// flow brings an issue to the team of its topic and lets the right person solve it.
func (w *world) flow(r *rand.Rand, is *Issue) {
	if is == nil {
		return
	}
	if is.team != is.topic.team {
		words := ""
		if chance(r, 0.5) {
			words = "jira.triage"
		}
		if w.hand(r, is, is.topic.team, between(r, 5*time.Minute, 150*time.Minute), words) == "" {
			return
		}
	}
	w.solve(r, is, w.fixer(r, is.topic, is.last), between(r, 2*time.Hour, 34*time.Hour))
}

// relate links some ordinary issues with each other.
func (w *world) relate(r *rand.Rand) {
	for range w.scaled(40, w.o.Issues, 400) {
		a, b := pick(r, w.c.Issues), pick(r, w.c.Issues)
		if a == b || a.planned || b.planned || a.waiting || b.waiting || a.mainTeam != b.mainTeam {
			continue
		}
		at := a.last
		if b.last.After(at) {
			at = b.last
		}
		p, at := w.first(r, a.mainTeam, at.Add(between(r, time.Hour, 20*time.Hour)))
		w.link(pick(r, []string{"Relates", "Relates", "Blocks"}), a, b, p, at)
	}
}
