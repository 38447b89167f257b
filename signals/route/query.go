package route

import (
	"andon/signals"
)

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

	marks []mark // by candidate
	round uint32
	whos  []int32
	score []float32
	best  []evidence
	acc   []float32 // words, before the logarithm
	known float32

	keep  bool // remember the numbers for a sample
	later bool // only collect the numbers: weigh makes scores of them
	nz    []nz
	sum   [columns]float32
	from  int // the first slot that may be an answer

	feats    []feat
	hops     int
	cur      int32
	prev     int32
	first    int32
	curKey   uint64
	exclude  int32
	next     bool
	doubt    float32 // logarithm of the odds, see Options
	shown    float32 // what is added to a score to come to a probability
	own      float32 // what the present holder would score among the others
	stays    bool    // slot 0 is the present holder
	trackNum int
	top      [keepSlots]int32
}

// mark is where a candidate stands.
type mark struct {
	round uint32 // the question in which slot is valid
	slot  uint16
}

func (q *query) begin(m *Model, t int, next bool, now int64) {
	q.t, q.trackNum, q.next = &m.tracks[t], t, next
	q.w = &q.t.rank[b2i(next)]
	q.now, q.doubt = now, q.t.doubt
	if n := len(q.t.names.name) - len(q.marks); n > 0 {
		q.marks = append(q.marks, make([]mark, n)...)
	}
	q.round++
	q.from = 0
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
	at := &q.marks[who]
	if at.round == q.round {
		return int(at.slot), true
	}
	room := maxSlots
	if q.later && q.stays {
		room++ // the present holder takes no room in the question of who is next
	}
	if who == q.exclude || len(q.whos) == room || who == q.cur && q.next {
		return 0, false
	}
	*at = mark{q.round, uint16(len(q.whos))}
	q.whos = append(q.whos, who)
	q.acc = append(q.acc, 0)
	if !q.later {
		q.score = append(q.score, 0)
		q.best = append(q.best, evidence{})
	}
	return len(q.whos) - 1, true
}

func (q *query) plus(slot, col int, x float32) float32 {
	if q.keep {
		q.nz = append(q.nz, nz{uint16(slot), uint16(col), x})
		if q.later {
			return 0
		}
	}
	w := q.w.base[col] + q.g[col]
	if slot == 0 && q.stays {
		q.own += w * x
		w = q.w.stay[col]
	}
	y := w * x
	q.score[slot] += y
	return y
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
	all := &val{trait: trait{f: fAll, share: 1, key: 1}}
	q.stays, q.own = false, 0
	if q.cur >= 0 && !q.next {
		if _, q.stays = q.at(q.cur); q.stays && !q.later { // takes slot 0
			q.best[0] = evidence{source: holds}
		}
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
	q.askWords(final)
	if q.trackNum == persons {
		q.fieldwise(spoke, 2, 0)
		q.askWords(spoke)
	}
	q.ask(final, all, 0)
	q.ask(held, all, 0)
	q.extras(c)
	if !q.later {
		q.refine()
		q.compare()
	}
}

func prevVal(prev int32) val {
	return val{trait: trait{f: fPrev, share: 1, key: mix(uint64(prev) + 77)}}
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
	scale := q.t.names.paces.scale(q.now)
	for s, who := range q.whos {
		long, short := q.t.names.paces.of(who, &scale)
		q.plus(s, exPace, logOf(long/100))
		q.plus(s, exPaceNow, logOf(short/100))
		days := float32(max(0, q.now-q.t.names.seen[who])) / 86400
		q.plus(s, exIdle, logOf(days/100))
		if q.trackNum == persons {
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
		if id := q.t.names.find(by); id >= 0 && q.t.names.seen[id] > 0 {
			if s, ok := q.at(id); ok {
				q.plus(s, exSpoke, 1)
			}
		}
	}
}
