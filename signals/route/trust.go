package route

import "math"

// trust turns scores into probabilities that hold. It is learnt from how the
// answers that were given turned out, so from cases that ended later than those
// the weights were learnt from: the scores of the others and of "somebody else"
// are stretched (heat) and the latter moved (shift), and so is the score of
// whether the present holder keeps it. One stretch for all cannot fit the likest
// and the many unlikely ones at once, and the likest of many is taken for likelier
// than it is: so the odds of the first of the others are corrected by themselves.
// Each number of hops has its own.
type trust struct {
	heat, shift [groups]float32
	stay, keeps [groups]float32 // stretch and move of the present holder's score
	lead, leads [groups]float32 // stretch and move of the log odds of the first of the others
	sq          [6][groups]float32
}

const (
	trustRate = 0.1
	trustStep = 4   // the steepest step
	coolest   = 0.2 // the least stretch
)

func (t *trust) init() {
	for g := range groups {
		t.heat[g], t.stay[g], t.lead[g] = 1, 1, 1
	}
}

// step moves a number along a gradient.
func (t *trust) step(list, g int, x *float32, d float32) {
	d = min(max(d, -trustStep), trustStep)
	t.sq[list][g] += d * d
	*x += trustRate * d / float32(math.Sqrt(float64(t.sq[list][g]+1)))
}

// learnStay learns whether the present holder kept a case.
func (t *trust) learnStay(g int, z float32, stayed bool) {
	d := float32(b2i(stayed)) - 1/(1+float32(math.Exp(-float64(t.stay[g]*z+t.keeps[g]))))
	t.step(2, g, &t.stay[g], d*z)
	t.step(3, g, &t.keeps[g], d)
	t.stay[g] = max(t.stay[g], coolest)
}

// chances are the probabilities that the scores stand for; the last is that of
// "somebody else". The first of the others is not corrected yet.
func (t *trust) chances(g int, z []float32) (p [keepSlots + 1]float64) {
	n := len(z) - 1
	top, sum := math.Inf(-1), 0.0
	for i := range z {
		p[i] = float64(t.heat[g] * z[i])
		if i == n {
			p[i] += float64(t.shift[g])
		}
		top = max(top, p[i])
	}
	for i := range z {
		p[i] = math.Exp(p[i] - top)
		sum += p[i]
	}
	for i := range z {
		p[i] /= sum
	}
	return p
}

// learn learns which of the scores was right; the last is that of "somebody else".
func (t *trust) learn(g int, z []float32, right int) {
	n, p := len(z)-1, t.chances(g, z)
	mean, first := 0.0, 0
	for i := range z {
		mean += p[i] * float64(z[i])
		if i < n && z[i] > z[first] {
			first = i
		}
	}
	if n > 0 {
		t.learnFirst(g, p[first], right == first)
	}
	t.step(0, g, &t.heat[g], z[right]-float32(mean))
	t.step(1, g, &t.shift[g], float32(b2i(right == n))-float32(p[n]))
	t.heat[g] = max(t.heat[g], coolest)
}

// learnFirst learns whether the first of the others was right.
func (t *trust) learnFirst(g int, p float64, right bool) {
	x := logit(p)
	d := float32(b2i(right)) - 1/(1+float32(math.Exp(-float64(t.lead[g]*x+t.leads[g]))))
	t.step(4, g, &t.lead[g], d*x)
	t.step(5, g, &t.leads[g], d)
	t.lead[g] = max(t.lead[g], coolest)
}

// first corrects the probability p of the first of the others. It stays at least
// as likely as the second, whose probability is q.
func (t *trust) first(g int, p, q float64) float64 {
	out := 1 / (1 + math.Exp(-float64(t.lead[g]*logit(p)+t.leads[g])))
	return max(out, q/(1-p+q))
}

// logit is the logarithm of the odds, kept within what can be told apart.
func logit(p float64) float32 {
	p = min(max(p, 1e-6), 1-1e-6)
	return float32(math.Log(p / (1 - p)))
}

// lists are all that is learnt.
func (t *trust) lists() [12]*[groups]float32 {
	return [12]*[groups]float32{&t.heat, &t.shift, &t.stay, &t.keeps, &t.lead, &t.leads, &t.sq[0], &t.sq[1], &t.sq[2], &t.sq[3], &t.sq[4], &t.sq[5]}
}
