package text

import (
	"cmp"
	"math"
	"slices"
)

// Match is one like document.
type Match struct {
	ID int32
	// Score is from 0 to 1 and can be compared between queries and between sites. It
	// is no probability. On four public trackers, of 1,000 issues each that are
	// nobody's duplicate, so many have a match that is no link of theirs (score.py
	// match --threshold): of 0.3 or more 1.5 to 3.9 %, of 0.5 0.6 to 1.3 %, of 0.6
	// 0.5 to 0.7 %. 0.3 is for lists that a person asked for, 0.5 and 0.6 for what is
	// said unasked.
	Score float64
	// Shared are up to five terms that the two share, the most telling first,
	// written as the query writes them. There may be none where a duplicate of the
	// document is what is like the query.
	Shared []string
}

// query holds the buffers of one question.
type query struct {
	terms   []queryTerm
	marks   marks
	acc     []float32 // by slot
	touched []uint32
	cand    []candidate
	titles  []uint32 // places of the words of the query's title
	round   uint32   // counts the documents measured

	at        int64
	docs      int64 // logOf all documents
	titleInfo int64
	author    uint32
	comps     [2]uint32
}

type queryTerm struct {
	n      uint32
	hash   uint32
	term   uint32 // place in the vectorizer's terms
	known  bool
	word   bool
	title  bool
	idf    int32 // in units of 1/idfUnit
	impact int32
	weight int64  // idf^2 * impact
	met    uint32 // the round of the last measured document that holds it
}

type candidate struct {
	slot   uint32
	root   uint32  // what it is a duplicate of, itself for most
	author bool    // the query's author wrote it
	score  float64 // the sum of the weightiest terms, then the weight, then the final one
}

// sameComponent is what a common component adds to the sum of a candidate.
const sameComponent = 0.5

// idfUnit makes whole numbers of weights.
const idfUnit = 64

// logs holds idfUnit*ln(n+0.5) for small n.
var logs = func() (t [4096]int64) {
	for n := range t {
		t[n] = int64(math.Round(idfUnit * math.Log(float64(n)+0.5)))
	}
	return t
}()

func logOf(n uint32) int64 {
	if n < uint32(len(logs)) {
		return logs[n]
	}
	return int64(math.Round(idfUnit * math.Log(float64(n)+0.5)))
}

// idf is the weight of a term that df documents hold; docs is logOf of all documents.
func idf(docs int64, df uint32) int64 { return max(1, docs-logOf(df)) }

// Query gives up to k documents (at most IndexOptions.Candidates) like f, created at or before at (unix seconds),
// best first, and originals before their duplicates; skip says which ids to leave out, nil none. The cost is bounded by
// the options and does not grow with the index once the postings are full.
func (x *Index) Query(f Fields, at int64, k int, skip func(int32) bool) []Match {
	if k <= 0 || x.live == 0 {
		return nil
	}
	x.prepare(&f, at)
	x.collect(at, skip)
	for i := range x.q.cand {
		c := &x.q.cand[i]
		f := x.features(c.slot)
		c.score, c.author = f.weight(), f.author == 1
	}
	slices.SortFunc(x.q.cand, x.better)
	x.credit(at, skip)
	x.q.settle()
	out := make([]Match, 0, min(k, len(x.q.cand)))
	for _, c := range x.q.cand[:min(k, len(x.q.cand))] {
		out = append(out, Match{ID: x.docs[c.slot].id, Score: c.score, Shared: x.shared(c.slot)})
	}
	return out
}

// prepare lists the terms of the query, the weightiest first.
func (x *Index) prepare(f *Fields, at int64) {
	terms := x.vec.run(f)
	q := &x.q
	q.docs, q.at = logOf(uint32(x.live)), at
	q.author, q.comps = nameHash(f.Author), componentHashes(f.Component)
	norm := lengthNorm(terms)
	q.terms, q.titleInfo, q.round = q.terms[:0], 0, 0
	for i := range terms {
		t := &terms[i]
		e := queryTerm{hash: t.hash, term: uint32(i), title: t.title, word: t.kind == kindTerm, impact: int32(impact(t, norm) >> 1)}
		df := uint32(0)
		if e.n, e.known = x.terms.get(t.hash); e.known {
			df = x.df[e.n]
		}
		info := idf(q.docs, df)
		e.idf, e.weight = int32(info), info*info*int64(e.impact)
		if e.title && e.word {
			q.titleInfo += info * info
		}
		q.terms = append(q.terms, e)
	}
	slices.SortFunc(q.terms, func(a, b queryTerm) int {
		if a.weight != b.weight {
			return cmp.Compare(b.weight, a.weight)
		}
		return cmp.Compare(a.hash, b.hash)
	})
	q.marks.reset(len(q.terms))
	q.titles = q.titles[:0]
	for i := range q.terms {
		if q.terms[i].title && q.terms[i].word {
			q.titles = append(q.titles, uint32(i))
		}
		if q.terms[i].known {
			q.marks.put(q.terms[i].n, uint32(i))
		}
	}
}

