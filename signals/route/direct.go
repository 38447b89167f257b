package route

import (
	"fmt"
	"time"

	"andon/signals"
)

// Route is the shortest honest route of a case: from the team of the one who
// raised it straight to the team that will likely resolve it, beside the way
// that the case has taken. Teams bear their present names.
type Route struct {
	Originator string   // person id
	Contact    string   // person id of the proposed contact, empty when none is known
	Teams      []string // the direct route: one team when it is resolved where it was raised, none when it is not known
	Took       []string // the teams that held it so far
	Direct     int      // hand-offs of the direct route
	Detour     int      // hand-offs beyond it so far
	Waiting    time.Duration
	Score      float64 // how likely the last team is the right one, 0..1; 1 when the case is closed
	Why        string  // why that team, the rest of a sentence that begins with it
}

// known enough: below this score no team is named as the end of a route.
const nameable = 0.15

// Direct works out the direct route of a case as it stands at now. Waiting is
// the time, wall clock, that passed at teams which are neither where the case
// was raised nor where the route ends.
func (m *Model) Direct(c *signals.Case, org *signals.Org, now time.Time) Route {
	r := Route{Originator: c.Opener}
	runs := c.Path.Teams()
	for i := range runs {
		r.Took = appendNew(r.Took, org.TeamName(runs[i].Team))
	}
	r.end(m, c, org, now)
	from := ""
	if p := org.Person(c.Opener); p != nil && p.Team != "" {
		from = org.TeamName(p.Team)
	} else if len(r.Took) > 0 {
		from = r.Took[0]
	}
	if len(r.Teams) == 0 || from == "" {
		return r
	}
	to := r.Teams[0]
	if from != to {
		r.Teams, r.Direct = []string{from, to}, 1
	}
	r.Detour = max(0, len(r.Took)-1-b2i(len(r.Took) > 0 && r.Took[0] != to))
	for i := range runs {
		if t := org.TeamName(runs[i].Team); t != from && t != to && t != r.Took[0] {
			r.Waiting += waited(&runs[i], c, now)
		}
	}
	return r
}

func waited(h *signals.Hop, c *signals.Case, now time.Time) time.Duration {
	if !c.ClosedAt.IsZero() && now.After(c.ClosedAt) {
		now = c.ClosedAt
	}
	if h.Until.IsZero() && now.Before(h.Since) {
		return 0
	}
	return h.Waiting(now)
}

// appendNew appends s unless it is the last one already.
func appendNew(list []string, s string) []string {
	if n := len(list); n > 0 && list[n-1] == s {
		return list
	}
	return append(list, s)
}

// end finds the team where the route ends, and a contact.
func (r *Route) end(m *Model, c *signals.Case, org *signals.Org, now time.Time) {
	if !c.Open() && c.Team != "" {
		r.Teams, r.Score, r.Why = []string{org.TeamName(c.Team)}, 1, "resolved it"
		return
	}
	people := merge(m.Suggest(c, now, Person, 3, nil), org.Who)
	own := owners(org, c)
	list := m.Teams(c, org, now, 5)
	p := picker{m: m, org: org, c: c, now: now}
	switch {
	case len(own) > 0 && !p.contradicted(own, people, list):
		r.Teams, r.Score, r.Why = []string{own[0].team.ID}, max(0.5, scoreOf(list, own[0].team.ID)), own[0].why
	case len(list) > 0 && list[0].Score >= nameable:
		r.Teams, r.Score, r.Why = []string{list[0].Who}, list[0].Score, list[0].Why(m)
	case len(people) > 0 && people[0].Score >= nameable:
		if x := org.Person(people[0].Who); x != nil && x.Team != "" {
			r.Teams, r.Score, r.Why = []string{org.TeamName(x.Team)}, people[0].Score, "has the likely contact"
		}
	}
	r.Contact = contact(m, c, org, now)
}

// contact is the first person who can be asked to solve the case.
func contact(m *Model, c *signals.Case, org *signals.Org, now time.Time) string {
	s := &signals.Signal{Case: c.Key, Need: signals.NeedResolver, At: now}
	return Pick(m, org, c, s, now)[0].To
}

// Facts says the route in sentences, about teams only.
func (r *Route) Facts() []string {
	if len(r.Teams) == 0 {
		return nil
	}
	to := r.Teams[len(r.Teams)-1]
	var out []string
	if r.Why != "" {
		out = append(out, to+" "+r.Why+".")
	}
	if r.Direct == 0 {
		out = append(out, "It was raised where it will be resolved: "+to+".")
	} else {
		out = append(out, "The direct route is "+r.Teams[0]+" to "+to+".")
	}
	if n := len(r.Took) - 1; n > 0 {
		out = append(out, fmt.Sprintf("It changed teams %s so far, %s.", times(n), beyond(r.Detour)))
	}
	if r.Waiting >= time.Hour {
		out = append(out, span(r.Waiting)+" passed at teams beside that route.")
	}
	return out
}

func times(n int) string {
	switch n {
	case 1:
		return "once"
	case 2:
		return "twice"
	}
	return fmt.Sprintf("%d times", n)
}

func beyond(detour int) string {
	switch detour {
	case 0:
		return "no more than the direct route takes"
	case 1:
		return "one hand-off more than the direct route takes"
	}
	return fmt.Sprintf("%d hand-offs more than the direct route takes", detour)
}

// span says a duration in its largest unit or two.
func span(d time.Duration) string {
	h := int(d / time.Hour)
	switch {
	case h < 48:
		return signals.Counted(h, "hour")
	case h < 24*14 && h%24 != 0:
		return signals.Counted(h/24, "day") + " " + signals.Counted(h%24, "hour")
	}
	return signals.Counted(h/24, "day")
}
