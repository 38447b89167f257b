package route

import "math"

// trust turns scores into probabilities that hold. It is learnt from how the
// answers that were given turned out, so from cases that ended later than those
// the weights were learnt from: the scores of the others and of "somebody else"
// are stretched (heat) and the latter moved (shift), and so is the score of
// whether the present holder keeps it. Each number of hops has its own.
type trust struct {
	heat, shift [groups]float32
	stay, keeps [groups]float32 // stretch and move of the present holder's score
	sq          [4][groups]float32
}

const (
	trustRate = 0.1
	trustStep = 4   // the steepest step
	coolest   = 0.2 // the least stretch
)

func (t *trust) init() {
	for g := range groups {
		t.heat[g], t.stay[g] = 1, 1
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

// learn learns which of the scores was right; the last is that of "somebody else".
func (t *trust) learn(g int, z []float32, right int) {
	n := len(z) - 1
	var p [keepSlots + 1]float64
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
	mean := 0.0
	for i := range z {
		mean += p[i] / sum * float64(z[i])
	}
	t.step(0, g, &t.heat[g], z[right]-float32(mean))
	t.step(1, g, &t.shift[g], float32(b2i(right == n))-float32(p[n]/sum))
	t.heat[g] = max(t.heat[g], coolest)
}

// lists are all that is learnt.
func (t *trust) lists() [8]*[groups]float32 {
	return [8]*[groups]float32{&t.heat, &t.shift, &t.stay, &t.keeps, &t.sq[0], &t.sq[1], &t.sq[2], &t.sq[3]}
}
