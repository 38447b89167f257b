package risk

import (
	"cmp"
	"maps"
	"math"
	"slices"
)

// encoder turns samples into rows of numbers: the plain features, and for each
// category what cases of the same value came to.
type encoder struct {
	table map[uint64]lifts
	rates rates
	slots []uint64 // names of the fields that have columns of their own, the most telling first
}

// keys lists under what the histories of a sample are kept; 0 stands for none.
func keys(s *sample, out []uint64) []uint64 {
	out = out[:0]
	for i, v := range s.cat {
		k := uint64(0)
		if v != 0 {
			k = mix(uint64(i+1), v)
		}
		out = append(out, k)
	}
	for _, v := range s.parts {
		out = append(out, mix(bagPart+1, v))
	}
	for _, v := range s.parts {
		out = append(out, mix(bagPartTeam+1, mix(v, s.cat[cTeam])))
	}
	for _, v := range s.words {
		out = append(out, mix(bagWord+1, v))
	}
	for _, f := range s.fields {
		out = append(out, mix(bagField+1, mix(f.name, f.value)))
	}
	for _, f := range s.fields {
		out = append(out, mix(bagFieldTeam+1, mix(mix(f.name, f.value), s.cat[cTeam])))
	}
	return out
}

// look gives the histories under the keys.
func (e *encoder) look(keys []uint64, out []lifts) []lifts {
	out = out[:0]
	for _, k := range keys {
		out = append(out, e.table[k])
	}
	return out
}

// row writes the columns of a sample for outcome o. got are the histories under
// its keys.
func (e *encoder) row(s *sample, o int, got []lifts, out []float32) {
	copy(out[:plain], s.num[:])
	for i := range categories {
		out[colCat+i] = got[i].of[o]
		out[colAux+i] = got[i].of[moves]
	}
	entries, handoffs := cellOf(s)
	out[colRate] = e.rates[o][entries][handoffs]
	i := categories
	for b, n := range [...]int{len(s.parts), len(s.parts), len(s.words), len(s.fields), len(s.fields)} {
		sum, most := float32(0), float32(0)
		for k := range n {
			l := got[i].of[o]
			i++
			sum += l
			if k == 0 || l > most {
				most = l
			}
		}
		out[colBag+2*b], out[colBag+2*b+1] = sum/float32(max(1, n)), most
	}
	clear(out[colSlot:colSeen])
	n := len(s.fields)
	for k, f := range s.fields {
		if j := slices.Index(e.slots, f.name); j >= 0 {
			out[colSlot+j], out[colSlot+fieldSlots+j] = got[i-2*n+k].of[o], got[i-n+k].of[o]
		}
	}
	for j, c := range seenOf {
		out[colSeen+j] = float32(math.Floor(math.Log2(1 + float64(got[c].seen)))) // coarse: a fold less must look the same
	}
}

// seenOf are the categories of which it counts how much was seen.
var seenOf = [...]int{cPair, cHolder, cOpener, cTeamOpener}

// rows is a matrix of features, row by row.
type rows []float32

func (r rows) at(i int) []float32 { return r[i*columns : (i+1)*columns] }

// folds is into how many parts the cases are cut so that no case is described
// by what itself came to (target encoding out of fold, as in stacking, Wolpert 1992).
const folds = 8

// table is what an encoder is fitted from: the keys of each sample by number,
// and the history of each key.
type table struct {
	*encoder
	samples []*sample
	ids     [][]int32
	whole   []pasts
	due     [][targets]float32
	fold    [folds][]int
}

