package signals

import (
	"slices"
	"time"
)

// Cost is what it took to coordinate a number of issues that belong together. It
// speaks of teams, never of people.
type Cost struct {
	Issues    int
	Teams     []string      // that have held one of them, by their present names, in the order in which they came to it
	Handoffs  int           // between teams
	Waiting   time.Duration // working time in which one was open and it was nobody's turn to work on it; that of all issues added up
	Approvals int           // how often somebody was asked for a yes
}

// Yes tells what waits for somebody's yes.
type Yes interface {
	Asked(e *Event) bool        // an event that asks for one
	Awaited(status string) bool // a status in which one is waited for
}

// CostOf adds up what cases took until now. Working time is that of the company's
// calendar.
func CostOf(cases []*Case, org *Org, yes Yes, now time.Time) Cost {
	out := Cost{Issues: len(cases)}
	for _, c := range cases {
		last := ""
		for i := range c.Path {
			team := org.teamOf(&c.Path[i])
			if team == "" || team == last {
				continue
			}
			if last != "" {
				out.Handoffs++
			}
			if last = team; !slices.Contains(out.Teams, team) {
				out.Teams = append(out.Teams, team)
			}
		}
		out.Waiting += idle(c, org, yes, now)
		for _, e := range c.Events() {
			if yes.Asked(e) {
				out.Approvals++
			}
		}
	}
	return out
}

// teamOf is the team of a stay: the one that is written down, else that of who
// held it.
func (o *Org) teamOf(h *Hop) string {
	if h.Team != "" {
		return o.TeamName(h.Team)
	}
	if p := o.Person(h.Person); p != nil && p.Team != "" {
		return o.TeamName(p.Team)
	}
	return ""
}

// idle is the working time in which an open case was nobody's: without a holder
// and a team, handed to a team in which nobody has given a sign yet, or in a
// status that waits for somebody's yes or for who raised it.
func idle(c *Case, org *Org, yes Yes, now time.Time) (sum time.Duration) {
	w := waiting{}
	cal := org.Calendar("")
	since := c.Opened
	for _, e := range c.Events() {
		if e.At.After(now) {
			break
		}
		if e.At.After(since) {
			if w.idle(org, yes) {
				sum += cal.Between(since, e.At)
			}
			since = e.At
		}
		w.take(e)
	}
	if w.idle(org, yes) && now.After(since) {
		sum += cal.Between(since, now)
	}
	return sum
}

// waiting is how a case stands between two events.
type waiting struct {
	holder, team, status string
	between              string // who handed it to the team, "" where somebody there has given a sign
	moved, closed        bool
}

func (w *waiting) idle(org *Org, yes Yes) bool {
	if w.closed {
		return false
	}
	return w.holder == "" && (w.team == "" || w.moved) || org.Policy.WaitsForOpener(w.status) || yes.Awaited(w.status)
}

func (w *waiting) take(e *Event) {
	if w.moved && e.Actor != w.between && !IsBot(e.Actor) && e.Kind != TeamMoved {
		w.moved = false
	}
	switch e.Kind {
	case Opened:
		for _, v := range e.Set {
			switch v.Field {
			case FieldHolder:
				w.holder = v.To
			case FieldTeam:
				w.team = v.To
			case FieldStatus:
				w.status = v.To
			}
		}
	case Assigned:
		w.holder = e.To
	case TeamMoved:
		w.team, w.moved, w.between = e.To, e.To != "", e.Actor
	case Status:
		w.status = e.To
	case Closed:
		w.closed = true
	case Deleted:
		w.closed = w.closed || e.Ref == ""
	case Reopened:
		w.closed = false
	}
}
