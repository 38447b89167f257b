package route

import (
	"math"
	"slices"

	"andon/signals"
	"andon/signals/text"
)

// The fields that every case may have. Fields that a site adds and pairs of
// fields follow, in the order in which they are first seen.
const (
	fAll = iota // no condition
	fOpener
	fOther // who holds it on the other track: the team for persons, the person for teams
	fPrev  // who held it before
	fFirst // who held it first
	fProject
	fType
	fComponent
	fPriority
	fLevel
	fWord // words of the title; many values at once
	fFixed
	maxFields = 48
	maxPairs  = 6
)

var fixedNames = [fFixed]string{"", "reporter", "holder", "previous holder", "first holder", "project", "type", "component", "priority", "level", "words"}

// fields gives numbers to fields.
type fields struct {
	id    map[string]uint8
	names []string
}

// pair is two fields taken together; f is the number of the pair.
type pair struct{ a, b, f uint8 }

func (f *fields) init() {
	f.id = make(map[string]uint8)
	f.names = append(f.names, fixedNames[:]...)
}

func (f *fields) of(name string) (uint8, bool) {
	if id, ok := f.id[name]; ok {
		return id, true
	}
	if len(f.names) >= maxFields-maxPairs {
		return 0, false
	}
	id := uint8(len(f.names))
	f.names = append(f.names, name)
	f.id[name] = id
	return id, true
}

// val is one field's value while a question is answered.
type val struct {
	trait
	s string
}

// trait is one field's value, hashed together with the field. share is what it
// counts where a field has several values. It is what is remembered of a value.
type trait struct {
	key   uint64
	share float32
	f     uint8
}

// longest is the length in bytes from which a field's value is taken for text.
const longest = 80

// values lists what is known of a case on a track, sorted by field, pairs of
// fields last.
func (m *Model) values(c *signals.Case, t int, dst []val) []val {
	return m.tracks[t].paired(m.single(c, t, dst))
}

// single is values without the pairs.
func (m *Model) single(c *signals.Case, t int, dst []val) []val {
	put := func(f uint8, s string, share float32) {
		if s != "" && len(s) <= longest {
			dst = append(dst, val{trait{f: f, share: share, key: hash(uint64(f)*0x9e3779b97f4a7c15+14695981039346656037, s)}, s})
		}
	}
	dst = append(dst, val{trait: trait{f: fAll, share: 1, key: 1}})
	put(fOpener, c.Opener, 1)
	if t == persons {
		put(fOther, c.Team, 1)
	} else {
		put(fOther, c.Holder, 1)
	}
	put(fProject, c.Project, 1)
	put(fType, c.Type, 1)
	for _, s := range c.Components[:min(len(c.Components), 4)] {
		put(fComponent, s, 1/float32(min(len(c.Components), 4)))
	}
	put(fPriority, c.Priority, 1)
	put(fLevel, c.Level, 1)
	from := len(dst)
	for name, s := range c.Fields {
		if id, ok := m.fields.id[name]; ok {
			put(id, s, 1)
		}
	}
	slices.SortFunc(dst[from:], func(a, b val) int { return int(a.f) - int(b.f) })
	return dst
}

// paired appends the values of the pairs of fields.
func (t *track) paired(dst []val) []val {
	n := len(dst)
	for _, p := range t.pairs {
		for i := range dst[:n] {
			if dst[i].f != p.a {
				continue
			}
			for j := range dst[:n] {
				if dst[j].f == p.b {
					dst = append(dst, val{trait: trait{f: p.f, share: dst[i].share * dst[j].share, key: mix(dst[i].key ^ mix(dst[j].key+uint64(p.f)))}})
				}
			}
		}
	}
	return dst
}

// learnFields gives numbers to fields that were not seen before, in the order
// of their names.
func (m *Model) learnFields(c *signals.Case) {
	var fresh []string
	for name, s := range c.Fields {
		if _, ok := m.fields.id[name]; !ok && s != "" && len(s) <= longest {
			fresh = append(fresh, name)
		}
	}
	slices.Sort(fresh)
	for _, name := range fresh {
		m.fields.of(name)
	}
}

// maxWords is how many different words of a title are used.
const maxWords = 16

