package detect

import (
	"fmt"

	"andon/signals"
)

// Lacks says what a detector that found nothing in a case still waits for, as the
// rest of a sentence that begins with its name; "" where that cannot be told in a
// sentence. s is a fresh snapshot, to which time alone has led.
func (d *Detector) Lacks(s *Snapshot) string {
	if lacks := d.unmet(s); lacks != "" || !s.Case.Open() {
		return lacks
	}
	d.Detect(s)
	switch at, posts := s.Wake(); {
	case !at.IsZero():
		return "looks again on " + at.UTC().Format("2 January 15:04 UTC") + " if nothing happens"
	case posts > 0:
		return "looks again after " + signals.Counted(posts, "further message") + " in the channel"
	}
	return ""
}

// unmet is the condition of a detector that does not hold, where it is plain.
func (d *Detector) unmet(s *Snapshot) string {
	c, p := s.Case, s.Policy()
	switch d.Name {
	case LongPath.Name:
		if limit, has := pathLimit(s), max(0, c.Path.Teams().Handoffs()); has < limit {
			return fmt.Sprintf("lacks %s: of %d that are asked for it has %d", signals.Counted(limit-has, "team hand-off"), limit, has)
		}
	case PingPong.Name:
		if teams := c.Path.Teams(); len(teams) > 1 {
			return "lacks a return to " + teams[len(teams)-2].Team
		}
		return "lacks a hand-off and a return"
	case Orphan.Name:
		switch {
		case !c.Open():
		case !p.IsUrgent(c.Priority):
			return "asks about urgent cases alone, which this is not"
		case c.Holder != "" && !machine(s.Org, c.Holder) && (s.Org.Person(c.Holder) == nil || unreachable(s) == ""):
			return "lacks a holder who has left or is away: somebody holds it"
		}
	case Stall.Name:
		if c.Open() && p.WaitsForOpener(c.Status) {
			return "is silent while the case waits for who raised it"
		}
	}
	return ""
}
