package risk

// node is a place in a tree. Where left is above 0, cases with more than cut in
// the column go to left+1 and the others to left; else the tree ends here.
type node struct {
	col, left int16
	cut       float32
	value     float32 // what the tree would say if it ended here
}

// tree is a small regression tree; its root is the first node.
type tree []node

func (t tree) score(x []float32) float32 {
	i := int16(0)
	for t[i].left > 0 {
		n := &t[i]
		i = n.left
		if x[n.col] > n.cut {
			i++
		}
	}
	return t[i].value
}

// explain adds to parts what each column on the way to the answer changed
// (Saabas 2014).
func (t tree) explain(x, parts []float32, share float32) {
	i := int16(0)
	for t[i].left > 0 {
		n := &t[i]
		i = n.left
		if x[n.col] > n.cut {
			i++
		}
		parts[n.col] += share * (t[i].value - n.value)
	}
}

// forest is a sum of trees.
type forest struct {
	base  float32
	trees []tree
}

func (f *forest) score(x []float32) float32 {
	z := f.base
	for _, t := range f.trees {
		z += t.score(x)
	}
	return z
}
