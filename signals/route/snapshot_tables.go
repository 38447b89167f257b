package route

import (
	"math"
	"slices"

	"andon/signals/snap"
)

// What need not be written of a dist, because it follows from the rest.
const (
	distPrivate = 1 << iota
	distFirst   // counted once: the increments are those of the first count
	distSums    // the totals are those of the only cell

	distBytes = 8 + 1 + 1 + 1 + 1 // at least
	cellBytes = 1 + 4 + 4
	maxCells  = math.MaxUint16
)

func (t *table) save(w *snap.Writer) {
	w.Uint(uint64(t.tick))
	keys := make([]uint64, 0, t.dists.n)
	for i := range t.dists.n {
		keys = append(keys, t.dists.at(i).key)
	}
	slices.Sort(keys)
	w.Count(len(keys))
	for _, key := range keys {
		w.Uint64(key)
		t.saveDist(w, t.get(key))
	}
}

func (t *table) saveDist(w *snap.Writer, d *dist) {
	cells := t.cells(d)
	flags := uint8(0)
	if d.private {
		flags |= distPrivate
	}
	if d.incSlow == t.pace.slow && d.incFast == t.pace.fast {
		flags |= distFirst
	}
	if d.n == 1 && cells[0].slow == d.totSlow && cells[0].fast == d.totFast {
		flags |= distSums
	}
	w.Byte(flags)
	w.Int(d.at)
	w.Uint(uint64(d.used))
	if flags&distFirst == 0 {
		w.Float32(d.incSlow)
		w.Float32(d.incFast)
	}
	if flags&distSums == 0 {
		w.Float32(d.totSlow)
		w.Float32(d.totFast)
	}
	w.Count(len(cells))
	for i := range cells {
		w.Uint(uint64(cells[i].who))
		w.Float32(cells[i].slow)
		w.Float32(cells[i].fast)
	}
}

// load reads a table whose candidates have numbers below whos.
func (t *table) load(r *snap.Reader, whos int) {
	t.tick = uint32(r.Uint())
	n := r.Count(distBytes)
	if n > t.keep {
		r.Fail("a table holds %d keys, more than %d", n, t.keep)
		return
	}
	t.index.reserve(n, &t.dists)
	var cells []cell
	for range n {
		key := r.Uint64()
		var d dist
		if cells = t.loadDist(r, &d, cells[:0], whos); r.Err() != nil {
			return
		}
		if t.get(key) != nil {
			r.Fail("a key stands twice in a table")
			return
		}
		t.insert(key, &d, cells)
	}
}

func (t *table) loadDist(r *snap.Reader, d *dist, cells []cell, whos int) []cell {
	flags := r.Byte()
	d.private, d.at, d.used = flags&distPrivate != 0, r.Int(), uint32(r.Uint())
	d.incSlow, d.incFast = t.pace.slow, t.pace.fast
	if flags&distFirst == 0 {
		d.incSlow, d.incFast = r.Float32(), r.Float32()
	}
	if flags&distSums == 0 {
		d.totSlow, d.totFast = r.Float32(), r.Float32()
	}
	n := r.Count(cellBytes)
	if n > t.pace.cells {
		r.Fail("%d candidates stand under one key, more than %d", n, t.pace.cells)
		return nil
	}
	for range n {
		cells = append(cells, cell{who: int32(r.Below(whos)), slow: r.Float32(), fast: r.Float32()})
	}
	if flags&distSums != 0 {
		if n != 1 {
			r.Fail("%d candidates stand where one should", n)
			return nil
		}
		d.totSlow, d.totFast = cells[0].slow, cells[0].fast
	}
	return cells
}

func (p *pool) save(w *snap.Writer) {
	w.Count(p.next)
	for _, n := range []int{p.every, p.met, p.lost} {
		w.Int(int64(n))
	}
	w.Uint(uint64(p.uses))
	w.Count(len(p.samples))
	for i := range p.samples {
		p.samples[i].save(w)
	}
}

func (p *pool) load(r *snap.Reader, size, whos int) {
	p.next = r.Below(size)
	p.every, p.met, p.lost, p.uses = int(r.Int()), int(r.Int()), int(r.Int()), uint32(r.Uint())
	if n := r.Count(2); n != size {
		r.Fail("a pool holds %d situations, not %d", n, size)
		return
	}
	p.samples = make([]sample, size)
	for i := range p.samples {
		p.samples[i].load(r, whos)
	}
}

// save leaves out what nobody will ask for again: the numbers of a situation
// whose outcome is known.
func (s *sample) save(w *snap.Writer) {
	w.Bool(s.waiting)
	w.Uint(uint64(s.used))
	if !s.waiting {
		return
	}
	w.Byte(s.group)
	w.Int(int64(s.cur))
	w.Count(len(s.whos))
	for _, who := range s.whos {
		w.Uint(uint64(who))
	}
	w.Float32(s.keeps)
	for _, z := range s.z {
		w.Float32(z)
	}
	w.Count(len(s.feats))
	for _, f := range s.feats {
		w.Uint(uint64(f.key))
		w.Float32(f.x)
	}
	for _, list := range [][]nz{s.stay, s.nz} {
		w.Count(len(list))
		for _, v := range list {
			w.Uint(uint64(v.slot))
			w.Uint(uint64(v.col))
			w.Float32(v.x)
		}
	}
}

func (s *sample) load(r *snap.Reader, whos int) {
	s.waiting, s.used = r.Bool(), uint32(r.Uint())
	if !s.waiting {
		return
	}
	s.group, s.cur = uint8(r.Below(groups)), loadWho(r, whos)
	n := r.Count(1)
	if n > keepSlots {
		r.Fail("a situation has %d candidates, more than %d", n, keepSlots)
		return
	}
	s.whos = make([]int32, n)
	for i := range s.whos {
		s.whos[i] = int32(r.Below(whos))
	}
	s.keeps = r.Float32()
	for range n + 1 {
		s.z = append(s.z, r.Float32())
	}
	s.feats = make([]feat, r.Count(1+4))
	for i := range s.feats {
		s.feats[i] = feat{uint32(r.Uint()), r.Float32()}
	}
	for _, list := range []*[]nz{&s.stay, &s.nz} {
		*list = make([]nz, r.Count(1+1+4))
		for i := range *list {
			(*list)[i] = nz{uint16(r.Below(keepSlots + 1)), uint16(r.Below(columns)), r.Float32()}
		}
	}
}

// loadWho reads the number of a candidate, or -1 for nobody.
func loadWho(r *snap.Reader, whos int) int32 {
	v := r.Int()
	if v < -1 || v >= int64(whos) {
		r.Fail("candidate %d is not known", v)
		return -1
	}
	return int32(v)
}
