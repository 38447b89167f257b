package detect

import (
	"fmt"
	"math"
	"strings"

	"andon/signals"
)

// AtRisk finds cases that will probably come to a bad end and have not yet: an
// escalation, a long way from team to team, or a return to a team that had
// handed it over. It speaks once of each opening of a case.
var AtRisk = Detector{
	Name:    "at_risk",
	Doc:     "by what became of cases like it, the case will probably escalate, wander or come back",
	Sources: []string{signals.Jira, signals.Log},
	Risks:   true,
	Detect:  atRisk,
}

// Foreteller is what Models may be, too: it foretells what a case will come to.
// Where Models is none, at_risk stays silent.
type Foreteller interface {
	// Foretell returns what may come of a case that has not come yet, as far as
	// enough was learnt to tell. The facts name only what c shows, so c has to be
	// the case as its reader may see it.
	Foretell(c *signals.Case) []Foretold
}

// Foretold is one outcome of a case.
type Foretold struct {
	Outcome string   // escalate, long_path or ping_pong
	P       float64  // probability, 0 to 1
	Usual   float64  // the share of all cases that come to it, 0 to 1
	Facts   []string // the at most three facts that raise P most, in words
}

// leastLift is how many times the usual share a probability has to be: what
// happens to every other case is no warning. Chosen.
const leastLift = 2

func atRisk(s *Snapshot) []signals.Signal {
	f, ok := s.Models.(Foreteller)
	if !ok || s.Event == nil || !s.Event.Counts() || !s.Case.Open() {
		return nil
	}
	best, least := Foretold{}, s.Policy().Detect.AtRisk.Least
	for _, r := range f.Foretell(s.Case) {
		if r.P >= least && r.P >= leastLift*r.Usual && r.P > best.P {
			best = r
		}
	}
	if best.P == 0 {
		return nil
	}
	reason := fmt.Sprintf("about %d in 10 cases like it %s", min(9, int(math.Round(10*best.P))), comesTo(best.Outcome))
	if len(best.Facts) > 0 {
		reason += ": " + strings.Join(best.Facts, "; ")
	}
	return []signals.Signal{s.Signal("at_risk", opening(s.Case).ID, best.P, reason, whatLed(s)...)}
}

func comesTo(outcome string) string {
	switch outcome {
	case "escalate":
		return "escalate"
	case "long_path":
		return "are handed from team to team many times"
	}
	return "come back to a team that had handed them over"
}

// opening is the event with which the case became open as it is now.
func opening(c *signals.Case) *signals.Event {
	if r := lastReopened(c); r != nil {
		return r
	}
	return c.Events()[0]
}

// whatLed is the event that raised the risk and the team's arrivals before it.
func whatLed(s *Snapshot) []string {
	out := []string{s.Event.ID}
	teams := s.Case.Path.Teams()
	for _, id := range arrivals(teams, len(teams)-1) {
		if id != s.Event.ID && len(out) < maxStops {
			out = append(out, id)
		}
	}
	return out
}
