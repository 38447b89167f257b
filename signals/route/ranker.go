package route

import (
	"math"
	"math/bits"
)

// The sources of evidence: one table each.
const (
	final = iota // who resolved cases with this value
	held         // who was given cases with this value, known at once
	goal         // who resolved cases that passed through this holder, with this value
	pass         // to whom this holder handed cases with this value, known at once
	spoke        // who wrote in cases with this value
	sources
)

// A column is one number about a candidate. Each source and field has two, at
// a slow and a fast pace; the extras follow.
const (
	firstExtra = sources * maxFields * 2

	exCurrent  = firstExtra + 0  // holds it now
	exPrevious = firstExtra + 1  // held it just before
	exBefore   = firstExtra + 2  // held it at some time before
	exFirst    = firstExtra + 3  // was the first to hold it
	exIdle     = firstExtra + 4  // log of the days since the candidate last held or solved something
	exActive   = firstExtra + 5  // log of the days since a person was last seen at all
	exSpoke    = firstExtra + 6  // wrote in this case
	exRival    = firstExtra + 7  // of the present holder: how it compares with the others together
	exNobody   = firstExtra + 8  // the constant of "somebody else"
	exKnown    = firstExtra + 9  // "somebody else": how much is known of the best field
	exHops     = firstExtra + 10 // of the present holder: a constant for each group
	exPace     = exHops + groups // log of what the candidate resolved in the last weeks
	exPaceNow  = exPace + 1      // and in the last days
	columns    = exPace + 2
)

func column(source, f int) int { return (source*maxFields + f) * 2 }

// groups is how many situations have weights of their own: by the hops so far.
const groups = 4

// ranker weighs the columns: log-linear, learnt online by stochastic gradient
// (Adagrad) on the likelihood of the one who turned out right.
type ranker struct {
	base  [columns]float32
	group [groups][columns]float32
	sqB   [columns]float32
	sqG   [groups][columns]float32
	stay  [columns]float32 // weights of the present holder's own numbers, for whether it stays
	sqS   [columns]float32
	cross crossed
	trust trust
	next  bool
}

// The learning rates of the shared weights and of those of a group.
const (
	rateBase  = 0.03
	rateGroup = 0.02
)

// init sets the weights that hold until the site's own cases have taught others.
func (r *ranker) init(next int) {
	r.next = next == 1
	r.cross = newCrossed()
	r.trust.init()
	for f := range maxFields {
		r.reset(f)
	}
	r.base[column(final, fComponent)] = 0.4
	r.base[column(final, fWord)] = 0.4
	r.base[exIdle] = -0.2
	r.base[exSpoke] = 0.5
	r.base[exNobody] = 1
}

// reset forgets what was learnt about a field.
func (r *ranker) reset(f int) {
	for s := range sources {
		r.stay[column(s, f)], r.stay[column(s, f)+1] = 0.1, 0.05
	}
	start := [sources][2]float32{final: {0.12, 0.05}, held: {0.05, 0.05}, goal: {0.12, 0.05}, pass: {0.05, 0}, spoke: {0.02, 0}}
	if r.next {
		start[pass], start[final][0], start[goal][0] = [2]float32{0.15, 0.08}, 0.05, 0.05
	}
	for s := range start {
		for i, w := range start[s] {
			c := column(s, f) + i
			r.base[c], r.sqB[c] = w, 0
			for g := range r.group {
				r.group[g][c], r.sqG[g][c] = 0, 0
			}
		}
	}
}

// nz is one non-zero number of a remembered situation.
type nz struct {
	slot, col uint16
	x         float32
}

// sample is a situation whose outcome is not known yet: its best candidates
// and their numbers, as they were when it arose.
type sample struct {
	waiting bool   // its outcome is not known
	used    uint32 // which use of the place in the pool this is
	group   uint8
	cur     int32
	whos    []int32
	feats   []feat
	z       []float32 // scores as they were, "somebody else" last
	keeps   float32   // score of the present holder, whether it keeps it
	stay    []nz      // numbers of the present holder; slot plays no part
	nz      []nz      // by slot; the slot behind the last candidate is "somebody else"
}

// keepSlots is how many candidates of a situation are remembered.
const keepSlots = 24

// pool is a ring of situations; the oldest is overwritten.
type pool struct {
	samples []sample
	next    int
	uses    uint32
	every   int // one situation in so many is remembered
	met     int
	lost    int // overwritten before its outcome was known, of the latest round
}

type ticket struct {
	kind  uint8 // track*2 + next
	place int32
	used  uint32
	at    int64 // unix seconds
}

// After plenty situations one in four will do, and each time that their number has
// doubled half as many, down to one in sparse: the weights hardly move by then.
const (
	plenty = 1 << 14
	sparse = 16
)

