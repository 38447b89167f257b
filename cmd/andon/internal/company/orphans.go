package company

import (
	"math/rand/v2"
	"time"
)

// orphan is an urgent issue without a holder.
func (w *world) orphan(r *rand.Rand, at time.Time) {
	is := w.bad(r, at, "Incident", "")
	if is == nil {
		return
	}
	is.waiting = true
	is.Fields.Priority = priority(pick(r, []string{"High", "High", "Highest"}))
	event, from := "created", is.opened
	if chance(r, 0.4) { // it was normal first
		is.Fields.Priority = priority("Medium")
		by, at := w.first(r, desk, is.last.Add(between(r, 10*time.Minute, 5*time.Hour)))
		w.note(r, is, by, at, "jira.urgent")
		event = w.change(is, by, at.Add(time.Minute), setPriority("High"))
		from = is.last
	}
	if chance(r, 0.5) {
		w.note(r, is, is.reporter, is.reporter.addWork(r, is.last, between(r, 3*time.Hour, 12*time.Hour)), "jira.news")
	}
	p := w.fixer(r, is.topic, is.last)
	taken := p.addWork(r, is.last, time.Duration(14+r.IntN(24))*time.Hour)
	if chance(r, 0.3) || taken.IsZero() {
		taken = w.end
	}
	w.plantIssue(is, "orphan", "orphan", event, from, &taken, "urgent and nobody holds it")
	if taken.Before(w.end) {
		w.change(is, p, taken, setAssignee(p))
		w.solve(r, is, p, between(r, time.Hour, 6*time.Hour))
	}
}

// orphanLeft is held by somebody who leaves the company.
func (w *world) orphanLeft(r *rand.Rand, at time.Time, p *Person) {
	t := w.topicNamed(p.Components[0])
	is := w.open(r, t, w.team(p.Team)[0], at, "Bug", p.Team, w.trouble(r, t, t.vars(r)))
	if is == nil {
		return
	}
	is.waiting = true
	is.Fields.Priority = priority("High")
	by, t0 := w.first(r, p.Team, is.last.Add(10*time.Minute))
	id := w.change(is, by, t0, setAssignee(p), setStatus("In Progress"))
	w.plantIssue(is, "orphan_left", "orphan", id, later(*p.LeftAt, is.last), nil, "its holder has left the company")
}

// orphanAway is given to somebody who is away, and nobody stands in.
func (w *world) orphanAway(r *rand.Rand, _ time.Time) {
	var away []*Person
	for _, p := range w.people {
		if len(p.Away) > 0 && len(p.Components) > 0 && p.LeftAt == nil && p.Away[0].From.Before(w.end.AddDate(0, 0, -6)) {
			away = append(away, p)
		}
	}
	if len(away) == 0 {
		return
	}
	p := pick(r, away)
	t := w.topicNamed(p.Components[0])
	is := w.open(r, t, pick(r, w.team(desk)), p.Away[0].From.Add(between(r, 6*time.Hour, 30*time.Hour)), "Incident", p.Team, w.trouble(r, t, t.vars(r)))
	if is == nil {
		return
	}
	is.waiting = true
	is.Fields.Priority = priority("High")
	by, t0 := w.first(r, p.Team, is.last.Add(15*time.Minute))
	id := w.change(is, by, t0, setAssignee(p))
	back := p.nextWork(r, p.Away[0].To)
	w.plantIssue(is, "orphan_away", "orphan", id, is.last, &back, "its holder is away for the week and has no backup")
	w.solve(r, is, p, 5*time.Hour)
}

func (w *world) topicNamed(name string) *topic {
	for _, t := range w.topics {
		if t.name == name {
			return t
		}
	}
	return w.topics[0]
}