// learnTable fits an encoder to samples.
func learnTable(samples []*sample) *table {
	t := &table{encoder: &encoder{slots: tellingFields(samples)}, samples: samples, due: make([][targets]float32, len(samples))}
	var g stages
	for _, s := range samples {
		g.add(s)
	}
	t.rates = g.rates()
	var list []uint64
	t.ids, list = number(samples)
	t.whole = make([]pasts, len(list))
	for i, s := range samples {
		t.due[i] = g.due(s)
		for _, id := range t.ids[i] {
			t.whole[id].add(s, &t.due[i])
		}
		f := mix(uint64(s.no), folds) % folds
		t.fold[f] = append(t.fold[f], i)
	}
	t.whole[0] = pasts{}
	t.fill(list, t.whole, t.ids, samples)
	return t
}

// rows are the rows for outcome o of the samples to which it had not come yet,
// in their order.
func (t *table) rows(o int) rows {
	at, n := make([]int, len(t.samples)), 0
	for i, s := range t.samples {
		at[i] = n
		if s.open.has(o) {
			n++
		}
	}
	out := make(rows, n*columns)
	own, got := make([]pasts, len(t.whole)), []lifts{}
	without, done := make([]lifts, len(t.whole)), make([]int8, len(t.whole)) // by key, and of which fold, from 1
	for f, members := range t.fold {
		clear(own)
		for _, i := range members {
			for _, id := range t.ids[i] {
				own[id].add(t.samples[i], &t.due[i])
			}
		}
		own[0] = pasts{}
		for _, i := range members {
			if !t.samples[i].open.has(o) {
				continue
			}
			got = got[:0]
			for _, id := range t.ids[i] {
				if done[id] != int8(f+1) {
					done[id], without[id] = int8(f+1), t.whole[id].without(&own[id], o)
				}
				got = append(got, without[id])
			}
			t.row(t.samples[i], o, got, out.at(at[i]))
		}
	}
	return out
}

// number gives every key of the samples a number; that of no key is 0.
func number(samples []*sample) (ids [][]int32, list []uint64) {
	known := map[uint64]int32{0: 0}
	list = []uint64{0}
	ids = make([][]int32, len(samples))
	var buf []uint64
	for i, s := range samples {
		buf = keys(s, buf)
		ids[i] = make([]int32, len(buf))
		for k, key := range buf {
			id, ok := known[key]
			if !ok {
				id = int32(len(list))
				known[key] = id
				list = append(list, key)
			}
			ids[i][k] = id
		}
	}
	return ids, list
}

// fill makes the table to ask from. What only one case had tells nothing that
// the training could have learnt from, and is left out.
func (e *encoder) fill(list []uint64, whole []pasts, ids [][]int32, samples []*sample) {
	first, several := make([]int64, len(list)), make([]bool, len(list))
	n := 0
	for i, s := range samples {
		for _, id := range ids[i] {
			switch no := s.no + 1; {
			case first[id] == 0:
				first[id] = no
			case first[id] != no && !several[id]:
				several[id] = true
				n++
			}
		}
	}
	e.table = make(map[uint64]lifts, n)
	for id := 1; id < len(list); id++ {
		if several[id] {
			e.table[list[id]] = whole[id].lifts()
		}
	}
}

// tellingFields are the names of the fields that tell most samples apart: those
// that have a value which other cases have, too, and not the most common one.
func tellingFields(samples []*sample) []uint64 {
	type group struct {
		first, n int64
		several  bool
	}
	groups := make(map[field]*group)
	for _, s := range samples {
		for _, f := range s.fields {
			g := groups[f]
			if g == nil {
				g = &group{first: s.no}
				groups[f] = g
			}
			g.n++
			g.several = g.several || s.no != g.first
		}
	}
	count, most := make(map[uint64]int64), make(map[uint64]int64)
	for f, g := range groups {
		if g.several {
			count[f.name] += g.n
			most[f.name] = max(most[f.name], g.n)
		}
	}
	for name, n := range most {
		count[name] -= n
	}
	names := slices.SortedFunc(maps.Keys(count), func(a, b uint64) int {
		return cmp.Or(cmp.Compare(count[b], count[a]), cmp.Compare(a, b))
	})
	return slices.Clone(names[:min(len(names), fieldSlots)])
}
