package detect

import (
	"fmt"
	"time"

	"andon/signals"
)

// Stall finds work that was handed over and then met silence: nobody but bots
// did anything, and the holder's side gave no sign at all, for longer than
// allowed in the holder's working hours, and longer than nine in ten hand-offs
// of the project waited for a sign. What waits for its originator does not
// stall, nor does a person's work where holders are named only afterwards (see
// Habit.HoldersNamed).
var Stall = Detector{
	Name:    "stall",
	Doc:     "it was handed over, and then nothing happened",
	Sources: []string{signals.Jira, signals.Log, signals.Slack},
	Detect:  stall,
}

func stall(s *Snapshot) []signals.Signal {
	c := s.Case
	if !c.Open() || c.Holder == "" && c.Team == "" && c.Key.Source != signals.Slack {
		return nil
	}
	last := lastSign(s.Org, c)
	if last == nil {
		return nil
	}
	allowed := s.Policy().Detect.Stall.After
	if s.Policy().IsUrgent(c.Priority) {
		allowed = s.Policy().Detect.Stall.Urgent
	}
	if s.Now.Sub(last.At) < allowed {
		// Working time never runs faster than the clock: an exact answer is not needed yet.
		if c.Key.Source != signals.Slack || last.Kind == signals.Claimed {
			s.LookAt(s.Org.Calendar(c.Holder).Add(last.At, allowed))
		}
		return nil
	}
	if s.Policy().WaitsForOpener(c.Status) {
		return nil
	}
	turn := stallTurn(s, last)
	if turn.Role != signals.Holder && turn.Role != signals.TeamRole || !handedOver(s, turn) || !quiet(s.Org, c, turn) {
		return nil
	}
	due := calendarOf(s.Org, turn).Add(last.At, allowed)
	if s.Now.Before(due) {
		s.LookAt(due)
		return nil
	}
	habit := s.Models.Habit(c.Project, c.Priority)
	if turn.Role == signals.Holder && !habit.HoldersNamed() || orphans(s, &habit) {
		return nil
	}
	if usual := last.At.Add(habit.Answer); s.Now.Before(usual) {
		s.LookAt(usual)
		return nil
	}
	return []signals.Signal{stalled(s, turn, last, allowed, habit.Answer)}
}

func stalled(s *Snapshot, turn signals.Turn, last *signals.Event, allowed, usual time.Duration) signals.Signal {
	reason := fmt.Sprintf("%s on %s and nothing happened since, for more than %s of working time",
		lastAct(s.Case, turn, last), on(last.At), lasted(allowed))
	if usual > 0 {
		reason += fmt.Sprintf("; nine in ten hand-offs see a sign within %s", lasted(usual))
	}
	out := s.Signal("stall", last.ID, 0.8, reason, last.ID)
	out.Need, out.About = signals.NeedHolder, s.Case.Opener
	return out
}

// askedBefore reports whether the last word of the holder in events was a question.
func askedBefore(s *Snapshot, events []*signals.Event, turn signals.Turn) bool {
	for i := len(events) - 1; i >= 0 && turn.Person != ""; i-- {
		if e := events[i]; e.Kind == signals.Said && e.Actor == turn.Person {
			p := s.Case.Post(e.ID)
			return p != nil && endsAsking(s.Models.Read(p).Doc.Prose)
		}
	}
	return false
}

// orphans reports whether the orphan detector speaks of the case: that nobody
// has it says more than that it is silent.
func orphans(s *Snapshot, habit *Habit) bool {
	if !s.Policy().IsUrgent(s.Case.Priority) {
		return false
	}
	if s.Case.Holder == "" {
		return habit.HoldersNamed()
	}
	return s.Org.Person(s.Case.Holder) != nil && unreachable(s) != ""
}

// lastAct says what happened last, without names of people.
func lastAct(c *signals.Case, turn signals.Turn, last *signals.Event) string {
	team := ""
	if turn.Team != "" {
		team = " by " + turn.Team
	}
	switch last.Kind {
	case signals.Claimed:
		return "it was taken" + team
	case signals.Opened:
		return "it was raised"
	case signals.Reopened:
		return "it was reopened"
	case signals.Said, signals.Denied:
		if last.Actor == c.Opener {
			return "who raised it wrote"
		}
		return "somebody wrote"
	case signals.Status:
		if last.To != "" && last.To != last.From {
			return "its status became " + last.To
		}
	case signals.Assigned, signals.TeamMoved:
		if turn.Team != "" {
			return "it was handed to " + turn.Team
		}
		return "it was handed over"
	}
	return "it was changed"
}

