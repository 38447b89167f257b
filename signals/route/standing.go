package route

import (
	"time"

	"andon/signals"
)

// standing is the score of whom a standing route leads to: two teams agreed on
// it; chosen.
const standing = 0.95

// Standing is whom a standing route leads to at now: who holds the case where
// they are in that team and its holder is asked for, whoever is on call, the lead,
// then who took it on when it was agreed, if they are in that team still. As in
// Pick nobody who cannot be asked is among them, and neither is who raised the
// case. It is empty where nobody of them can be asked.
func Standing(org *signals.Org, c *signals.Case, s *signals.Signal, r *signals.Rule, now time.Time) []Choice {
	p := picker{org: org, c: c, s: s, now: now, seen: make(map[string]bool, 4)}
	p.hints()
	tail := "; " + r.Said()
	if s.Need == signals.NeedHolder && c.Holder != "" && org.TeamOf(c.Holder) == org.TeamName(r.To) && org.Who(c.Holder) != org.Who(c.Opener) {
		p.offer(c.Holder, "holds it now"+tail, standing)
	}
	p.barParties()
	if t := org.Team(r.To); t != nil {
		for _, who := range org.OnCall(t.ID, now) {
			p.offer(who, "is on call for "+t.ID+tail, standing)
		}
		p.offer(t.Lead, "leads "+t.ID+tail, standing)
	}
	if r.By != "" && org.TeamOf(r.By) == org.TeamName(r.To) {
		p.offer(r.By, "took the like on before"+tail, standing)
	}
	return p.out
}
