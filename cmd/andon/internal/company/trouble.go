package company

import (
	"math/rand/v2"
	"time"
)

// plantIssue writes the truth about an issue.
func (w *world) plantIssue(is *Issue, kind, detector, event string, at time.Time, until *time.Time, note string) {
	is.planned = true
	if event == "" || !at.Before(w.end) {
		return
	}
	w.plant(Planted{Kind: kind, Detector: detector, Case: is.where(), Event: event, At: at, Until: until, Note: note,
		Resolvers: accounts(w.solvers(is.topic)), Originator: is.reporter.AccountID, Team: is.topic.team})
}

// bad opens an issue that will go wrong.
func (w *world) bad(r *rand.Rand, at time.Time, kind, team string) *Issue {
	t := pick(r, w.topics)
	by := pick(r, append(w.team(desk), w.team(product)...))
	if team == "" {
		team = t.team
	}
	is := w.open(r, t, by, at, kind, team, w.trouble(r, t, t.vars(r)))
	if is != nil {
		is.planned = true
	}
	return is
}

func (w *world) otherTeams(r *rand.Rand, not ...string) []string {
	var out []string
	for _, i := range r.Perm(len(orgPlan)) {
		if name := orgPlan[i].team; !contains(not, name) {
			out = append(out, name)
		}
	}
	return out
}

// wander sends an issue through four to eight teams before it finds the right one; one in four visits a team twice.
// finish() writes the truth of paths from the changelog itself.
func (w *world) wander(r *rand.Rand, at time.Time) {
	is := w.bad(r, at, "Incident", desk)
	if is == nil {
		return
	}
	stops := w.otherTeams(r, desk, is.topic.team)[:2+r.IntN(5)]
	if chance(r, 0.25) {
		stops = append(stops, stops[0])
	}
	for _, team := range append(stops, is.topic.team) {
		if w.hand(r, is, team, between(r, 40*time.Minute, 16*time.Hour), "jira.bounce") == "" {
			return
		}
		if chance(r, 0.25) {
			w.note(r, is, is.reporter, is.reporter.nextWork(r, is.last.Add(between(r, 2*time.Hour, 9*time.Hour))), "jira.news")
		}
	}
	w.solve(r, is, w.fixer(r, is.topic, is.last), between(r, 2*time.Hour, 20*time.Hour))
}

// pingPong lets two teams give an issue back to each other, once or several times.
func (w *world) pingPong(r *rand.Rand, at time.Time) {
	is := w.bad(r, at, pick(r, []string{"Bug", "Incident"}), "")
	if is == nil {
		return
	}
	other := w.otherTeams(r, is.team, desk)[0]
	for range 1 + r.IntN(2) {
		w.hand(r, is, other, between(r, 30*time.Minute, 11*time.Hour), "jira.bounce")
		w.hand(r, is, is.topic.team, between(r, 30*time.Minute, 11*time.Hour), "jira.bounce")
	}
	w.solve(r, is, w.fixer(r, is.topic, is.last), between(r, 2*time.Hour, 16*time.Hour))
}

// climbManagers takes an issue from an engineer by way of lead and director, and at times the vice president, down again.
func (w *world) climbManagers(r *rand.Rand, at time.Time) {
	is := w.bad(r, at, "Incident", "")
	if is == nil {
		return
	}
	p := w.fixer(r, is.topic, is.last)
	if p.Title == "Team Lead" {
		p = w.experts(is.topic)[0]
	}
	w.take(r, is, p, time.Hour)
	tops := []*Person{p.manager, p.manager.manager, p.manager.manager.manager}[:2+r.IntN(2)]
	from := p
	for _, boss := range tops {
		at := from.addWork(r, is.last, between(r, time.Hour, 6*time.Hour))
		w.note(r, is, from, at, "jira.up")
		w.change(is, from, at.Add(time.Minute), setAssignee(boss))
		from = boss
	}
	at = from.addWork(r, is.last, between(r, time.Hour, 6*time.Hour))
	w.note(r, is, from, at, "jira.down")
	id := w.change(is, from, at.Add(time.Minute), setAssignee(p))
	w.plantIssue(is, "climb", "climb", id, is.last, nil, "went up the line of managers and came down to where it began")
	w.solve(r, is, p, between(r, 2*time.Hour, 8*time.Hour))
}

// climbLevels takes an issue from the first level to the third and down again.
func (w *world) climbLevels(r *rand.Rand, at time.Time) {
	is := w.bad(r, at, "Incident", desk)
	if is == nil {
		return
	}
	w.hand(r, is, is.topic.team, between(r, 20*time.Minute, 4*time.Hour), "jira.up")
	id := w.hand(r, is, product, between(r, 2*time.Hour, 10*time.Hour), "jira.down")
	w.plantIssue(is, "climb", "climb", id, is.last, nil, "went from L1 to L3 and came down to be solved with what was known there")
	p, _ := w.first(r, product, is.last)
	w.solve(r, is, p, between(r, time.Hour, 6*time.Hour))
}

