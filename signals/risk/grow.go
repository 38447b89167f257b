package risk

// open is a node that may still be split, with the sums over its rows.
type open struct {
	node int
	g, h float64
}

// split is the best way found to part a node; g and h are the sums on its left.
type split struct {
	gain     float64
	col, bin int
	g, h     float64
}

type cell struct{ g, h float32 }

// leaf is the value of a node: a Newton step, shrunk.
func leaf(g, h float64) float32 { return float32(shrink * g / (h + lambda)) }

// worth is what a node with such sums takes off the loss, but for a constant.
func worth(g, h float64) float64 { return g * g / (h + lambda) }

// grow makes one tree, level by level.
func (g *grower) grow() tree {
	var root open
	for _, i := range g.rows {
		g.at[i] = 0
		root.g += float64(g.g[i])
		root.h += float64(g.h[i])
	}
	t := tree{{value: leaf(root.g, root.h)}}
	level := []open{root}
	for d := 0; d < depth && len(level) > 0; d++ {
		best := g.splits(level)
		var next []open
		for k, s := range best {
			if s.gain <= 0 {
				continue
			}
			l, left := level[k], len(t)
			n := &t[l.node]
			n.col, n.cut, n.left = int16(s.col), g.cuts[s.col][s.bin], int16(left)
			right := open{left + 1, l.g - s.g, l.h - s.h}
			t = append(t, node{value: leaf(s.g, s.h)}, node{value: leaf(right.g, right.h)})
			next = append(next, open{left, s.g, s.h}, right)
		}
		g.part(best)
		level = next
	}
	return t
}

// splits finds the best split of each open node.
func (g *grower) splits(level []open) []split {
	best, hist := make([]split, len(level)), make([]cell, len(level)*maxBins)
	for _, c := range g.cols {
		clear(hist)
		b := g.bins[c]
		for _, i := range g.rows {
			if k := g.at[i]; k != closedNode {
				x := &hist[int(k)*maxBins+int(b[i])]
				x.g += g.g[i]
				x.h += g.h[i]
			}
		}
		for k := range level {
			best[k].better(&level[k], hist[k*maxBins:], len(g.cuts[c]), c)
		}
	}
	return best
}

// better takes the best split at one column where it beats what was found.
func (s *split) better(l *open, hist []cell, cuts, col int) {
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

const closedNode = 255

// part sends the rows to the nodes that were made.
func (g *grower) part(best []split) {
	first, n := make([]uint8, len(best)), uint8(0)
	for k := range best {
		if best[k].gain > 0 {
			first[k] = n
			n += 2
		}
	}
	for _, i := range g.rows {
		k := g.at[i]
		if k == closedNode {
			continue
		}
		s := &best[k]
		switch {
		case s.gain <= 0:
			g.at[i] = closedNode
		case int(g.bins[s.col][i]) > s.bin:
			g.at[i] = first[k] + 1
		default:
			g.at[i] = first[k]
		}
	}
}
