package route

import "andon/signals"

// record is what the model remembers of a case that is open or closed lately.
type record struct {
	title   uint64 // hash of the title that words come from
	words   []uint64
	tickets []ticket // situations whose outcome is not known
	hops    [2][]hop
	start   [2][]trait // values when it was opened
	done    *[2]learnt // nil before the first closing
	closed  bool
}

// hop is one stay and what was known of the case then.
type hop struct {
	who  int32
	vals []trait
}

// learnt is what a closing taught, so that it can be taken back.
type learnt struct {
	who    int32
	finals []count
	goals  []count
}

// count is one count in a table.
type count struct {
	key    uint64
	weight float32
}

// Observe learns from an event that was just applied to c. It has to be called
// for every event, in the order of time over all cases. A closing is learnt
// when its history entry is complete, that is, with the next event of another.
func (m *Model) Observe(c *signals.Case, e *signals.Event) {
	if m.due.record != nil && !m.due.sameEntry(e) {
		if m.due.key == caseKey(c.Key) {
			m.due.traits = m.traits(c)
		}
		m.flush()
	}
	m.now = max(m.now, e.At.Unix())
	m.private(e.Audience != signals.Public || c.Events()[0].Audience != signals.Public)
	switch e.Kind {
	case signals.Opened:
		m.opened(c)
		m.said(c, e)
	case signals.Assigned:
		m.moved(c, persons)
	case signals.TeamMoved:
		m.moved(c, teams)
	case signals.Edited:
		m.edited(c, e)
	case signals.Said:
		m.said(c, e)
		m.regulars.heard(c, e)
	case signals.Closed:
		m.close(c, e)
	case signals.Reopened:
		m.reopen(c)
	}
	if m.due.record != nil {
		m.due.name = [2]string{persons: c.Holder, teams: c.Team}
		m.due.resolution, m.due.traits = c.Resolution, m.traits(c)
	}
}

// private tells the tables whether what is counted next is for everybody's
// eyes: words are made from public counts only.
func (m *Model) private(is bool) {
	for t := range m.tracks {
		for s := range m.tracks[t].tables {
			m.tracks[t].tables[s].private = is
		}
	}
}

// record returns what is remembered of a case, and begins to where nothing is.
func (m *Model) record(c *signals.Case) *record {
	key := caseKey(c.Key)
	if r := m.cases[key]; r != nil {
		return r
	}
	m.learnFields(c)
	r := &record{title: hash(0, c.Title), words: m.words(c.Title, nil)}
	m.cases[key] = r
	if old, full := m.open.push(key, m.opt.Open); full && old != key {
		if o := m.cases[old]; o != nil && !o.closed {
			delete(m.cases, old)
		}
	}
	return r
}

func (m *Model) opened(c *signals.Case) {
	r := m.record(c)
	for t := range m.tracks {
		r.start[t] = m.stored(m.single(c, t, m.vals[:0]), t, nil)
	}
	for t := range m.tracks {
		if len(c.Path) > 0 && holder(&c.Path[len(c.Path)-1], t) != "" {
			m.moved(c, t)
		} else if m.tracks[t].closes > 0 {
			m.remember(c, r, t)
		}
	}
}

// stored returns single values and their pairs without their texts; old is
// returned where nothing has changed.
func (m *Model) stored(single []val, t int, old []trait) []trait {
	m.vals = m.tracks[t].paired(single)
	same := len(old) == len(m.vals)
	for i := range m.vals {
		same = same && old[i] == m.vals[i].trait
	}
	if same {
		return old
	}
	out := make([]trait, len(m.vals))
	for i := range m.vals {
		out[i] = m.vals[i].trait
	}
	return out
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
	vals := m.stored(m.single(c, t, m.vals[:0]), t, old)
	for i := range vals {
		if tr.gain[vals[i].f].kept() {
			tr.tables[held].add(tableKey(held, vals[i].key, 0), id, vals[i].share, m.now)
		}
	}
	r.hops[t] = append(hops, hop{id, vals})
	if r.closed {
		if m.due.record != r {
			m.relearn(c, r, t)
		}
		return
	}
	m.remember(c, r, t)
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
func (m *Model) crosswise(tr *track, vals []trait, f func(key uint64, share float32)) {
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

func (m *Model) edited(c *signals.Case, e *signals.Event) {
	if e.Ref != "" {
		return
	}
	switch e.Field {
	case signals.FieldTitle:
		if r := m.cases[caseKey(c.Key)]; r != nil {
			r.title, r.words = hash(0, c.Title), m.words(c.Title, r.words[:0])
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
}
