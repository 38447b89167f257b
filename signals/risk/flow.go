package risk

import "andon/signals"

// Flow is what teams do with what they get, as it happens: a stay at a team ends when
// the case is handed on, or when it is closed there. It is known at once, where
// what a case came to is known when it closes.

// flow counts the stays under one key that ended, and those of them that ended
// with a hand-over, with two memories.
type flow struct {
	ended, on [memories]float32
	last      int64 // number of the latest stay, of all
}

// The memories: a quick one, which tells of today, and a slow one. A stay counts
// less by one over memory with each that follows it under the same key.
const (
	quick = iota
	slow
	memories
)

var memory = [memories]float32{15, 150}

// How many stays each memory of a key borrows from what is usual everywhere, and
// how many, of which usualOn were handed on, that borrows before anything was seen.
var borrowed = [memories]float32{3, 6}

const (
	usualStays  = 10
	usualOn     = 0.3
	wholeSpan   = 2000  // of the memory of all stays
	oldestStays = 20000 // a key that did not come for so many stays is forgotten
)

func (f *flow) add(on bool, no int64) {
	for i := range f.ended {
		f.ended[i] -= f.ended[i] / memory[i]
		f.on[i] -= f.on[i] / memory[i]
		f.ended[i]++
		if on {
			f.on[i]++
		}
	}
	f.last = no
}

// flows are the flows of a site.
type flows struct {
	of        map[uint64]flow
	ended, on float32 // of all stays, with the memory of wholeSpan
	no        int64   // stays that ended so far
}

// The keys under which the flow of a case is known.
const (
	byTeam = iota
	byOpener
	byPart
	byPartTeam
	flowKeys
)

// flowing are the keys of a case that is with a team; 0 stands for none. Of
// several components the first counts.
func flowing(c *signals.Case, team string) [flowKeys]uint64 {
	var out [flowKeys]uint64
	key := func(i int, v string) {
		if v != "" {
			out[i] = mix(uint64(i+1), hash(v))
		}
	}
	key(byTeam, team)
	key(byOpener, c.Opener)
	if len(c.Components) > 0 {
		key(byPart, c.Components[0])
		if out[byTeam] != 0 && out[byPart] != 0 {
			out[byPartTeam] = mix(byPartTeam+1, mix(out[byPart], out[byTeam]))
		}
	}
	return out
}

// end takes note that a stay ended.
func (f *flows) end(keys [flowKeys]uint64, on bool) {
	f.no++
	f.ended -= f.ended / wholeSpan
	f.on -= f.on / wholeSpan
	f.ended++
	if on {
		f.on++
	}
	for _, k := range keys {
		if k != 0 {
			x := f.of[k]
			x.add(on, f.no)
			f.of[k] = x
		}
	}
}

// forget drops the keys that did not come for long.
func (f *flows) forget() {
	for k, x := range f.of {
		if f.no-x.last > oldestStays {
			delete(f.of, k)
		}
	}
}

// flown are the columns of the flow: for each key and memory, how much more often
// than is usual a stay ended with a hand-over, in log-odds, 0 where nothing is known.
type flown [flowKeys * memories]float32

func (f *flows) look(keys [flowKeys]uint64) flown {
	var out flown
	usual := (f.on + usualStays*usualOn) / (f.ended + usualStays)
	zero := logit(float64(usual))
	for i, k := range keys {
		x, ok := f.of[k]
		if k == 0 || !ok {
			continue
		}
		for j := range memories {
			rate := (x.on[j] + borrowed[j]*usual) / (x.ended[j] + borrowed[j])
			out[i*memories+j] = float32(logit(float64(rate)) - zero)
		}
	}
	return out
}

// flow takes note of what an event that was just applied says of the flow, and of how it
// stands after each entry that is taken. What not everybody may see says nothing.
func (m *Model) flow(s *story, c *signals.Case, e *signals.Event) {
	s.private = s.private || e.Audience != signals.Public
	if s.private {
		s.flown = nil
		return
	}
	switch e.Kind {
	case signals.TeamMoved:
		teams := c.Path.Teams()
		if n := teams.Handoffs(); n > s.handoffs {
			m.flows.end(flowing(c, teams[n-1].Team), true)
			s.handoffs = n
		}
	case signals.Closed:
		if !s.shut {
			m.flows.end(flowing(c, c.Team), false)
		}
		s.shut = true
	case signals.Reopened:
		s.shut = false
	}
	if i := place(c.Entries); i >= 0 && (!s.learnt || s.flown != nil) {
		for len(s.flown) <= i {
			s.flown = append(s.flown, flown{})
		}
		s.flown[i] = m.flows.look(flowing(c, c.Team))
	}
}

// begin sets what the flow knows of a case of which the first event that is seen
// is e: how it stood before.
func (s *story) begin(c *signals.Case, e *signals.Event) {
	s.shut = !c.ClosedAt.IsZero() && (e.Kind != signals.Closed || c.Closes > c.Reopens+1)
	teams := c.Path.Teams()
	s.handoffs = teams.Handoffs()
	if s.handoffs > 0 && e.Kind == signals.TeamMoved && teams[s.handoffs].N == c.Entries {
		s.handoffs--
	}
}

// place is where in taken a number of entries stands, -1 for nowhere.
func place(entries int) int {
	for i, n := range taken {
		if n == entries {
			return i
		}
	}
	return -1
}
