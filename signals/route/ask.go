package route

// prior is how many imaginary counts of nobody stand under each key.
const prior = 1.5

func tableKey(source int, value, holder uint64) uint64 {
	return mix(value ^ mix(holder+uint64(source)+1))
}

// ask adds what one source says under one value.
func (q *query) ask(source int, v *val, holder uint64) {
	tab := q.t.tables[source]
	d := tab.get(tableKey(source, v.key, holder))
	if d == nil {
		return
	}
	fade := d.fade(q.now, &tab.pace)
	slow := 1 / (d.totSlow + prior*d.incSlow*fade)
	fast := 1 / (d.totFast + prior*d.incFast*fade)
	col := column(source, int(v.f))
	if source == final && v.f != fAll {
		q.known = max(q.known, d.totSlow/(d.incSlow*fade))
	}
	cells := tab.cells(d)
	for i := range cells[:min(len(cells), scan)] {
		c := &cells[i]
		if source == spoke && q.t.names.seen[c.who] == 0 {
			continue // never held anything
		}
		s, ok := q.at(c.who)
		if !ok {
			continue
		}
		y := q.plus(s, col, v.share*logOf(c.slow*slow))
		if x := c.fast * fast; x > 0.002 {
			y += q.plus(s, col+1, v.share*logOf(x))
		}
		if !q.later && y > q.best[s].gain && v.f != fAll && source != spoke && v.s != "" && !d.private {
			q.best[s] = evidence{source: uint8(source), f: v.f, value: v.s, from: q.cur, gain: y,
				n: c.slow / (d.incSlow * fade), of: d.totSlow / (d.incSlow * fade)}
		}
	}
}

// askWords adds what the words of the title say: the mean over the words of
// who resolved cases with them, rare words counting more.
func (q *query) askWords(source int) {
	tab := q.t.tables[source]
	all := tab.get(tableKey(source, 1, 0))
	if all == nil || len(q.words) == 0 {
		return
	}
	total := all.totSlow/all.incSlow + 1
	sum := float32(0)
	for _, w := range q.words {
		d := tab.get(tableKey(source, w, 0))
		if d == nil {
			continue
		}
		fade := d.fade(q.now, &tab.pace)
		of := d.totSlow / (d.incSlow * fade)
		idf := logOf(total / (of + 1) / 100)
		sum += idf
		cells := tab.cells(d)
		for i := range cells[:min(len(cells), scan)] {
			who := cells[i].who
			if source == spoke && q.t.names.seen[who] == 0 {
				continue
			}
			if s, ok := q.at(who); ok {
				q.acc[s] += idf * cells[i].slow / (d.totSlow + prior*d.incSlow*fade)
			}
		}
	}
	for s, x := range q.acc {
		if x > 0 {
			y := q.plus(s, column(source, fWord), logOf(x/sum))
			if !q.later && y > q.best[s].gain {
				q.best[s] = evidence{source: uint8(source), f: fWord, from: q.cur, gain: y}
			}
			q.acc[s] = 0
		}
	}
}
