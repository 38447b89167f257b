package detect

import (
	"fmt"
	"time"

	"andon/signals"
)

// Flapping finds an alert that fires and heals by itself again and again while
// nobody owns it. A spell counts when it began and ended within the window and
// nobody did anything about the problem since before it began: talk, a link, a
// change by somebody's hand or a new holder begins the count anew. A claim or a
// holder keeps it silent for as long as it stands; a claim ends when its author
// refuses or when the alert was quiet for a window.
//
// The occasion is the firing of the spell that completed the count. It lasts until
// somebody acts or the alert was quiet for a window: an alert that goes on
// flapping is one signal.
var Flapping = Detector{
	Name:    "flapping",
	Doc:     "an alert fires and heals by itself again and again, and nobody owns it",
	Sources: []string{signals.Alerts},
	Detect:  flapping,
}

func flapping(s *Snapshot) []signals.Signal {
	t := &s.Policy().Detect.Flapping
	f := flaps{times: max(1, t.Times), window: t.Window}
	events := s.Case.Events()
	if len(events) < 2*f.times || inHands(s.Problem) {
		return nil
	}
	f.acted, f.claimed = handsOn(s.Org, s.Problem)
	for _, e := range events {
		f.add(e)
	}
	if len(f.found) == 0 || !f.claimed.IsZero() || s.Now.Sub(f.last) >= f.window {
		return nil
	}
	first, last := f.found[0], f.found[len(f.found)-1]
	reason := fmt.Sprintf("this alert fired and healed by itself %s in %s, and nobody has taken it", times(f.times), lasted(last.healed.At.Sub(first.fired.At)))
	evidence := make([]string, 0, 2*f.times)
	for i := len(f.found) - 1; i >= 0; i-- {
		evidence = append(evidence, f.found[i].fired.ID, f.found[i].healed.ID)
	}
	out := s.Signal("flapping", last.fired.ID, 0.9, reason, evidence...)
	if team := s.Org.Team(s.Case.Team); team != nil && team.Lead != "" {
		out.Need = signals.NeedLead // the alert says whose it is; else who owns such things, or knows them, is asked
	}
	return []signals.Signal{out}
}

// flap is one time that an alert fired and healed.
type flap struct{ fired, healed *signals.Event }

// flaps counts the spells of an alert, event by event in their order.
type flaps struct {
	times   int
	window  time.Duration
	acted   time.Time // when somebody last did something about the problem: what began before does not count
	claimed time.Time // when the claim that stands was made, zero for none

	firing *signals.Event // that began the present spell, nil while the alert is quiet
	last   time.Time      // when it last fired or healed
	recent []flap         // the latest that count, at most as many as are asked for
	found  []flap         // those that completed the count first
}

func (f *flaps) add(e *signals.Event) {
	switch e.Kind {
	case signals.Firing:
		if f.firing != nil {
			break // told twice, with another start
		}
		f.settle(e.At)
		f.firing = e
	case signals.Recovered:
		if f.firing != nil {
			f.heal(flap{f.firing, e})
			f.firing = nil
		}
	default:
		return
	}
	f.last = e.At
}

// settle forgets what was before a window of quiet, which an alert that fires
// now has ended. A claim ends with it when it was made before.
func (f *flaps) settle(now time.Time) {
	if f.last.IsZero() {
		return
	}
	if now.Sub(f.last) >= f.window {
		f.recent, f.found = f.recent[:0], nil
	}
	if !f.claimed.IsZero() && now.Sub(f.last) >= f.window && now.Sub(f.claimed) >= f.window {
		f.claimed = time.Time{}
	}
}

// heal counts a spell that has ended.
func (f *flaps) heal(s flap) {
	if f.found != nil || !s.fired.At.After(f.acted) {
		return
	}
	if len(f.recent) == f.times {
		f.recent = append(f.recent[:0], f.recent[1:]...)
	}
	f.recent = append(f.recent, s)
	if len(f.recent) == f.times && s.healed.At.Sub(f.recent[0].fired.At) <= f.window {
		f.found = f.recent
		f.recent = nil
	}
}

// inHands reports whether somebody holds an open case of the problem.
func inHands(p *signals.Problem) bool {
	for _, c := range p.Cases {
		if c.Holder != "" && c.Open() {
			return true
		}
	}
	return false
}

// handsOn returns when somebody last did something about a problem, and when the
// latest claim that stands in it was made; zero for never.
func handsOn(org *signals.Org, p *signals.Problem) (acted, claimed time.Time) {
	for _, c := range p.Cases {
		for _, e := range c.Events() {
			if !handles(org, e) {
				continue
			}
			if e.At.After(acted) {
				acted = e.At
			}
			if e.Kind == signals.Claimed && e.At.After(claimed) && stands(org, p, e) {
				claimed = e.At
			}
		}
	}
	return acted, claimed
}

// handles reports whether an event shows that somebody took the problem up. What
// programs do shows it only where it gives the case to a person. A reaction and a
// refusal leave it where it was.
func handles(org *signals.Org, e *signals.Event) bool {
	switch e.Kind {
	case signals.Firing, signals.Recovered, signals.Reacted, signals.Joined, signals.Refused, signals.Muted:
		return false
	case signals.Assigned:
		return e.To != "" || !machine(org, e.Actor)
	}
	return !machine(org, e.Actor)
}

// stands reports whether a claim was neither taken back nor followed by a closing.
func stands(org *signals.Org, p *signals.Problem, claim *signals.Event) bool {
	for _, c := range p.Cases {
		for _, e := range c.Events() {
			if signals.CompareEvents(e, claim) > 0 && (e.Kind == signals.Closed || e.Kind == signals.Refused && org.Who(e.Actor) == org.Who(claim.Actor)) {
				return false
			}
		}
	}
	return true
}
