package bot

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// pathWalk is the way of one case from team to team, beside the direct one. Teams
// bear their present names.
type pathWalk struct {
	Name   string     // what people call the case
	Stays  []pathStay // of one team each
	Ended  time.Time
	Route  []string // the direct route; nil where it is not known
	Detour int      // hand-offs beyond it
}

// pathStay is how long one team held a case. Until is zero for the present one.
type pathStay struct {
	Team         string
	Since, Until time.Time
	Beside       bool // the team is not on the direct route
}

// pathSums are the ways of a week.
type pathSums struct {
	Handoffs int        // in the week, of all teams
	Longest  []pathWalk // with a hand-off in the week and a detour, the longest detour first
	Hours    []teamSum  // waiting beside the direct route, the most first
	Beside   time.Duration
	Pairs    []pairSum // teams with hand-offs both ways, the most first
	Small    bool      // something of a small team was left out
}

// teamSum is how long cases waited at a team beside their direct routes.
type teamSum struct {
	Team  string
	Spent time.Duration
	Cases int
}

// pairSum is how often two teams handed cases to each other: A to B and back.
type pairSum struct {
	A, B    string
	To, Fro int
}

// sumPaths sums the ways of a week. Times and pairs are left out where a team is
// too small for them to be nobody's.
func sumPaths(walks []pathWalk, week weekSpan, large func(team string) bool) pathSums {
	var out pathSums
	hours, pairs := make(map[string]*teamSum), make(map[[2]string]*pairSum)
	for i := range walks {
		w := &walks[i]
		out.handoffs(w, week, large, pairs)
		out.hours(w, week, large, hours)
	}
	for _, h := range hours {
		out.Hours = append(out.Hours, *h)
		out.Beside += h.Spent
	}
	slices.SortFunc(out.Hours, func(a, b teamSum) int { return cmp.Or(cmp.Compare(b.Spent, a.Spent), strings.Compare(a.Team, b.Team)) })
	for _, p := range pairs {
		if p.To > 0 && p.Fro > 0 {
			out.Pairs = append(out.Pairs, *p)
		}
	}
	slices.SortFunc(out.Pairs, func(a, b pairSum) int {
		return cmp.Or(cmp.Compare(b.To+b.Fro, a.To+a.Fro), strings.Compare(a.A, b.A), strings.Compare(a.B, b.B))
	})
	slices.SortStableFunc(out.Longest, func(a, b pathWalk) int {
		return cmp.Or(cmp.Compare(b.Detour, a.Detour), cmp.Compare(len(b.Stays), len(a.Stays)), strings.Compare(a.Name, b.Name))
	})
	return out
}

// handoffs counts the hand-offs of one case in the week.
func (p *pathSums) handoffs(w *pathWalk, week weekSpan, large func(string) bool, pairs map[[2]string]*pairSum) {
	moved := false
	for i := 1; i < len(w.Stays); i++ {
		from, to := w.Stays[i-1].Team, w.Stays[i].Team
		if !week.holds(w.Stays[i].Since) {
			continue
		}
		p.Handoffs++
		moved = true
		if !large(from) || !large(to) {
			p.Small = true
			continue
		}
		key := [2]string{min(from, to), max(from, to)}
		if pairs[key] == nil {
			pairs[key] = &pairSum{A: key[0], B: key[1]}
		}
		if from == key[0] {
			pairs[key].To++
		} else {
			pairs[key].Fro++
		}
	}
	if moved && w.Detour > 0 && len(w.Route) > 0 {
		p.Longest = append(p.Longest, *w)
	}
}

// hours adds up how long one case waited in the week at teams beside its direct
// route.
func (p *pathSums) hours(w *pathWalk, week weekSpan, large func(string) bool, hours map[string]*teamSum) {
	seen := make(map[string]bool)
	for i := range w.Stays {
		s := &w.Stays[i]
		until := s.Until
		if !w.Ended.IsZero() && (until.IsZero() || until.After(w.Ended)) {
			until = w.Ended
		}
		spent := week.overlap(s.Since, until)
		if !s.Beside || spent == 0 {
			continue
		}
		if !large(s.Team) {
			p.Small = true
			continue
		}
		if hours[s.Team] == nil {
			hours[s.Team] = &teamSum{Team: s.Team}
		}
		hours[s.Team].Spent += spent
		if !seen[s.Team] {
			seen[s.Team] = true
			hours[s.Team].Cases++
		}
	}
}
