package route

import (
	"math"
	"strings"

	"andon/signals"
)

// record is what the model remembers of a case that is open or closed lately.
type record struct {
	words   []uint64
	body    []uint64
	tickets []ticket // situations whose outcome is not known
	hops    [2][]hop
	start   [2][]val // values when it was opened
	done    [2]learnt
	closed  bool
}

// hop is one stay and what was known of the case then.
type hop struct {
	who  int32
	vals []val
}

// learnt is what a closing taught, so that it can be taken back.
type learnt struct {
	who    int32
	weight float32
	finals []uint64
	goals  []uint64
}

// Observe learns from an event that was just applied to c. It has to be called
// for every event, in the order of time over all cases.
func (m *Model) Observe(c *signals.Case, e *signals.Event) {
	m.now = max(m.now, e.At.Unix())
	switch e.Kind {
	case signals.Opened:
		m.opened(c)
		if kRaise > 0 {
			m.said(c, e)
		}
	case signals.Assigned:
		m.moved(c, persons)
	case signals.TeamMoved:
		m.moved(c, teams)
	case signals.Edited:
		m.edited(c, e)
	case signals.Said:
		m.said(c, e)
	case signals.Closed:
		m.close(c)
	case signals.Reopened:
		m.reopen(c)
	}
}

// record returns what is remembered of a case, and begins to where nothing is.
func (m *Model) record(c *signals.Case) *record {
	if r := m.cases[c.Key]; r != nil {
		return r
	}
	m.learnFields(c)
	r := &record{words: m.words(c.Title, nil), body: m.bodyWords(c.Body, nil)}
	r.done[persons].who, r.done[teams].who = -1, -1
	m.cases[c.Key] = r
	if old, full := m.open.push(c.Key, m.opt.Open); full {
		if o := m.cases[old]; o != nil && !o.closed {
			delete(m.cases, old)
		}
	}
	return r
}

func (m *Model) opened(c *signals.Case) {
	r := m.record(c)
	for t := range m.tracks {
		r.start[t] = m.stored(c, t, nil)
	}
	for t := range m.tracks {
		if len(c.Path) > 0 && holder(&c.Path[len(c.Path)-1], t) != "" {
			m.moved(c, t)
		} else if m.tracks[t].closes > 0 {
			m.remember(c, r, t, false)
			m.remember(c, r, t, true)
		}
	}
}

// stored returns the values of a case without their texts; old is returned
// where nothing has changed.
func (m *Model) stored(c *signals.Case, t int, old []val) []val {
	m.vals = m.values(c, t, m.vals[:0])
	same := len(old) == len(m.vals)
	for i := range m.vals {
		m.vals[i].s = ""
		same = same && old[i] == m.vals[i]
	}
	if same {
		return old
	}
	return append([]val(nil), m.vals...)
}

// remember keeps the situation until it is known who was right.
func (m *Model) remember(c *signals.Case, r *record, t int, next bool) {
	if len(m.tracks[t].names.name) == 0 || m.pools[t*2+b2i(next)].skip() {
		return
	}
	q := &m.q
	q.keep = true
	m.prepare(c, r, t, next)
	q.keep = false
	kind := t*2 + b2i(next)
	s, place0, used := m.pools[kind].take()
	s.group, s.cur = uint8(min(q.hops, groups-1)), q.cur
	place := make([]int16, len(q.whos))
	for i := range place {
		place[i] = -1
	}
	if q.stays {
		q.score[0] = float32(math.Inf(-1))
	}
	for i, slot := range q.bestSlots(keepSlots) {
		if q.stays && slot == 0 {
			continue
		}
		place[slot] = int16(i)
		s.whos = append(s.whos, q.whos[slot])
	}
	for _, v := range q.nz {
		if q.stays && v.slot == 0 {
			s.stay = append(s.stay, v)
		} else if p := place[v.slot]; p >= 0 {
			s.nz = append(s.nz, nz{uint16(p), v.col, v.x})
		}
	}
	n := uint16(len(s.whos))
	s.nz = append(s.nz, nz{n, exNobody, 1}, nz{n, exKnown, logOf(q.known / 100)})
	r.tickets = append(r.tickets, ticket{uint8(kind), place0, used})
}

