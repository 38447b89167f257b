package text

import (
	"math"
	"slices"
)

// IndexOptions bound an Index. The zero value takes the defaults.
type IndexOptions struct {
	// Postings is how many documents a term keeps, the newest added; older ones
	// are still found by their other terms. Default 2,000; negative: no bound.
	Postings int
	// Terms is how many terms of a query look for candidates, the weightiest first. Default 28.
	Terms int
	// Work is how many postings a query reads at most. Default 4,000; negative: no bound.
	// On two public trackers reading twice as many changed no recall by more than .002.
	Work int
	// Candidates is how many documents are compared in full. Default 24; with 48
	// the recall among the first ten was .01 higher on one tracker, .02 lower on another.
	Candidates int
}

func (o IndexOptions) withDefaults() IndexOptions {
	def := func(v *int, d int) {
		switch {
		case *v == 0:
			*v = d
		case *v < 0:
			*v = math.MaxInt32
		}
	}
	def(&o.Postings, 2000)
	def(&o.Terms, 28)
	def(&o.Work, 4000)
	def(&o.Candidates, 24)
	return o
}

// Index finds issues that are like a given one. It holds hashes of terms and no
// text. It is deterministic: the same documents give the same answers in
// whatever order they were added, as long as no bound is reached. It has no
// lock; Query uses buffers of the index, so it counts as writing.
type Index struct {
	opt   IndexOptions
	vec   vectorizer
	terms table
	post  []postings       // by term
	pages pages            // what the postings hold
	df    []uint32         // by term: documents that hold it, those beyond the bound too
	kind  []uint8          // by term
	docs  []document       // by slot; a removed one is dead until the next compaction
	lists packed           // the terms of the documents
	slots map[int32]uint32 // id -> slot
	live  int

	originals map[int32]int32 // id of a marked document -> what it is a duplicate of

	q   query
	buf []uint32
}

// document is what is kept of one text.
type document struct {
	at     int64
	id     int32
	author uint32
	comps  [2]uint32
	dead   bool
	marked bool // it is a duplicate: Index.originals says of what
	terms  span // in Index.lists
}

// A posting packs the slot of a document in 24 bits and an impact in 8: the lowest bit says "in the title", the other seven how much the term counts.
const (
	maxNumber = 1<<24 - 1
	titleBit  = 1
)

// NewIndex makes an empty index.
func NewIndex(opt IndexOptions) *Index {
	return &Index{opt: opt.withDefaults(), slots: make(map[int32]uint32)}
}

// Add takes a document in, at is when it was created (unix seconds). A known id
// is replaced, and keeps its mark as a duplicate. Beyond 16 million documents nothing more is taken in.
func (x *Index) Add(id int32, f Fields, at int64) {
	of, marked := x.originals[id]
	x.Remove(id)
	if len(x.docs) >= maxNumber {
		return
	}
	slot := uint32(len(x.docs))
	terms := x.vec.run(&f)
	d := document{at: at, id: id, author: nameHash(f.Author), comps: componentHashes(f.Component)}
	x.buf = x.buf[:0]
	norm := lengthNorm(terms)
	for i := range terms {
		t := &terms[i]
		n, ok := x.term(t)
		if !ok {
			continue
		}
		imp := impact(t, norm)
		x.buf = append(x.buf, n<<8|uint32(imp))
		x.df[n]++
		x.pages.add(&x.post[n], slot<<8|uint32(imp), x.opt.Postings)
	}
	slices.Sort(x.buf)
	d.terms = x.lists.add(x.buf)
	x.docs = append(x.docs, d)
	x.slots[id] = slot
	x.live++
	if marked {
		x.MarkDuplicate(id, of)
	}
}

func nameHash(s string) uint32 {
	if s == "" {
		return 0
	}
	return max(1, fold(hashLower(s)))
}

// componentHashes keeps the first two components.
func componentHashes(names []string) (out [2]uint32) {
	for i, c := range names[:min(len(names), len(out))] {
		out[i] = nameHash(c)
	}
	return out
}

func common(a, b *[2]uint32) bool {
	return a[0] != 0 && (a[0] == b[0] || a[0] == b[1]) || a[1] != 0 && (a[1] == b[0] || a[1] == b[1])
}

// term gives the number of t, a new one if it is not known yet.
func (x *Index) term(t *term) (uint32, bool) {
	n, ok := x.terms.get(t.hash)
	if ok {
		return n, true
	}
	if len(x.df) >= maxNumber {
		return 0, false
	}
	n = uint32(len(x.df))
	x.terms.put(t.hash, n)
	x.df, x.kind, x.post = append(x.df, 0), append(x.kind, t.kind), append(x.post, postings{})
	return n, true
}

// saturation and slope are BM25's k1 and b on weighted counts; a text of
// usualLength counts as neither short nor long. The length is fixed, not the
// running mean, so that the order of adding cannot matter.
const (
	saturation  = 1.8
	slope       = 0.65
	usualLength = 60.0
)

// lengthNorm is BM25's length factor for terms.
func lengthNorm(terms []term) float32 {
	var n float32
	for i := range terms {
		n += terms[i].tf
	}
	return saturation * (1 - slope + slope*n/usualLength)
}

// impact packs how much a term counts in its document.
func impact(t *term, norm float32) uint8 {
	w := uint8(t.tf/(t.tf+norm)*127 + 0.5)
	b := max(1, w) << 1
	if t.title {
		b |= titleBit
	}
	return b
}

// Remove takes a document out; an unknown id is fine.
func (x *Index) Remove(id int32) {
	slot, ok := x.slots[id]
	if !ok {
		return
	}
	d := &x.docs[slot]
	n := uint32(0)
	for list := x.lists.get(d.terms); len(list) > 0; {
		n, _, list = unpack(list, n)
		x.df[n]--
	}
	d.dead, d.marked, d.terms = true, false, span{}
	delete(x.slots, id)
	delete(x.originals, id)
	x.live--
	if dead := len(x.docs) - x.live; dead > 1000 && dead > x.live/4 {
		x.compact()
	}
}

// compact gives the slots of removed documents free and drops terms that nobody holds.
func (x *Index) compact() {
	move := make([]uint32, len(x.docs))
	docs := make([]document, 0, x.live)
	var lists packed
	for i := range x.docs {
		if d := x.docs[i]; !d.dead {
			move[i] = uint32(len(docs))
			x.slots[d.id] = uint32(len(docs))
			d.terms = lists.put(x.lists.get(d.terms))
			docs = append(docs, d)
		}
	}
	var fresh pages
	for n := range x.post {
		kept := postings{}
		newer, older := x.pages.runs(&x.post[n])
		for _, run := range [][]uint32{older, newer} {
			for _, e := range run {
				if s := e >> 8; !x.docs[s].dead {
					fresh.add(&kept, move[s]<<8|e&0xff, x.opt.Postings)
				}
			}
		}
		x.post[n] = kept
	}
	x.docs, x.lists, x.pages = docs, lists, fresh
}
