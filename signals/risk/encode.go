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
	slots []uint64 // names of the fields that have a column of their own, most common first
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
	for b, n := range [...]int{len(s.parts), len(s.parts), len(s.words), len(s.fields)} {
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
	clear(out[colSlot : colSlot+fieldSlots])
	for k, f := range s.fields {
		if j := slices.Index(e.slots, f.name); j >= 0 {
			out[colSlot+j] = got[i-len(s.fields)+k].of[o]
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

// learnTable fits the encoder to samples and returns their rows for each
// outcome.
func learnTable(samples []*sample) (*encoder, [len(Outcomes)]rows) {
	e := &encoder{slots: commonFields(samples)}
	var g stages
	for _, s := range samples {
		g.add(s)
	}
	e.rates = g.rates()
	ids, list := number(samples)
	whole := make([]pasts, len(list))
	due := make([][targets]float32, len(samples))
	for i, s := range samples {
		due[i] = g.due(s)
		for _, id := range ids[i] {
			whole[id].add(s, &due[i])
		}
	}
	whole[0] = pasts{}
	var out [len(Outcomes)]rows
	for o := range out {
		out[o] = make(rows, len(samples)*columns)
	}
	fold := make([][]int, folds)
	for i, s := range samples {
		f := int(mix(uint64(s.no), folds) % folds)
		fold[f] = append(fold[f], i)
	}
	own, got := make([]pasts, len(list)), []lifts{}
	for _, members := range fold {
		clear(own)
		for _, i := range members {
			for _, id := range ids[i] {
				own[id].add(samples[i], &due[i])
			}
		}
		own[0] = pasts{}
		for _, i := range members {
			got = got[:0]
			for _, id := range ids[i] {
				l := whole[id].lifts(&own[id])
				l.seen *= folds / float32(folds-1)
				got = append(got, l)
			}
			for o := range out {
				e.row(samples[i], o, got, out[o].at(i))
			}
		}
	}
	e.fill(list, whole, ids, samples)
	return e, out
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
			e.table[list[id]] = whole[id].lifts(&pasts{})
		}
	}
}

// commonFields are the names of the fields that most samples have.
func commonFields(samples []*sample) []uint64 {
	count := make(map[uint64]int)
	for _, s := range samples {
		for _, f := range s.fields {
			count[f.name]++
		}
	}
	names := slices.SortedFunc(maps.Keys(count), func(a, b uint64) int {
		return cmp.Or(cmp.Compare(count[b], count[a]), cmp.Compare(a, b))
	})
	return slices.Clone(names[:min(len(names), fieldSlots)])
}
