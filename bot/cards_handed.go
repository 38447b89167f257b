package bot

import (
	"slices"
	"strings"

	"andon/bot/view"
	"andon/signals"
)

// mostHanded is how many letters of what somebody handed on with a nudge are
// shown: as many as the form takes.
const mostHanded = 500

// handed is what who was asked before wrote for whoever is asked in their place.
// They are named only to whom they named.
func (c *composer) handed(it item) (out view.Fact, ok bool) {
	m := c.w.Case(it.n.Signal.Case)
	if m == nil || c.reader.shared || c.w.Org.Who(it.n.To) != c.w.Org.Who(c.reader.id) {
		return out, false
	}
	var latest *signals.Event
	for _, x := range c.w.Problem(m).Cases {
		for _, e := range x.Events() {
			if c.handsOn(it, x.Key, e) && (latest == nil || signals.CompareEvents(e, latest) > 0) {
				latest = e
			}
		}
	}
	if latest == nil {
		return out, false
	}
	who := "Who was asked before"
	if latest.To != "" {
		who = c.name(latest.Actor)
	}
	said := view.Line(readable(c.w, it.n.Signal.Case.Site, latest.Text), mostHanded)
	return view.Fact{Name: who + " wrote", Value: "“" + said + "”"}, said != ""
}

// handsOn reports whether somebody turned a signal down with words for the person
// of a nudge: they named them, or who stands in for them, or nobody.
func (c *composer) handsOn(it item, k signals.Key, e *signals.Event) bool {
	switch {
	case e.Kind != signals.Refused || strings.TrimSpace(e.Text) == "" || !isOwn(e) || c.own(e) || e.At.Before(it.r.Signal.At):
		return false
	case !c.reader.of(k).Sees(e.Audience) && e.Audience != it.n.Signal.Audience:
		return false
	case e.To == "" && it.n.Step == 0, e.To != "" && c.w.Org.Who(e.To) != c.w.Org.Who(it.n.To) && !strings.Contains(it.n.Route, "stands in for "+c.name(e.To)):
		return false
	}
	return slices.ContainsFunc(it.r.Nudges, func(n *signals.Nudge) bool {
		return n != it.n && n.To != "" && (isPlace(c.w, n.To) || c.w.Org.Who(n.To) == c.w.Org.Who(e.Actor))
	})
}
