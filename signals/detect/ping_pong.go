package detect

import (
	"fmt"

	"andon/signals"
)

// PingPong finds A-B-A: a team gets back what it handed over. Every return is
// a signal of its own.
var PingPong = Detector{
	Name:    "ping_pong",
	Doc:     "the case came back to the team that had handed it over",
	Sources: []string{signals.Jira, signals.Log},
	Detect:  pingPong,
}

// PersonPingPong is PingPong for persons. It is off by default: people hand
// work to and fro within a team as a matter of course.
var PersonPingPong = Detector{
	Name:    "person_ping_pong",
	Doc:     "the case came back to the person who had handed it over",
	Sources: []string{signals.Jira, signals.Log},
	Detect:  personPingPong,
}

func pingPong(s *Snapshot) []signals.Signal {
	hop, between, ok := returned(s, signals.ByTeam)
	if !ok {
		return nil
	}
	p := s.Case.Path
	teams := p.Teams()
	reason := fmt.Sprintf("it came back to %s from %s; %s in %s", p[hop].Team, p[between].Team,
		handoffs(teams.Handoffs(), "between teams"), lasted(s.Now.Sub(s.Case.Opened)))
	return []signals.Signal{s.Signal("ping_pong", p[hop].Event, 1, reason, arrivals(teams, len(teams)-1)...)}
}

// personPingPong says nothing that tells who: its reason may be read by many.
func personPingPong(s *Snapshot) []signals.Signal {
	hop, _, ok := returned(s, signals.ByPerson)
	if !ok {
		return nil
	}
	where := ""
	if team := s.Case.Path[hop].Team; team != "" {
		where = " in " + team
	}
	runs := s.Case.Path.Persons()
	reason := fmt.Sprintf("it came back to the one%s who had handed it over; it has been assigned anew %s", where, times(runs.Handoffs()))
	return []signals.Signal{s.Signal("person_ping_pong", s.Case.Path[hop].Event, 1, reason, arrivals(runs, len(runs)-1)...)}
}

// returned reports whether the entry that led here brought the case straight
// back: hop is where it is now, between the last hop of the run in the middle.
func returned(s *Snapshot, t signals.Track) (hop, between int, ok bool) {
	hop, between = began(s, t)
	if hop < 0 {
		return 0, 0, false
	}
	p := s.Case.Path
	i := between
	for i >= 0 && (t(&p[i]) == "" || t(&p[i]) == t(&p[between])) {
		i--
	}
	return hop, between, i >= 0 && t(&p[i]) == t(&p[hop])
}
