package bot

import (
	"cmp"
	"strings"

	"andon/signals"
)

// stages tells the stages of a signal one by one: when each was reached, by what,
// and which of them are proxies.
func (q *question) stages(r *signals.Record) (out []string) {
	c, l := q.clock(r), r.Ledger
	for _, st := range signals.Stages {
		said := c.said(l, st)
		if said == "" {
			notes := strings.Trim(c.also(l, st)+"; "+c.stopped(l, st), "; ")
			out = append(out, "○ "+cmp.Or(notes, string(st)))
			continue
		}
		if what := q.evidenceOf(c, r, st); what != "" {
			said += ": " + what
		}
		out = append(out, "● "+said)
	}
	return out
}

// evidenceOf tells by what a stage was reached, as far as the asker may see it.
// What somebody who was told did, and nobody else knows, is theirs.
func (q *question) evidenceOf(c clock, r *signals.Record, st signals.Stage) string {
	switch {
	case st == signals.Transmitted:
		return "Slack took the first message about it"
	case st == signals.ReceivedBy && c.hides(st):
		return "whoever was told clicked, reacted or wrote; Slack does not say who has read what"
	case c.hides(st):
		return "somebody acted on it"
	}
	e := q.brain.w.StageEvent(r, st)
	if e == nil || !q.viewer.Sees(e.Audience) {
		return ""
	}
	return happened(q, e)
}