// collect adds up what the weightiest terms say of every document they lead to.
func (x *Index) collect(at int64, skip func(int32) bool) {
	q := &x.q
	if len(q.acc) < len(x.docs) {
		q.acc = append(q.acc, make([]float32, len(x.docs)+len(x.docs)/4+64-len(q.acc))...)
	}
	q.touched = q.touched[:0]
	work, used := x.opt.Work, 0
	for i := range q.terms {
		t := &q.terms[i]
		if !t.known || x.df[t.n] == 0 {
			continue
		}
		if used++; used > x.opt.Terms || work <= 0 {
			break
		}
		w := float32(t.weight) / (idfUnit * idfUnit * 127 * 127)
		newer, older := x.pages.runs(&x.post[t.n])
		work -= q.sum(newer, w, work)
		work -= q.sum(older, w, work)
	}
	x.best(at, skip)
}

// sum adds the postings of one term, the newest first, at most room of them.
func (q *query) sum(list []uint32, w float32, room int) int {
	n := min(len(list), room)
	for i := len(list) - 1; i >= len(list)-n; i-- {
		e := list[i]
		a := &q.acc[e>>8]
		if *a == 0 {
			q.touched = append(q.touched, e>>8)
		}
		*a += w * float32(e&0xfe>>1)
	}
	return n
}

// best keeps the candidates with the greatest rough scores in a heap whose root
// is the worst of them, and clears the sums.
func (x *Index) best(at int64, skip func(int32) bool) {
	q := &x.q
	q.cand = q.cand[:0]
	for _, s := range q.touched {
		c := candidate{slot: s, score: float64(q.acc[s])}
		q.acc[s] = 0
		if len(q.cand) == x.opt.Candidates && c.score*(1+sameComponent) < q.cand[0].score {
			continue
		}
		d := &x.docs[s]
		if d.dead || d.at > at || skip != nil && skip(d.id) {
			continue
		}
		if common(&d.comps, &q.comps) {
			c.score *= 1 + sameComponent
		}
		switch {
		case len(q.cand) < x.opt.Candidates:
			q.cand = append(q.cand, c)
			x.up(len(q.cand) - 1)
		case x.better(c, q.cand[0]) < 0:
			q.cand[0] = c
			x.down()
		}
	}
}

func (x *Index) up(i int) {
	h := x.q.cand
	for i > 0 && x.better(h[i], h[(i-1)/2]) > 0 {
		h[i], h[(i-1)/2] = h[(i-1)/2], h[i]
		i = (i - 1) / 2
	}
}

func (x *Index) down() {
	h := x.q.cand
	for i := 0; ; {
		c := 2*i + 1
		if c >= len(h) {
			return
		}
		if c+1 < len(h) && x.better(h[c+1], h[c]) > 0 {
			c++
		}
		if x.better(h[c], h[i]) <= 0 {
			return
		}
		h[i], h[c] = h[c], h[i]
		i = c
	}
}

// better orders by score; of equals the newer, then the greater id, comes first.
func (x *Index) better(a, b candidate) int {
	if a.score != b.score {
		return cmp.Compare(b.score, a.score)
	}
	da, db := &x.docs[a.slot], &x.docs[b.slot]
	return cmp.Or(cmp.Compare(db.at, da.at), cmp.Compare(db.id, da.id))
}

// marks find the terms of the query by their numbers: a small bit set says no to
// most at once, an open-addressed table knows the place.
type marks struct {
	bits  [64]uint64
	cells []uint64 // number<<32 | place+1
}

func (m *marks) reset(n int) {
	m.bits = [64]uint64{}
	size := 64
	for size < 2*n {
		size *= 2
	}
	if len(m.cells) != size {
		m.cells = make([]uint64, size)
		return
	}
	clear(m.cells)
}

func (m *marks) put(n, place uint32) {
	m.bits[n>>6&63] |= 1 << (n & 63)
	i := m.home(n)
	for m.cells[i] != 0 {
		i = (i + 1) & (len(m.cells) - 1)
	}
	m.cells[i] = uint64(n)<<32 | uint64(place+1)
}

// home spreads the numbers: common words have low ones, side by side.
func (m *marks) home(n uint32) int { return int(n*0x9E3779B1>>8) & (len(m.cells) - 1) }

func (m *marks) has(n uint32) bool { return m.bits[n>>6&63]>>(n&63)&1 != 0 }

func (m *marks) get(n uint32) (place uint32, ok bool) {
	for i := m.home(n); m.cells[i] != 0; i = (i + 1) & (len(m.cells) - 1) {
		if uint32(m.cells[i]>>32) == n {
			return uint32(m.cells[i]) - 1, true
		}
	}
	return 0, false
}
