package risk

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// field of rows whose outcome hangs on two columns.
func invented(n int) (x rows, y, w []float32) {
	x = make(rows, n*columns)
	for i := range n {
		a, b := float32(luck(i, 21)), float32(luck(i, 22))
		x.at(i)[3], x.at(i)[7] = a, b
		v, p := float32(0), 10
		if a > 50 {
			p = 70
		}
		if luck(i, 23) < p {
			v = 1
		}
		y, w = append(y, v), append(w, 1)
	}
	return x, y, w
}

func TestBothFindWhatMatters(t *testing.T) {
	x, y, w := invented(2000)
	for name, score := range map[string]func([]float32) float32{"line": fitLinear(x, y, w).score, "forest": boost(x, y, w).score} {
		low, high := make([]float32, columns), make([]float32, columns)
		low[3], low[7], high[3], high[7] = 5, 50, 95, 50
		require.Less(t, sigmoid(float64(score(low))), 0.3, name)
		require.Greater(t, sigmoid(float64(score(high))), 0.5, name)
		other := append([]float32(nil), high...)
		other[7] = 5
		require.InDelta(t, score(high), score(other), 0.5, "%s: the other column says nothing", name)
	}
}

func TestTheSameSamplesGiveTheSameForest(t *testing.T) {
	x, y, w := invented(600)
	require.Equal(t, boost(x, y, w), boost(x, y, w))
}

func TestPartsAddUp(t *testing.T) {
	x, y, w := invented(800)
	f := boost(x, y, w)
	parts := make([]float32, columns)
	root := f.base
	for _, tr := range f.trees {
		tr.explain(x.at(5), parts, 1)
		root += tr[0].value
	}
	sum := root
	for _, v := range parts {
		sum += v
	}
	require.InDelta(t, f.score(x.at(5)), sum, 1e-3)
}

func TestBins(t *testing.T) {
	for _, c := range []struct {
		v    float32
		want int
	}{{0, 0}, {1, 0}, {1.5, 1}, {2, 1}, {9, 3}} {
		require.Equal(t, c.want, bin([]float32{1, 2, 4}, c.v), "%v", c.v)
	}
	x := make(rows, 3*columns)
	require.Empty(t, cuts(x, 3, 0), "a constant column has no cuts")
}

func TestPlatt(t *testing.T) {
	make := func(n int, truth platt) (z, y, w []float64) {
		for i := range n {
			v := float64(luck(i, 31))/12 - 6
			z, w = append(z, v), append(w, 1)
			hit := 0.0
			if float64(mix(uint64(i), 99)%10000)/10000 < truth.of(v) {
				hit = 1
			}
			y = append(y, hit)
		}
		return z, y, w
	}
	for _, c := range []struct {
		name  string
		n     int
		truth platt
	}{{"right already", 4000, platt{1, 0}}, {"too sure", 4000, platt{0.5, 0}}} {
		got := fitPlatt(make(c.n, c.truth))
		require.InDelta(t, c.truth.slope, got.slope, 0.12, c.name)
		require.InDelta(t, c.truth.shift, got.shift, 0.5, c.name)
	}
	few := fitPlatt(make(10, platt{0.3, 2}))
	require.InDelta(t, 1, few.slope, 0.2, "a few cases change little")
	require.Equal(t, platt{1, 0}, fitPlatt(nil, nil, nil))
}
