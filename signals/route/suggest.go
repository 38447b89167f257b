package route

import (
	"math"
	"time"

	"andon/signals"
)

// Candidate is somebody who may be right, with a rough probability. Why and
// Figures say in words what speaks for them.
type Candidate struct {
	Who   string
	Score float64 // 0..1

	why evidence
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
// as it stands at now, best first. It appends nothing when too little is known.
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
	q.settle()
	from := len(buf)
	for _, s := range q.bestSlots(n) {
		e := q.best[s]
		e.track = uint8(t)
		buf = append(buf, Candidate{Who: q.t.names.name[q.whos[s]], Score: math.Exp(float64(q.score[s])), why: e})
	}
	if buf[from].Score < 0.01 {
		return buf[:from]
	}
	return buf
}

// settle turns the scores into logarithms of probabilities: first whether the
// present holder keeps it, then who else.
func (q *query) settle() {
	sum := q.others()
	rest := float32(0) // log of the probability that it is handed on
	others := q.score
	if q.stays {
		others = q.score[1:]
		z := float64(q.score[0] - q.doubt)
		rest = -float32(math.Log1p(math.Exp(z)))
		q.score[0] = float32(z) + rest
	}
	for i := range others {
		others[i] += rest - sum
	}
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
	out := q.top[:0]
	n = min(n, keepSlots)
	for s := range q.score {
		if len(out) == n && q.score[s] <= q.score[out[n-1]] {
			continue
		}
		if len(out) < n {
			out = append(out, 0)
		}
		i := len(out) - 1
		for i > 0 && q.score[out[i-1]] < q.score[s] {
			out[i] = out[i-1]
			i--
		}
		out[i] = int32(s)
	}
	return out
}
