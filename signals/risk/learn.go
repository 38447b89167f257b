package risk

import (
	"math"
	"slices"
	"sort"

	"andon/signals"
)

// story is what the model remembers of a case: after how many entries each
// outcome came, 0 for not yet, and what was learnt from it.
type story struct {
	came   [len(Outcomes)]int
	learnt bool // it was closed once
	record *record

	handoffs      int     // team hand-offs that were counted as flow
	shut, private bool    // it is closed; not everybody may see all of it
	flown         []flown // after each entry that is taken, as it was known then
}

// record is what was learnt from one case.
type record struct {
	no      int64 // in the order of closing, from 1
	key     signals.Key
	samples []*sample
	merged  bool // the next training sees it
}

// taken are the entries after which a case is taken as a sample: many early
// ones, where a warning is worth most.
var taken = [...]int{1, 2, 3, 5, 8, 13, 21, 34}

// lastTaken is the last of them.
const lastTaken = 34

// soonest is how many cases that close make another training due, at least, and
// a tenth of all does later. With 500 and a quarter, changed habits were learnt too
// late (AUC .007 less on the earlier part of one of two public logs, no more on the other).
const soonest = 250

// learn takes a case that closed, or one that closed before and went on.
func (m *Model) learn(s *story, c *signals.Case) {
	if s.record == nil {
		s.learnt = true
		m.closed++
		s.record = &record{no: m.closed, key: c.Key}
		m.fresh = append(m.fresh, s.record)
	} else if s.record.merged {
		s.record = &record{no: s.record.no, key: c.Key}
		m.fresh = append(m.fresh, s.record)
	}
	if m.counts(s.record) {
		s.record.samples = m.sample(s, c)
	}
	if m.closed >= m.due {
		m.merge()
		m.stale = true
		m.due = m.closed + max(soonest, m.closed/10)
	}
}

// counts reports whether the next training may see a record: it sees the latest
// samples only, and each case of which everybody may see all brings one at least.
func (m *Model) counts(r *record) bool { return m.due-r.no < mostSamples }

// sample walks the case again and takes it as it stood on the way. What not
// everybody may see teaches nothing.
func (m *Model) sample(s *story, c *signals.Case) []*sample {
	var out []*sample
	t := &m.trail
	handoffs := c.Path.Teams().Handoffs()
	t.walk(c, func() {
		if place(t.n) < 0 {
			return
		}
		x := &sample{no: s.record.no, open: 1 << moves}
		t.fill(x)
		if i := place(t.n); i < len(s.flown) {
			copy(x.num[fFlow:], s.flown[i][:])
		}
		last := &sample{}
		if n := len(out); n > 0 {
			last = out[n-1]
		}
		x.parts, x.words, x.fields = kept(last.parts, x.parts), kept(last.words, x.words), kept(last.fields, x.fields)
		if handoffs > t.handoffs {
			x.came |= 1 << moves
		}
		for o, at := range s.came {
			if at == 0 || at > t.n {
				x.open |= 1 << o
			}
			if at > t.n {
				x.came |= 1 << o
			}
		}
		out = append(out, x)
	})
	if t.private {
		return nil
	}
	for _, x := range out {
		x.weight = float32(1 / math.Sqrt(float64(len(out))))
	}
	return out
}

// kept is a copy of list, or last where that is the same: most of a case does not
// change from one entry to the next.
func kept[T comparable](last, list []T) []T {
	if slices.Equal(last, list) {
		return last
	}
	return slices.Clone(list)
}

// merge brings what was learnt since the last training to what the next one
// sees, and forgets the oldest cases beyond the bound.
func (m *Model) merge() {
	for _, r := range m.fresh {
		r.merged = true
		if i := sort.Search(len(m.base), func(i int) bool { return m.base[i].no >= r.no }); i < len(m.base) && m.base[i].no == r.no {
			m.base[i] = r
		} else if i == len(m.base) {
			m.base = append(m.base, r)
		}
	}
	m.fresh = nil
	m.flows.forget()
	n, from := 0, len(m.base)
	for from > 0 && n+len(m.base[from-1].samples) <= mostSamples {
		from--
		n += len(m.base[from].samples)
	}
	for _, r := range m.base[:from] {
		if s := m.stories[r.key]; s != nil && s.record != nil && s.record.no == r.no {
			s.record, s.flown = nil, nil
			m.settle(r.key, s)
		}
	}
	m.base = slices.Clone(m.base[from:])
}

// settle forgets a story that nothing can come of any more: its case is closed,
// no outcome came, and nothing that it taught is held.
func (m *Model) settle(k signals.Key, s *story) {
	if s.learnt && s.record == nil && s.came == [len(Outcomes)]int{} {
		delete(m.stories, k)
	}
}
