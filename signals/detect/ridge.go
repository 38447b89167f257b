package detect

import (
	"math"
	"slices"
)

// marked is a row of facts and whether it is one of those that are looked for.
type marked struct {
	facts []float64
	yes   bool
}

// ridgeSteps is how many of Newton's steps are taken; from 8 on the weights of
// 1,000 rows stay the same to six digits.
const ridgeSteps = 12

// ridgeFit fits a logistic regression with a ridge on all weights but the
// constant, which is the last.
func ridgeFit(data []marked, ridge float64) []float64 {
	n := len(data[0].facts) + 1
	w := make([]float64, n)
	for range ridgeSteps {
		h := make([][]float64, n)
		for i := range h {
			h[i] = make([]float64, n+1)
			h[i][i] = 1e-9
			if i < n-1 {
				h[i][i], h[i][n] = ridge, -ridge*w[i]
			}
		}
		for i := range data {
			curve(h, w, &data[i])
		}
		for i, d := range solve(h) {
			w[i] += d
		}
	}
	return w
}

// curve adds what one row says of the slope and the bend of the likelihood.
func curve(h [][]float64, w []float64, m *marked) {
	x, p, n := append(slices.Clone(m.facts), 1), logistic(w, m.facts), len(w)
	g := flag(m.yes) - p
	for i, a := range x {
		if a == 0 {
			continue
		}
		h[i][n] += g * a
		for j, b := range x {
			h[i][j] += p * (1 - p) * a * b
		}
	}
}

// solve solves a system of linear equations, the right side in the last column.
func solve(m [][]float64) []float64 {
	n := len(m)
	for i := range m {
		best := i
		for k := i + 1; k < n; k++ {
			if math.Abs(m[k][i]) > math.Abs(m[best][i]) {
				best = k
			}
		}
		m[i], m[best] = m[best], m[i]
		for k := i + 1; k < n; k++ {
			if f := m[k][i] / m[i][i]; f != 0 {
				for j := i; j <= n; j++ {
					m[k][j] -= f * m[i][j]
				}
			}
		}
	}
	out := make([]float64, n)
	for i := n - 1; i >= 0; i-- {
		out[i] = m[i][n]
		for j := i + 1; j < n; j++ {
			out[i] -= m[i][j] * out[j]
		}
		out[i] /= m[i][i]
	}
	return out
}