// stall hands an issue to somebody who then says nothing for days.
func (w *world) stall(r *rand.Rand, at time.Time) {
	is := w.bad(r, at, pick(r, []string{"Bug", "Incident"}), "")
	if is == nil {
		return
	}
	p := w.fixer(r, is.topic, is.last)
	is.waiting = true
	id := w.take(r, is, p, between(r, 10*time.Minute, 5*time.Hour))
	from := is.last
	if chance(r, 0.4) {
		if s := w.change(is, p, p.addWork(r, is.last, between(r, time.Minute, 2*time.Hour)), setStatus("In Progress")); s != "" {
			id, from = s, is.last
		}
	}
	if workdays(from, w.end) < 4 {
		return
	}
	back := p.addWork(r, from, time.Duration(36+r.IntN(40))*time.Hour)
	if chance(r, 0.35) || back.IsZero() {
		back = w.end
	}
	w.plantIssue(is, "stall", "stall", id, from, &back, "handed over, then silent for days")
	if back.Before(w.end) {
		w.note(r, is, p, back, "jira.late")
		w.solve(r, is, p, between(r, time.Hour, 6*time.Hour))
	}
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// downgrade lowers an issue, or closes it unsolved, while people still speak.
func (w *world) downgrade(r *rand.Rand, at time.Time) {
	is := w.bad(r, at, "Incident", "")
	if is == nil {
		return
	}
	is.waiting = true
	is.Fields.Priority = priority("High")
	p := w.fixer(r, is.topic, is.last)
	w.take(r, is, p, between(r, 5*time.Minute, time.Hour))
	at = p.addWork(r, is.last, between(r, 2*time.Hour, 7*time.Hour))
	note := "priority lowered while people still report it"
	if chance(r, 0.5) {
		w.note(r, is, p, at, "jira.lower")
		w.change(is, p, at.Add(time.Minute), setPriority(pick(r, []string{"Low", "Lowest", "Low", "Medium"})))
	} else {
		how := pick(r, []string{"Won't Do", "Cannot Reproduce"})
		w.note(r, is, p, at, "jira.refuse")
		w.change(is, p, at.Add(time.Minute), setStatus("Closed"), setResolution(how))
		note = "closed as " + how + " while people still report it"
	}
	for i := range 2 + r.IntN(3) {
		by := is.reporter
		if i > 0 {
			by = pick(r, append(w.team(desk), w.team(product)...))
		}
		id := w.note(r, is, by, by.addWork(r, is.last, between(r, 30*time.Minute, 7*time.Hour)), "jira.still")
		if i == 0 {
			w.plantIssue(is, "downgraded", "downgraded", id, is.last, nil, note)
		}
	}
}

// reopen closes an issue that is not solved.
func (w *world) reopen(r *rand.Rand, at time.Time) {
	is := w.bad(r, at, pick(r, []string{"Bug", "Incident"}), "")
	if is == nil {
		return
	}
	p := w.fixer(r, is.topic, is.last)
	w.solve(r, is, p, between(r, 2*time.Hour, 7*time.Hour))
	if is.Fields.Resolution == nil {
		return
	}
	by := is.reporter
	back := by.addWork(r, is.last, between(r, 4*time.Hour, 50*time.Hour))
	w.note(r, is, by, back, "jira.back")
	id := w.change(is, by, back.Add(time.Minute), setStatus("Reopened"), setResolution(""))
	w.plantIssue(is, "reopened", "came_back", id, back, nil, "was closed and came back")
	if id != "" {
		w.solve(r, is, p, between(r, 2*time.Hour, 9*time.Hour))
	}
}

// twice plans two issues, weeks apart, of one symptom told in different words.
func (w *world) twice(r *rand.Rand, at time.Time, span time.Duration) []planned {
	t, words := w.symptom(r)
	var before *Issue
	again := at.Add(span/4 + time.Duration(r.Float64()*float64(span)/3).Truncate(time.Second))
	return []planned{
		{at, func(r *rand.Rand, at time.Time) { before = w.customerIssue(r, at, t, words[0]) }},
		{again, func(r *rand.Rand, at time.Time) {
			if before == nil || before.Fields.Resolution == nil || before.last.After(at) {
				return
			}
			before.planned = true
			is := w.customerIssue(r, at, t, words[1])
			if is == nil {
				return
			}
			w.plantIssue(is, "duplicate", "came_back", "created", is.opened, nil, "the symptom of "+before.Key+" is back, in other words")
			w.c.Truth.Planted[len(w.c.Truth.Planted)-1].Of = before.where()
			if p, at := w.first(r, t.team, is.last.Add(between(r, time.Hour, 9*time.Hour))); chance(r, 0.5) {
				w.link("Duplicate", is, before, p, at)
			}
		}},
	}
}
