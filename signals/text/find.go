package text

import (
	"cmp"
	"slices"
)

// Hit is one cue phrase found in a text.
type Hit struct {
	Cue        Cue
	Weight     float64 // of the phrase, above 0 and up to 1
	Start, End int     // bytes in Doc.Prose
	Phrase     string  // Doc.Prose[Start:End]
}

// negationReach is how many words before a phrase a negation still turns it round.
const negationReach = 3

// Find gives the cue phrases in the prose of d, by place; of one cue they do
// not overlap: the weightiest wins, of equals the longest. Code and quoted text are not looked at. The
// cost is linear in the text: one pass over its words and a step through the
// automaton where a word begins a phrase.
func (l *Lexicon) Find(d *Doc) []Hit {
	f := Finder{trie: &l.trie}
	return f.Find(d)
}

// Finder is a Lexicon with buffers of its own, for scanning many texts. It is
// not safe for concurrent use.
type Finder struct {
	*trie
	toks  []tok
	out   []found
	taken []bool // by token, of the cue at hand
	start int    // the token at which the phrase begins
	list  []Hit
}

// NewFinder makes a Finder.
func (l *Lexicon) NewFinder() *Finder { return &Finder{trie: &l.trie} }

// Find is Lexicon.Find; the hits are good until the next call.
func (m *Finder) Find(d *Doc) []Hit {
	prose := d.Prose
	if prose == "" || len(prose) > 1<<30 {
		return nil
	}
	if cap(m.toks) == 0 {
		m.toks = make([]tok, 0, len(prose)/5+8)
	}
	var hasQ bool
	m.toks, hasQ = scan(m.toks[:0], prose, &m.voc)
	m.out = m.out[:0]
	for i := range m.toks {
		t := &m.toks[i]
		switch {
		case t.kind == kindEdge:
			if n := m.root[symBegin]; n != 0 && i+1 < len(m.toks) {
				m.start = i + 1
				m.walk(n, i+1)
			}
		case t.sym != symNone:
			if n := m.root[t.sym]; n != 0 {
				m.start = i
				m.walk(n, i+1)
			}
		}
	}
	if hasQ {
		m.sentences()
	}
	return m.hits(prose)
}

// Score is how strongly d shows the cue c, from 0 to 1: one minus the product of
// what each different phrase leaves open. phrase is the strongest one as it
// stands in the text, "" if there is none.
func (l *Lexicon) Score(d *Doc, c Cue) (score float64, phrase string) {
	return Score(l.Find(d), c)
}

// Score is Lexicon.Score over hits that are at hand.
func Score(hits []Hit, c Cue) (score float64, phrase string) {
	open, best := 1.0, 0.0
	for i, h := range hits {
		if h.Cue != c {
			continue
		}
		if h.Weight > best {
			best, phrase = h.Weight, h.Phrase
		}
		if !said(hits[max(0, i-64):i], h) {
			open *= 1 - h.Weight
		}
	}
	return 1 - open, phrase
}

// said tells that the same phrase of the same cue came shortly before.
func said(hits []Hit, h Hit) bool {
	for _, p := range hits {
		if p.Cue == h.Cue && p.Phrase == h.Phrase {
			return true
		}
	}
	return false
}

// found is a raw match: tokens [from, to).
type found struct {
	from, to int32
	end      ending
}

// walk follows the trie from node n at token i and notes every ending.
func (m *Finder) walk(n uint32, i int) {
	nd := &m.nodes[n]
	for _, e := range nd.ends {
		if i > m.start && (!e.question || m.toks[m.start].question) && !(!e.veto && m.negate[e.cue] && m.negated(m.start)) {
			m.out = append(m.out, found{int32(m.start), int32(i), e})
		}
	}
	if i >= len(m.toks) {
		return
	}
	t := m.toks[i]
	if t.kind == kindEdge {
		if to := nd.step(symEnd); to != 0 {
			m.walk(to, i)
		}
		return
	}
	if t.sym != symNone {
		if to := nd.step(t.sym); to != 0 {
			m.walk(to, i+1)
		}
	}
	if nd.any != 0 {
		m.walk(nd.any, i+1)
	}
	if nd.gap == 0 {
		return
	}
	for k := i; k < len(m.toks) && k <= i+3; k++ {
		m.walk(nd.gap, k)
		if m.toks[k].kind == kindEdge {
			return
		}
	}
}

// negated tells that one of the words before token i in its sentence negates.
func (m *Finder) negated(i int) bool {
	if m.negators[m.toks[i].sym] {
		return false
	}
	for k := i - 1; k >= 0 && k >= i-negationReach && m.toks[k].kind == kindWord; k-- {
		if m.negators[m.toks[k].sym] {
			return true
		}
	}
	return false
}

// sentences adds the hit of each cue that any question sentence has.
func (m *Finder) sentences() {
	for c, w := range m.bareQ {
		if w == 0 {
			continue
		}
		from := 1
		for i := 1; i < len(m.toks); i++ {
			if m.toks[i].kind != kindEdge {
				continue
			}
			if m.toks[i].question && i > from {
				m.out = append(m.out, found{int32(from), int32(i), ending{cue: uint8(c), weight: w}})
			}
			from = i + 1
		}
	}
}

// hits sorts the raw matches, applies vetoes and keeps the weightiest of what overlaps.
func (m *Finder) hits(prose string) []Hit {
	if len(m.out) == 0 {
		return nil
	}
	out := m.out
	slices.SortFunc(out, func(a, b found) int {
		switch {
		case a.end.cue != b.end.cue:
			return int(a.end.cue) - int(b.end.cue)
		case a.end.veto != b.end.veto:
			if a.end.veto {
				return -1
			}
			return 1
		case a.end.weight != b.end.weight:
			return cmp.Compare(b.end.weight, a.end.weight)
		case a.to-a.from != b.to-b.from:
			return int((b.to - b.from) - (a.to - a.from))
		}
		return int(a.from - b.from)
	})
	kept := out[:0]
	for i := 0; i < len(out); {
		j := i
		for j < len(out) && out[j].end.cue == out[i].end.cue {
			j++
		}
		kept = m.keep(kept, out[i:j])
		i = j
	}
	slices.SortFunc(kept, func(a, b found) int {
		return cmp.Or(int(a.from-b.from), int(a.end.cue)-int(b.end.cue))
	})
	m.list = slices.Grow(m.list[:0], len(kept))
	for _, f := range kept {
		a, b := int(m.toks[f.from].start), int(m.toks[f.to-1].end)
		m.list = append(m.list, Hit{cues[f.end.cue], f.end.weight, a, b, prose[a:b]})
	}
	return m.list
}

// keep moves the hits of one cue that have room to the end of kept, which lies
// before list in the same array. Vetoes come first and only take room.
func (m *Finder) keep(kept, list []found) []found {
	if len(m.taken) < len(m.toks) {
		m.taken = make([]bool, len(m.toks))
	}
	lo, hi := list[0].from, list[0].to
	for _, f := range list {
		lo, hi = min(lo, f.from), max(hi, f.to)
		free := !slices.Contains(m.taken[f.from:f.to], true)
		if !free && !f.end.veto {
			continue
		}
		for k := f.from; k < f.to; k++ {
			m.taken[k] = true
		}
		if !f.end.veto {
			kept = append(kept, f)
		}
	}
	clear(m.taken[lo:hi])
	return kept
}
