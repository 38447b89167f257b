package risk

import "math"

// linear is logistic regression over standardised columns, with a ridge (le
// Cessie & van Houwelingen 1992).
type linear struct {
	bias   float32
	mean   []float32
	weight []float32 // per unit of the column, 0 for one that says nothing
	reach  []float32 // how far from the mean a value counts
}

// Constants of the fit, the same for every site.
const (
	ridge  = 60 // pull of each standardised weight towards 0
	sweeps = 10 // passes over all columns
	farOut = 4  // standard deviations from the mean beyond which nothing is farther
)

func (l *linear) score(x []float32) float32 {
	z := l.bias
	for i, w := range l.weight {
		z += w * clamp(x[i]-l.mean[i], l.reach[i])
	}
	return z
}

// part is what column i adds to the score.
func (l *linear) part(i int, x []float32) float32 {
	return l.weight[i] * clamp(x[i]-l.mean[i], l.reach[i])
}

// clamp keeps a value that lies far from all that was seen from deciding alone.
func clamp(v, reach float32) float32 { return min(reach, max(-reach, v)) }

// slope is a fit under way.
type slope struct {
	cols   [][]float32 // standardised, nil for a constant column
	inv    []float32   // one over the standard deviation
	beta   []float32
	y, w   []float32
	z      []float32 // scores
	h, res []float32 // of each row: weight of the quadratic, residual
}

// fitLinear fits by cyclic coordinate descent on the quadratic approximation
// (Friedman, Hastie & Tibshirani 2010).
func fitLinear(x rows, y, w []float32) *linear {
	l := &linear{mean: make([]float32, columns), weight: make([]float32, columns), reach: make([]float32, columns)}
	n := len(y)
	s := &slope{cols: make([][]float32, columns), inv: make([]float32, columns), beta: make([]float32, columns), y: y, w: w, z: make([]float32, n), h: make([]float32, n), res: make([]float32, n)}
	for c := range columns {
		l.mean[c] = s.standard(x, c)
	}
	for range sweeps {
		l.bias += s.intercept()
		s.sweep()
	}
	for c := range columns {
		if s.inv[c] > 0 {
			l.weight[c], l.reach[c] = s.beta[c]*s.inv[c], farOut/s.inv[c]
		}
	}
	return l
}

// standard takes a column in and returns its mean.
func (s *slope) standard(x rows, c int) float32 {
	n := len(s.y)
	var sum, square float64
	for i := range n {
		sum += float64(x[i*columns+c])
	}
	mean := sum / float64(n)
	for i := range n {
		d := float64(x[i*columns+c]) - mean
		square += d * d
	}
	if sd := math.Sqrt(square / float64(n)); sd > 1e-6 {
		s.inv[c] = float32(1 / sd)
		s.cols[c] = make([]float32, n)
		for i := range n {
			s.cols[c][i] = clamp((x[i*columns+c]-float32(mean))*s.inv[c], farOut)
		}
	}
	return float32(mean)
}

// intercept takes a Newton step of the bias and renews the approximation.
func (s *slope) intercept() float32 {
	var g, h float64
	for i, z := range s.z {
		p := float32(sigmoid(float64(z)))
		g += float64(s.w[i] * (s.y[i] - p))
		h += float64(s.w[i] * p * (1 - p))
	}
	d := float32(g / (h + 1e-6))
	for i := range s.z {
		s.z[i] += d
		p := float32(sigmoid(float64(s.z[i])))
		s.h[i], s.res[i] = s.w[i]*p*(1-p), s.w[i]*(s.y[i]-p)
	}
	return d
}

// sweep takes a step in each column after the other.
func (s *slope) sweep() {
	var last []float32 // the column that the latest step was in, and how far it went
	var d float32
	for c, col := range s.cols {
		if col == nil {
			continue
		}
		if last == nil {
			last = col
		}
		g, h := s.pass(last, d, col, -ridge*float64(s.beta[c]))
		last, d = col, float32(g/h)
		s.beta[c] += d
	}
	for i, v := range last {
		s.z[i] += d * v
		s.res[i] -= s.h[i] * d * v
	}
}

// pass goes over the rows once: it makes a step d in the column last, and sums up
// the derivatives at col, of which g is what the ridge adds.
func (s *slope) pass(last []float32, d float32, col []float32, g float64) (float64, float64) {
	h := float64(ridge)
	z, res, w := s.z[:len(col)], s.res[:len(col)], s.h[:len(col)]
	last = last[:len(col)]
	for i, v := range col {
		u := last[i]
		z[i] += d * u
		r := res[i] - w[i]*d*u
		res[i] = r
		g += float64(r * v)
		h += float64(w[i] * v * v)
	}
	return g, h
}

func sigmoid(z float64) float64 { return 1 / (1 + math.Exp(-z)) }

func logit(p float64) float64 {
	p = min(1-1e-6, max(1e-6, p))
	return math.Log(p / (1 - p))
}
