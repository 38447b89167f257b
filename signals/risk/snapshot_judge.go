package risk

import (
	"maps"
	"slices"

	"andon/signals/snap"
)

func (f *flows) save(w *snap.Writer) {
	w.Int(f.no)
	w.Float32(f.ended)
	w.Float32(f.on)
	w.Count(len(f.of))
	for _, key := range slices.Sorted(maps.Keys(f.of)) {
		x := f.of[key]
		w.Uint64(key)
		w.Int(x.last)
		for i := range x.ended {
			w.Float32(x.ended[i])
			w.Float32(x.on[i])
		}
	}
}

func (f *flows) load(r *snap.Reader) {
	f.no, f.ended, f.on = r.Int(), r.Float32(), r.Float32()
	n := r.Count(8 + 1 + 8*memories)
	f.of = make(map[uint64]flow, n)
	for range n {
		key, x := r.Uint64(), flow{last: r.Int()}
		for i := range x.ended {
			x.ended[i], x.on[i] = r.Float32(), r.Float32()
		}
		f.of[key] = x
	}
}

func (e *encoder) save(w *snap.Writer) {
	w.Bool(e != nil)
	if e == nil {
		return
	}
	w.Uint64s(e.slots)
	for o := range e.rates {
		for i := range e.rates[o] {
			for _, v := range e.rates[o][i] {
				w.Float32(v)
			}
		}
	}
	w.Count(len(e.table))
	for _, key := range slices.Sorted(maps.Keys(e.table)) {
		l := e.table[key]
		w.Uint64(key)
		w.Float32(l.seen)
		for _, v := range l.of {
			w.Float32(v)
		}
	}
}

func loadEncoder(r *snap.Reader) *encoder {
	if !r.Bool() {
		return nil
	}
	e := &encoder{slots: r.Uint64s()}
	if len(e.slots) > fieldSlots {
		r.Fail("%d fields have a column", len(e.slots))
	}
	for o := range e.rates {
		for i := range e.rates[o] {
			for j := range e.rates[o][i] {
				e.rates[o][i][j] = r.Float32()
			}
		}
	}
	n := r.Count(liftBytes)
	e.table = make(map[uint64]lifts, n)
	for range n {
		key := r.Uint64()
		l := lifts{seen: r.Float32()}
		for o := range l.of {
			l.of[o] = r.Float32()
		}
		e.table[key] = l
	}
	return e
}

func (j *judge) save(w *snap.Writer) {
	w.Float64(j.base)
	w.Float64(j.scale.slope)
	w.Float64(j.scale.shift)
	w.Bool(j.linear != nil)
	if j.linear == nil {
		return
	}
	w.Float32(j.linear.bias)
	w.Float32s(j.linear.mean)
	w.Float32s(j.linear.weight)
	w.Float32s(j.linear.reach)
	w.Float32(j.forest.base)
	w.Count(len(j.forest.trees))
	for _, t := range j.forest.trees {
		w.Count(len(t))
		for _, n := range t {
			w.Uint(uint64(n.col))
			w.Uint(uint64(n.left))
			w.Float32(n.cut)
			w.Float32(n.value)
		}
	}
}

func (j *judge) load(r *snap.Reader) {
	j.base, j.scale = r.Float64(), platt{r.Float64(), r.Float64()}
	if !r.Bool() {
		return
	}
	l := &linear{bias: r.Float32(), mean: r.Float32s(), weight: r.Float32s(), reach: r.Float32s()}
	if r.Err() == nil && (len(l.mean) != columns || len(l.weight) != columns || len(l.reach) != columns) {
		r.Fail("a line of %d columns has %d", columns, len(l.weight))
	}
	f := &forest{base: r.Float32()}
	for range r.Count(treeBytes) {
		f.trees = append(f.trees, loadTree(r))
		if r.Err() != nil {
			return
		}
	}
	j.linear, j.forest = l, f
}

// loadTree refuses a tree that would lead nowhere: the children of a node stand
// behind it.
func loadTree(r *snap.Reader) tree {
	t := make(tree, r.Count(nodeBytes))
	for i := range t {
		t[i] = node{col: int16(r.Below(columns)), left: int16(r.Below(len(t))), cut: r.Float32(), value: r.Float32()}
		if n := int(t[i].left); n > 0 && (n <= i || n+1 >= len(t)) {
			r.Fail("node %d of %d leads to %d", i, len(t), n)
		}
	}
	if len(t) == 0 {
		r.Fail("a tree has no nodes")
	}
	return t
}