// words hashes the stems of a title, each once.
func (m *Model) words(title string, dst []uint64) []uint64 {
	m.toks = text.Tokens(title, m.toks[:0])
	for _, w := range m.toks {
		if len(w) < 2 || len(dst) == maxWords {
			continue
		}
		if h := hash(fWord, text.Stem(w)); !slices.Contains(dst, h) {
			dst = append(dst, h)
		}
	}
	return dst
}

// gain is what a field told so far: the mean of log(p with it / p without it)
// of the one who resolved it, in nats, forgetting slowly.
type gain struct {
	mean, hits float64 // hits: share of cases whose value was known already
	n          int
}

func (g *gain) add(x float64, hit bool) {
	g.n++
	rate := max(1/float64(g.n), 0.002)
	g.mean += rate * (x - g.mean)
	h := 0.0
	if hit {
		h = 1
	}
	g.hits += rate * (h - g.hits)
}

// grace is how many cases a field is used for before it is judged.
const grace = 60

// useful reports whether a field is worth asking.
func (g *gain) useful() bool { return g.n < grace || g.mean > 0.03 }

// kept reports whether a field is worth learning: one that hardly ever bears a
// known value, such as a number of its own for each case, is not.
func (g *gain) kept() bool { return g.n < 10*grace || g.hits > 0.1 }

// reorder sorts the fields by what they tell.
func (t *track) reorder() {
	t.order = t.order[:0]
	for f := range t.gain {
		if g := &t.gain[f]; f != fAll && f != fWord && g.useful() {
			t.order = append(t.order, uint8(f))
		}
	}
	slices.SortStableFunc(t.order, func(a, b uint8) int {
		return -cmpFloat(t.gain[a].mean, t.gain[b].mean)
	})
}

func cmpFloat(a, b float64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// judge updates the gains of the fields from a case that resolver who resolved,
// before it is learnt.
func (t *track) judge(vals []trait, who int32, now int64) {
	tab := t.tables[final]
	all := tab.get(tableKey(final, 1, 0))
	if all == nil {
		return
	}
	n, of := tab.share(all, who, now)
	base := float64((n + 0.1) / (of + 10))
	seen := uint8(fAll)
	for i := range vals {
		f := vals[i].f
		if f == fAll || f == seen {
			continue
		}
		seen = f
		d := tab.get(tableKey(final, vals[i].key, 0))
		if d == nil {
			t.gain[f].add(0, false)
			continue
		}
		n, of := tab.share(d, who, now)
		p := (float64(n) + 2*base) / (float64(of) + 2)
		t.gain[f].add(math.Log(p/base), true)
	}
	if t.closes < 256 && t.closes%16 == 0 || t.closes%256 == 0 {
		t.reorder()
	}
}

// pairUp reviews the pairs of fields, now and then: one that tells no more than
// its better half goes, pairs of the most telling fields come, each once.
func (t *track) pairUp() {
	if n := t.closes; n < 100 || n&(n-1) != 0 && n != 100 {
		return
	}
	kept := t.pairs[:0]
	for _, p := range t.pairs {
		if g := &t.gain[p.f]; g.n < grace || g.mean > max(t.gain[p.a].mean, t.gain[p.b].mean)+0.03 {
			kept = append(kept, p)
		}
	}
	t.pairs = kept
	var top []uint8
	for _, f := range t.order {
		if g := &t.gain[f]; int(f) < maxFields-maxPairs && g.n >= grace && g.mean > 0.05 && len(top) < 4 && f != fOther {
			top = append(top, f)
		}
	}
	for i := range top {
		for j := range i {
			t.pair(min(top[i], top[j]), max(top[i], top[j]))
		}
	}
	t.reorder()
}

// pair takes a pair of fields up that was not tried before.
func (t *track) pair(a, b uint8) {
	if t.tried[[2]uint8{a, b}] || len(t.pairs) == maxPairs {
		return
	}
	if t.tried == nil {
		t.tried = make(map[[2]uint8]bool)
	}
	t.tried[[2]uint8{a, b}] = true
	free := uint8(maxFields - maxPairs)
	for t.hasPair(free) {
		free++
	}
	t.pairs = append(t.pairs, pair{a, b, free})
	t.gain[free] = gain{}
	for r := range t.rank {
		t.rank[r].reset(int(free))
	}
}

func (t *track) hasPair(f uint8) bool {
	return slices.ContainsFunc(t.pairs, func(p pair) bool { return p.f == f })
}
