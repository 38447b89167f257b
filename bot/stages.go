package bot

import (
	"strings"
	"time"

	"andon/bot/view"
	"andon/signals"
	"andon/signals/decide"
)

// stageSaid tells when a stage was reached, by the clock of a zone; "" where it
// was not.
func stageSaid(l *signals.Ledger, st signals.Stage, zone *time.Location) string {
	at := l.Times[st]
	if at.IsZero() {
		return ""
	}
	text := string(st) + " " + at.In(zone).Format("2 Jan 15:04")
	if l.Proxy[st] {
		text += " (inferred)"
	}
	return text
}

// stagesIn tells how far a signal came, and where it died.
func stagesIn(r *decide.Record, zone *time.Location) string {
	var out []string
	for _, st := range signals.Stages {
		if said := stageSaid(r.Ledger, st, zone); said != "" {
			out = append(out, said)
		} else if r.Ledger.Died == st {
			out = append(out, "stopped before "+string(st)+": "+r.Ledger.Why)
		}
	}
	return strings.Join(out, " → ")
}

// stageLine tells all six stages on one line: those reached with their times.
func stageLine(l *signals.Ledger, zone *time.Location) string {
	var out []string
	for _, st := range signals.Stages {
		if said := stageSaid(l, st, zone); said != "" {
			out = append(out, "● "+said)
		} else {
			out = append(out, "○ "+string(st))
		}
	}
	return strings.Join(out, " → ")
}

// stopsOf is the path that a case took: teams alone. How long it waited is shown
// only for teams that are large enough for that to be nobody's.
func stopsOf(w *decide.World, c *signals.Case, now time.Time) (out []view.Stop) {
	end := endOf(c, now)
	runs, sizes := c.Path.Teams(), teamSizes(w.Org)
	had := make(map[string]bool)
	for i := range runs {
		team := w.Org.TeamName(runs[i].Team)
		if team == "" {
			continue
		}
		s := view.Stop{Name: team, Here: i == len(runs)-1 && c.Open()}
		if sizes[team] >= w.Org.Policy.Group {
			s.Stay = signals.Lasted(runs[i].Waiting(end))
		}
		if had[team] {
			s.Mark = "back again"
		}
		had[team] = true
		out = append(out, s)
	}
	return out
}

// endOf is until when a case waited.
func endOf(c *signals.Case, now time.Time) time.Time {
	if !c.ClosedAt.IsZero() {
		return c.ClosedAt
	}
	return now
}

// teamSizes is how many people are known to be in each team, by its present name.
func teamSizes(org *signals.Org) map[string]int {
	sizes := make(map[string]int)
	for _, p := range org.People {
		if p.Team != "" && !p.Bot && !p.Left {
			sizes[org.TeamName(p.Team)]++
		}
	}
	return sizes
}
