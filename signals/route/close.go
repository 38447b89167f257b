package route

import (
	"slices"
	"strings"
	"time"

	"andon/signals"
)

// settle teaches the ranker how the situations of a case ended.
func (m *Model) settle(r *record, t int, next bool, who int32, w float32) {
	kept := r.tickets[:0]
	kind := uint8(t*2 + b2i(next))
	for _, tick := range r.tickets {
		s := m.pools[tick.kind].get(tick)
		switch {
		case s == nil:
		case tick.kind != kind:
			kept = append(kept, tick)
		case !next && tick.at == m.now:
			s.waiting = false // the holder came with the closing: nothing was asked in between
		default:
			s.waiting = false
			m.tracks[t].rank[b2i(next)].learn(s, who, w)
		}
	}
	r.tickets = kept
}

// due is a closing whose history entry may not be complete yet.
type due struct {
	record  *record // nil when nothing is due
	key     uint64
	entry   int64
	at      time.Time
	private bool
	name    [2]string // who held it, by track
	ending
}

// ending is what a case was when it ended.
type ending struct {
	opener, resolution string
	traits             [2][]trait // without pairs, by track
}

// traits is what a case is now. No pairs are among it, for a closing may take new ones up.
func (m *Model) traits(c *signals.Case) (out [2][]trait) {
	for t := range out {
		m.vals = m.single(c, t, m.vals[:0])
		out[t] = make([]trait, len(m.vals))
		for i := range m.vals {
			out[t][i] = m.vals[i].trait
		}
	}
	return out
}

// stored is Model.stored of the traits of a case that ended.
func (d *ending) stored(m *Model, t int, old []trait) []trait {
	m.vals = m.vals[:0]
	for _, x := range d.traits[t] {
		m.vals = append(m.vals, val{trait: x})
	}
	return m.stored(m.vals, t, old)
}

func (d *due) sameEntry(e *signals.Event) bool {
	return d.key == caseKey(e.Case) && d.entry == e.Seq.Entry && d.at.Equal(e.At)
}

// close notes that a case was closed.
func (m *Model) close(c *signals.Case, e *signals.Event) {
	r := m.record(c)
	r.closed = true
	m.due = due{record: r, key: caseKey(c.Key), entry: e.Seq.Entry, at: e.At, private: m.tracks[0].tables[0].private}
	m.due.opener = c.Opener
}

// flush learns who resolved the case that is due.
func (m *Model) flush() {
	d := m.due
	m.due = due{}
	m.private(d.private)
	for t := range m.tracks {
		m.resolved(&d.ending, d.record, t, d.name[t])
	}
	for _, tick := range d.record.tickets {
		if s := m.pools[tick.kind].get(tick); s != nil {
			s.waiting = false
		}
	}
	d.record.tickets = nil
	if old, full := m.closed.push(d.key, m.opt.Closed); full {
		if o := m.cases[old]; o != nil && o.closed {
			delete(m.cases, old)
		}
	}
}

// resolved learns that name resolved a case.
func (m *Model) resolved(d *ending, r *record, t int, name string) {
	if name == "" {
		return
	}
	tr := &m.tracks[t]
	id := tr.names.of(name)
	w := float32(1)
	if m.weak(d.resolution) {
		w = 0.3
	}
	if t == teams || name != d.opener || len(r.hops[t]) > 1 {
		m.settle(r, t, false, id, w)
	}
	m.touch(t, id)
	start := r.start[t]
	if start == nil {
		start = d.stored(m, t, nil)
	}
	tr.names.paces.add(id, w, m.now)
	tr.closes++
	tr.judge(start, id, m.now)
	tr.pairUp()
	if r.done == nil {
		r.done = &[2]learnt{{who: -1}, {who: -1}}
	}
	r.done[t] = m.learnFinal(d, r, t, id, w, start)
}

// weak reports whether a resolution means that nobody solved anything.
func (m *Model) weak(resolution string) bool {
	s := strings.ToLower(resolution)
	for _, p := range m.opt.Weak {
		if s != "" && strings.Contains(s, p) {
			return true
		}
	}
	return false
}

func (m *Model) learnFinal(d *ending, r *record, t int, id int32, w float32, start []trait) learnt {
	tr := &m.tracks[t]
	finals, goals := m.counted[0][:0], m.counted[1][:0]
	add := func(source int, list *[]count, key uint64, share float32) {
		tr.tables[source].add(key, id, w*share, m.now)
		*list = append(*list, count{key, w * share})
	}
	end := d.stored(m, t, start)
	for i := range end {
		if tr.gain[end[i].f].kept() {
			add(final, &finals, tableKey(final, end[i].key, 0), end[i].share)
		}
	}
	for i := range start {
		if tr.gain[start[i].f].kept() && !hasKey(end, start[i].key) {
			add(final, &finals, tableKey(final, start[i].key, 0), start[i].share)
		}
	}
	for _, h := range r.words {
		add(final, &finals, tableKey(final, h, 0), 1)
	}
	m.learnGoals(r, t, func(key uint64, share float32) { add(goal, &goals, key, share) })
	m.counted = [2][]count{finals, goals}
	return learnt{id, slices.Clone(finals), slices.Clone(goals)}
}

// learnGoals learns where the case ended, for each holder whom it passed.
func (m *Model) learnGoals(r *record, t int, add func(key uint64, share float32)) {
	hops := r.hops[t]
	for i := range hops {
		again := false
		for j := range i {
			again = again || hops[j].who == hops[i].who
		}
		if again {
			continue
		}
		from := uint64(hops[i].who) + 1
		m.crosswise(&m.tracks[t], hops[i].vals, func(key uint64, share float32) { add(tableKey(goal, key, from), share) })
		if i > 0 {
			v := prevVal(hops[i-1].who)
			add(tableKey(goal, v.key, from), 1)
		}
	}
}

func hasKey(vals []trait, key uint64) bool {
	for i := range vals {
		if vals[i].key == key {
			return true
		}
	}
	return false
}

// unlearn takes back what a closing taught.
func (m *Model) unlearn(r *record, t int) {
	if r.done == nil || r.done[t].who < 0 {
		return
	}
	l := &r.done[t]
	tr := &m.tracks[t]
	for _, k := range l.finals {
		tr.tables[final].retract(k.key, l.who, k.weight)
	}
	for _, k := range l.goals {
		tr.tables[goal].retract(k.key, l.who, k.weight)
	}
	tr.closes = max(0, tr.closes-1)
	*l = learnt{who: -1}
}

// relearn corrects a closing after which the holder changed.
func (m *Model) relearn(c *signals.Case, r *record, t int) {
	m.unlearn(r, t)
	m.resolved(&ending{c.Opener, c.Resolution, m.traits(c)}, r, t, holder(&c.Path[len(c.Path)-1], t))
}

func (m *Model) reopen(c *signals.Case) {
	r := m.cases[caseKey(c.Key)]
	if r == nil {
		return
	}
	r.closed = false
	if m.due.record == r {
		m.due = due{}
	}
	for t := range m.tracks {
		m.unlearn(r, t)
	}
	for t := range m.tracks {
		m.remember(c, r, t)
	}
}
