package text

import (
	"fmt"
	"math"

	"andon/signals/snap"
)

// The section of a snapshot. The version rises with every change of what is
// written, and also when the same numbers come to mean something else: words,
// stems, hashes, weights of fields.
const (
	section        = "text.index"
	sectionVersion = 2

	termBytes     = 4 + 1 + 1 // at least
	documentBytes = 1 + 1 + 1
	postingBytes  = 1 + 1
)

// Save writes the whole index, its options included, so that a loaded one gives
// the same answers to everything that is asked or added from then on. There is no
// text in it, only hashes of words. The error is that of w.
func (x *Index) Save(w *snap.Writer) error {
	w.Section(section, sectionVersion)
	for _, n := range []int{x.opt.Postings, x.opt.Terms, x.opt.Work, x.opt.Candidates} {
		w.Int(int64(n))
	}
	w.Count(len(x.docs))
	w.Count(len(x.df))
	for n, h := range x.terms.hashes() {
		w.Uint32(h)
		w.Byte(x.kind[n])
		x.savePostings(w, &x.post[n])
	}
	for i := range x.docs {
		x.saveDocument(w, &x.docs[i])
	}
	return w.Err()
}

// savePostings writes the postings from old to new, so that their slots ascend.
func (x *Index) savePostings(w *snap.Writer, p *postings) {
	w.Uint(uint64(p.n))
	last := uint32(0)
	newer, older := x.pages.runs(p)
	for _, run := range [2][]uint32{older, newer} {
		for _, e := range run {
			w.Uint(uint64(e>>8 - last))
			w.Byte(uint8(e))
			last = e >> 8
		}
	}
}

func (x *Index) saveDocument(w *snap.Writer, d *document) {
	w.Bool(d.dead)
	w.Int(int64(d.id))
	w.Int(d.at)
	if d.dead {
		return
	}
	w.Bool(d.marked)
	if d.marked {
		w.Int(int64(x.originals[d.id]))
	}
	w.Uint32(d.author)
	w.Uint32(d.comps[0])
	w.Uint32(d.comps[1])
	w.Bytes(x.lists.get(d.terms))
}

// hashes lists the hashes by the numbers of the terms.
func (t *table) hashes() []uint32 {
	out := make([]uint32, t.n)
	for _, c := range t.cells {
		if c != 0 {
			out[uint32(c)-1] = uint32(c >> 32)
		}
	}
	return out
}

// LoadIndex reads an index that Save wrote. The error says that the snapshot is
// damaged or of another version; then the index has to be built anew. The index
// may be used when r.Close has found the whole snapshot sound.
func LoadIndex(r *snap.Reader) (*Index, error) {
	r.Section(section, sectionVersion)
	x := NewIndex(loadOptions(r))
	docs, terms := r.Count(documentBytes), r.Count(termBytes)
	if docs > maxNumber || terms > maxNumber {
		r.Fail("an index of %d documents and %d terms is too large", docs, terms)
	}
	if err := r.Err(); err != nil {
		return nil, fmt.Errorf("load similarity index: %w", err)
	}
	x.loadTerms(r, terms, uint32(docs))
	x.loadDocuments(r, docs)
	if err := r.Err(); err != nil {
		return nil, fmt.Errorf("load similarity index: %w", err)
	}
	return x, nil
}

func loadOptions(r *snap.Reader) (o IndexOptions) {
	for _, n := range []*int{&o.Postings, &o.Terms, &o.Work, &o.Candidates} {
		v := r.Int()
		if v < 1 || v > math.MaxInt32 {
			r.Fail("an option of the index is %d", v)
			v = 1
		}
		*n = int(v)
	}
	return o
}

func (x *Index) loadTerms(r *snap.Reader, terms int, docs uint32) {
	x.df, x.kind, x.post = make([]uint32, terms), make([]uint8, terms), make([]postings, terms)
	x.terms.reserve(terms)
	for n := range terms {
		h := r.Uint32()
		x.kind[n] = r.Byte()
		if _, ok := x.terms.get(h); ok {
			r.Fail("a term stands twice in the index")
		}
		x.loadPostings(r, &x.post[n], docs)
		if r.Err() != nil {
			return
		}
		x.terms.put(h, uint32(n))
	}
}

func (x *Index) loadPostings(r *snap.Reader, p *postings, docs uint32) {
	count := r.Count(postingBytes)
	if count > max(2, x.opt.Postings) {
		r.Fail("a term has %d postings, more than %d", count, x.opt.Postings)
		return
	}
	list := x.pages.reserve(p, uint32(count))
	slot := uint32(0)
	for i := range list {
		d := uint32(r.Below(int(docs)))
		slot += d
		list[i] = slot<<8 | uint32(r.Byte())
		if slot >= docs || i > 0 && d == 0 {
			r.Fail("postings are out of order")
		}
		if r.Err() != nil {
			return
		}
	}
	if count == 1 {
		p.at = list[0]
	}
}

func (x *Index) loadDocuments(r *snap.Reader, docs int) {
	x.docs = make([]document, docs)
	x.slots, x.originals = make(map[int32]uint32, docs), make(map[int32]int32)
	for i := range x.docs {
		d := &x.docs[i]
		d.dead = r.Bool()
		d.id, d.at = loadID(r), r.Int()
		if d.dead {
			continue
		}
		if d.marked = r.Bool(); d.marked {
			x.originals[d.id] = loadID(r)
		}
		d.author, d.comps = r.Uint32(), [2]uint32{r.Uint32(), r.Uint32()}
		if d.terms = x.loadTermsOf(r); r.Err() != nil {
			return
		}
		x.slots[d.id] = uint32(i)
		x.live++
	}
	if x.live != len(x.slots) {
		r.Fail("a document stands twice in the index")
	}
}

func loadID(r *snap.Reader) int32 {
	id := r.Int()
	if id < math.MinInt32 || id > math.MaxInt32 {
		r.Fail("document id %d is out of range", id)
	}
	return int32(id)
}

// loadTermsOf reads the terms of one document and counts them.
func (x *Index) loadTermsOf(r *snap.Reader) span {
	list := r.Slice()
	n := uint32(0)
	for rest := list; len(rest) > 0; {
		var ok bool
		if n, rest, ok = skim(rest, n); !ok || n >= uint32(len(x.df)) {
			r.Fail("the terms of a document are out of order")
			return span{}
		}
		x.df[n]++
	}
	return x.lists.put(list)
}

// skim is unpack for a list that may be damaged.
func skim(list []byte, last uint32) (n uint32, rest []byte, ok bool) {
	d := uint32(0)
	for i := 0; i < 4 && i+1 < len(list); i++ {
		d |= uint32(list[i]&0x7f) << (7 * i)
		if list[i] < 0x80 {
			return last + d, list[i+2:], true
		}
	}
	return 0, nil, false
}
