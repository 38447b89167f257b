package detect

import (
	"fmt"
	"time"

	"andon/signals"
)

// Orphan finds urgent cases that nobody can be working on: nobody holds them,
// or who holds them has left or is away without anybody to stand in. A case
// without a holder counts only where it is the project's custom to name one
// (see Habit.HoldersNamed), and after it waited longer than the policy allows
// and than three in four of its kind did.
var Orphan = Detector{
	Name:    "orphan",
	Doc:     "it is urgent and nobody has it",
	Sources: []string{signals.Jira, signals.Log},
	Detect:  orphan,
}

// orphanWatch is how long after the last sign of life the holder of an urgent
// case is looked up again at the start of each working day. People leave and
// go on holiday without an event in the case.
const orphanWatch = 14 * 24 * time.Hour

func orphan(s *Snapshot) []signals.Signal {
	c := s.Case
	if !c.Open() || !s.Policy().IsUrgent(c.Priority) {
		return nil
	}
	if c.Holder == "" || machine(s.Org, c.Holder) {
		return unheld(s)
	}
	if s.Org.Person(c.Holder) == nil {
		return nil
	}
	why := unreachable(s)
	if why == "" {
		if s.Now.Sub(c.Active) < orphanWatch {
			s.LookAt(nextMorning(s.Org.Calendar(""), s.Now))
		}
		return nil
	}
	since := s.Case.Events()[0].ID
	if p := c.Path.Persons(); len(p) > 0 {
		since = p[len(p)-1].Event
	}
	out := s.Signal("orphan", since, 0.9, fmt.Sprintf("its priority is %s and %s", c.Priority, why), since)
	out.Need, out.About = signals.NeedLead, c.Opener
	return []signals.Signal{out}
}

// unheld judges an urgent case that no person holds. A team that has shown a
// sign since it got the case, has it.
func unheld(s *Snapshot) []signals.Signal {
	c := s.Case
	since := orphaned(s)
	if since == nil || s.Policy().WaitsForOpener(c.Status) {
		return nil
	}
	due := s.Org.Calendar("").Add(since.At, s.Policy().Detect.Orphan.After)
	if s.Now.Before(due) {
		s.LookAt(due)
		return nil
	}
	habit := s.Models.Habit(c.Project, c.Priority)
	if !habit.HoldersNamed() {
		return nil
	}
	if usual := since.At.Add(habit.Wait); s.Now.Before(usual) {
		s.LookAt(usual)
		return nil
	}
	who := "nobody has held it"
	need := signals.NeedResolver
	if c.Team != "" {
		if !noSign(s.Org, c, signals.Turn{Role: signals.TeamRole, Team: c.Team, Since: since.At}) {
			return nil
		}
		who, need = "nobody in "+c.Team+" has taken it", signals.NeedLead
	}
	reason := fmt.Sprintf("its priority is %s and %s since %s, for more than %s of working time",
		c.Priority, who, on(since.At), lasted(s.Policy().Detect.Orphan.After))
	if habit.Wait > 0 {
		reason += fmt.Sprintf("; three in four of that priority are taken within %s", lasted(habit.Wait))
	}
	out := s.Signal("orphan", spell(s, since).ID, 0.9, reason, since.ID)
	out.Need, out.About = need, c.Opener
	return []signals.Signal{out}
}

// orphaned returns the event since which the case is both urgent and without a
// person: the latest of those that changed either, or nil.
func orphaned(s *Snapshot) *signals.Event {
	events := s.Case.Events()
	for i := len(events) - 1; i >= 0; i-- {
		switch e := events[i]; e.Kind {
		case signals.Priority:
			if !s.Policy().IsUrgent(e.From) {
				return e
			}
		case signals.Assigned:
			if e.From != "" && !machine(s.Org, e.From) {
				return e
			}
		case signals.TeamMoved:
			if e.From != e.To {
				return e
			}
		case signals.Opened, signals.Reopened:
			return e
		}
	}
	return nil
}

// spell returns the event since which nobody has held the urgent case at all:
// it may have gone from team to team since, and is told of once.
func spell(s *Snapshot, since *signals.Event) *signals.Event {
	if since.Kind != signals.TeamMoved {
		return since
	}
	events := s.Case.Events()
	for i := len(events) - 1; i >= 0; i-- {
		switch e := events[i]; {
		case e.Kind == signals.Priority && !s.Policy().IsUrgent(e.From),
			e.Kind == signals.Assigned && e.From != "" && !machine(s.Org, e.From),
			e.Kind == signals.Opened, e.Kind == signals.Reopened:
			return e
		}
	}
	return since
}

// unreachable says why the holder cannot be working on the case, "" where they
// can. External and opted-out people do work; only andon does not ask them.
func unreachable(s *Snapshot) string {
	if s.Org.Person(s.Case.Holder).Left {
		return "who holds it has left the company"
	}
	if away, backup := s.Org.Away(s.Case.Holder, s.Now); away && backup == "" {
		return "who holds it is away and nobody stands in"
	}
	return ""
}

// nextMorning is when the next working day begins.
func nextMorning(cal *signals.Calendar, t time.Time) time.Time {
	start := cal.Next(t)
	if start.After(t) {
		return start
	}
	return cal.Next(t.Add(24 * time.Hour).Truncate(24 * time.Hour))
}
