package text

import "math/bits"

// postings are the documents of one term in the order they were added: the only
// one in place, more in a block that is a ring and forgets the oldest when it is
// full and may not grow. There are as many postings as terms, so they hold no
// pointers.
type postings struct {
	n    uint32
	at   uint32 // the only posting, or the number of the block
	head uint32 // where the ring begins
}

// pages hold the blocks of all postings, by their size.
type pages struct {
	one  [1]uint32
	size [maxClass]blocks
}

// blocks are those of one size, many in one chunk.
type blocks struct {
	chunks [][]uint32
	n      uint32   // made so far
	free   []uint32 // given back
}

// maxClass bounds the sizes: twice the bits of the number of documents.
const (
	maxClass = 2*24 + 1
	pageBits = 11
)

// class is that of the smallest block that holds n postings, n >= 2. The sizes
// are 2, 3, 4, 6, 8, 12, 16, ...
func class(n uint32) int {
	b := bits.Len32(n - 1)
	if b >= 2 && n <= 3<<(b-2) {
		return 2*b - 1
	}
	return 2 * b
}

func classSize(c int) uint32 {
	if c&1 == 1 {
		return 3 << (c/2 - 1)
	}
	return 1 << (c / 2)
}

// perPage is the logarithm of how many blocks of a class lie in one chunk.
func perPage(c int) int { return max(0, pageBits-c/2) }

func (g *pages) block(i uint32, c int) []uint32 {
	size, per := classSize(c), perPage(c)
	from := i & (1<<per - 1) * size
	return g.size[c].chunks[i>>per][from : from+size]
}

func (g *pages) take(c int) uint32 {
	b := &g.size[c]
	if n := len(b.free); n > 0 {
		i := b.free[n-1]
		b.free = b.free[:n-1]
		return i
	}
	if per := perPage(c); b.n&(1<<per-1) == 0 {
		b.chunks = append(b.chunks, make([]uint32, classSize(c)<<per))
	}
	b.n++
	return b.n - 1
}

// add appends a posting.
func (g *pages) add(p *postings, e uint32, bound int) {
	if p.n == 0 {
		p.at, p.n = e, 1
		return
	}
	if int(p.n) >= max(2, bound) {
		g.block(p.at, class(p.n))[p.head] = e
		p.head = (p.head + 1) % p.n
		return
	}
	to := class(p.n + 1)
	if p.n == 1 {
		i := g.take(to)
		g.block(i, to)[0] = p.at
		p.at = i
	} else if from := class(p.n); from != to {
		i := g.take(to)
		copy(g.block(i, to), g.block(p.at, from))
		g.size[from].free = append(g.size[from].free, p.at)
		p.at = i
	}
	g.block(p.at, to)[p.n] = e
	p.n++
}

// reserve makes room for n postings in p, which is empty. The only one has to be
// put into p.at.
func (g *pages) reserve(p *postings, n uint32) []uint32 {
	if p.n = n; n < 2 {
		return g.one[:n]
	}
	p.at = g.take(class(n))
	return g.block(p.at, class(n))[:n]
}

// runs gives the postings as two runs, each from old to new; good until the next call.
func (g *pages) runs(p *postings) (newer, older []uint32) {
	switch p.n {
	case 0:
		return nil, nil
	case 1:
		g.one[0] = p.at
		return g.one[:], nil
	}
	list := g.block(p.at, class(p.n))[:p.n]
	return list[:p.head], list[p.head:]
}

func (g *pages) bytes() (n int64) {
	for c := range g.size {
		for _, chunk := range g.size[c].chunks {
			n += 4 * int64(len(chunk))
		}
		n += 4 * int64(cap(g.size[c].free))
	}
	return n
}

// table maps hashes of terms to their numbers: open addressing, at most half full.
type table struct {
	cells []uint64 // hash<<32 | number+1
	n     int
}

func (t *table) get(h uint32) (uint32, bool) {
	if t.n == 0 {
		return 0, false
	}
	m := uint32(len(t.cells) - 1)
	for i := spread(h) & m; t.cells[i] != 0; i = (i + 1) & m {
		if uint32(t.cells[i]>>32) == h {
			return uint32(t.cells[i]) - 1, true
		}
	}
	return 0, false
}

// reserve makes room for n terms at once.
func (t *table) reserve(n int) {
	size := 1024
	for 2*n > size {
		size *= 2
	}
	t.cells = make([]uint64, size)
}

func (t *table) put(h, n uint32) {
	if t.n++; 2*t.n > len(t.cells) {
		old := t.cells
		t.cells = make([]uint64, max(1024, 2*len(old)))
		for _, c := range old {
			if c != 0 {
				t.place(c)
			}
		}
	}
	t.place(uint64(h)<<32 | uint64(n+1))
}

func (t *table) place(c uint64) {
	m := uint32(len(t.cells) - 1)
	i := spread(uint32(c>>32)) & m
	for t.cells[i] != 0 {
		i = (i + 1) & m
	}
	t.cells[i] = c
}

func spread(h uint32) uint32 { return h ^ h>>15 }

// IndexStats says how big an index is.
type IndexStats struct {
	Docs     int
	Terms    int
	Postings int
	Capped   int   // terms whose older postings were forgotten
	Bytes    int64 // estimate of the memory held
}

// Stats counts; its cost is linear in the terms and documents.
func (x *Index) Stats() IndexStats {
	s := IndexStats{Docs: x.live, Terms: len(x.df)}
	for n := range x.post {
		p := &x.post[n]
		s.Postings += int(p.n)
		if x.df[n] > p.n {
			s.Capped++
		}
	}
	for _, c := range x.lists.chunks {
		s.Bytes += int64(cap(c))
	}
	s.Bytes += x.pages.bytes() + 12*int64(cap(x.post)) + 4*int64(cap(x.df)) + int64(cap(x.kind)) + 48*int64(cap(x.docs))
	s.Bytes += 8*int64(len(x.terms.cells)) + 18*int64(len(x.slots)) + 18*int64(len(x.originals)) + 16*int64(len(x.vec.memo)) + 8*int64(cap(x.q.acc))
	return s
}
