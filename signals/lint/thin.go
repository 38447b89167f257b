package lint

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"andon/signals"
)

// Traffic is how often two teams handed issues to each other: A to B and back, A
// before B, under their present names.
type Traffic struct {
	A, B    string
	To, Fro int
	Waited  []time.Duration // of each hand-off: how long it lay with the team that got it, wall clock
}

// Handoffs is their number, both ways.
func (t *Traffic) Handoffs() int { return t.To + t.Fro }

// TrafficWithin sums the hand-offs of paths that happened from one time until
// before another, the pair with the most first. A stay that goes on lasts until
// its path's end or, where that is open, the second time.
func TrafficWithin(paths []TeamPath, from, until time.Time) (out []Traffic) {
	pairs := make(map[[2]string]*Traffic)
	for _, p := range paths {
		for i := 1; i < len(p.Stays); i++ {
			a, b := p.Stays[i-1].Team, p.Stays[i].Team
			if a == b || p.Stays[i].Since.Before(from) || !p.Stays[i].Since.Before(until) {
				continue
			}
			key := [2]string{min(a, b), max(a, b)}
			t := pairs[key]
			if t == nil {
				t = &Traffic{A: key[0], B: key[1]}
				pairs[key] = t
			}
			if a == t.A {
				t.To++
			} else {
				t.Fro++
			}
			t.Waited = append(t.Waited, p.lay(i, until))
		}
	}
	for _, t := range pairs {
		slices.Sort(t.Waited)
		out = append(out, *t)
	}
	slices.SortFunc(out, func(x, y Traffic) int {
		return cmp.Or(cmp.Compare(y.Handoffs(), x.Handoffs()), cmp.Compare(x.A, y.A), cmp.Compare(x.B, y.B))
	})
	return out
}

// TeamPath is the teams that held one issue, under their present names.
type TeamPath struct {
	Stays []signals.Hop // Team, Since and Until count
	Ended time.Time     // zero while it is open
}

// PathOf is the path of an issue under the names that its teams have now.
func PathOf(org *signals.Org, c *signals.Case) TeamPath {
	out := TeamPath{Ended: c.ClosedAt}
	runs := c.Path.Teams()
	for i := range runs {
		h := runs[i]
		h.Team = org.TeamName(h.Team)
		if n := len(out.Stays); n > 0 && out.Stays[n-1].Team == h.Team { // one of its former names
			out.Stays[n-1].Until = h.Until
			continue
		}
		out.Stays = append(out.Stays, h)
	}
	return out
}

// lay is how long an issue lay at a stay.
func (p *TeamPath) lay(i int, now time.Time) time.Duration {
	end := p.Stays[i].Until
	if !p.Ended.IsZero() && (end.IsZero() || end.After(p.Ended)) {
		end = p.Ended
	}
	if end.IsZero() || end.After(now) {
		end = now
	}
	return max(0, end.Sub(p.Stays[i].Since))
}

// Median is the middle of some figures, the mean of the two middle ones where
// their number is even; zero for none.
func Median[T int | time.Duration](list []T) T {
	s := slices.Sorted(slices.Values(list))
	n := len(s)
	if n == 0 {
		return 0
	}
	return (s[(n-1)/2] + s[n/2]) / 2
}

// How two teams reach each other where they should not have to.
const (
	OnlyTickets   = "tickets"   // they hand issues to each other, and never talk
	OnlyIncidents = "incidents" // they talk in incident channels alone
)

// Thin is a channel between two teams that is too thin.
type Thin struct {
	Traffic
	How   string
	Rooms []string // ids of the incident channels in which both write, sorted
}

// ThinInput is what is judged.
type ThinInput struct {
	Org      *signals.Org
	Now      time.Time
	Traffic  []Traffic
	Talk     Talk
	Incident func(channel string) bool
	Known    func(channel string) bool // whether everybody in the company may know what is said there
}

// watchedFor is how many days of talk there must be before its absence tells
// anything: four weeks; chosen.
const watchedFor = 28

// Thins finds the pairs of teams that hand each other at least policy.routes.thin
// issues and do not talk, or in incident channels alone. They talk where people of
// both wrote in one thread, or in one channel on one day, within 90 days. A
// standing route between them, by which they were brought together, counts as
// talk. It is nil as long as too little was watched to tell.
func Thins(in *ThinInput) (out []Thin) {
	least := in.Org.Policy.Routes.Thin
	first, last, ok := in.Talk.span()
	if least <= 0 || !ok || last-first < watchedFor || dayOf(in.Now)-last > watchedFor {
		return nil
	}
	for _, t := range in.Traffic {
		if t.Handoffs() < least || in.introduced(t.A, t.B) {
			continue
		}
		rooms := in.together(t.A, t.B)
		x := Thin{Traffic: t, How: OnlyTickets}
		for _, ch := range rooms {
			x.How = OnlyIncidents
			x.Rooms = append(x.Rooms, ch)
		}
		if !slices.ContainsFunc(rooms, func(ch string) bool { return !in.Incident(ch) || !in.Known(ch) }) {
			out = append(out, x)
		}
	}
	return out
}

// introduced reports whether a standing route leads from one of two teams to the
// other.
func (in *ThinInput) introduced(a, b string) bool {
	return slices.ContainsFunc(in.Org.Rules(in.Now), func(r signals.Rule) bool {
		return r.From == a && r.To == b || r.From == b && r.To == a
	})
}

// together lists the channels in which people of two teams talk with each other.
func (in *ThinInput) together(a, b string) (out []string) {
	for _, ch := range slices.Sorted(maps.Keys(in.Talk)) {
		for day, accounts := range in.Talk[ch] {
			if dayOf(in.Now)-day > int32(lately/(24*time.Hour)) { //nolint:gosec // 90
				continue
			}
			var has [2]bool
			for _, id := range accounts {
				switch {
				case in.Org.OptedOut(id): // what they write is not looked at
				case in.Org.TeamOf(id) == a:
					has[0] = true
				case in.Org.TeamOf(id) == b:
					has[1] = true
				}
			}
			if has[0] && has[1] {
				out = append(out, ch)
				break
			}
		}
	}
	return out
}

// Liaisons are the pairs of teams with so many hand-offs that a liaison between
// them may help: policy.routes.liaison or more.
func Liaisons(p *signals.Policy, traffic []Traffic) (out []Traffic) {
	for _, t := range traffic {
		if p.Routes.Liaison > 0 && t.Handoffs() >= p.Routes.Liaison {
			out = append(out, t)
		}
	}
	return out
}
