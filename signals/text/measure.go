package text

import "math"

// features compare the query with one document.
type features struct {
	shared    float64 // log of the information in the shared words
	titleIn   float64 // share of the query's title that stands anywhere in the document
	titleOf   float64 // share of the document's title that stands anywhere in the query
	missIn    float64 // the rarest word of the query's title that the document lacks
	missOf    float64 // the rarest word of the document's title that the query lacks
	length    float64 // log of the different terms in the document
	gap       float64 // log of the days between the two
	soon      float64 // 1: within an hour, as the issues of one list or one import are
	component float64 // 1: a component in common
	author    float64 // 1: written by the same person
}

// features measures one candidate. All sums are of integers, so that the order
// of terms cannot matter.
func (x *Index) features(slot uint32) features {
	d, q := &x.docs[slot], &x.q
	var info, titleInfo, in, of, missOf int64
	n, imp, count := uint32(0), uint8(0), 0
	q.round++
	for list := x.lists.get(d.terms); len(list) > 0; count++ {
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
				missOf = max(missOf, w)
			}
			continue
		}
		t := &q.terms[place]
		if !t.word {
			continue
		}
		t.met = q.round
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
		titleIn: share(in, q.titleInfo),
		titleOf: share(of, titleInfo),
		missIn:  float64(q.missing()) / idfUnit,
		missOf:  float64(missOf) / idfUnit,
		length:  math.Log1p(float64(count)),
	}
	x.circumstances(d, &f)
	return f
}

// missing is the weight of the rarest word of the query's title that the
// document measured last does not hold.
func (q *query) missing() (most int32) {
	for _, place := range q.titles {
		if t := &q.terms[place]; t.met != q.round {
			most = max(most, t.idf)
		}
	}
	return most
}

// circumstances measures what is not in the words.
func (x *Index) circumstances(d *document, f *features) {
	since := max(0, x.q.at-d.at)
	f.gap = math.Log1p(float64(since) / 86400)
	if since < 3600 {
		f.soon = 1
	}
	if common(&d.comps, &x.q.comps) {
		f.component = 1
	}
	if d.author != 0 && d.author == x.q.author {
		f.author = 1
	}
}

func share(part, whole int64) float64 {
	if whole == 0 {
		return 0
	}
	return float64(part) / float64(whole)
}

// weight says how like a candidate is, against other candidates of the same
// query. The weights are a conditional logistic regression (one answer or none
// among the candidates) fitted on one large public tracker; three smaller ones
// were looked at to choose the features, none to fit them. What two share in
// stack frames and log lines leads to candidates but adds nothing here: on all
// four it made the choice among them worse.
func (f *features) weight() float64 {
	return 1.484*f.shared + 2.493*f.titleIn + 2.066*f.titleOf + 0.069*f.missIn + 0.106*f.missOf - 0.131*f.length -
		0.413*f.gap - 1.687*f.soon + 0.539*f.component - 0.298*f.author
}

// What speaks against every candidate of a query: long texts share words with
// many others, and who writes about one thing again and again writes of different
// cases of it. What speaks for the first is by how much it leads: of several that
// are equally alike none is the one. The weights come from a second fit on the
// same tracker, given those of weight, and the scale and evenOdds keep the meaning
// of Match.Score.
const (
	sameAmong = 10 // candidates among which those of the query's author are counted
	mostLead  = 3.0

	ownWeight    = 1.13
	leadWeight   = 0.86
	lengthWeight = -0.67
	authorWeight = -0.64
	evenOdds     = -7.34
)

// settle turns the weights of the sorted candidates into scores.
func (q *query) settle() {
	same := 0.0
	for _, c := range q.cand[:min(len(q.cand), sameAmong)] {
		if c.author {
			same++
		}
	}
	all := authorWeight*same + lengthWeight*math.Log1p(float64(len(q.terms))) + evenOdds
	lead := q.lead()
	for i := range q.cand {
		q.cand[i].score = 1 / (1 + math.Exp(-(ownWeight*q.cand[i].score + leadWeight*lead + all)))
		lead = 0
	}
}

// lead is by how much the weight of the first candidate exceeds that of the next
// one that is not known to be the same.
func (q *query) lead() float64 {
	first, second := 0.0, 0.0
	for i := range q.cand {
		c := &q.cand[i]
		if i == 0 {
			first = c.score
		}
		if c.root != q.cand[0].root {
			second = c.score
			break
		}
	}
	return min(max(first-second, 0), mostLead)
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
