package signals

import "time"

// Hop is one stay of a case: who held it, for which team, at which level, and
// how long. Until is zero for the present hop. Event is the id of the event
// that began the stay, N the count of entries of the case at that event.
type Hop struct {
	Person, Team, Level string
	Since, Until        time.Time
	Event               string
	N                   int
	entry               int64
}

// Path is the stays of a case in order. Consecutive hops differ in person,
// team or level. Measures speak of one track at a time: see Teams and Persons.
type Path []Hop

// hold begins a new hop after the holder, team or level changed. Changes that
// belong to one entry of the source's history make one hop.
func (c *Case) hold(e *Event) {
	n := len(c.Path)
	if n > 0 {
		last := &c.Path[n-1]
		if last.Person == c.Holder && last.Team == c.Team && last.Level == c.Level {
			return
		}
		if last.entry == e.Seq.Entry && last.Since.Equal(e.At) {
			last.Person, last.Team, last.Level = c.Holder, c.Team, c.Level
			c.Path = c.Path.undo()
			return
		}
		last.Until = e.At
	}
	if n == cap(c.Path) { // most paths are short: grow by as much as is needed
		c.Path = append(make(Path, 0, n+1+n/2), c.Path...)
	}
	c.Path = append(c.Path, Hop{Person: c.Holder, Team: c.Team, Level: c.Level, Since: e.At, Event: e.ID, N: c.Entries, entry: e.Seq.Entry})
}

// undo takes the last hop away when its entry, read as a whole, changed
// nothing: a hop equal to the one before is that one going on.
func (p Path) undo() Path {
	n := len(p) - 1
	if n < 1 || p[n].Person != p[n-1].Person || p[n].Team != p[n-1].Team || p[n].Level != p[n-1].Level {
		return p
	}
	p[n-1].Until = time.Time{}
	return p[:n]
}

// Teams returns the runs of one team each. Stays without a team are skipped,
// so that A, nobody, A is one run of A.
func (p Path) Teams() Path { return p.runs(func(h *Hop) string { return h.Team }) }

// Persons returns the runs of one person each, as Teams does for teams.
func (p Path) Persons() Path { return p.runs(func(h *Hop) string { return h.Person }) }

// Levels returns the runs of one support level each, as Teams does for teams.
func (p Path) Levels() Path { return p.runs(func(h *Hop) string { return h.Level }) }

func (p Path) runs(of func(*Hop) string) Path {
	var out Path
	last := ""
	for i := range p {
		h := &p[i]
		v := of(h)
		switch {
		case v == "":
			continue
		case len(out) > 0 && v == last:
			out[len(out)-1].Until = h.Until
		default:
			out = append(out, *h)
		}
		last = v
	}
	return out
}

// Track selects what a measure of a path is about.
type Track func(*Hop) string

// The tracks of a path.
var (
	ByTeam   Track = func(h *Hop) string { return h.Team }
	ByPerson Track = func(h *Hop) string { return h.Person }
)

// Handoffs is the number of times the case changed hands on a track of runs:
// one less than the number of runs.
func (p Path) Handoffs() int { return max(0, len(p)-1) }

// Returns lists the positions i at which the case came straight back: run i
// has the value of run i-2 (A-B-A). p must be runs of the track.
func (p Path) Returns(t Track) []int {
	var out []int
	for i := 2; i < len(p); i++ {
		if t(&p[i]) == t(&p[i-2]) {
			out = append(out, i)
		}
	}
	return out
}

// Revisits lists the positions at which the case came to somebody who had held
// it before. p must be runs of the track.
func (p Path) Revisits(t Track) []int {
	var out []int
	for i := 1; i < len(p); i++ {
		for j := range i {
			if t(&p[j]) == t(&p[i]) {
				out = append(out, i)
				break
			}
		}
	}
	return out
}

// Distinct is the number of different values on a track.
func (p Path) Distinct(t Track) int {
	n := 0
	for i := range p {
		seen := t(&p[i]) == ""
		for j := 0; j < i && !seen; j++ {
			seen = t(&p[j]) == t(&p[i])
		}
		if !seen {
			n++
		}
	}
	return n
}

// Waiting is how long a stay lasted or has lasted, wall clock.
func (h *Hop) Waiting(now time.Time) time.Duration {
	if h.Until.IsZero() {
		return now.Sub(h.Since)
	}
	return h.Until.Sub(h.Since)
}

// Working is how much of a stay was, or has been, working time by the calendar
// of who held it.
func (h *Hop) Working(c *Calendar, now time.Time) time.Duration {
	if !h.Until.IsZero() {
		now = h.Until
	}
	return c.Between(h.Since, now)
}

// Longest returns the position of the longest stay, the first of equals, or -1.
func (p Path) Longest(now time.Time) int {
	best := -1
	for i := range p {
		if best < 0 || p[i].Waiting(now) > p[best].Waiting(now) {
			best = i
		}
	}
	return best
}

// Climb is how far a case rose and sank again: Up is the greatest rise from an
// earlier to a later level, Down the greatest fall after that rise's top.
type Climb struct{ Up, Down, Top int }

// ClimbOf measures the levels of the hops. level tells the height of a hop, ok
// false where it has none; heights count upwards.
func (p Path) ClimbOf(level func(*Hop) (height int, ok bool)) Climb {
	var best Climb
	low, top, started := 0, 0, false
	for i := range p {
		h, ok := level(&p[i])
		if !ok {
			continue
		}
		if !started {
			low, top, started = h, h, true
		}
		low = min(low, h)
		if h-low > best.Up {
			best = Climb{Up: h - low, Top: i}
			top = h
		}
		if best.Up > 0 && i > best.Top {
			best.Down = max(best.Down, top-h)
		}
	}
	return best
}

// Detour is the number of hand-offs beyond the shortest known route from the
// first run to the present one. direct is the length of that route in
// hand-offs; a route of unknown length counts as one hand-off.
func (p Path) Detour(direct int) int {
	if direct <= 0 {
		direct = 1
	}
	if len(p) > 0 && p.Handoffs() == 0 {
		return 0
	}
	return max(0, p.Handoffs()-direct)
}
