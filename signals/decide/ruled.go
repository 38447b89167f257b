package decide

import (
	"time"

	"andon/signals"
	"andon/signals/route"
)

// ruled lists whom the standing routes lead to for what the team of who raised a
// signal sees, the latest agreed first.
func (w *World) ruled(c *signals.Case, r *Record, s *signals.Signal, now time.Time) (out []candidate) {
	for _, rule := range w.Org.RulesFor(w.Seeing(c, r), s.Detector, now) {
		for _, ch := range route.Standing(w.Org, c, s, &rule, now) {
			out = append(out, candidate{Choice: ch, rule: rule.ID()})
		}
	}
	return out
}

// Seeing is the present name of the team that sees a signal: that of who raised
// it. It is "" where they are in none, or wished not to be named.
func (w *World) Seeing(c *signals.Case, r *Record) string {
	who := r.Raiser
	if who == "" && c != nil {
		who = c.Opener
	}
	return w.Org.TeamOf(who)
}

// fromOpener reports whether who opened a case, as somebody sees it, is whose team
// the signal is from: then that team is no news to them.
func (w *World) fromOpener(seen *signals.Case, s *signals.Signal) bool {
	return w.Org.Who(w.raiser(seen, s)) == w.Org.Who(seen.Opener)
}
