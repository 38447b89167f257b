package text

// postings are the documents of one term in the order they were added: the only
// one inline, more in a ring that forgets the oldest.
type postings struct {
	list []uint32
	one  [1]uint32 // the single posting, or where the ring begins
	n    uint32
}

func (p *postings) add(e uint32, bound int) {
	switch {
	case p.n == 0:
		p.one[0], p.n = e, 1
		return
	case p.n == 1:
		p.list = append(make([]uint32, 0, 4), p.one[0])
		p.one[0] = 0
	}
	if len(p.list) < max(2, bound) {
		p.list = append(p.list, e)
		p.n = uint32(len(p.list))
		return
	}
	p.list[p.one[0]] = e
	p.one[0] = (p.one[0] + 1) % p.n
}

// runs gives the postings as two runs, each from old to new.
func (p *postings) runs() (newer, older []uint32) {
	switch p.n {
	case 0:
		return nil, nil
	case 1:
		return p.one[:], nil
	}
	return p.list[:p.one[0]], p.list[p.one[0]:]
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
		s.Bytes += 4 * int64(cap(p.list))
		if x.df[n] > p.n {
			s.Capped++
		}
	}
	for i := range x.docs {
		s.Bytes += 4 * int64(cap(x.docs[i].terms))
	}
	s.Bytes += 32*int64(cap(x.post)) + 4*int64(cap(x.df)) + int64(cap(x.kind)) + 56*int64(cap(x.docs))
	s.Bytes += 8*int64(len(x.terms.cells)) + 18*int64(len(x.slots)) + 16*int64(len(x.vec.memo)) + 8*int64(cap(x.q.acc))
	return s
}
