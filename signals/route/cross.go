package route

import "math"

// feat is one thing that is known of a case, hashed, and how much it counts.
type feat struct {
	key uint32
	x   float32
}

// crossed holds a weight for each pair of something known of a case and a
// candidate. The counts say how often the two met; a weight says what that is
// worth beside all the rest, which differs from one candidate to the next. Pairs
// share places by hash.
type crossed struct {
	w, sq []float32
}

const (
	crossBits = 16
	crossRate = 0.1
	crossFade = 0.99  // what a step leaves of a weight, so that what is long past goes
	crossLess = 0.001 // a step that is not worth the memory access
)

func newCrossed() crossed {
	return crossed{make([]float32, 1<<crossBits), make([]float32, 1<<crossBits)}
}

func crossAt(key uint32, who int32) uint32 {
	h := (uint64(key)<<32 | uint64(uint32(who)+1)) * 0x9e3779b97f4a7c15
	return uint32((h ^ h>>29) * 0xbf58476d1ce4e5b9 >> (64 - crossBits))
}

func (x *crossed) score(feats []feat, who int32) float32 {
	s := float32(0)
	for _, f := range feats {
		s += f.x * x.w[crossAt(f.key, who)]
	}
	return s
}

// learn makes one step (Adagrad) where d is the share by which the candidate
// was rated too low.
func (x *crossed) learn(feats []feat, who int32, d float32) {
	if d < crossLess && d > -crossLess {
		return
	}
	for _, f := range feats {
		i, g := crossAt(f.key, who), d*f.x
		x.sq[i] += g * g
		x.w[i] = crossFade*x.w[i] + crossRate*g/float32(math.Sqrt(float64(x.sq[i]+0.5)))
	}
}

// gather lists what is known of the case: the values of the fields that tell
// something, the words of the title, and who holds it.
func (q *query) gather() {
	q.feats = q.feats[:0]
	for i := range q.vals {
		v := &q.vals[i]
		if v.f == fAll || q.t.gain[v.f].useful() {
			q.feats = append(q.feats, feat{uint32(v.key ^ v.key>>32), v.share})
		}
	}
	for _, w := range q.words {
		q.feats = append(q.feats, feat{uint32(w >> 32), 1})
	}
	if q.cur >= 0 {
		q.feats = append(q.feats, feat{uint32(mix(q.curKey+991) >> 32), 1})
	}
}

// refine adds to the best candidates what was learnt about each of them.
func (q *query) refine() {
	q.gather()
	for _, s := range q.kept() {
		if s > 0 || !q.stays {
			q.score[s] += q.w.cross.score(q.feats, q.whos[s])
		}
	}
}
