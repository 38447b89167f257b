package risk

// open is a node that may still be split: its rows, by their places in
// grower.rows, and the sums over them.
type open struct {
	node     int
	from, to int
	g, h     float64
}

// split is the best way found to part a node; g and h are the sums on its left.
type split struct {
	gain     float64
	col, bin int
	g, h     float64
}

// cell is the sums over the rows of one bin.
type cell struct{ g, h float32 }

// leaf is the value of a node: a Newton step, shrunk.
func leaf(g, h float64) float32 { return float32(shrink * g / (h + lambda)) }

// worth is what a node with such sums takes off the loss, but for a constant.
func worth(g, h float64) float64 { return g * g / (h + lambda) }

// grow makes one tree, level by level, of the rows that were drawn. at are the bins
// beyond which its nodes send a row to the right.
func (g *grower) grow() (t tree, at []uint8) {
	root := open{to: len(g.rows)}
	for _, d := range g.slopes {
		root.g += float64(d.g)
		root.h += float64(d.h)
	}
	t, at = tree{{value: leaf(root.g, root.h)}}, []uint8{0}
	level := []open{root}
	for d := 0; d < depth && len(level) > 0; d++ {
		var next []open
		for k := range level {
			l := &level[k]
			s := g.split(l)
			if s.gain <= 0 {
				continue
			}
			left := len(t)
			n := &t[l.node]
			n.col, n.cut, n.left, at[l.node] = int16(s.col), g.cuts[s.col][s.bin], int16(left), uint8(s.bin)
			right := open{node: left + 1, to: l.to, g: l.g - s.g, h: l.h - s.h}
			t, at = append(t, node{value: leaf(s.g, s.h)}, node{value: leaf(right.g, right.h)}), append(at, 0, 0)
			if d < depth-1 {
				right.from = g.part(l, &s)
				next = append(next, open{left, l.from, right.from, s.g, s.h}, right)
			}
		}
		level = next
	}
	return t, at
}

// abreast is how many columns are summed up in one go: a row mostly falls into
// the bin of the row before it, and would have to wait for that sum.
const abreast = 4

// split finds the best split of a node.
func (g *grower) split(l *open) (best split) {
	var hist [abreast][maxBins]cell
	rows, slopes := g.rows[l.from:l.to], g.slopes[l.from:l.to]
	for i := 0; i < len(g.cols); i += abreast {
		cols := g.cols[i:min(i+abreast, len(g.cols))]
		if len(cols) == abreast {
			hist = [abreast][maxBins]cell{}
			g.sums(rows, slopes, (*[abreast]int)(cols), &hist)
		} else {
			for k, c := range cols {
				hist[k] = [maxBins]cell{}
				b := g.bins[c]
				for j, r := range rows {
					hist[k][b[r]%maxBins].add(slopes[j])
				}
			}
		}
		for k, c := range cols {
			best.better(l, &hist[k], len(g.cuts[c]), c)
		}
	}
	return best
}

// sums adds rows up by their bins in several columns.
func (g *grower) sums(rows []int32, slopes []cell, cols *[abreast]int, hist *[abreast][maxBins]cell) {
	a, b, c, d := g.bins[cols[0]], g.bins[cols[1]], g.bins[cols[2]], g.bins[cols[3]]
	b, c, d = b[:len(a)], c[:len(a)], d[:len(a)]
	slopes = slopes[:len(rows)]
	for j, r := range rows {
		s := slopes[j]
		hist[0][a[r]%maxBins].add(s)
		hist[1][b[r]%maxBins].add(s)
		hist[2][c[r]%maxBins].add(s)
		hist[3][d[r]%maxBins].add(s)
	}
}

func (c *cell) add(s cell) {
	c.g += s.g
	c.h += s.h
}

// better takes the best split at one column where it beats what was found.
func (s *split) better(l *open, hist *[maxBins]cell, cuts, col int) {
	whole := worth(l.g, l.h)
	var lg, lh float64
	for b := range cuts {
		lg += float64(hist[b].g)
		lh += float64(hist[b].h)
		if lh < leastH || l.h-lh < leastH {
			continue
		}
		if gain := worth(lg, lh) + worth(l.g-lg, l.h-lh) - whole; gain > s.gain+1e-9 {
			*s = split{gain, col, b, lg, lh}
		}
	}
}

// part puts the rows of a node that go to the left before the others, each in
// their order, and returns where the others begin.
func (g *grower) part(l *open, s *split) int {
	bins, to := g.bins[s.col], l.from
	g.restRows, g.restSlopes = g.restRows[:0], g.restSlopes[:0]
	for j := l.from; j < l.to; j++ {
		r := g.rows[j]
		if int(bins[r]) > s.bin {
			g.restRows, g.restSlopes = append(g.restRows, r), append(g.restSlopes, g.slopes[j])
			continue
		}
		g.rows[to], g.slopes[to] = r, g.slopes[j]
		to++
	}
	copy(g.rows[to:], g.restRows)
	copy(g.slopes[to:], g.restSlopes)
	return to
}
