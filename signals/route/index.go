package route

import "math/bits"

// index finds the places of dists by their keys: open addressing, at most half
// full, with four bytes for each place. The keys stand in the dists, and a few
// bits of each here, so that hardly ever a dist is looked at in vain. Nothing is
// ever taken out of it.
type index struct {
	cells []uint32 // the place, counted from 1, and above it the highest bits of the key; 0 for free
	place int      // bits of a place
	n     int
}

// newIndex makes an index of at most keep keys.
func newIndex(keep int) index { return index{place: min(bits.Len(uint(keep)), 31)} }

// tag is what a cell holds of a key, in the bits above the place.
func (x *index) tag(key uint64) uint32 { return uint32(key>>32) >> x.place << x.place }

// reserve makes room for n keys.
func (x *index) reserve(n int, dists *slab[dist]) {
	size := max(64, len(x.cells))
	for size < 2*n {
		size *= 2
	}
	if size == len(x.cells) {
		return
	}
	old := x.cells
	x.cells = make([]uint32, size)
	for _, c := range old {
		if c != 0 {
			x.put(dists.at(c&(1<<x.place-1)-1).key, c)
		}
	}
}

func (x *index) put(key uint64, c uint32) {
	m := uint64(len(x.cells) - 1)
	i := key & m
	for x.cells[i] != 0 {
		i = (i + 1) & m
	}
	x.cells[i] = c
}

// get is the dist of a key, nil where there is none.
func (x *index) get(key uint64, dists *slab[dist]) *dist {
	if x.n == 0 {
		return nil
	}
	m, tag, low := uint64(len(x.cells)-1), x.tag(key), uint32(1)<<x.place-1
	for i := key & m; x.cells[i] != 0; i = (i + 1) & m {
		if c := x.cells[i]; c&^low == tag {
			if d := dists.at(c&low - 1); d.key == key {
				return d
			}
		}
	}
	return nil
}

// add appends an empty dist under a key that is not there yet.
func (x *index) add(key uint64, dists *slab[dist]) *dist {
	x.reserve(x.n+1, dists)
	x.n++
	d := dists.push()
	d.key = key
	x.put(key, x.tag(key)|dists.n)
	return d
}
