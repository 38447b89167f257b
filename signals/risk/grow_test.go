package risk

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestBinsSayWhatColumnsSay raises scores by the bins of rows that the tree saw and
// of those that it did not, and by their columns.
func TestBinsSayWhatColumnsSay(t *testing.T) {
	const n = 3 * stripe / 2
	x := make(rows, n*columns)
	for i := range n {
		for c := range columns {
			x.at(i)[c] = float32(mix(uint64(i), uint64(c))%1000) * float32(c%3) // a third of the columns is constant
		}
	}
	g := newGrower(x, n)
	for round := range uint64(20) {
		g.draw(round, n)
		require.Less(t, len(g.rows), n)
		for _, r := range g.rows {
			y := float32(mix(round, uint64(r))%5) - 2
			if x.at(int(r))[1] > 400 {
				y += 3
			}
			g.slopes = append(g.slopes, cell{y, 1})
		}
		tr, at := g.grow()
		require.Greater(t, len(tr), 1, "it parts nothing")
		require.Len(t, at, len(tr))
		got, want := make([]float32, n), make([]float32, n)
		g.raise(got, tr, at)
		for i := range want {
			want[i] = tr.score(x.at(i))
		}
		require.Equal(t, want, got)
	}
}

// TestSumsAbreast compares sums over several columns at once with those of single ones.
func TestSumsAbreast(t *testing.T) {
	const n, cols = 100, 2*abreast + 1
	g := &grower{}
	for c := range cols {
		g.bins, g.cuts, g.cols = append(g.bins, make([]uint8, n)), append(g.cuts, []float32{1, 2, 3}), append(g.cols, c)
		for i := range n {
			g.bins[c][i] = uint8(mix(uint64(c), uint64(i)) % 4)
		}
	}
	whole := open{to: n}
	for i := range n {
		s := cell{float32(i%7) - 3, 1}
		if g.bins[5][i] > 1 {
			s.g += 2
		}
		g.rows, g.slopes = append(g.rows, int32(i)), append(g.slopes, s)
		whole.g, whole.h = whole.g+float64(s.g), whole.h+float64(s.h)
	}
	var want split
	for c := range cols {
		g.cols = []int{c}
		if s := g.split(&whole); s.gain > want.gain+1e-9 {
			want = s
		}
	}
	g.cols = nil
	for c := range cols {
		g.cols = append(g.cols, c)
	}
	require.Equal(t, 5, want.col)
	require.Equal(t, want, g.split(&whole))
}
