package company

import (
	"math/rand/v2"
	"time"
)

func (w *world) isVars(r *rand.Rand, is *Issue) vars {
	v := is.topic.vars(r)
	v["key"], v["trouble"] = is.Key, is.trouble
	return v
}

// note comments from a list in the person's style.
func (w *world) note(r *rand.Rand, is *Issue, by *Person, at time.Time, list string) string {
	return w.comment(is, by, at, by.style.write(r, w.g, w.g.say(r, list, w.isVars(r, is))))
}

// hand gives the issue to another team: somebody of the present team does it after d of working time.
func (w *world) hand(r *rand.Rand, is *Issue, to string, d time.Duration, words string) string {
	by, at := w.first(r, is.team, is.last.Add(d))
	if by == nil || !at.Before(w.end) {
		return ""
	}
	if words != "" {
		w.note(r, is, by, at, words)
	}
	sets := []func(*Issue) (Item, bool){setTeam(to), setLevel(w.levelOf(to))}
	if is.holder != nil {
		sets = append(sets, setAssignee(nil))
	}
	return w.change(is, by, at.Add(20*time.Second), sets...)
}

// take gives the issue to a person of the team that holds it; who acts is that person or the lead.
func (w *world) take(r *rand.Rand, is *Issue, p *Person, d time.Duration) string {
	by, at := p, p.nextWork(r, is.last.Add(d))
	if b, t := w.first(r, is.team, is.last.Add(d)); b != nil && (at.IsZero() || t.Before(at)) {
		by, at = b, t
	}
	return w.change(is, by, at, setAssignee(p))
}

// solve works on the issue until it is done: progress is told at least every working day.
func (w *world) solve(r *rand.Rand, is *Issue, p *Person, effort time.Duration) {
	if is.holder != p && w.take(r, is, p, between(r, 4*time.Minute, 80*time.Minute)) == "" {
		return
	}
	if w.change(is, p, p.addWork(r, is.last, between(r, 5*time.Minute, 3*time.Hour)), setStatus("In Progress")) == "" {
		return
	}
	for effort > 7*time.Hour {
		d := between(r, 2*time.Hour, 7*time.Hour)
		effort -= d
		at := p.addWork(r, is.last, d)
		if w.note(r, is, p, at, "jira.progress") == "" {
			return
		}
		if chance(r, 0.2) {
			w.note(r, is, is.reporter, is.reporter.nextWork(r, is.last.Add(time.Hour)), "jira.more")
		}
	}
	if chance(r, 0.4) {
		w.change(is, p, p.addWork(r, is.last, effort/2), setStatus("In Review"))
	}
	w.closeIssue(r, is, p, p.addWork(r, is.last, effort/2+10*time.Minute))
}

func (w *world) closeIssue(r *rand.Rand, is *Issue, p *Person, at time.Time) {
	if chance(r, 0.8) {
		w.note(r, is, p, at, "jira.fixed")
	}
	if w.change(is, p, at.Add(time.Minute), setStatus("Done"), setResolution("Done")) == "" {
		return
	}
	if chance(r, 0.5) {
		w.note(r, is, is.reporter, is.reporter.addWork(r, is.last, between(r, 20*time.Minute, 8*time.Hour)), "jira.confirm")
	}
}
