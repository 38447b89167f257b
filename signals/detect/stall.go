package detect

import (
	"fmt"
	"time"

	"andon/signals"
)

// Stall finds work that was handed over and then met silence: nobody but bots
// did anything, and the holder's side gave no sign at all, for longer than
// allowed in the holder's working hours. What waits for its originator does
// not stall.
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
	turn := stallTurn(s, last)
	if turn.Role != signals.Holder && turn.Role != signals.TeamRole || !handedOver(s, turn) || !noSign(s.Org, c, turn) {
		return nil
	}
	due := calendarOf(s.Org, turn).Add(last.At, allowed)
	if s.Now.Before(due) {
		s.LookAt(due)
		return nil
	}
	return []signals.Signal{stalled(s, turn, last, allowed)}
}

func stalled(s *Snapshot, turn signals.Turn, last *signals.Event, allowed time.Duration) signals.Signal {
	reason := fmt.Sprintf("%s on %s and nothing happened since, for more than %s of working time",
		lastAct(s.Case, turn, last), on(last.At), lasted(allowed))
	out := s.Signal("stall", last.ID, 0.8, reason, last.ID)
	out.Need, out.About = signals.NeedHolder, s.Case.Opener
	return out
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
	case signals.Assigned, signals.TeamMoved:
		if turn.Team != "" {
			return "it was handed to " + turn.Team
		}
		return "it was handed over"
	}
	return "it was changed"
}

// handedOver reports whether the turn began with work passing from one side to
// another. What a person takes for themselves, or gets by default when the
// case is raised, is no hand-over: only urgent cases stall that way.
func handedOver(s *Snapshot, turn signals.Turn) bool {
	if s.Policy().IsUrgent(s.Case.Priority) {
		return true
	}
	events := s.Case.Events()
	for i := len(events) - 1; i >= 0 && !events[i].At.Before(turn.Since); i-- {
		e := events[i]
		if !e.At.Equal(turn.Since) || e.Kind == signals.Opened {
			continue
		}
		if turn.Person == "" || e.Actor != turn.Person || e.Kind == signals.Claimed {
			return true
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
