package text

import "math"

// features compare the query with one document.
type features struct {
	shared    float64 // log of the information in the shared words
	titleIn   float64 // share of the query's title that stands anywhere in the document
	titleOf   float64 // share of the document's title that stands anywhere in the query
	gap       float64 // log of the days between the two
	component float64 // 1: a component in common
	author    float64 // 1: written by the same person
}

// features measures one candidate. All sums are of integers, so that the order
// of terms cannot matter.
func (x *Index) features(slot uint32) features {
	d, q := &x.docs[slot], &x.q
	var info, titleInfo, in, of int64
	n, imp := uint32(0), uint8(0)
	for list := x.lists.get(d.terms); len(list) > 0; {
		if list[0] < 0x80 { // as unpack does, without the call
			n, imp, list = n+uint32(list[0]), list[1], list[2:]
		} else {
			n, imp, list = unpack(list, n)
		}
		title := imp&titleBit != 0
		if !title && !q.marks.has(n) {
			continue
		}
		place, both := q.marks.get(n)
		if !both {
			if title && x.kind[n] == kindTerm {
				w := idf(q.docs, x.df[n])
				titleInfo += w * w
			}
			continue
		}
		t := &q.terms[place]
		if !t.word {
			continue
		}
		w := int64(t.idf)
		info += w * min(int64(imp>>1), int64(t.impact))
		if t.title {
			in += w * w
		}
		if title {
			titleInfo += w * w
			of += w * w
		}
	}
	f := features{
		shared:  math.Log1p(float64(info) / (idfUnit * 127)),
		titleIn: share(in, x.q.titleInfo),
		titleOf: share(of, titleInfo),
		gap:     math.Log1p(float64(max(0, x.q.at-d.at)) / 86400),
	}
	if common(&d.comps, &x.q.comps) {
		f.component = 1
	}
	if d.author != 0 && d.author == x.q.author {
		f.author = 1
	}
	return f
}

func share(part, whole int64) float64 {
	if whole == 0 {
		return 0
	}
	return float64(part) / float64(whole)
}

// logit is a logistic regression that tells linked duplicates from other
// candidates. The weights were fitted on the older half of one large public
// tracker. Which features stay was chosen among some fifteen sets with the newer
// half and a second tracker in view; two more trackers were looked at only at the
// end. So only those two are an unseen check, and they are small.
func (f features) logit() float64 {
	return -14.67 + 1.86*f.shared + 2.90*f.titleIn + 2.17*f.titleOf - 0.212*f.gap + 1.09*f.component - 1.36*f.author
}

// The crowd is the mean of the ranks 4 to 10. Who stands out from it is a likelier
// match than who is one of many that use the same words. The weights come from
// the same fit; the last is such that on that tracker about one in twenty issues
// that are nobody's duplicate has a match of 0.5 or more. On the other three it
// is fewer: there one in twenty reaches 0.34 to 0.40.
const (
	crowdFrom, crowdTo = 3, 10
	crowdEmpty         = -11.0
	crowdWeight        = -0.51
	ownWeight          = 0.986
	evenOdds           = 0.65
)

// settle turns the logits of the sorted candidates into scores.
func settle(cand []candidate) {
	crowd := crowdEmpty
	if len(cand) > crowdFrom {
		crowd = 0
		far := cand[crowdFrom:min(len(cand), crowdTo)]
		for _, c := range far {
			crowd += c.score / float64(len(far))
		}
	}
	for i := range cand {
		cand[i].score = 1 / (1 + math.Exp(-(ownWeight*cand[i].score + crowdWeight*crowd + evenOdds)))
	}
}

// maxShared is how many shared terms a match names.
const maxShared = 5

// shared names the terms that the query shares with a document.
func (x *Index) shared(slot uint32) []string {
	var best [maxShared]uint32 // places among the query's terms, ascending
	n, number := 0, uint32(0)
	for list := x.lists.get(x.docs[slot].terms); len(list) > 0; {
		number, _, list = unpack(list, number)
		if !x.q.marks.has(number) {
			continue
		}
		place, ok := x.q.marks.get(number)
		if !ok || n == maxShared && place > best[n-1] {
			continue
		}
		if n < maxShared {
			n++
		}
		i := n - 1
		for ; i > 0 && best[i-1] > place; i-- {
			best[i] = best[i-1]
		}
		best[i] = place
	}
	out := make([]string, n)
	for i, p := range best[:n] {
		out[i] = x.vec.terms[x.q.terms[p].term].word
	}
	return out
}
