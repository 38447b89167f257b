package route

import (
	"cmp"
	"math"
	"slices"
	"time"

	"andon/signals"
)

// Candidate is somebody who may be right, with the probability of it, as far as
// it could be learnt from answers given before (see trust). Why and Figures say
// in words what speaks for them.
type Candidate struct {
	Who   string
	Score float64 // 0..1

	why  evidence
	rank float32 // the order: the logarithm of the probability, with the present holder moved down
}

// evidence is what weighs most for a candidate; words are made from it when asked.
type evidence struct {
	source uint8
	f      uint8
	value  string // of the field; shares memory with the case
	from   int32  // the holder whom the evidence is conditional on
	track  uint8
	n, of  float32 // decayed counts of the candidate and of all
	gain   float32
}

// nobody is the score of "somebody else".
func (q *query) nobody() float32 {
	return q.w.base[exNobody] + q.g[exNobody] + (q.w.base[exKnown]+q.g[exKnown])*logOf(q.known/100)
}

// prepare sets up a question about a case and answers it into the slots.
func (m *Model) prepare(c *signals.Case, t int, next bool, now int64) *query {
	q := &m.q
	q.begin(m, t, next, now)
	q.situation(c)
	m.vals = m.values(c, t, m.vals[:0])
	q.vals = m.vals
	if r := m.cases[caseKey(c.Key)]; r != nil && r.title == hash(0, c.Title) {
		q.words = r.words
	} else {
		m.fresh = m.words(c.Title, m.fresh[:0])
		q.words = m.fresh
	}
	q.ranks(c)
	return q
}

// Suggest appends to buf the n most likely answers to a question about a case
// as it stands at now, best first: by probability, but for the present holder,
// who stands lower, see Options. It appends nothing when too little is known.
// For persons the one who raised the case is left out, unless they hold it; for
// the next holder the present one is. Fields of which the case shows nothing
// play no part, so that a case cut to what a viewer may see gives an answer
// that is fit for the viewer.
func (m *Model) Suggest(c *signals.Case, now time.Time, k Kind, n int, buf []Candidate) []Candidate {
	t, next := k.of()
	if m.tracks[t].closes < m.opt.Least || n <= 0 {
		return buf
	}
	q := m.prepare(c, t, next, now.Unix())
	if len(q.whos) == 0 {
		return buf
	}
	best := q.kept()
	q.settle(best)
	slices.SortStableFunc(best, func(a, b int32) int { return cmp.Compare(q.score[b], q.score[a]) })
	from := len(buf)
	for _, s := range best[:min(n, len(best))] {
		e := q.best[s]
		e.track = uint8(t)
		buf = append(buf, Candidate{Who: q.t.names.name[q.whos[s]], Score: q.probability(s), why: e, rank: q.score[s]})
	}
	if math.Exp(float64(q.score[best[0]])) < 0.01 {
		return buf[:from]
	}
	return buf
}

// kept are the slots that an answer is made from: the best, and the present
// holder's in any case.
func (q *query) kept() []int32 {
	if !q.stays {
		return q.bestSlots(keepSlots)
	}
	own := q.score[0]
	q.score[0] = float32(math.Inf(1))
	best := q.bestSlots(keepSlots)
	q.score[0] = own
	return best
}

// settle turns the scores of the slots best, and of the present holder, into
// logarithms of probabilities: first whether the present holder keeps it, then
// who else. The doubt moves the present holder down in the order only: what it
// takes away is given back in shown, so that a probability stays one.
func (q *query) settle(best []int32) {
	g := min(q.hops, groups-1)
	heat, nobody := q.w.trust.heat[g], q.w.trust.heat[g]*q.nobody()+q.w.trust.shift[g]
	top := nobody
	for _, s := range best {
		if s > 0 || !q.stays {
			q.score[s] *= heat
			top = max(top, q.score[s])
		}
	}
	sum := math.Exp(float64(nobody - top))
	for _, s := range best {
		if s > 0 || !q.stays {
			sum += math.Exp(float64(q.score[s] - top))
		}
	}
	rest := q.lead(best, g, -top-float32(math.Log(sum)))
	q.shown = 0
	if q.stays {
		z := q.w.trust.stay[g]*q.score[0] + q.w.trust.keeps[g]
		leaves, doubted := -softplus(z), -softplus(z-q.doubt)
		q.score[0], rest, q.shown = z-q.doubt+doubted, rest+doubted, leaves-doubted
	}
	for _, s := range best {
		if s > 0 || !q.stays {
			q.score[s] += rest
		}
	}
}

// lead corrects how likely the first of the others is, and returns what is to be
// added to the scores of all of them: rest, and what the first gains or loses.
func (q *query) lead(best []int32, g int, rest float32) float32 {
	first, second := int32(-1), int32(-1)
	for _, s := range best {
		switch {
		case s == 0 && q.stays:
		case first < 0 || q.score[s] > q.score[first]:
			first, second = s, first
		case second < 0 || q.score[s] > q.score[second]:
			second = s
		}
	}
	if first < 0 {
		return rest
	}
	p, next := math.Exp(float64(q.score[first]+rest)), 0.0
	if second >= 0 {
		next = math.Exp(float64(q.score[second] + rest))
	}
	p = min(p, 1-1e-6)
	to := min(q.w.trust.first(g, p, next), 1-1e-6)
	moved := float32(math.Log((1 - to) / (1 - p)))
	q.score[first] += float32(math.Log(to/p)) - moved
	return rest + moved
}

// probability is what a slot's score comes to after settle.
func (q *query) probability(s int32) float64 {
	x := q.score[s] + q.shown
	if s == 0 && q.stays {
		x += q.doubt
	}
	return math.Exp(float64(x))
}

// softplus is log(1+exp(x)).
func softplus(x float32) float32 {
	return float32(math.Log1p(math.Exp(-math.Abs(float64(x))))) + max(x, 0)
}

// others is the logarithm of what everybody but the present holder scores
// together, somebody else included.
func (q *query) others() float32 {
	others := q.score
	if q.stays {
		others = q.score[1:]
	}
	top := q.nobody()
	for _, s := range others {
		top = max(top, s)
	}
	sum := math.Exp(float64(q.nobody() - top))
	for _, s := range others {
		sum += math.Exp(float64(s - top))
	}
	return top + float32(math.Log(sum))
}

// compare adds to the present holder's numbers how it stands against the others.
func (q *query) compare() {
	if q.stays {
		q.plus(0, exHops+min(q.hops, groups-1), 1)
		q.plus(0, exRival, min(max(q.own-q.others(), -8), 8))
	}
}

// bestSlots returns the n slots with the highest scores, best first; equal
// scores keep their order.
func (q *query) bestSlots(n int) []int32 {
	var high [keepSlots]float32 // the scores of what is in top
	n = min(n, keepSlots)
	k, least := 0, float32(math.Inf(-1))
	for s, score := range q.score {
		if s < q.from || k == n && score <= least {
			continue
		}
		i := min(k, n-1)
		for i > 0 && high[i-1] < score {
			high[i], q.top[i] = high[i-1], q.top[i-1]
			i--
		}
		high[i], q.top[i] = score, int32(s)
		k = min(k+1, n)
		least = high[k-1]
	}
	return q.top[:k]
}
