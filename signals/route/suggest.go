package route

import (
	"math"
	"slices"
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
	n, of  float32
	gain   float32
}

// maxSlots bounds the candidates of one question, scan how many are looked at
// under one key.
const (
	maxSlots = 256
	scan     = 32
)

// query is the scratch of one question.
type query struct {
	t     *track
	w     *ranker
	g     *[columns]float32
	now   int64
	vals  []val
	words []uint64
	body  []uint64

	mark  []uint32 // by candidate: the question in which slot is valid
	slot  []uint16
	round uint32
	whos  []int32
	score []float32
	best  []evidence
	acc   []float32 // words, before the logarithm
	known float32

	keep bool // remember the numbers for a sample
	nz   []nz

	hops     int
	cur      int32
	prev     int32
	first    int32
	curKey   uint64
	exclude  int32
	next     bool
	own      float32 // what the present holder would score among the others
	stays    bool    // slot 0 is the present holder
	trackNum int
}

func (q *query) begin(m *Model, t int, next bool) {
	q.t, q.trackNum, q.next = &m.tracks[t], t, next
	q.w = &q.t.rank[b2i(next)]
	q.now = m.now
	for len(q.mark) < len(q.t.names.name) {
		q.mark = append(q.mark, 0)
		q.slot = append(q.slot, 0)
	}
	q.round++
	q.whos, q.score, q.best, q.acc, q.nz, q.known = q.whos[:0], q.score[:0], q.best[:0], q.acc[:0], q.nz[:0], 0
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

// at gives the slot of a candidate; false when excluded or when there is no room.
func (q *query) at(who int32) (int, bool) {
	if q.mark[who] == q.round {
		return int(q.slot[who]), true
	}
	if who == q.exclude || len(q.whos) == maxSlots || who == q.cur && q.next {
		return 0, false
	}
	q.mark[who], q.slot[who] = q.round, uint16(len(q.whos))
	q.whos = append(q.whos, who)
	q.score = append(q.score, 0)
	q.best = append(q.best, evidence{})
	q.acc = append(q.acc, 0)
	return len(q.whos) - 1, true
}

func (q *query) plus(slot, col int, x float32) float32 {
	w := q.w.base[col] + q.g[col]
	if slot == 0 && q.stays {
		q.own += w * x
		w = q.w.stay[col]
	}
	y := w * x
	q.score[slot] += y
	if q.keep {
		q.nz = append(q.nz, nz{uint16(slot), uint16(col), x})
	}
	return y
}

func tableKey(source int, value, holder uint64) uint64 {
	return mix(value ^ mix(holder+uint64(source)+1))
}

// ask adds what one source says under one value.
func (q *query) ask(source int, v *val, holder uint64) {
	tab := q.t.tables[source]
	d := tab.dists[tableKey(source, v.key, holder)]
	if d == nil {
		return
	}
	fade := d.fade(q.now, &tab.pace)
	slow := 1 / (d.totSlow + kPrior*d.incSlow*fade)
	fast := 1 / (d.totFast + kPrior*d.incFast*fade)
	col := column(source, int(v.f))
	if source == final && v.f != fAll {
		q.known = max(q.known, d.totSlow/(d.incSlow*fade))
	}
	for i := range d.cells[:min(len(d.cells), scan)] {
		c := &d.cells[i]
		s, ok := q.at(c.who)
		if !ok {
			continue
		}
		y := q.plus(s, col, v.share*logOf(c.slow*slow))
		if x := c.fast * fast; x > 0.002 {
			y += q.plus(s, col+1, v.share*logOf(x))
		}
		if y > q.best[s].gain && v.f != fAll && source != spoke && v.s != "" {
			q.best[s] = evidence{source: uint8(source), f: v.f, value: v.s, from: q.cur, gain: y,
				n: c.slow / (d.incSlow * fade), of: d.totSlow / (d.incSlow * fade)}
		}
	}
}

// askWords adds what the words of the title say: the mean over the words of
// who resolved cases with them, rare words counting more.
func (q *query) askWords(source, f int, words []uint64) {
	tab := q.t.tables[source]
	all := tab.dists[tableKey(source, 1, 0)]
	if all == nil || len(words) == 0 {
		return
	}
	total := all.totSlow/all.incSlow + 1
	sum := float32(0)
	for _, w := range words {
		d := tab.dists[tableKey(source, w, 0)]
		if d == nil {
			continue
		}
		fade := d.fade(q.now, &tab.pace)
		of := d.totSlow / (d.incSlow * fade)
		idf := logOf(total / (of + 1) / 100)
		sum += idf
		for i := range d.cells[:min(len(d.cells), scan)] {
			if s, ok := q.at(d.cells[i].who); ok {
				q.acc[s] += idf * d.cells[i].slow / (d.totSlow + kPrior*d.incSlow*fade)
			}
		}
	}
	for s, x := range q.acc {
		if x > 0 {
			y := q.plus(s, column(source, f), logOf(x/sum))
			if y > q.best[s].gain {
				q.best[s] = evidence{source: uint8(source), f: fWord, from: q.cur, gain: y}
			}
			q.acc[s] = 0
		}
	}
}

// situation works out who holds the case now and held it before.
func (q *query) situation(c *signals.Case) {
	q.cur, q.prev, q.first, q.hops = -1, -1, -1, 0
	last := ""
	for i := range c.Path {
		name := holder(&c.Path[i], q.trackNum)
		if name == "" || name == last {
			continue
		}
		last = name
		id := q.t.names.find(name)
		if q.hops == 0 {
			q.first = id
		}
		q.prev, q.cur = q.cur, id
		q.hops++
	}
	q.curKey = 0
	if q.cur >= 0 {
		q.curKey = uint64(q.cur) + 1
	}
	q.exclude = -1
	if q.trackNum == persons {
		if id := q.t.names.find(c.Opener); id != q.cur || q.next {
			q.exclude = id
		}
	}
	q.g = &q.w.group[min(q.hops, groups-1)]
}

func holder(h *signals.Hop, track int) string {
	if track == persons {
		return h.Person
	}
	return h.Team
}

// How many of the most telling fields each source is asked about.
const (
	askFinal = 12
	askHeld  = 5
	askCross = 6
)

// ranks answers the question into the slots.
func (q *query) ranks(c *signals.Case) {
	all := &val{f: fAll, share: 1, key: 1}
	q.stays, q.own = false, 0
	if q.cur >= 0 && !q.next {
		_, q.stays = q.at(q.cur) // takes slot 0
	}
	q.fieldwise(final, askFinal, 0)
	q.fieldwise(held, askHeld, 0)
	if q.cur >= 0 {
		q.fieldwise(goal, askCross, q.curKey)
		q.fieldwise(pass, askCross, q.curKey)
		q.ask(goal, all, q.curKey)
		q.ask(pass, all, q.curKey)
		if q.prev >= 0 {
			v := prevVal(q.prev)
			q.ask(goal, &v, q.curKey)
			q.ask(pass, &v, q.curKey)
		}
	}
	q.askWords(final, fWord, q.words)
	q.askWords(final, fBody, q.body)
	if q.trackNum == persons {
		q.fieldwise(spoke, 2, 0)
		q.askWords(spoke, fWord, q.words)
		q.askWords(spoke, fBody, q.body)
	}
	q.ask(final, all, 0)
	q.ask(held, all, 0)
	q.extras(c)
	q.compare()
}

func prevVal(prev int32) val {
	return val{f: fPrev, share: 1, key: mix(uint64(prev) + 77)}
}

func (q *query) fieldwise(source, most int, holder uint64) {
	for _, f := range q.t.order {
		asked := false
		for i := range q.vals {
			if q.vals[i].f == f {
				q.ask(source, &q.vals[i], holder)
				asked = true
			}
		}
		if asked {
			if most--; most == 0 {
				return
			}
		}
	}
}

func (q *query) extras(c *signals.Case) {
	if q.cur >= 0 {
		if s, ok := q.at(q.cur); ok {
			q.plus(s, exCurrent, 1)
		}
	}
	if q.prev >= 0 && q.prev != q.cur {
		if s, ok := q.at(q.prev); ok {
			q.plus(s, exPrevious, 1)
		}
	}
	if q.hops > 1 {
		q.before(c)
	}
	if q.trackNum == persons {
		q.speakers(c)
	}
	for s, who := range q.whos {
		days := float32(max(0, q.now-q.t.names.seen[who])) / 86400
		q.plus(s, exIdle, logOf(days/100))
		if kAct > 0 && q.trackNum == persons {
			days := float32(max(0, q.now-q.t.names.alive[who])) / 86400
			q.plus(s, exActive, logOf(days/100))
		}
	}
}

func (q *query) before(c *signals.Case) {
	if q.first >= 0 && q.first != q.cur {
		if s, ok := q.at(q.first); ok {
			q.plus(s, exFirst, 1)
		}
	}
	done := q.cur
	for i := range c.Path {
		id := q.t.names.find(holder(&c.Path[i], q.trackNum))
		if id < 0 || id == q.cur || id == done {
			continue
		}
		done = id
		if s, ok := q.at(id); ok {
			q.plus(s, exBefore, 1)
		}
	}
}

// speakers marks who wrote in the case, the latest eight posts.
func (q *query) speakers(c *signals.Case) {
	last := ""
	for i := len(c.Posts) - 1; i >= max(0, len(c.Posts)-8); i-- {
		by := c.Posts[i].Event.Actor
		if by == last || by == c.Opener {
			continue
		}
		last = by
		if id := q.t.names.find(by); id >= 0 {
			if s, ok := q.at(id); ok {
				q.plus(s, exSpoke, 1)
			}
		}
	}
}

// nobody is the score of "somebody else".
func (q *query) nobody() float32 {
	return q.w.base[exNobody] + q.g[exNobody] + (q.w.base[exKnown]+q.g[exKnown])*logOf(q.known/100)
}

// prepare sets up a question about a case and answers it into the slots.
func (m *Model) prepare(c *signals.Case, r *record, t int, next bool) *query {
	q := &m.q
	q.begin(m, t, next)
	q.situation(c)
	m.vals = m.values(c, t, m.vals[:0])
	q.vals = m.vals
	q.words = nil
	if r != nil {
		q.words = r.words
		q.body = r.body
	} else {
		q.words = m.words(c.Title, nil)
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
	q := m.prepare(c, m.cases[c.Key], t, next)
	q.now = max(m.now, now.Unix())
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
		z := float64(q.score[0] - kDoubt)
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
	var room [keepSlots]int32
	out := room[:0]
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
	return slices.Clone(out)
}