// moved learns that a case came to a new holder.
func (m *Model) moved(c *signals.Case, t int) {
	if len(c.Path) == 0 {
		return
	}
	name := holder(&c.Path[len(c.Path)-1], t)
	if name == "" {
		return
	}
	r, tr := m.record(c), &m.tracks[t]
	id := tr.names.of(name)
	hops := r.hops[t]
	if n := len(hops); n > 0 && hops[n-1].who == id {
		return
	}
	m.touch(t, id)
	m.settle(r, t, true, id, 1)
	old := r.start[t]
	if n := len(hops); n > 0 {
		old = hops[n-1].vals
		m.passed(tr, hops, id)
	}
	vals := m.stored(c, t, old)
	for i := range vals {
		if tr.gain[vals[i].f].kept() {
			tr.tables[held].add(tableKey(held, vals[i].key, 0), id, vals[i].share, m.now)
		}
	}
	r.hops[t] = append(hops, hop{id, vals})
	if r.closed {
		m.relearn(c, r, t)
		return
	}
	m.remember(c, r, t, false)
	m.remember(c, r, t, true)
}

func (m *Model) touch(t int, id int32) {
	n := &m.tracks[t].names
	n.seen[id] = max(n.seen[id], m.now)
}

// passed learns that the last of the hops handed the case to id.
func (m *Model) passed(tr *track, hops []hop, id int32) {
	last := &hops[len(hops)-1]
	from := uint64(last.who) + 1
	m.crosswise(tr, last.vals, func(key uint64, share float32) {
		tr.tables[pass].add(tableKey(pass, key, from), id, share, m.now)
	})
	if n := len(hops); n > 1 {
		v := prevVal(hops[n-2].who)
		tr.tables[pass].add(tableKey(pass, v.key, from), id, 1, m.now)
	}
}

// crosswise calls f with the values that are worth crossing with a holder: the
// most telling ones, and no condition at all.
func (m *Model) crosswise(tr *track, vals []val, f func(key uint64, share float32)) {
	for i := range vals {
		if vals[i].f == fAll || tr.rankOf(vals[i].f) < askCross+4 {
			f(vals[i].key, vals[i].share)
		}
	}
}

// rankOf is the place of a field in the order of what fields tell.
func (t *track) rankOf(f uint8) int {
	for i, o := range t.order {
		if o == f {
			return i
		}
	}
	return len(t.order) + maxFields
}

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
		default:
			s.waiting = false
			m.tracks[t].rank[b2i(next)].learn(s, who, w)
		}
	}
	r.tickets = kept
}

func (m *Model) edited(c *signals.Case, e *signals.Event) {
	if e.Ref != "" {
		return
	}
	switch e.Field {
	case signals.FieldTitle:
		if r := m.cases[c.Key]; r != nil {
			r.words = m.words(c.Title, r.words[:0])
		}
	case signals.FieldBody, signals.FieldComponent, signals.FieldProject, signals.FieldType:
	default:
		m.learnFields(c)
	}
}

func (m *Model) active(who string) {
	if who != "" {
		n := &m.tracks[persons].names
		n.alive[n.of(who)] = m.now
	}
}

// said learns who speaks about what. The one who raised a case always speaks.
func (m *Model) said(c *signals.Case, e *signals.Event) {
	m.active(e.Actor)
	if e.Actor == "" || e.Actor == c.Opener && e.Kind != signals.Opened {
		return
	}
	tr := &m.tracks[persons]
	id := tr.names.of(e.Actor)
	m.vals = m.values(c, persons, m.vals[:0])
	tab := tr.tables[spoke]
	for i := range m.vals {
		if m.vals[i].f == fAll || tr.rankOf(m.vals[i].f) < 3 {
			tab.add(tableKey(spoke, m.vals[i].key, 0), id, m.vals[i].share, m.now)
		}
	}
	for _, w := range m.record(c).words {
		tab.add(tableKey(spoke, w, 0), id, 1, m.now)
	}
	for _, w := range m.record(c).body {
		tab.add(tableKey(spoke, w, 0), id, 1, m.now)
	}
}

