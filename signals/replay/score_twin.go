package replay

import (
	"math"
	"slices"
	"strings"
	"unicode"

	"andon/signals"
	"andon/signals/decide"
)

// duplicates maps each scored case that was resolved as a duplicate to the
// earlier cases that it is linked to as one.
func duplicates(w *decide.World, all []*story) map[signals.Key][]signals.Key {
	byLabel := make(map[string]*story, len(all))
	for _, s := range all {
		for _, name := range append([]string{s.c.Label}, s.c.Aliases...) {
			byLabel[s.c.Key.Source+"/"+s.c.Key.Site+"/"+name] = s
		}
	}
	out := make(map[signals.Key][]signals.Key)
	for _, s := range all {
		if !s.scored || !alike(s.c.Resolution) {
			continue
		}
		for _, l := range s.c.Links {
			if !alike(l.Type) {
				continue
			}
			other := l.To
			if w.Cases[other] == nil {
				name := strings.TrimPrefix(other.ID, "label:")
				o := byLabel[other.Source+"/"+other.Site+"/"+name]
				if o == nil {
					continue
				}
				other = o.c.Key
			}
			if c := w.Cases[other]; c.Opened.Before(s.c.Opened) && !slices.Contains(out[s.c.Key], other) {
				out[s.c.Key] = append(out[s.c.Key], other)
			}
		}
	}
	return out
}

// alike reports whether a resolution or a link type speaks of duplicates.
func alike(name string) bool { return strings.Contains(strings.ToLower(name), "duplicat") }

// catalogue is the naive search for likes: cosine of term weights (Salton and
// Buckley 1988), the title counted twice.
type catalogue struct {
	lists map[string][]posting
	docs  []signals.Key
}

type posting struct {
	doc    int
	weight float64
}

// twins answers for each case with a known duplicate which earlier ones are
// most like it, in words as they stood at the creation.
func twins(all []*story, wanted map[signals.Key][]signals.Key) map[signals.Key][]signals.Key {
	out := make(map[signals.Key][]signals.Key)
	if len(wanted) == 0 {
		return out
	}
	k := &catalogue{lists: make(map[string][]posting)}
	for _, s := range all { // in order of opening
		terms := k.weigh(s.title + " " + s.title + " " + s.body)
		if wanted[s.c.Key] != nil {
			out[s.c.Key] = k.search(terms, widest)
		}
		if public(s.c) {
			k.add(s.c.Key, terms)
		}
	}
	return out
}

type term struct {
	word   string
	weight float64
}

// weigh makes a vector of length 1 of a text.
func (k *catalogue) weigh(text string) []term {
	counts := make(map[string]int)
	for w := range strings.FieldsFuncSeq(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		counts[w]++
	}
	out, sum := make([]term, 0, len(counts)), 0.0
	for w, n := range counts {
		out = append(out, term{w, (1 + math.Log(float64(n))) * math.Log(float64(len(k.docs)+2)/float64(len(k.lists[w])+1))})
	}
	slices.SortFunc(out, func(a, b term) int { return strings.Compare(a.word, b.word) }) // sums do not depend on the map
	for _, t := range out {
		sum += t.weight * t.weight
	}
	for i := range out {
		out[i].weight /= math.Sqrt(max(sum, 1e-12))
	}
	return out
}

func (k *catalogue) add(key signals.Key, terms []term) {
	for _, t := range terms {
		k.lists[t.word] = append(k.lists[t.word], posting{len(k.docs), t.weight})
	}
	k.docs = append(k.docs, key)
}

// search returns the n documents most like a text, the older of equals first.
func (k *catalogue) search(terms []term, n int) []signals.Key {
	score := make([]float64, len(k.docs))
	for _, t := range terms {
		for _, p := range k.lists[t.word] {
			score[p.doc] += t.weight * p.weight
		}
	}
	var best []int
	for d, v := range score {
		if v == 0 || len(best) == n && v <= score[best[n-1]] {
			continue
		}
		i := 0
		for i < len(best) && score[best[i]] >= v {
			i++
		}
		best = slices.Insert(best, i, d)[:min(n, len(best)+1)]
	}
	out := make([]signals.Key, len(best))
	for i, d := range best {
		out[i] = k.docs[d]
	}
	return out
}
