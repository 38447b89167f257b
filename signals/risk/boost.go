package risk

import "slices"

// Constants of the boosting, the same for every site. They were chosen on the
// earlier parts of two public service-desk logs: shallow trees, strongly shrunk,
// carry over best. The mean of several forests, and trees that may only rise with a
// history, gained nothing there.
const (
	rounds   = 90
	depth    = 2
	shrink   = 0.1
	lambda   = 20   // pull of a leaf towards 0 (Chen & Guestrin 2016)
	leastH   = 8    // least second derivative in a leaf
	rowShare = 0.5  // of the rows that a tree sees (Friedman 2002)
	colShare = 0.25 // of the columns that a tree may split
	maxBins  = 32
	binned   = 4000 // rows that the cuts of a column are taken from
)

// grower grows trees on binned columns.
type grower struct {
	bins [][]uint8   // by column and row; nil for a constant column
	cuts [][]float32 // upper ends of the bins but the last
	cols []int       // those that the present tree may split

	rows   []int32 // that the present tree sees, those of one node side by side
	slopes []cell  // first and second derivative of the loss at each of them

	restRows   []int32 // scratch of part
	restSlopes []cell
}

// boost fits a forest to outcomes y with weights w by gradient boosting of the
// logistic loss (Friedman 2001) with Newton steps. What a tree sees is drawn by
// hash: the same samples give the same forest.
func boost(x rows, y, w []float32) *forest {
	var came, all float64
	for i := range y {
		came += float64(y[i] * w[i])
		all += float64(w[i])
	}
	f := &forest{base: float32(logit((came + 0.5) / (all + 1)))}
	g := newGrower(x, len(y))
	z := slices.Repeat([]float32{f.base}, len(y))
	for r := range rounds {
		g.draw(uint64(r), len(y))
		for _, i := range g.rows {
			p := float32(sigmoid(float64(z[i])))
			g.slopes = append(g.slopes, cell{(y[i] - p) * w[i], p * (1 - p) * w[i]})
		}
		t, at := g.grow()
		f.trees = append(f.trees, t)
		g.raise(z, t, at)
	}
	return f
}

// raise adds to each score what a tree says. It looks at the bins, which tell the
// same as the columns and lie closer together.
func (g *grower) raise(z []float32, t tree, at []uint8) {
	for i := range z {
		n := int16(0)
		for t[n].left > 0 {
			right := g.bins[t[n].col][i] > at[n]
			n = t[n].left
			if right {
				n++
			}
		}
		z[i] += t[n].value
	}
}

// stripe is how many rows are binned at a time, column by column: so many as stay
// close at hand.
const stripe = 256

func newGrower(x rows, n int) *grower {
	g := &grower{bins: make([][]uint8, columns), cuts: make([][]float32, columns)}
	for c := range columns {
		if g.cuts[c] = cuts(x, n, c); len(g.cuts[c]) > 0 {
			g.bins[c] = make([]uint8, n)
		}
	}
	for from := 0; from < n; from += stripe {
		for c, b := range g.bins {
			if b == nil {
				continue
			}
			for i := from; i < min(from+stripe, n); i++ {
				b[i] = uint8(bin(g.cuts[c], x[i*columns+c]))
			}
		}
	}
	return g
}

// cuts are the places where a column may be split: between all its values
// where there are few, else at its quantiles.
func cuts(x rows, n, col int) []float32 {
	step := max(1, n/binned)
	v := make([]float32, 0, n/step+1)
	for i := 0; i < n; i += step {
		v = append(v, x[i*columns+col])
	}
	slices.Sort(v)
	var out []float32
	if u := slices.Compact(slices.Clone(v)); len(u) <= maxBins {
		for i := 1; i < len(u); i++ {
			out = append(out, (u[i-1]+u[i])/2)
		}
		return out
	}
	for k := 1; k < maxBins; k++ {
		if c := v[k*len(v)/maxBins]; len(out) == 0 || c > out[len(out)-1] {
			out = append(out, c)
		}
	}
	return out
}

// bin is the number of cuts below v.
func bin(cuts []float32, v float32) int {
	low, high := 0, len(cuts)
	for low < high {
		if m := (low + high) / 2; v > cuts[m] {
			low = m + 1
		} else {
			high = m
		}
	}
	return low
}

// draw chooses the rows and columns of the next tree out of n rows.
func (g *grower) draw(round uint64, n int) {
	g.rows, g.slopes, g.cols = g.rows[:0], g.slopes[:0], g.cols[:0]
	for i := range n {
		if drawn(uint64(i), 2*round, rowShare) {
			g.rows = append(g.rows, int32(i))
		}
	}
	for c, b := range g.bins {
		if b != nil && drawn(uint64(c), 2*round+1, colShare) {
			g.cols = append(g.cols, c)
		}
	}
}

func drawn(i, round uint64, share float64) bool {
	return float64(mix(i+1, round+1)>>11)/(1<<53) < share
}
