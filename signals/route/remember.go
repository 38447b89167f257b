package route

import (
	"math"
	"slices"

	"andon/signals"
)

// remember keeps the situation until it is known who was right: who resolved
// the case, and who held it next. Both are asked about the same numbers.
func (m *Model) remember(c *signals.Case, r *record, t int) {
	if len(m.tracks[t].names.name) == 0 {
		return
	}
	skips := [2]bool{m.pools[t*2].skip(), m.pools[t*2+1].skip()}
	if skips[0] && skips[1] {
		return
	}
	q := &m.q
	q.keep, q.later = true, true
	m.prepare(c, t, false, m.now)
	q.later = false
	for next, skip := range skips {
		if !skip {
			q.weigh(next == 1)
			m.keep(r, t*2+next)
		}
	}
	q.keep = false
}

// weigh makes scores of the numbers that were collected, for the final holder or
// for the next one. Who holds the case now is the first of the slots: that is no
// answer to who is next, and leaves room for one more.
func (q *query) weigh(next bool) {
	q.next, q.w = next, &q.t.rank[b2i(next)]
	q.g = &q.w.group[min(q.hops, groups-1)]
	q.stays, q.own, q.from = q.cur >= 0 && !next, 0, b2i(q.cur >= 0 && next)
	for i := range q.sum {
		q.sum[i] = q.w.base[i] + q.g[i]
	}
	score := slices.Grow(q.score[:0], len(q.whos))[:len(q.whos)]
	clear(score)
	for _, v := range q.nz {
		if v.slot == 0 && q.stays {
			q.own += q.sum[v.col] * v.x
			score[0] += q.w.stay[v.col] * v.x
		} else {
			score[v.slot] += q.sum[v.col] * v.x
		}
	}
	q.score = score[:min(len(score), q.from+maxSlots)]
	q.refine()
	q.compare()
}

// keep takes the best candidates and their numbers into a pool.
func (m *Model) keep(r *record, kind int) {
	q := &m.q
	s, at, used := m.pools[kind].take()
	s.group, s.cur = uint8(min(q.hops, groups-1)), q.cur
	s.feats, s.z, s.keeps = append(s.feats[:0], q.feats...), s.z[:0], 0
	var place [maxSlots + 1]int8 // 1 + the place of a slot among the kept
	if q.stays {
		s.keeps = q.score[0]
		q.score[0] = float32(math.Inf(-1))
	}
	for i, slot := range q.bestSlots(keepSlots) {
		if q.stays && slot == 0 {
			continue
		}
		place[slot] = int8(i + 1)
		s.whos, s.z = append(s.whos, q.whos[slot]), append(s.z, q.score[slot])
	}
	s.z = append(s.z, q.nobody())
	stay, rest := m.kept[0][:0], m.kept[1][:0]
	for _, v := range q.nz {
		if q.stays && v.slot == 0 {
			stay = append(stay, v)
		} else if p := place[v.slot]; p > 0 {
			rest = append(rest, nz{uint16(p - 1), v.col, v.x})
		}
	}
	n := uint16(len(s.whos))
	rest = append(rest, nz{n, exNobody, 1}, nz{n, exKnown, logOf(q.known / 100)})
	s.stay, s.nz = fit(s.stay, stay), fit(s.nz, rest)
	m.kept = [2][]nz{stay, rest}
	r.tickets = append(r.tickets, ticket{uint8(kind), at, used, m.now})
}