// handedOver reports whether the turn began with work passing into somebody's
// hands: a hand-off, a reopening, a claim, or what the holder had asked for. Any
// other word hands nothing over, and to have got a case when it was raised
// counts only where it is urgent.
func handedOver(s *Snapshot, turn signals.Turn) bool {
	events := s.Case.Events()
	for i := len(events) - 1; i >= 0 && !events[i].At.Before(turn.Since); i-- {
		if !events[i].At.Equal(turn.Since) {
			continue
		}
		switch events[i].Kind {
		case signals.Assigned, signals.TeamMoved, signals.Reopened, signals.Denied, signals.Claimed:
			return true
		case signals.Said:
			return askedBefore(s, events[:i], turn)
		case signals.Opened:
			return turn.Role == signals.Holder && s.Policy().IsUrgent(s.Case.Priority)
		}
	}
	return false
}

// stallTurn is whose turn it is; who claimed a case in chat holds it.
func stallTurn(s *Snapshot, last *signals.Event) signals.Turn {
	if last.Kind == signals.Claimed {
		return signals.Turn{Role: signals.Holder, Person: last.Actor, Team: s.Case.Team, Since: last.At}
	}
	if s.Case.Key.Source == signals.Slack {
		return signals.Turn{Role: signals.Nobody}
	}
	return signals.TurnOf(s.Case, s.Policy())
}

// lastSign returns the latest event that a human made, or nil.
func lastSign(org *signals.Org, c *signals.Case) *signals.Event {
	events := c.Events()
	for i := len(events) - 1; i >= 0; i-- {
		if e := events[i]; e.Kind != signals.Joined && !machine(org, e.Actor) {
			return e
		}
	}
	return nil
}

// quiet reports whether the side whose turn it is has done nothing since it
// became theirs but to take it up: a status set in passing tells no more than
// that somebody meant to begin.
func quiet(org *signals.Org, c *signals.Case, turn signals.Turn) bool {
	events := c.Events()
	began := turn
	for i := len(events) - 1; i >= 0 && events[i].At.After(turn.Since); i-- {
		if e := events[i]; e.Kind == signals.Status && e.From != e.To && e.Actor != "" && e.Actor == turn.Person && theirFirst(events[:i], turn) {
			began.Since = e.At
		}
	}
	return noSign(org, c, began)
}

// theirFirst reports whether none of the events is the holder's own since it
// became their turn.
func theirFirst(events []*signals.Event, turn signals.Turn) bool {
	for i := len(events) - 1; i >= 0 && events[i].At.After(turn.Since); i-- {
		if events[i].Actor == turn.Person || events[i].Actor == "" {
			return false
		}
	}
	return true
}

// noSign reports whether the side whose turn it is has done nothing since it
// became theirs. An unknown actor counts as theirs, and where nobody in person
// holds the case so does everybody but its originator.
func noSign(org *signals.Org, c *signals.Case, turn signals.Turn) bool {
	events := c.Events()
	for i := len(events) - 1; i >= 0 && events[i].At.After(turn.Since); i-- {
		switch e := events[i]; {
		case machine(org, e.Actor) || e.Kind == signals.Joined || e.Actor != "" && e.Actor == c.Opener && e.Actor != turn.Person:
			continue
		case e.Actor == "" || turn.Person == "" || e.Actor == turn.Person || sameTeam(org, e.Actor, turn):
			return false
		}
	}
	return true
}

func sameTeam(org *signals.Org, actor string, turn signals.Turn) bool {
	p := org.Person(actor)
	return p != nil && p.Team != "" && turn.Team != "" && org.TeamName(p.Team) == org.TeamName(turn.Team)
}

// calendarOf is the working time of the side whose turn it is: the holder's,
// else that of the team's lead.
func calendarOf(org *signals.Org, turn signals.Turn) *signals.Calendar {
	if turn.Person != "" {
		return org.Calendar(turn.Person)
	}
	if t := org.Team(turn.Team); t != nil {
		return org.Calendar(t.Lead)
	}
	return org.Calendar("")
}

// machine reports whether an actor is a bot, by its id or by the roster.
func machine(org *signals.Org, actor string) bool {
	if actor == "" {
		return false
	}
	if signals.IsBot(actor) {
		return true
	}
	p := org.Person(actor)
	return p != nil && p.Bot
}