// close learns who resolved a case.
func (m *Model) close(c *signals.Case) {
	r := m.record(c)
	r.closed = true
	for t := range m.tracks {
		m.resolved(c, r, t)
	}
	for _, tick := range r.tickets {
		if s := m.pools[tick.kind].get(tick); s != nil {
			s.waiting = false
		}
	}
	r.tickets = nil
	if old, full := m.closed.push(c.Key, m.opt.Closed); full {
		if o := m.cases[old]; o != nil && o.closed {
			delete(m.cases, old)
		}
	}
}

func (m *Model) resolved(c *signals.Case, r *record, t int) {
	name := c.Holder
	if t == teams {
		name = c.Team
	}
	if name == "" {
		return
	}
	tr := &m.tracks[t]
	id := tr.names.of(name)
	w := float32(1)
	if m.weak(c.Resolution) {
		w = 0.3
	}
	if t == teams || name != c.Opener || len(r.hops[t]) > 1 {
		m.settle(r, t, false, id, 1-kWeak*(1-w))
	}
	m.touch(t, id)
	start := r.start[t]
	if start == nil {
		start = m.stored(c, t, nil)
	}
	tr.closes++
	tr.judge(start, id, m.now)
	tr.pairUp()
	r.done[t] = m.learnFinal(c, r, t, id, w, start)
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

func (m *Model) learnFinal(c *signals.Case, r *record, t int, id int32, w float32, start []val) learnt {
	tr := &m.tracks[t]
	l := learnt{who: id, weight: w}
	add := func(source int, list *[]uint64, key uint64, share float32) {
		tr.tables[source].add(key, id, w*share, m.now)
		*list = append(*list, key)
	}
	end := m.stored(c, t, start)
	for i := range end {
		if tr.gain[end[i].f].kept() {
			add(final, &l.finals, tableKey(final, end[i].key, 0), end[i].share)
		}
	}
	for i := range start {
		if tr.gain[start[i].f].kept() && !hasKey(end, start[i].key) {
			add(final, &l.finals, tableKey(final, start[i].key, 0), start[i].share)
		}
	}
	for _, h := range r.words {
		add(final, &l.finals, tableKey(final, h, 0), 1)
	}
	for _, h := range r.body {
		add(final, &l.finals, tableKey(final, h, 0), 1)
	}
	m.learnGoals(r, t, func(key uint64, share float32) { add(goal, &l.goals, key, share) })
	return l
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

func hasKey(vals []val, key uint64) bool {
	for i := range vals {
		if vals[i].key == key {
			return true
		}
	}
	return false
}

// unlearn takes back what a closing taught.
func (m *Model) unlearn(r *record, t int) {
	l := &r.done[t]
	if l.who < 0 {
		return
	}
	tr := &m.tracks[t]
	for _, k := range l.finals {
		tr.tables[final].retract(k, l.who, l.weight)
	}
	for _, k := range l.goals {
		tr.tables[goal].retract(k, l.who, l.weight)
	}
	tr.closes = max(0, tr.closes-1)
	*l = learnt{who: -1}
}

// relearn corrects a closing after which the holder changed.
func (m *Model) relearn(c *signals.Case, r *record, t int) {
	m.unlearn(r, t)
	m.resolved(c, r, t)
}

func (m *Model) reopen(c *signals.Case) {
	r := m.cases[c.Key]
	if r == nil {
		return
	}
	r.closed = false
	for t := range m.tracks {
		m.unlearn(r, t)
	}
	for t := range m.tracks {
		m.remember(c, r, t, false)
		m.remember(c, r, t, true)
	}
}
