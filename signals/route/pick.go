package route

// Placeholder of the lead so that the rest builds: replace this file.

import (
	"time"

	"andon/signals"
)

// Choice is one target of a nudge.
type Choice struct {
	To, Owner, Why string
	Score          float64
	Backup         bool
	Refused        []Refusal
}

// Refusal is somebody who was passed over, and why.
type Refusal struct{ Who, Why string }

// Pick chooses whom to nudge.
func Pick(m *Model, org *signals.Org, c *signals.Case, s *signals.Signal, now time.Time) []Choice {
	var out []Choice
	if c.Holder != "" {
		out = append(out, Choice{To: c.Holder, Why: "holds it now"})
	}
	for _, x := range m.Suggest(c, now, Person, 5, nil) {
		out = append(out, Choice{To: x.Who, Score: x.Score, Why: "is likely to know"})
	}
	return out
}
