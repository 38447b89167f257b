package bot

import (
	"slices"
	"strings"
	"time"

	"andon/bot/view"
	"andon/signals"
	"andon/signals/decide"
)

// clock is how the times of a ledger are shown to somebody. When a person who was
// told received it, and when they reacted, is theirs alone: others read that they
// did.
type clock struct {
	zone *time.Location
	own  bool // nobody else was told
}

// clockFor is the clock for a person who goes by some ids.
func clockFor(r *decide.Record, zone *time.Location, ids []string) clock {
	c := clock{zone: zone}
	for _, n := range r.Nudges {
		if toldOf(n) && n.To != "" {
			if !slices.Contains(ids, n.To) {
				return clock{zone: zone}
			}
			c.own = true
		}
	}
	return c
}

// hides reports whether a stage is about what somebody else did, or did not.
func (c clock) hides(st signals.Stage) bool {
	return !c.own && (st == signals.ReceivedBy || st == signals.ReactedTo)
}

// died tells why a signal stopped: that somebody let it pass or turned it down is
// said to them alone.
func (c clock) died(l *signals.Ledger) string {
	if c.hides(l.Died) {
		return "nobody took it on"
	}
	return l.Why
}

// said tells when a stage was reached; "" where it was not.
func (c clock) said(l *signals.Ledger, st signals.Stage) string {
	at := l.Times[st]
	if at.IsZero() {
		return ""
	}
	text := string(st)
	if !c.hides(st) {
		text += " " + at.In(c.zone).Format("2 Jan 15:04")
	}
	if l.Proxy[st] {
		text += " (proxy)"
	}
	return text
}

// also tells of a stage that was not reached what there is besides that: a part of
// it was, or silence ended it.
func (c clock) also(l *signals.Ledger, st signals.Stage) string {
	switch {
	case st == signals.Corrected && !l.Partly.IsZero():
		return "corrected in part " + l.Partly.In(c.zone).Format("2 Jan 15:04")
	case st == signals.ConfirmedBy && l.WentQuiet():
		return "quiet, not confirmed " + l.Quiet.In(c.zone).Format("2 Jan 15:04")
	}
	return ""
}

// stopped says that a signal died before a stage, and why; "" where it did not, or
// where silence ended it.
func (c clock) stopped(l *signals.Ledger, st signals.Stage) string {
	if l.Died != st || st == "" || l.WentQuiet() {
		return ""
	}
	return "stopped before " + string(st) + ": " + c.died(l)
}

// stagesIn tells how far a signal came, and where it died.
func stagesIn(r *decide.Record, c clock) string {
	var out []string
	for _, st := range signals.Stages {
		if said := c.said(r.Ledger, st); said != "" {
			out = append(out, said)
			continue
		}
		if also := c.also(r.Ledger, st); also != "" {
			out = append(out, also)
		}
		if stopped := c.stopped(r.Ledger, st); stopped != "" {
			out = append(out, stopped)
		}
	}
	return strings.Join(out, " → ")
}

// stageLine tells all six stages on one line: those reached with their times.
func stageLine(l *signals.Ledger, c clock) string {
	var out []string
	for _, st := range signals.Stages {
		if said := c.said(l, st); said != "" {
			out = append(out, "● "+said)
		} else if also := c.also(l, st); also != "" {
			out = append(out, "○ "+also)
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
