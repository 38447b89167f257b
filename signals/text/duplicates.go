package text

import (
	"math"
	"slices"
)

// MarkDuplicate tells the index that a document turned out to be a duplicate of
// another: from then on what is like the one is like the other, too, and the
// original comes first. It holds until UnmarkDuplicate or Remove; ids that are not
// in the index, and a mark that would close a circle, are ignored.
//
// A site's own duplicates teach nothing else here: weights refitted to them were
// no better than the fixed ones, and worse where there are few (docs/quality.md).
func (x *Index) MarkDuplicate(id, of int32) {
	slot, known := x.slots[id]
	if _, ok := x.slots[of]; !known || !ok {
		return
	}
	for n, more, steps := of, true, 0; more && steps <= len(x.originals); steps++ {
		if n == id {
			return
		}
		n, more = x.originals[n]
	}
	x.docs[slot].marked = true
	if x.originals == nil {
		x.originals = make(map[int32]int32)
	}
	x.originals[id] = of
}

// UnmarkDuplicate takes a mark back; an id that has none is fine.
func (x *Index) UnmarkDuplicate(id int32) {
	if slot, ok := x.slots[id]; ok {
		x.docs[slot].marked = false
	}
	delete(x.originals, id)
}

// Before reports whether a document was created before another; false where either
// is not in the index.
func (x *Index) Before(id, other int32) bool {
	a, known := x.slots[id]
	b, ok := x.slots[other]
	return known && ok && x.docs[a].at < x.docs[b].at
}

// longestTrail is how many marks are followed from a duplicate to its original.
const longestTrail = 8

// original is what a document is a duplicate of, as far as a query may see it:
// at the end of a trail of marks, itself where it has none.
func (x *Index) original(slot uint32, at int64, skip func(int32) bool) uint32 {
	for range longestTrail {
		d := &x.docs[slot]
		if !d.marked {
			break
		}
		id := x.originals[d.id]
		next, ok := x.slots[id]
		if !ok || x.docs[next].at > at || skip != nil && skip(id) {
			break
		}
		slot = next
	}
	return slot
}

// credit gives the originals of the sorted candidates the weight of their likest
// duplicates, where that is greater than their own, and a trifle more. An original
// that was no candidate becomes one.
func (x *Index) credit(at int64, skip func(int32) bool) {
	q := &x.q
	found := false
	for i, n := 0, len(q.cand); i < n; i++ {
		dup := q.cand[i]
		root := x.original(dup.slot, at, skip)
		q.cand[i].root = root
		if root == dup.slot {
			continue
		}
		found = true
		j := slices.IndexFunc(q.cand, func(c candidate) bool { return c.slot == root })
		if j < 0 {
			j = len(q.cand)
			author := x.docs[root].author
			q.cand = append(q.cand, candidate{slot: root, root: root, author: author != 0 && author == q.author, score: math.Inf(-1)})
		}
		if o := &q.cand[j]; o.score <= dup.score {
			o.score = math.Nextafter(dup.score, math.Inf(1))
		}
	}
	if found {
		slices.SortFunc(q.cand, x.better)
	}
}