// skip reports whether the next situation is to be passed over.
func (p *pool) skip() bool {
	p.met++
	every := max(p.every, 1)
	if p.uses > plenty {
		every = max(every, min(4<<bits.Len32(p.uses/(2*plenty)), sparse))
	}
	return mix(uint64(p.met))%uint64(every) != 0
}

// take gives the oldest place away. When most of a round was lost before its
// outcome was known, fewer situations are remembered; when few were, more.
func (p *pool) take() (s *sample, place int32, used uint32) {
	i := p.next
	p.next = (p.next + 1) % len(p.samples)
	if p.samples[i].waiting {
		p.lost++
	}
	if p.next == 0 {
		switch n := len(p.samples); {
		case p.lost > n/2:
			p.every = min(2*max(p.every, 1), 64)
		case p.lost < n/8:
			p.every = max(p.every/2, 1)
		}
		p.lost = 0
	}
	p.uses++
	s = &p.samples[i]
	s.used, s.waiting, s.whos, s.nz = p.uses, true, s.whos[:0], s.nz[:0]
	s.stay = s.stay[:0]
	return s, int32(i), p.uses
}

// fit copies list into old, or into new memory where old is too small or far too
// large: most of the model's memory that does not grow is in the situations.
func fit(old, list []nz) []nz {
	if n := len(list); cap(old) < n || cap(old) > n+n/4+8 {
		old = make([]nz, n)
	}
	return append(old[:0], list...)
}

func (p *pool) get(t ticket) *sample {
	if s := &p.samples[t.place]; s.used == t.used {
		return s
	}
	return nil
}

// learn makes one step towards the truth: the present holder, one of the other
// candidates, or somebody else.
func (r *ranker) learn(s *sample, who int32, weight float32) {
	if s.cur >= 0 && len(s.stay) > 0 {
		r.trust.learnStay(int(s.group), s.keeps, who == s.cur)
		r.learnStay(s, who == s.cur, weight)
		if who == s.cur {
			return
		}
	}
	right := len(s.whos)
	for i, w := range s.whos {
		if w == who {
			right = i
		}
	}
	r.trust.learn(int(s.group), s.z, right)
	var d [keepSlots + 1]float32 // gradient by slot
	r.gradient(s, right, weight, &d)
	r.step(s, &d)
	for i, w := range s.whos {
		r.cross.learn(s.feats, w, d[i])
	}
}

// gradient says by how much each candidate was rated too low, by the weights of now.
func (r *ranker) gradient(s *sample, right int, weight float32, d *[keepSlots + 1]float32) {
	var z [keepSlots + 1]float64
	n := len(s.whos) + 1
	g := &r.group[s.group]
	for _, v := range s.nz {
		z[v.slot] += float64((r.base[v.col] + g[v.col]) * v.x)
	}
	for i, w := range s.whos {
		z[i] += float64(r.cross.score(s.feats, w))
	}
	top, sum := z[0], 0.0
	for _, v := range z[:n] {
		top = max(top, v)
	}
	for i := range z[:n] {
		z[i] = math.Exp(z[i] - top)
		sum += z[i]
	}
	for i := range z[:n] {
		d[i] = -weight * float32(z[i]/sum)
	}
	d[right] += weight
}

func (r *ranker) learnStay(s *sample, stays bool, weight float32) {
	z := float32(0)
	for _, v := range s.stay {
		z += r.stay[v.col] * v.x
	}
	d := -1 / (1 + float32(math.Exp(-float64(z))))
	if stays {
		d++
	}
	for _, v := range s.stay {
		g := weight * d * v.x
		r.sqS[v.col] += g * g
		r.stay[v.col] += rateBase * g / float32(math.Sqrt(float64(r.sqS[v.col]+1)))
	}
}

func (r *ranker) step(s *sample, d *[keepSlots + 1]float32) {
	var grad [columns]float32
	for _, v := range s.nz {
		grad[v.col] += d[v.slot] * v.x
	}
	g, sq := &r.group[s.group], &r.sqG[s.group]
	for i, x := range grad {
		if x == 0 {
			continue
		}
		r.sqB[i] += x * x
		sq[i] += x * x
		r.base[i] += rateBase * x / float32(math.Sqrt(float64(r.sqB[i]+1)))
		g[i] += rateGroup * x / float32(math.Sqrt(float64(sq[i]+1)))
	}
}

// logOf is log(1+100p), to a few parts in ten thousand.
func logOf(p float32) float32 {
	b := math.Float32bits(1 + 100*p)
	e := float32(int32(b>>23) - 127)
	f := math.Float32frombits(b&0x7fffff | 0x3f800000)
	return 0.6931472 * (e + (-0.33582878*f+2)*f - 1.65871022)
}
