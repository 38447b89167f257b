package company

import (
	"math/rand/v2"
	"time"
)

// Issues that look as if something were wrong with them.

// waitsForCustomer is silent for days with good reason, and says so in its status.
func (w *world) waitsForCustomer(r *rand.Rand, at time.Time) {
	is := w.bad(r, at, "Incident", desk)
	if is == nil {
		return
	}
	is.waiting = true
	p, at := w.first(r, desk, is.last.Add(20*time.Minute))
	w.change(is, p, at, setAssignee(p))
	w.note(r, is, p, at.Add(time.Minute), "jira.waits")
	w.change(is, p, at.Add(2*time.Minute), setStatus("Waiting for customer"))
	back := p.addWork(r, is.last, time.Duration(20+r.IntN(20))*time.Hour)
	w.closeIssue(r, is, p, back)
	w.negative(is.where(), "stall", "waits for the customer, as its status says")
}

// agreedNo is closed as won't do, and the reporter agrees.
func (w *world) agreedNo(r *rand.Rand, at time.Time) {
	is := w.bad(r, at, "Story", "")
	if is == nil {
		return
	}
	is.Fields.Priority = priority("Low")
	p := w.fixer(r, is.topic, is.last)
	w.take(r, is, p, 20*time.Minute)
	at = p.addWork(r, is.last, between(r, 2*time.Hour, 6*time.Hour))
	w.note(r, is, p, at, "jira.no")
	w.note(r, is, is.reporter, is.reporter.addWork(r, is.last, time.Hour), "jira.agreed")
	w.change(is, p, p.addWork(r, is.last, 30*time.Minute), setStatus("Closed"), setResolution("Won't Do"))
	w.negative(is.where(), "downgraded", "won't do, and the reporter agrees")
}

// agreedLower is lowered because the pressure is gone, and then solved.
func (w *world) agreedLower(r *rand.Rand, at time.Time) {
	is := w.bad(r, at, "Bug", "")
	if is == nil {
		return
	}
	is.Fields.Priority = priority("High")
	p := w.fixer(r, is.topic, is.last)
	w.take(r, is, p, 5*time.Minute)
	at = p.addWork(r, is.last, between(r, time.Hour, 4*time.Hour))
	w.note(r, is, p, at, "jira.calm")
	w.change(is, p, at.Add(time.Minute), setPriority("Medium"))
	w.solve(r, is, p, between(r, time.Hour, 6*time.Hour))
	w.negative(is.where(), "downgraded", "lowered for a stated reason and solved soon after")
}

// backlog waits for its turn; nobody holds it and nobody needs to.
func (w *world) backlog(r *rand.Rand, at time.Time) {
	is := w.bad(r, at, "Task", "")
	if is == nil {
		return
	}
	is.waiting = true
	is.Fields.Priority = priority("Low")
	by, t0 := w.first(r, is.team, is.last.Add(time.Hour))
	w.change(is, by, t0, setStatus("Backlog"))
	w.negative(is.where(), "orphan", "a small task in the backlog without a holder")
}
