package bot

import (
	"cmp"
	"maps"
	"slices"
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

// askedThen tells who is asked whether it holds, once it is solved. Why somebody
// is not is theirs, so that is not told.
func (q *question) askedThen(r *signals.Record) []string {
	who, why := q.brain.w.WillAsk(r, q.words.now)
	if who == "" || why != "" || r.Ledger.WentQuiet() {
		return nil
	}
	name, is := "whoever raised it", "is"
	switch {
	case q.mine(who):
		name, is = "you", "are"
	case !anonymous(who) && q.knowsRaiser(r, who):
		name = q.called(who) + ", who raised it,"
	}
	if r.Ledger.Reached(signals.Corrected) {
		return []string{"Now " + name + " " + is + " asked whether it holds."}
	}
	return []string{"When it is solved, " + name + " " + is + " asked whether it holds."}
}

// knowsRaiser reports whether the asker may see something that who raised a signal
// did about it.
func (q *question) knowsRaiser(r *signals.Record, who string) bool {
	w := q.brain.w
	c := w.Case(r.Signal.Case)
	return c != nil && slices.ContainsFunc(c.Events(), func(e *signals.Event) bool {
		return !e.At.After(r.Signal.At) && w.Org.Who(e.Actor) == who && q.viewer.Sees(e.Audience)
	})
}

// toldWhom says what became of the nudges: the asker's own with the reason of
// the route, those of others without saying whose they are or what they did.
func (q *question) toldWhom(r *signals.Record) (out []string) {
	others := make(map[string]int)
	for _, n := range r.Nudges {
		line := string(n.State)
		if n.Why != "" {
			line += ", " + n.Why
		}
		if q.mine(n.To) {
			if n.Route != "" {
				line += ". You, because you are who " + n.Route
			}
			out = append(out, "To you: "+line+".")
			continue
		}
		state := string(n.State)
		if toldOf(n) && n.State != signals.Sending {
			state = "told"
		}
		others[state]++
	}
	for _, st := range slices.Sorted(maps.Keys(others)) {
		out = append(out, "To others: "+st+".")
	}
	if len(r.Nudges) == 0 {
		out = append(out, "Nobody was told.")
	}
	return out
}
